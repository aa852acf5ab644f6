//! `vidpipe init`: writes a commented spec.
use crate::{
    args::pipelines,
    fail::{Exit, Failure, Result},
    print::{note, print},
};
use clap::Args;
use std::{
    io,
    path::{Path, PathBuf},
};
use vidpipe_pipelines::spec::{Pipeline, template};
use vidpipe_store::files::Output;
use vidpipe_text::path as display_path;

#[derive(Debug, Args)]
pub(crate) struct InitArgs {
    #[arg(short, long, value_name = "NAME", env = "VIDPIPE_PIPELINE", help = pipelines())]
    pub(crate) pipeline: Option<Pipeline>,
    /// Where to write it; `-` is stdout.
    #[arg(short, long, value_name = "FILE", default_value = "vidpipe.toml", env = "VIDPIPE_CONFIG")]
    pub(crate) config: PathBuf,
}

pub(crate) fn run(args: &InitArgs) -> Result {
    let text = template(args.pipeline.unwrap_or(Pipeline::ALL[0]));
    if args.config == Path::new("-") {
        return print(&text);
    }
    let name = display_path(&args.config);
    match Output::at(&args.config).and_then(|output| output.put_new(text.as_bytes())) {
        Ok(()) => note(&format!("wrote {name}: change what you like, then `vidpipe plan --suffix NAME`")),
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {
            Err(Failure::new(Exit::Refused, format!("{name} exists already, and is left as it is"))
                .hint("choose another name with --config, or `--config -` to see it on stdout"))
        }
        Err(e) => Err(Failure::new(Exit::Refused, format!("failed to write {name}: {e}"))),
    }
}
