//! `vidpipe outputs`: prints the outputs of an environment.
use crate::{
    cli::{self, Global, Output},
    environment,
    fail::{Exit, Failure, Result},
    print::print,
    result_file,
};
use vidpipe_report::outputs;

pub(super) fn run(global: &Global, args: &cli::Outputs) -> Result {
    let (_, state) = environment::find(global, &args.env)?;
    if state.outputs.is_empty() {
        return Err(Failure::new(
            Exit::Failed,
            format!("`{}` has no outputs yet: no `up` has ended well", args.env.suffix),
        )
        .hint("run `vidpipe up` to the end; `vidpipe status` shows how far it is"));
    }
    if let Some(file) = &args.flat_file {
        result_file::flat_file(file, &state.outputs)?;
    }
    let values = &state.outputs;
    print(&match global.output {
        Output::Human | Output::Plain => outputs::human(values),
        Output::Json => outputs::json(values),
        Output::Jsonl => format!("{}\n", serde_json::json!(values)),
        Output::Env => outputs::env(values),
        Output::Github => outputs::github(values),
    })
}
