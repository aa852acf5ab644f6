//! `vidpipe up`: makes the environment match the spec.
use crate::{
    args::{EnvArgs, Global, RunArgs},
    ask::confirm,
    consent, drift,
    environment::{self, Target},
    execute::{Outcome, Run},
    fail::{Failure, Result},
    finish,
    forecast::{Forecasting, limits},
    halt::Halt,
    result_file,
    rollback::roll_back,
    session::Access,
    show_plan,
};
use clap::{Args, ValueEnum, builder::BoolishValueParser};
use std::{collections::BTreeSet, path::PathBuf, time::Duration};
use vidpipe_aws::Aws;
use vidpipe_engine::{Clock, Consent, Graph, Limits, Name, Plan, State};
use vidpipe_run::Opened;
use vidpipe_store::EnvLock;

#[derive(Debug, Args)]
pub(crate) struct UpArgs {
    #[command(flatten)]
    pub(crate) env: EnvArgs,
    #[command(flatten)]
    pub(crate) run: RunArgs,
    /// On failure, keep what exists and continue on the next run, or delete what this run created.
    #[arg(long, value_name = "WHAT", default_value = "keep", env = "VIDPIPE_ON_FAILURE")]
    pub(crate) on_failure: OnFailure,
    /// First read every recorded resource, and recreate what is missing.
    #[arg(long, env = "VIDPIPE_REFRESH", value_parser = BoolishValueParser::new())]
    pub(crate) refresh: bool,
    /// Allow deleting or replacing this node and its data. May be given several times, or with commas. --yes does not
    /// imply it.
    // No environment variable: consent to data loss is given for one run and must not persist to the next.
    #[arg(long, value_name = "NODE", value_delimiter = ',')]
    pub(crate) allow_data_loss: Vec<String>,
    /// Allow removing the protection, or losing data of a protected environment (with --allow-data-loss).
    #[arg(long)]
    pub(crate) remove_protection: bool,
    /// Also write the outputs to this file, as one flat JSON object.
    #[arg(long, value_name = "FILE", env = "VIDPIPE_FLAT_FILE")]
    pub(crate) flat_file: Option<PathBuf>,
}

/// The handling of a failed run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum OnFailure {
    Keep,
    Rollback,
}

pub(crate) async fn run(global: &Global, args: &UpArgs, halt: &Halt) -> Result {
    let clock = Clock::start();
    result_file::may_put(args.flat_file.as_ref(), "the outputs")?;
    let target = Target::new(global, &args.env, Access::Change).await?;
    let (lock, state) = environment::lock(&target.place, "up", clock).await?;
    let ended = locked(global, args, halt, clock, &target, &lock, state).await;
    lock.release().await;
    ended
}

async fn locked(
    global: &Global,
    args: &UpArgs,
    halt: &Halt,
    clock: Clock,
    target: &Target,
    lock: &EnvLock,
    state: Option<State>,
) -> Result {
    let mut opened = target.open(state, clock).await?;
    let (session, want) = (&target.session, target.graph(&opened.facts));
    let mut consented = consent::given(&args.allow_data_loss, &want, &opened.state)?;
    if args.refresh {
        drift::report(session, &mut opened.state, clock).await?;
    }
    let plan = session.provider().plan(&want, &opened.state).map_err(|e| Failure::before(&e))?;
    let plan = plan.allowing(&Consent::To(consented.clone()));
    let within = limits(&args.run);
    let mut forecasting = Forecasting::new(session, &plan, &opened.state, &within, clock);
    forecasting.fits(halt, Duration::ZERO).await?;
    agree(args, &plan, &opened, &mut consented, &mut forecasting).await?;
    let limits = Limits { consent: Consent::To(consented), ..within };
    let run = Run { global, session, lock, command: "up", limits: &limits, clock, halt };
    let before = opened.state.clone();
    let outcome = go(&run, &plan, &want, opened.state, &mut forecasting).await?;
    let complete = outcome.summary.is_complete();
    if complete && let Some(file) = &args.flat_file {
        result_file::flat_file(file, &outcome.state.outputs)?;
    }
    let ended = finish::up(global, &outcome);
    let mut back = Ok(());
    if !complete && !outcome.summary.stopped && args.on_failure == OnFailure::Rollback {
        back = roll_back(&run, &before, outcome.state).await;
    }
    session.close()?;
    back.and(ended)
}

/// Shows the plan and gets consent: once for the whole plan, and by name for data loss.
async fn agree(
    args: &UpArgs,
    plan: &Plan<Aws>,
    opened: &Opened,
    consented: &mut BTreeSet<Name>,
    forecasting: &mut Forecasting,
) -> Result {
    if plan.changes() {
        // A prompt waits for the forecast. With --yes, the run reports it when it is available.
        let forecast = if args.run.yes { None } else { forecasting.get().await };
        show_plan::before(plan, forecast)?;
    }
    consent::protection(args.remove_protection, plan, opened)?;
    if consent::ask(args.run.yes, plan, consented).await? || !plan.changes() {
        return Ok(());
    }
    let env = &opened.state.env;
    confirm(&args.run, &format!("Make `{}` ({}, {}) like this?", env.suffix, env.pipeline, env.region)).await
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
