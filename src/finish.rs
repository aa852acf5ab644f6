//! The end of a run: the result, failures and their causes, next steps, and the exit code.
use crate::{
    cli::{Global, Output},
    commands::{note, print, print_json},
    execute::Outcome,
    fail::{Exit, Failure, Result},
    screen,
};
use serde_json::json;
use std::{
    collections::BTreeMap,
    io,
    path::{Path, PathBuf},
};
use vidpipe_engine::sweep::Swept;
use vidpipe_report::{
    outputs,
    summary::{self, Next},
    sweep,
};
use vidpipe_store::files;
use vidpipe_text::path as shown;

/// Ends `up`: prints the outputs if the run completed.
pub(crate) fn up(global: &Global, outcome: &Outcome) -> Result {
    let suffix = &outcome.state.env.suffix;
    show(global, outcome, &Words { again: again(global, "up", suffix), then: Some(again(global, "status", suffix)) })?;
    if outcome.summary.is_complete() && matches!(global.output, Output::Human | Output::Plain) {
        print(&outputs::human(&outcome.state.outputs))?;
    }
    ended(outcome)
}

/// Ends `down`: the exit code depends on what still exists.
pub(crate) fn down(global: &Global, outcome: &Outcome) -> Result {
    let again = again(global, "down", &outcome.state.env.suffix);
    show(global, outcome, &Words { again, then: None })?;
    swept(global, outcome)?;
    ended(outcome)?;
    if is_gone(outcome) { Ok(()) } else { Err(Failure::already_reported(Exit::Left)) }
}

/// Prints what still exists.
pub(crate) fn swept(global: &Global, outcome: &Outcome) -> Result {
    let Some(swept) = &outcome.swept else { return Ok(()) };
    let again = again(global, "down", &outcome.state.env.suffix);
    note(sweep::human(swept, &again, &screen::on_stderr()).trim_end())
}

/// Whether everything is verifiably deleted: only then may the state be deleted too.
pub(crate) fn is_gone(outcome: &Outcome) -> bool {
    outcome.state.entries.is_empty() && outcome.swept.as_ref().is_some_and(Swept::is_clean)
}

struct Words {
    again: String,
    then: Option<String>,
}

/// A command line as the user would type it.
pub(crate) fn again(global: &Global, command: &str, suffix: &str) -> String {
    let sandbox = if global.sandbox { " --sandbox" } else { "" };
    let folder = &global.state;
    let state = if folder == Path::new(".vidpipe") { String::new() } else { format!(" --state {}", shown(folder)) };
    format!("vidpipe {command} --suffix {suffix}{sandbox}{state}")
}

fn show(global: &Global, outcome: &Outcome, words: &Words) -> Result {
    let (progress, next) = (outcome.screen.progress(), Next { again: &words.again, then: words.then.as_deref() });
    note(summary::human(&progress, next, &screen::on_stderr()).trim_end())?;
    if global.output != Output::Json {
        return Ok(());
    }
    let mut body = summary::json(&progress, next);
    body["nodes"] = json!(outcome.state.entries.len());
    if words.then.is_some() {
        body["outputs"] = json!(outcome.state.outputs);
    } else if let (Some(body), Some(swept)) = (body.as_object_mut(), &outcome.swept) {
        body.extend(sweep::json(swept));
    }
    print_json(global.output, &body)
}

fn ended(outcome: &Outcome) -> Result {
    match (outcome.signal, outcome.summary.is_complete()) {
        (Some(signal), false) => Err(Failure::already_reported(signal)),
        (_, true) => Ok(()),
        _ => Err(Failure::already_reported(Exit::Partly)),
    }
}

/// Write the outputs as one flat JSON object, the way programs written for `cfn-outputs/flat-outputs.json` read them.
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
    Failure::new(exit, format!("failed to write {what} to {}: {e}", shown(file)))
        .hint("name a file in a folder that you may write to, or a pipe that is read from")
}
