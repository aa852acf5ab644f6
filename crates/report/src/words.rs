//! The verbs of a run, the same in every view.
use crate::text::{clean, duration};
use std::time::Duration;
use vidpipe_engine::{
    Action,
    event::{Fault, Half, Halt},
};

/// What is being done.
pub(crate) const fn doing(action: Action, half: Half) -> &'static str {
    match (half, action) {
        (_, Action::Leave) => "leaving",
        (Half::Remove, _) => "removing",
        (_, Action::Create | Action::Replace) => "creating",
        (_, Action::Resume) => "resuming",
        (_, Action::Update) => "updating",
        (_, Action::Decide | Action::Keep | Action::Look | Action::Delete) => "checking",
    }
}

/// What was done.
pub(crate) const fn done(action: Action, half: Half, changed: bool) -> &'static str {
    match (half, action, changed) {
        (_, Action::Leave, _) => "left to the account",
        (Half::Remove, ..) => "removed",
        (_, _, false) => "unchanged",
        (_, Action::Create | Action::Replace, _) => "created",
        (_, Action::Resume, _) => "resumed",
        (_, Action::Update | Action::Decide | Action::Keep | Action::Look | Action::Delete, _) => "updated",
    }
}

/// That ours is gone, and another one is where it was.
pub(crate) fn theirs(id: &str, ours: &str, theirs: &str) -> String {
    format!("that of lineage {ours} is gone; there is another `{id}`, of lineage {theirs}, which is left alone")
}

/// What is waited for at an API with a call budget, and for how long.
pub(crate) fn queued(budget: &str, pause: Duration) -> (String, String) {
    (format!("API quota of {budget}"), format!(", next in {}", duration(pause)))
}

/// That a run stops before its end, and why; the first word is left to the view.
pub(crate) const fn stopping(why: Halt) -> &'static str {
    match why {
        Halt::Asked => "calls in flight land, no new ones are made",
        Halt::Deadline => "for the deadline: calls in flight land, no new ones are made",
    }
}

/// For how long something is tried again at most, where that is known.
pub(crate) fn at_most(left: Option<Duration>) -> String {
    left.map(|left| format!(", for at most {} more", duration(left))).unwrap_or_default()
}

/// A fault whose texts a terminal does not obey.
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
