//! How EC2's describe calls find things.

use crate::context::{Context, Refusal};
use crate::wire::{Ask, Verdict, WireRule};

/// Describe calls that name ids: the form field, and what AWS says when there is no such id.
/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html>
const BY_ID: &[(&str, &str, &str)] = &[
    ("DescribeVpcs", "VpcId", "InvalidVpcID.NotFound"),
    ("DescribeSubnets", "SubnetId", "InvalidSubnetID.NotFound"),
    ("DescribeInternetGateways", "InternetGatewayId", "InvalidInternetGatewayID.NotFound"),
    ("DescribeNatGateways", "NatGatewayId", "NatGatewayNotFound"),
    ("DescribeRouteTables", "RouteTableId", "InvalidRouteTableID.NotFound"),
    ("DescribeSecurityGroups", "GroupId", "InvalidGroup.NotFound"),
    ("DescribeAddresses", "AllocationId", "InvalidAllocationID.NotFound"),
    ("DescribeNetworkInterfaces", "NetworkInterfaceId", "InvalidNetworkInterfaceID.NotFound"),
];

/// Every state a NAT gateway can be in.
const NAT_STATES: [&str; 5] = ["pending", "failed", "available", "deleting", "deleted"];

pub(super) fn rules() -> Vec<WireRule> {
    let mut rules = vec![
        WireRule::before("EC2", "*", without_filters),
        WireRule::before("EC2", "DescribeNatGateways", deleted_ones_too),
    ];
    for (operation, _, _) in BY_ID {
        rules.push(WireRule::text("EC2", operation, unknown_ids));
    }
    rules
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

/// AWS refuses ids it does not know; winterbaume answers with an empty list.
fn unknown_ids(ask: &Ask, answer: &str) -> Option<Refusal> {
    let (_, field, code) = BY_ID.iter().find(|(operation, _, _)| *operation == ask.operation)?;
    let unknown = (ask.form.iter())
        .filter(|(name, _)| name.strip_prefix(field).is_some_and(|rest| rest.starts_with('.')))
        .map(|(_, id)| id)
        .find(|id| !answer.contains(&format!(">{id}<")))?;
    Some(Refusal::new(code, format!("The ID '{unknown}' does not exist")))
}
