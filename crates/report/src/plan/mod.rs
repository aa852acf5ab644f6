//! The plan of a run, for people and for programs.
mod diff;
mod human;
mod json;
mod loss;

pub use diff::{Change, changes};
pub use human::human;
pub use json::json;
pub use loss::{consent, losses};

use vidpipe_engine::{Action, Step};

/// The service of a kind: the part before its `:`.
fn service(kind: &str) -> &str {
    kind.split_once(':').map_or(kind, |(service, _)| service)
}

/// The actions counted together, with their words, in output order.
const TOTALS: [(&[Action], &str); 8] = [
    (&[Action::Create, Action::Resume], "create"),
    (&[Action::Update], "update"),
    (&[Action::Replace], "replace"),
    (&[Action::Delete], "delete"),
    (&[Action::Leave], "leave"),
    (&[Action::Decide], "decide"),
    (&[Action::Recheck], "check"),
    (&[Action::Keep], "keep"),
];

fn count(steps: &[Step], actions: &[Action]) -> usize {
    steps.iter().filter(|s| actions.contains(&s.action)).count()
}

/// Whether these steps change anything, or may do so once values are known.
fn may_change(steps: &[Step]) -> bool {
    is_change(steps) || count(steps, &[Action::Decide, Action::Recheck]) > 0
}

/// Whether these steps certainly change anything.
fn is_change(steps: &[Step]) -> bool {
    steps.iter().any(|s| !matches!(s.action, Action::Keep | Action::Decide | Action::Recheck))
}
