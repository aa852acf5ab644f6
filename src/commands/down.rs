//! `vidpipe down`: deletes every resource. Needs only the state: no spec, no region.
use super::plan::show;
use crate::{
    ask::confirm,
    cli::{self, Global},
    environment,
    execute::{Run, sweeping},
    fail::{Exit, Failure, Result},
    finish,
    forecast::{Forecasting, limits},
    halt::Halt,
    session::{Access, Session},
};
use std::collections::BTreeMap;
use vidpipe_aws::KINDS;
use vidpipe_engine::{Clock, Consent, Graph, Limits, plan};
use vidpipe_store::guard;

pub(super) async fn run(global: &Global, args: &cli::Down, halt: &Halt) -> Result {
    let clock = Clock::start();
    let (place, _) = environment::find(global, &args.env)?;
    let session = Session::open(global, place.region(), BTreeMap::new(), Access::Change).await?;
    let lock = place.lock("down", clock.now())?;
    // Read again under the lock: the state can no longer change.
    let Some(state) = place.read()? else {
        return Err(Failure::new(Exit::NotFound, format!("there is no environment `{}` any more", args.env.suffix)));
    };
    let mut expected = state.env.clone();
    expected.account.clone_from(&session.caller.account);
    guard(&state, &expected)?;
    if environment::is_protected(&state) && !args.remove_protection {
        return Err(Failure::new(Exit::Refused, format!("`{}` is protected", args.env.suffix))
            .hint("add --remove-protection if it is really to go"));
    }
    let want = Graph::default();
    let plan = plan(&want, &state, KINDS, &session.timings).map_err(|e| Failure::before(&e))?;
    // `down` is consent to delete everything, with its data.
    let plan = plan.allowing(&Consent::Everything);
    let sweep = sweeping(&session, &state);
    let deadline = args.run.deadline.map(|d| d.saturating_sub(sweep));
    let limits = Limits { deadline, consent: Consent::Everything, ..limits(&args.run) };
    let mut forecasting = Forecasting::new(&session, &plan, &state, &limits, clock);
    forecasting.fits(halt, sweep).await?;
    if !args.run.yes {
        show::before(&plan, forecasting.get().await)?;
    }
    let env = &state.env;
    confirm(&args.run, &format!("Remove all of `{}` ({}, {})?", args.env.suffix, env.pipeline, env.region)).await?;
    let run = Run { global, session: &session, lock: &lock, command: "down", limits: &limits, clock, halt };
    let outcome = run.go(&plan, &want, state, &mut forecasting).await;
    session.close()?;
    let outcome = outcome?;
    if finish::is_gone(&outcome) {
        lock.remove_state()?;
    }
    finish::down(global, &outcome)
}
