//! `up --on-failure rollback`: deletes what this run created. What existed before stays, even if the run changed it.
use crate::{
    execute::Run,
    fail::{Exit, Failure, Result},
    finish,
    forecast::Forecasting,
    print::note,
};
use std::collections::BTreeSet;
use vidpipe_aws::Aws;
use vidpipe_engine::{Action, Consent, Entry, Graph, Limits, Name, Phase, Plan, State};

/// Deletes what was created since `before`. The exit code stays that of the failure, unless the rollback fails or
/// something is left.
pub(crate) async fn roll_back(run: &Run<'_>, before: &State, now: State) -> Result {
    let plan = run.session.provider().undo(before, &now).map_err(|e| Failure::before(&e))?;
    let goes: BTreeSet<Name> = named(&plan, Action::Delete).collect();
    note("taking back what this run made, as --on-failure rollback asks")?;
    for line in kept(before, &now, &plan) {
        note(&line)?;
    }
    if goes.is_empty() {
        return note("this run made nothing that could be taken back");
    }
    // The user requested the rollback: no deadline stops it, and it may lose the data this run created.
    let limits = Limits { deadline: None, consent: Consent::To(goes), ..run.limits.clone() };
    let mut forecasting = Forecasting::new(run.session, &plan, &now, &limits, run.clock);
    let run = Run { command: "rollback", limits: &limits, ..*run };
    let outcome = run.go(&plan, &Graph::default(), now, &mut forecasting).await?;
    finish::swept(run.global, &outcome)?;
    let suffix = &outcome.state.env.suffix;
    if finish::is_gone(&outcome) {
        return Ok(run.lock.remove_state().await?);
    }
    if outcome.swept.is_some() {
        return Err(Failure::already_reported(Exit::Left));
    }
    if outcome.summary.is_complete() {
        return note(&format!("taken back: {} of what this run made", outcome.summary.done));
    }
    let again = match before.entries.is_empty() {
        true => format!("run `{}` until it ends well", run.global.again("down", suffix)),
        false => format!(
            "put the spec back as it was and run `{}`: what that does not want goes",
            run.global.again_for("up", &outcome.state.env)
        ),
    };
    Err(Failure::new(Exit::Partly, "something that this run made could not be taken back").hint(again))
}

fn named(plan: &Plan<Aws>, action: Action) -> impl Iterator<Item = Name> {
    plan.steps.iter().filter(move |s| s.action == action).map(|s| s.name.clone())
}

/// The nodes that differ from before and stay so; one line per reason.
fn kept(before: &State, now: &State, plan: &Plan<Aws>) -> Vec<String> {
    let stood = || before.entries.iter().filter(|(_, e)| !matches!(e.phase, Phase::Creating { .. }));
    let both = || stood().filter_map(|(name, was)| Some((name, was, now.entries.get(name)?)));
    let changed = |was: &Entry, is: &Entry| was.token == is.token && (&was.spec, &was.edges) != (&is.spec, &is.edges);
    let names = |these: Vec<&Name>| these.iter().map(|n| n.0.as_str()).collect::<Vec<_>>().join(", ");
    let groups = [
        ("changed, and left as it is now", both().filter(|(_, was, is)| changed(was, is)).map(|(n, ..)| n).collect()),
        ("made anew, and kept", both().filter(|(_, was, is)| was.token != is.token).map(|(n, ..)| n).collect()),
        (
            "removed, and not brought back",
            stood().map(|(n, _)| n).filter(|n| !now.entries.contains_key(*n)).collect::<Vec<_>>(),
        ),
    ];
    let nonempty = groups.into_iter().filter(|(_, nodes)| !nodes.is_empty());
    let mut lines: Vec<String> = nonempty.map(|(what, nodes)| format!("{what}: {}", names(nodes))).collect();
    let used = plan.steps.iter().filter_map(|s| Some((&s.name, s.because.as_ref()?)));
    lines.extend(used.map(|(node, user)| format!("kept: {node}, because {user} uses it now")));
    lines
}
