//! `vidpipe completions` and `vidpipe man`: generated from the command-line definition.
use crate::{
    fail::{Exit, Failure, Result},
    print::print_bytes,
};
use clap_complete::Shell;
use clap_mangen::Man;
use std::{io, path::Path};
use vidpipe_store::files::Output;

pub(crate) fn completions(command: &mut clap::Command, shell: Shell) -> Result {
    let mut text = Vec::new();
    clap_complete::generate(shell, command, "vidpipe", &mut text);
    print_bytes(&text)
}

pub(crate) fn man(command: clap::Command, dir: Option<&Path>) -> Result {
    let failed = |e| Failure::new(Exit::Failed, format!("failed to write the manual: {e}"));
    match dir {
        Some(dir) => {
            let mut command = command.disable_help_subcommand(true);
            command.build();
            pages(&command, dir).map_err(failed)
        }
        None => print_bytes(&rendered(&Man::new(command)).map_err(failed)?),
    }
}

/// Writes a page for the command, and for each of its subcommands.
fn pages(command: &clap::Command, dir: &Path) -> io::Result<()> {
    command.get_subcommands().filter(|below| !below.is_hide_set()).try_for_each(|below| pages(below, dir))?;
    let page = Man::new(command.clone());
    Output::at(&dir.join(page.get_filename()))?.put(&rendered(&page)?)
}

fn rendered(page: &Man) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    page.render(&mut text)?;
    Ok(text)
}
