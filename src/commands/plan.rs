//! `vidpipe plan`: shows what `up`, or `down`, would do. Changes nothing and writes nothing.
use crate::{
    cli::{self, Global},
    environment::{self, Target},
    fail::{Exit, Failure, Result},
    forecast::Forecasting,
    session::{Access, Session, learned},
};
use vidpipe_aws::KINDS;
use vidpipe_engine::{Clock, Consent, Drift, Entry, Graph, Limits, Name, State, kind_of, plan};
use vidpipe_run::Opened;
use vidpipe_text::clean;

pub(super) async fn run(global: &Global, args: &cli::Plan) -> Result {
    let clock = Clock::start();
    if args.down {
        let (place, state) = environment::select(global, &args.env.suffix, args.env.pipeline, args.region.as_deref())?;
        let timings = learned(global, place.region());
        let plan = plan(&Graph::default(), &state, KINDS, &timings).map_err(|e| Failure::before(&e))?;
        let plan = plan.allowing(&Consent::Everything);
        let mut forecasting = Forecasting::of(&plan, &state, &Limits::default(), clock);
        show::data(global, &plan, forecasting.get().await, args.all)?;
        return exit_code(args, plan.changes());
    }
    let target = Target::new(global, &args.env, Access::Read).await?;
    let Opened { mut state, facts, .. } = target.open(target.place.read()?, clock).await?;
    if args.refresh {
        report_drift(&target.session, &mut state, clock).await?;
    }
    let want = target.graph(&facts);
    let plan = target.session.provider().plan(&want, &state).map_err(|e| Failure::before(&e))?;
    let mut forecasting = Forecasting::of(&plan, &state, &Limits::default(), clock);
    show::data(global, &plan, forecasting.get().await, args.all)?;
    exit_code(args, plan.changes())
}

fn exit_code(args: &cli::Plan, changes: bool) -> Result {
    if args.detailed_exitcode && changes { Err(Failure::already_reported(Exit::Changes)) } else { Ok(()) }
}

/// Reads every recorded resource, and reports what is missing or differs.
pub(super) async fn report_drift(session: &Session, state: &mut State, clock: Clock) -> Result<Vec<(Name, Drift)>> {
    let drifted = session.provider().refresh(state, clock.now()).await.map_err(|e| Failure::before(&e))?;
    for (node, drift) in &drifted {
        super::note(&clean(&match drift {
            Drift::Gone => format!("{node} is gone: it will be recreated"),
            Drift::Theirs(lineage) => {
                format!("{node} is gone, and there is another one, of lineage {lineage}: that is left alone")
            }
            Drift::Unmarked => format!("{node} carries no tag `vidpipe:lineage`: nobody can say whose it is"),
            Drift::Changed(why) => format!("{node} was changed ({why}): it will be put back"),
            Drift::Differs => format!("{node} differs from what was recorded"),
            Drift::Broken(why) if may_hold_data(state, node) => {
                format!("{node} is broken ({why}): it may hold data, so it is not recreated but checked again")
            }
            Drift::Broken(why) => format!("{node} is broken ({why}): it will be recreated"),
        }))?;
    }
    Ok(drifted)
}

fn may_hold_data(state: &State, node: &Name) -> bool {
    let holds =
        |entry: &Entry| kind_of(KINDS, &entry.kind).is_ok_and(|kind| entry.data_loss(kind.data_loss()).is_some());
    state.entries.get(node).is_some_and(holds)
}

/// Shows a plan to people and programs.
pub(super) mod show {
    use super::Result;
    use crate::{
        cli::{Global, Output},
        commands::{note, print, print_json},
        screen,
    };
    use vidpipe_aws::Aws;
    use vidpipe_engine::{Plan, event::Forecast};
    use vidpipe_report::plan::{human, json};

    /// Prints the whole plan to stdout, as data.
    pub(crate) fn data(global: &Global, plan: &Plan<Aws>, forecast: Option<&Forecast>, all: bool) -> Result {
        match global.output {
            Output::Json | Output::Jsonl => print_json(global.output, &json(&plan.steps, forecast)),
            _ => print(&human(&plan.steps, forecast, all, &screen::on_stdout())),
        }
    }

    /// Prints the whole plan to stderr, before a prompt.
    pub(crate) fn before(plan: &Plan<Aws>, forecast: Option<&Forecast>) -> Result {
        note(human(&plan.steps, forecast, false, &screen::on_stderr()).trim_end())
    }
}
