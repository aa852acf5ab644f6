//! How EC2's describe calls reach winterbaume.

use crate::context::Context;
use crate::wire::{Ask, Verdict, WireRule};

/// Every state a NAT gateway can be in.
const NAT_STATES: [&str; 5] = ["pending", "failed", "available", "deleting", "deleted"];

pub(super) fn rules() -> Vec<WireRule> {
    vec![
        WireRule::before("EC2", "*", without_filters),
        WireRule::before("EC2", "DescribeNatGateways", deleted_ones_too),
    ]
}

/// Filters are applied to the answer instead (see `filters`).
fn without_filters(_: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    if ask.operation.starts_with("Describe") {
        ask.form.retain(|field, _| !field.starts_with("Filter."));
    }
    Verdict::Pass
}

/// AWS shows deleted NAT gateways for about an hour; winterbaume hides them unless a filter names the state.
fn deleted_ones_too(_: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    ask.form.insert("Filter.1.Name".into(), "state".into());
    for (index, state) in NAT_STATES.iter().enumerate() {
        let field = format!("Filter.1.Value.{}", index + 1);
        ask.form.insert(field, (*state).to_owned());
    }
    Verdict::Pass
}
