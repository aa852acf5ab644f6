//! Describe calls with names. AWS refuses unknown names where winterbaume answers with an empty list.

use crate::context::Refusal;
use crate::wire::{Ask, WireRule};

/// Service, operation, the form field with the names, and AWS's not-found code.
/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html>
const BY_NAME: &[(&str, &str, &str, &str)] = &[
    ("EC2", "DescribeVpcs", "VpcId", "InvalidVpcID.NotFound"),
    ("EC2", "DescribeSubnets", "SubnetId", "InvalidSubnetID.NotFound"),
    ("EC2", "DescribeInternetGateways", "InternetGatewayId", "InvalidInternetGatewayID.NotFound"),
    ("EC2", "DescribeNatGateways", "NatGatewayId", "NatGatewayNotFound"),
    ("EC2", "DescribeRouteTables", "RouteTableId", "InvalidRouteTableID.NotFound"),
    ("EC2", "DescribeSecurityGroups", "GroupId", "InvalidGroup.NotFound"),
    ("EC2", "DescribeAddresses", "AllocationId", "InvalidAllocationID.NotFound"),
];

pub(super) fn rules() -> Vec<WireRule> {
    (BY_NAME.iter()).map(|(service, operation, _, _)| WireRule::text(service, operation, unknown_names)).collect()
}

fn unknown_names(ask: &Ask, answer: &str) -> Option<Refusal> {
    let (_, _, field, code) = BY_NAME.iter().find(|(_, name, _, _)| *name == ask.operation)?;
    let unknown = (ask.form.iter())
        .filter(|(name, _)| name.strip_prefix(field).is_some_and(|rest| rest.starts_with('.')))
        .map(|(_, id)| id)
        .find(|id| !answer.contains(&format!(">{id}<")))?;
    Some(Refusal::new(code, format!("The ID '{unknown}' does not exist")))
}
