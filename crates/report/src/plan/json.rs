//! A plan for programs: one object.
use super::{TOTALS, changes, count, is_change, service};
use crate::SCHEMA;
use serde_json::{Map, Value, json};
use vidpipe_engine::{Action, Step, event::Forecast};

/// The plan as JSON: totals, the forecast (`null` if unknown), and every step with its spec, its old spec, and the
/// properties that differ.
pub fn json(steps: &[Step], forecast: Option<&Forecast>) -> Value {
    let totals: Map<String, Value> =
        TOTALS.iter().map(|(actions, word)| ((*word).to_owned(), count(steps, actions).into())).collect();
    let listed: Vec<Value> = steps.iter().map(step_json).collect();
    json!({
        "schema": SCHEMA, "changes": is_change(steps), "totals": totals, "forecast": forecast, "steps": listed,
    })
}

fn step_json(step: &Step) -> Value {
    let differ: Vec<Value> = if matches!(step.action, Action::Update | Action::Replace | Action::Decide) {
        let changed = changes(step.old.as_ref(), step.spec.as_ref());
        let entry = |c: super::Change| json!({ "path": c.path, "old": c.old, "new": c.new });
        changed.into_iter().filter(|c| !c.is_same()).map(entry).collect()
    } else {
        Vec::new()
    };
    json!({
        "name": step.name, "kind": step.kind, "service": service(&step.kind), "action": step.action,
        "because": step.because, "fixed": step.fixed, "trouble": step.trouble, "loses": step.data_loss,
        "needs_consent": step.needs_consent, "spec": step.spec, "old": step.old, "changes": differ,
    })
}
