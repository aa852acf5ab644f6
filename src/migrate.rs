//! `vidpipe state migrate`: moves states from one place to another, one environment after the other.
use crate::{
    args::{Global, Place},
    ask, environment,
    fail::{Exit, Failure, Result},
    print::note,
    session,
};
use std::path::Path;
use vidpipe_engine::Clock;
use vidpipe_pipelines::suffix::Suffix;
use vidpipe_store::{Backend, BackendEnv, EnvLock, may_replace};
use vidpipe_text::clean;

pub(crate) async fn run(global: &Global, (from, to): (&Place, &Place), suffix: Option<&Suffix>, yes: bool) -> Result {
    if is_same(from, to) {
        return Err(Failure::new(Exit::Usage, "the two places are the same").hint("nothing was changed"));
    }
    let (from, to) = (session::backend_at(global, from).await?, session::backend_at(global, to).await?);
    let mut found = from.list().await?;
    found.retain(|env| suffix.is_none_or(|suffix| env.suffix() == suffix.as_str()));
    if found.is_empty() {
        let named = suffix.map(|suffix| format!(" `{suffix}`")).unwrap_or_default();
        return Err(Failure::new(
            Exit::NotFound,
            format!("there is no environment{named} in {}", clean(&from.label())),
        ));
    }
    let names: Vec<String> = found.iter().map(|env| format!("{}-{}", env.pipeline(), env.suffix())).collect();
    note(&format!("{} to move from {} to {}", names.join(", "), clean(&from.label()), clean(&to.label())))?;
    if !yes {
        let answer = ask::line("Move them? Nothing may run on them meanwhile. [y/N]").await?;
        if !matches!(answer.trim().to_lowercase().as_str(), "y" | "yes") {
            return Err(Failure::new(Exit::Declined, "declined; nothing was changed"));
        }
    }
    for (moved, env) in found.iter().enumerate() {
        if let Err(failure) = one(env, &to).await {
            let left = found.len() - moved;
            note(&format!("{moved} of {} moved; {left} still where they were, this one among them", found.len()))?;
            return Err(failure);
        }
    }
    note(&format!("{} moved; from now on use --state {}", found.len(), clean(&to.label())))
}

/// Whether both name the same place, in whatever words.
fn is_same(from: &Place, to: &Place) -> bool {
    match (from, to) {
        (Place::Folder(from), Place::Folder(to)) => {
            let real = |folder: &Path| folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
            real(from) == real(to)
        }
        (Place::S3(from), Place::S3(to)) => from.label() == to.label(),
        _ => false,
    }
}

async fn one(env: &BackendEnv, to: &Backend) -> Result {
    let new = to.environment(env.pipeline(), env.account(), env.region(), env.suffix())?;
    let (lock, state) = environment::lock(env, "state migrate", Clock::start()).await?;
    let moved = async {
        let Some(state) = state else { return Ok(()) };
        let (new_lock, there) = environment::lock(&new, "state migrate", Clock::start()).await?;
        let put = put(env, &new_lock, &state, there.as_ref()).await;
        new_lock.release().await;
        put?;
        // Only now, when it is where it is to be.
        Ok(lock.remove_state().await?)
    };
    let moved: Result = moved.await;
    lock.release().await;
    moved?;
    note(&format!("{} is now in {}", clean(&env.label()), clean(&new.label())))
}

async fn put(
    env: &BackendEnv,
    lock: &EnvLock,
    state: &vidpipe_engine::State,
    there: Option<&vidpipe_engine::State>,
) -> Result {
    let replaces = may_replace(state, there).map_err(|conflict| {
        Failure::new(Exit::Refused, format!("failed to move the state to {}: {conflict}", clean(&lock.label())))
            .hint("it is still where it was; remove the one that is wrong, or move to another place")
    })?;
    if replaces {
        lock.put(state).await?;
    }
    for run in env.runs().await? {
        lock.env().adopt(&run).await?;
    }
    Ok(())
}
