//! The end of a run: the result, failures and their causes, next steps, and the exit code.
use crate::{
    args::{Global, Output},
    execute::Outcome,
    fail::{Exit, Failure, Result},
    print::{note, print, print_json},
    screen,
};
use serde_json::json;
use vidpipe_engine::sweep::Swept;
use vidpipe_report::{
    outputs,
    summary::{self, Next},
    sweep,
};

/// Ends `up`: prints the outputs if the run completed.
pub(crate) fn up(global: &Global, outcome: &Outcome) -> Result {
    let env = &outcome.state.env;
    let (again, then) = (global.again_for("up", env), Some(global.again("status", &env.suffix)));
    show(global, outcome, &Words { again, then })?;
    if outcome.summary.is_complete() && matches!(global.output, Output::Human | Output::Plain) {
        print(&outputs::human(&outcome.state.outputs))?;
    }
    ended(outcome)
}

/// Ends `down`: the exit code depends on what still exists.
pub(crate) fn down(global: &Global, outcome: &Outcome) -> Result {
    let again = global.again("down", &outcome.state.env.suffix);
    show(global, outcome, &Words { again, then: None })?;
    swept(global, outcome)?;
    ended(outcome)?;
    if is_gone(outcome) { Ok(()) } else { Err(Failure::already_reported(Exit::Left)) }
}

/// Prints what still exists.
pub(crate) fn swept(global: &Global, outcome: &Outcome) -> Result {
    let Some(swept) = &outcome.swept else { return Ok(()) };
    let again = global.again("down", &outcome.state.env.suffix);
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
        _ if outcome.lost => Err(Failure::already_reported(Exit::Locked)),
        _ => Err(Failure::already_reported(Exit::Partly)),
    }
}
