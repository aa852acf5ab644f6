//! Changes to EC2's describe calls before they reach winterbaume.

use crate::context::Context;
use crate::wire::{Ask, Verdict, WireRule};

/// All states of a NAT gateway.
const NAT_STATES: [&str; 5] = ["pending", "failed", "available", "deleting", "deleted"];

pub(super) fn rules() -> Vec<WireRule> {
    vec![
        WireRule::before("EC2", "*", without_filters),
        WireRule::before("EC2", "DescribeNatGateways", deleted_ones_too),
        WireRule::before("EC2", "DescribeSecurityGroups", all_groups),
        WireRule::before("EC2", "DescribeRouteTables", all_tables),
    ]
}

/// Filters are applied to the answer instead (see `filters`).
fn without_filters(_: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    if ask.operation.starts_with("Describe") {
        without(ask, "Filter.");
    }
    Verdict::Pass
}

fn without(ask: &mut Ask, fields: &str) {
    ask.form.retain(|field, _| !field.starts_with(fields));
}

/// Winterbaume does not know the default groups, which can be described by id too (see `networks`).
fn all_groups(_: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    without(ask, "GroupId.");
    Verdict::Pass
}

/// Like [`all_groups`], for the main tables.
fn all_tables(_: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    without(ask, "RouteTableId.");
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
