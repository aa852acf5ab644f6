//! What a plan would lose for good, why, and the consent that takes.
use super::human::shown;
use crate::text::clean;
use vidpipe_engine::{Action, Step};

/// The flag that allows these losses, as a user would type it.
pub fn consent(losing: &[&Step]) -> String {
    let names: Vec<&str> = losing.iter().map(|s| s.name.0.as_str()).collect();
    format!("--allow-data-loss {}", names.join(","))
}

/// One line for each loss: what goes, what is lost with it, and why it goes.
pub fn losses(losing: &[&Step], steps: &[Step]) -> String {
    let line = |step: &&Step| {
        let (done, lost) = (past(step.action), step.loses.unwrap_or("what is in it"));
        format!("  {} ({}) would be {done}, which loses {lost}: {}\n", step.name, step.kind, why(step, steps))
    };
    losing.iter().map(line).collect()
}

/// Why a node goes: the property that cannot be changed, of itself or of what it stands on in the end.
pub(super) fn why(step: &Step, steps: &[Step]) -> String {
    if step.action == Action::Delete {
        return "the spec does not want it any more".into();
    }
    let root = root(step, steps);
    let reason = match (root.fixed.is_empty(), &root.trouble) {
        (false, _) => {
            let named: Vec<String> = root.fixed.iter().map(|field| differing(root, field)).collect();
            format!("{} of {} cannot be changed in place", named.join(", "), clean(&root.name.0))
        }
        (true, Some(_)) => format!("{} will never be ready", clean(&root.name.0)),
        (true, None) => format!("an earlier run began to remove {}", clean(&root.name.0)),
    };
    if root.name == step.name { reason } else { format!("{reason}, and {} stands on it", clean(&step.name.0)) }
}

/// The replacement that this one comes from.
fn root<'a>(step: &'a Step, steps: &'a [Step]) -> &'a Step {
    let mut at = step;
    // No chain is longer than there are steps.
    for _ in steps {
        match at.because.as_ref().and_then(|on| steps.iter().find(|s| s.name == *on)) {
            Some(on) => at = on,
            None => break,
        }
    }
    at
}

/// A property with what it was and what it would be.
fn differing(step: &Step, field: &str) -> String {
    let value = |spec: &Option<serde_json::Value>| {
        spec.as_ref().and_then(|s| s.get(field)).map_or_else(|| "none".into(), |v| short(&shown(v)))
    };
    format!("{} ({} -> {})", clean(field), value(&step.old), value(&step.spec))
}

/// Enough of a value to know it by.
fn short(value: &str) -> String {
    const MOST: usize = 60;
    if value.chars().count() <= MOST {
        return value.to_owned();
    }
    value.chars().take(MOST).chain("...".chars()).collect()
}

/// What is done to it, said of what would be.
pub(super) const fn past(action: Action) -> &'static str {
    if matches!(action, Action::Delete) { "deleted" } else { "replaced" }
}
