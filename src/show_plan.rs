//! Shows a plan to people and programs.
use crate::{
    args::{Global, Output},
    fail::Result,
    print::{note, print, print_json},
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
