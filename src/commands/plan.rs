//! `vidpipe plan`: shows what `up`, or `down`, would do. Changes nothing and writes nothing.
use crate::{
    cli::{self, Global},
    drift,
    environment::{self, Target},
    fail::{Exit, Failure, Result},
    forecast::Forecasting,
    session::{Access, learned},
    show_plan,
};
use vidpipe_aws::KINDS;
use vidpipe_engine::{Clock, Consent, Graph, Limits, plan};
use vidpipe_run::Opened;

pub(super) async fn run(global: &Global, args: &cli::Plan) -> Result {
    let clock = Clock::start();
    if args.down {
        let (place, state) = environment::select(global, &args.env.suffix, args.env.pipeline, args.region.as_deref())?;
        let timings = learned(global, place.region());
        let plan = plan(&Graph::default(), &state, KINDS, &timings).map_err(|e| Failure::before(&e))?;
        let plan = plan.allowing(&Consent::Everything);
        let mut forecasting = Forecasting::of(&plan, &state, &Limits::default(), clock);
        show_plan::data(global, &plan, forecasting.get().await, args.all)?;
        return exit_code(args, plan.changes());
    }
    let target = Target::new(global, &args.env, Access::Read).await?;
    let Opened { mut state, facts, .. } = target.open(target.place.read()?, clock).await?;
    if args.refresh {
        drift::report(&target.session, &mut state, clock).await?;
    }
    let want = target.graph(&facts);
    let plan = target.session.provider().plan(&want, &state).map_err(|e| Failure::before(&e))?;
    let mut forecasting = Forecasting::of(&plan, &state, &Limits::default(), clock);
    show_plan::data(global, &plan, forecasting.get().await, args.all)?;
    exit_code(args, plan.changes())
}

fn exit_code(args: &cli::Plan, changes: bool) -> Result {
    if args.detailed_exitcode && changes { Err(Failure::already_reported(Exit::Changes)) } else { Ok(()) }
}
