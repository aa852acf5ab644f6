//! The verbs of a run, the same in every view.
use vidpipe_engine::{Action, event::Half};

/// What is being done.
pub(crate) const fn doing(action: Action, half: Half) -> &'static str {
    match (half, action) {
        (Half::Remove, _) => "removing",
        (_, Action::Create | Action::Replace) => "creating",
        (_, Action::Resume) => "resuming",
        (_, Action::Update) => "updating",
        (_, Action::Decide | Action::Keep | Action::Delete) => "checking",
    }
}

/// What was done.
pub(crate) const fn done(action: Action, half: Half, changed: bool) -> &'static str {
    match (half, action, changed) {
        (Half::Remove, ..) => "removed",
        (_, _, false) => "unchanged",
        (_, Action::Create | Action::Replace, _) => "created",
        (_, Action::Resume, _) => "resumed",
        (_, Action::Update | Action::Decide | Action::Keep | Action::Delete, _) => "updated",
    }
}
