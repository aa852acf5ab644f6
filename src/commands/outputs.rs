//! `vidpipe outputs`: prints the outputs of an environment.
use crate::{
    args::{Global, Output, RecordedArgs},
    environment,
    fail::{Exit, Failure, Result},
    print::print,
    result_file,
};
use clap::Args;
use std::path::PathBuf;
use vidpipe_report::outputs;

#[derive(Debug, Args)]
pub(crate) struct OutputsArgs {
    #[command(flatten)]
    pub(crate) env: RecordedArgs,
    /// Also write the outputs to this file, as one flat JSON object.
    #[arg(long, value_name = "FILE", env = "VIDPIPE_FLAT_FILE")]
    pub(crate) flat_file: Option<PathBuf>,
}

pub(crate) async fn run(global: &Global, args: &OutputsArgs) -> Result {
    let (_, state) = environment::find(global, &args.env).await?;
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
