//! The data a plan would lose permanently, the reasons, and the consent it requires.
use super::human::value_text;
use crate::text::clean;
use vidpipe_engine::{Action, Step};

/// The flag that permits these losses, as typed by a user.
pub fn consent(losing: &[&Step]) -> String {
    let names: Vec<&str> = losing.iter().map(|s| s.name.0.as_str()).collect();
    format!("--allow-data-loss {}", names.join(","))
}

/// One line per loss: the node, the data that is lost with it, and the reason.
pub fn losses(losing: &[&Step], steps: &[Step]) -> String {
    let line = |step: &&Step| {
        let (done, lost) = (past(step.action), step.data_loss.unwrap_or("what is in it"));
        format!("  {} ({}) would be {done}, which loses {lost}: {}\n", step.name, step.kind, why(step, steps))
    };
    losing.iter().map(line).collect()
}

/// The reason that a node is deleted or replaced: the property that cannot be changed, of the node itself or of the
/// node whose replacement causes this one.
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
    if root.name == step.name { reason } else { format!("{reason}, and {} depends on it", clean(&step.name.0)) }
}

/// The replacement that causes this one.
fn root<'a>(step: &'a Step, steps: &'a [Step]) -> &'a Step {
    let mut at = step;
    // A chain has at most as many links as the plan has steps.
    for _ in steps {
        match at.because.as_ref().and_then(|on| steps.iter().find(|s| s.name == *on)) {
            Some(on) => at = on,
            None => break,
        }
    }
    at
}

/// A property with its old and its new value.
fn differing(step: &Step, field: &str) -> String {
    let value = |spec: &Option<serde_json::Value>| {
        spec.as_ref().and_then(|s| s.get(field)).map_or_else(|| "none".into(), |v| short(&value_text(v)))
    };
    format!("{} ({} -> {})", clean(field), value(&step.old), value(&step.spec))
}

/// A value, truncated to a recognizable length.
fn short(value: &str) -> String {
    const MOST: usize = 60;
    if value.chars().count() <= MOST {
        return value.to_owned();
    }
    value.chars().take(MOST).chain("...".chars()).collect()
}

/// The past participle of a destructive action.
pub(super) const fn past(action: Action) -> &'static str {
    if matches!(action, Action::Delete) { "deleted" } else { "replaced" }
}
