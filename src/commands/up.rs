//! `vidpipe up`: make the environment be as the spec says.
use super::plan::{self as planning, show};
use crate::{
    ask::confirm,
    cli::{self, Global, OnFailure},
    drive::{Outcome, Run},
    environment::Opened,
    fail::{Exit, Failure, Result},
    finish,
    forecast::{Forecasting, limits},
    session::Access,
};
use std::time::Duration;
use vidpipe_aws::{Aws, KINDS};
use vidpipe_engine::{Clock, Graph, Limits, Plan, State, plan};

pub(super) async fn run(global: &Global, args: &cli::Up) -> Result {
    let clock = Clock::start();
    let opened = Opened::new(global, &args.described, Access::Change).await?;
    let lock = opened.place.lock("up", clock.now())?;
    let (mut state, facts) = opened.state(clock).await?;
    let want = opened.graph(&facts);
    if args.refresh {
        planning::look(&opened.session, &mut state, clock).await?;
    }
    let plan = plan(&want, &state, KINDS, &opened.session.timings).map_err(|e| Failure::before(&e))?;
    let limits = limits(&args.doing);
    let mut forecasting = Forecasting::new(&opened.session, &plan, &state, &limits, clock);
    forecasting.fits(limits.deadline, Duration::ZERO).await?;
    if plan.changes() && !args.doing.yes {
        show::before(&plan, forecasting.get().await)?;
        let (pipeline, suffix) = (&state.env.pipeline, &state.env.suffix);
        confirm(&args.doing, &format!("Make `{suffix}` ({pipeline}, {}) like this?", state.env.region))?;
    }
    let session = &opened.session;
    let run = Run { global, session, lock: &lock, command: "up", limits: &limits, clock };
    let outcome = go(&run, &plan, &want, state, &mut forecasting).await?;
    let complete = outcome.summary.is_complete();
    if complete && let Some(file) = &args.flat_file {
        finish::flat_file(file, &outcome.state.outputs)?;
    }
    let ended = finish::up(global, &outcome);
    let mut down = Ok(());
    if !complete && !outcome.summary.stopped && args.on_failure == OnFailure::Down {
        down = take_down(&run, outcome.state).await;
    }
    session.close()?;
    down.and(ended)
}

async fn go(
    run: &Run<'_>,
    plan: &Plan<Aws>,
    want: &Graph<Aws>,
    state: State,
    forecasting: &mut Forecasting,
) -> Result<Outcome> {
    let outcome = run.go(plan, want, state, forecasting).await;
    if outcome.is_err() {
        run.session.close()?;
    }
    outcome
}

/// `--on-failure down`: what was made is removed again; the exit code stays that of the failure, unless something is left.
async fn take_down(run: &Run<'_>, state: State) -> Result {
    super::note("removing what was made, as --on-failure down asks")?;
    let down = plan(&Graph::default(), &state, KINDS, &run.session.timings).map_err(|e| Failure::before(&e))?;
    // It is what the user asked for to end with: no deadline keeps it from that.
    let limits = Limits { deadline: None, ..run.limits.clone() };
    let mut forecasting = Forecasting::new(run.session, &down, &state, &limits, run.clock);
    let run = Run { command: "down", limits: &limits, ..*run };
    let outcome = run.go(&down, &Graph::default(), state, &mut forecasting).await?;
    finish::swept(run.global, &outcome)?;
    if finish::is_gone(&outcome) {
        return Ok(run.lock.remove_state()?);
    }
    if outcome.swept.is_some() {
        return Err(Failure::told(Exit::Left));
    }
    Err(Failure::new(Exit::Partly, "something could not be removed again")
        .hint("run `vidpipe down` until it ends well"))
}
