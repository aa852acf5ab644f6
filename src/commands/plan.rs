//! `vidpipe plan`: shows what `up`, or `down`, would do. Changes nothing and writes nothing.
use crate::{
    args::{EnvArgs, Global},
    drift,
    environment::{self, Target},
    fail::{Exit, Failure, Result},
    forecast::Forecasting,
    session::{Access, learned},
    show_plan,
};
use clap::{Args, builder::BoolishValueParser};
use vidpipe_aws::KINDS;
use vidpipe_engine::{Clock, Consent, Graph, Limits, plan};
use vidpipe_run::Opened;

#[derive(Debug, Args)]
pub(crate) struct PlanArgs {
    #[command(flatten)]
    pub(crate) env: EnvArgs,
    /// First read every recorded resource, and show what is missing or differs.
    #[arg(long, env = "VIDPIPE_REFRESH", value_parser = BoolishValueParser::new())]
    pub(crate) refresh: bool,
    /// Exit with 2 if there are changes.
    #[arg(long)]
    pub(crate) detailed_exitcode: bool,
    /// Show what `down` would do instead.
    #[arg(long)]
    pub(crate) down: bool,
    /// With --down: the region, if there are environments of that name in several.
    #[arg(long, value_name = "REGION", requires = "down")]
    pub(crate) region: Option<String>,
    /// Also list unchanged nodes.
    #[arg(long)]
    pub(crate) all: bool,
}

pub(crate) async fn run(global: &Global, args: &PlanArgs) -> Result {
    let clock = Clock::start();
    if args.down {
        let (place, state) =
            environment::select(global, &args.env.suffix, args.env.pipeline, args.region.as_deref()).await?;
        let timings = learned(global, place.region()).await;
        let plan = plan(&Graph::default(), &state, KINDS, &timings).map_err(|e| Failure::before(&e))?;
        let plan = plan.allowing(&Consent::Everything);
        let mut forecasting = Forecasting::of(&plan, &state, &Limits::default(), clock);
        show_plan::data(global, &plan, forecasting.get().await, args.all)?;
        return exit_code(args, plan.changes());
    }
    let target = Target::new(global, &args.env, Access::Read).await?;
    let Opened { mut state, facts, .. } = target.open(target.place.read().await?, clock).await?;
    if args.refresh {
        drift::report(&target.session, &mut state, clock).await?;
    }
    let want = target.graph(&facts);
    let plan = target.session.provider().plan(&want, &state).map_err(|e| Failure::before(&e))?;
    let mut forecasting = Forecasting::of(&plan, &state, &Limits::default(), clock);
    show_plan::data(global, &plan, forecasting.get().await, args.all)?;
    exit_code(args, plan.changes())
}

fn exit_code(args: &PlanArgs, changes: bool) -> Result {
    if args.detailed_exitcode && changes { Err(Failure::already_reported(Exit::Changes)) } else { Ok(()) }
}
