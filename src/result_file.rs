//! The files that a command writes for the user, besides stdout.
use crate::{
    fail::{Exit, Failure, Result},
    print::print,
};
use std::{
    collections::BTreeMap,
    io,
    path::{Path, PathBuf},
};
use vidpipe_report::outputs;
use vidpipe_store::files;
use vidpipe_text::path as display_path;

/// Writes the outputs as one flat JSON object, the way programs written for `cfn-outputs/flat-outputs.json` read them.
pub(crate) fn flat_file(file: &Path, values: &BTreeMap<String, String>) -> Result {
    put(file, &outputs::json(values), "the outputs")
}

/// Writes a file the user requested, in one step.
pub(crate) fn put(file: &Path, text: &str, what: &str) -> Result {
    let output = files::Output::at(file);
    if output.as_ref().is_ok_and(files::Output::is_stdout) {
        return print(text);
    }
    match output.and_then(|output| output.put(text.as_bytes())) {
        // The reader closed the pipe, which is no error, as on stdout.
        Err(e) if e.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other.map_err(|e| unwritable(Exit::Failed, file, what, &e)),
    }
}

/// Refuses a file that cannot be written, before the work whose result goes there.
pub(crate) fn may_put(file: Option<&PathBuf>, what: &str) -> Result {
    let Some(file) = file else { return Ok(()) };
    files::Output::at(file).map(drop).map_err(|e| unwritable(Exit::Refused, file, what, &e))
}

fn unwritable(exit: Exit, file: &Path, what: &str, e: &io::Error) -> Failure {
    Failure::new(exit, format!("failed to write {what} to {}: {e}", display_path(file)))
        .hint("name a file in a folder that you may write to, or a pipe that is read from")
}
