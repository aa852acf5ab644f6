//! `vidpipe down`: remove every trace. Needs nothing but the state: no spec, no region.
use super::plan::show;
use crate::{
    ask::confirm,
    cli::{self, Global},
    drive::{Run, sweeping},
    environment,
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
    let (place, _) = environment::find(global, args.suffix.as_str(), args.pipeline)?;
    let session = Session::open(global, place.region(), BTreeMap::new(), Access::Change).await?;
    let lock = place.lock("down", clock.now())?;
    // Read again, now that nobody else can change it.
    let Some(state) = place.read()? else {
        return Err(Failure::new(Exit::NotFound, format!("there is no environment `{}` any more", args.suffix)));
    };
    let mut wanted = state.env.clone();
    wanted.account.clone_from(&session.caller.account);
    guard(&state, &wanted)?;
    if environment::is_protected(&state) && !args.remove_protection {
        return Err(Failure::new(Exit::Refused, format!("`{}` is protected", args.suffix))
            .hint("add --remove-protection if it is really to go"));
    }
    let want = Graph::default();
    let plan = plan(&want, &state, KINDS, &session.timings).map_err(|e| Failure::before(&e))?;
    // All of it goes, with its data: that is what was asked for.
    let plan = plan.allowing(&Consent::Everything);
    let sweep = sweeping(&session, &state);
    let deadline = args.doing.deadline.map(|d| d.saturating_sub(sweep));
    let limits = Limits { deadline, consent: Consent::Everything, ..limits(&args.doing) };
    let mut forecasting = Forecasting::new(&session, &plan, &state, &limits, clock);
    forecasting.fits(halt, sweep).await?;
    if !args.doing.yes {
        show::before(&plan, forecasting.get().await)?;
    }
    let env = &state.env;
    confirm(&args.doing, &format!("Remove all of `{}` ({}, {})?", args.suffix, env.pipeline, env.region)).await?;
    let run = Run { global, session: &session, lock: &lock, command: "down", limits: &limits, clock, halt };
    let outcome = run.go(&plan, &want, state, &mut forecasting).await;
    session.close()?;
    let outcome = outcome?;
    if finish::is_gone(&outcome) {
        lock.remove_state()?;
    }
    finish::down(global, &outcome)
}
