//! `vidpipe down`: deletes every resource. Needs only the state: no spec, no region.
use crate::{
    args::{Global, RecordedArgs, RunArgs},
    ask::confirm,
    environment,
    execute::Run,
    fail::{Exit, Failure, Result},
    finish,
    forecast::{Forecasting, limits},
    halt::Halt,
    session::{Access, Session},
    show_plan,
};
use clap::Args;
use std::collections::BTreeMap;
use vidpipe_engine::{Clock, Consent, Graph, Limits, State};
use vidpipe_run::is_protected;
use vidpipe_store::EnvLock;

#[derive(Debug, Args)]
pub(crate) struct DownArgs {
    #[command(flatten)]
    pub(crate) env: RecordedArgs,
    #[command(flatten)]
    pub(crate) run: RunArgs,
    /// Allow deleting a protected environment.
    #[arg(long)]
    pub(crate) remove_protection: bool,
}

pub(crate) async fn run(global: &Global, args: &DownArgs, halt: &Halt) -> Result {
    let clock = Clock::start();
    let (place, _) = environment::find(global, &args.env).await?;
    let session = Session::open(global, place.region(), BTreeMap::new(), Access::Change).await?;
    let (lock, state) = environment::lock(&place, "down", clock).await?;
    let ended = locked(global, args, halt, clock, &session, &lock, state).await;
    lock.release().await;
    ended
}

async fn locked(
    global: &Global,
    args: &DownArgs,
    halt: &Halt,
    clock: Clock,
    session: &Session,
    lock: &EnvLock,
    state: Option<State>,
) -> Result {
    let Some(state) = state else {
        return Err(Failure::new(Exit::NotFound, format!("there is no environment `{}` any more", args.env.suffix)));
    };
    session.connected.guard(&state)?;
    if is_protected(&state) && !args.remove_protection {
        return Err(Failure::new(Exit::Refused, format!("`{}` is protected", args.env.suffix))
            .hint("add --remove-protection to remove it anyway"));
    }
    let want = Graph::default();
    let plan = session.provider().plan(&want, &state).map_err(|e| Failure::before(&e))?;
    // `down` is consent to delete everything, with its data.
    let plan = plan.allowing(&Consent::Everything);
    let sweep = session.provider().sweep_time(&state);
    let deadline = args.run.deadline.map(|d| d.saturating_sub(sweep));
    let limits = Limits { deadline, consent: Consent::Everything, ..limits(&args.run) };
    let mut forecasting = Forecasting::new(session, &plan, &state, &limits, clock);
    forecasting.fits(halt, sweep).await?;
    if !args.run.yes {
        show_plan::before(&plan, forecasting.get().await)?;
    }
    let env = &state.env;
    confirm(&args.run, &format!("Remove all of `{}` ({}, {})?", args.env.suffix, env.pipeline, env.region)).await?;
    let run = Run { global, session, lock, command: "down", limits: &limits, clock, halt };
    let outcome = run.go(&plan, &want, state, &mut forecasting).await;
    session.close()?;
    let outcome = outcome?;
    let removed = if finish::is_gone(&outcome) { lock.remove_state().await } else { Ok(()) };
    finish::down(global, &outcome)?;
    Ok(removed?)
}
