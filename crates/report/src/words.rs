//! The wording of a run, the same in every view.
use crate::text::{clean, duration};
use std::time::Duration;
use vidpipe_engine::{
    Action,
    event::{Fault, Halt, Op},
};

/// The action in progress.
pub(crate) const fn doing(action: Action, op: Op) -> &'static str {
    match (op, action) {
        (_, Action::Leave) => "leaving",
        (Op::Remove, _) => "removing",
        (_, Action::Create | Action::Replace) => "creating",
        (_, Action::Resume) => "resuming",
        (_, Action::Update) => "updating",
        (_, Action::Decide | Action::Keep | Action::Recheck | Action::Delete) => "checking",
    }
}

/// The completed action.
pub(crate) const fn done(action: Action, op: Op, changed: bool) -> &'static str {
    match (op, action, changed) {
        (_, Action::Leave, _) => "left to the account",
        (Op::Remove, ..) => "removed",
        (_, _, false) => "unchanged",
        (_, Action::Create | Action::Replace, _) => "created",
        (_, Action::Resume, _) => "resumed",
        (_, Action::Update | Action::Decide | Action::Keep | Action::Recheck | Action::Delete, _) => "updated",
    }
}

/// Reports that the node's resource is deleted, and that another one exists in its place.
pub(crate) fn theirs(id: &str, ours: &str, theirs: &str) -> String {
    format!("that of lineage {ours} is gone; there is another `{id}`, of lineage {theirs}, which is left alone")
}

/// The API quota that is waited for, and the wait.
pub(crate) fn queued(budget: &str, pause: Duration) -> (String, String) {
    (format!("API quota of {budget}"), format!(", next in {}", duration(pause)))
}

/// The reason that a run stops early; the view supplies the first word.
pub(crate) const fn stopping(why: Halt) -> &'static str {
    match why {
        Halt::Asked => "calls in flight land, no new ones are made",
        Halt::Deadline => "for the deadline: calls in flight land, no new ones are made",
    }
}

/// The remaining time for retries, if known.
pub(crate) fn at_most(left: Option<Duration>) -> String {
    left.map(|left| format!(", for at most {} more", duration(left))).unwrap_or_default()
}

/// A fault with sanitized text.
pub(crate) fn cleaned(fault: &Fault) -> Fault {
    let clean = |s: &Option<String>| s.as_deref().map(clean);
    Fault {
        message: self::clean(&fault.message),
        call: clean(&fault.call),
        code: clean(&fault.code),
        request_id: clean(&fault.request_id),
        hint: clean(&fault.hint),
    }
}
