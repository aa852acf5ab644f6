//! `vidpipe completions` and `vidpipe man`: what other programs read of the command line.
use crate::{
    cli::Cli,
    fail::{Exit, Failure, Result},
};
use clap::CommandFactory;
use clap_complete::Shell;
use std::path::Path;

pub(super) fn completions(shell: Shell) -> Result {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "vidpipe", &mut text);
    super::print_bytes(&text)
}

pub(super) fn man(dir: Option<&Path>) -> Result {
    let failed = |e| Failure::new(Exit::Failed, format!("failed to write the manual: {e}"));
    match dir {
        Some(dir) => {
            std::fs::create_dir_all(dir).and_then(|()| clap_mangen::generate_to(Cli::command(), dir)).map_err(failed)
        }
        None => {
            let mut text = Vec::new();
            clap_mangen::Man::new(Cli::command()).render(&mut text).map_err(failed)?;
            super::print_bytes(&text)
        }
    }
}
