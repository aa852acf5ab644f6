//! EC2: networks. Winterbaume models networks in outline, but not client tokens, group rules, route targets and
//! filters.

mod addresses;
mod associations;
mod endpoints;
mod filters;
mod gateways;
mod group_rule;
mod group_rules;
mod groups;
mod interfaces;
mod laws;
mod lifecycle;
mod lookups;
mod nat;
mod networks;
mod places;
mod routes;
mod unknown_ids;
mod zones;

use aws_sdk_ec2::types::{Tag, TagSpecification};

use crate::backends::BackendOf;
use crate::budgets::TokenBucket;
use crate::faults::{FaultCodes, is_read};
use crate::log::Id;
use crate::service::{Resource, Rules, Service, Standing};
use crate::store::Fact;
use crate::typed::Rule;
use crate::wire::{Protocol, WireRule};

pub(crate) use addresses::Address;
pub(crate) use associations::Association;
pub(crate) use endpoints::{Endpoint, GuestGroup, PREFIXES, task_placed};
pub(crate) use gateways::Gateway;
pub(crate) use group_rule::GroupRule;
pub(crate) use groups::{DEFAULT as DEFAULT_GROUP, Group};
pub(crate) use nat::{Nat, owner as nat_owner};
pub(crate) use networks::{Network, is_main_table};
pub(crate) use routes::Table;
pub(crate) use zones::zones;

pub(crate) static EC2: Service = Service {
    backend: Some(BackendOf::new::<winterbaume_ec2::Ec2Service>("ec2")),
    protocol: Protocol::Ec2Query,
    laws: laws::laws,
    model: Rules { typed: typed_rules, wire: wire_rules },
    lifecycle: Rules::typed(lifecycle::rules),
    // Filters see what all other rules have made of an answer.
    last: Rules::typed(filters::rules),
    creates: &[
        ("CreateVpc", Id::Answer("vpc_id")),
        ("CreateSubnet", Id::Answer("subnet_id")),
        ("CreateInternetGateway", Id::Answer("internet_gateway_id")),
        ("AllocateAddress", Id::Answer("allocation_id")),
        ("CreateNatGateway", Id::Answer("nat_gateway_id")),
        ("CreateRouteTable", Id::Answer("route_table_id")),
        ("CreateRoute", Id::Request(&["route_table_id", "destination_cidr_block"])),
        ("AssociateRouteTable", Id::Answer("association_id")),
        ("CreateSecurityGroup", Id::Answer("group_id")),
        ("CreateVpcEndpoint", Id::Answer("vpc_endpoint_id")),
        ("AuthorizeSecurityGroupIngress", Id::Answer("security_group_rule_id")),
    ],
    budget,
    codes: CODES,
    unfound: |operation| Some((not_found(operation), 400)),
    kept: &[GroupRule::KIND, Endpoint::KIND, GuestGroup::KIND],
    standing,
    ..Service::new("EC2", "ec2")
};

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html>
/// <https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html>
const CODES: FaultCodes = FaultCodes {
    throttled: ("RequestLimitExceeded", "Rate exceeded", 503),
    expired: ("RequestExpired", "The security token included in the request is expired", 403),
    skewed: ("AuthFailure", "Signature expired: the request is from another time", 403),
    denied: ("UnauthorizedOperation", "You are not authorized to perform this operation", 403),
    ..FaultCodes::JSON
};

/// <https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html>
fn budget(operation: &str) -> Vec<TokenBucket> {
    let (burst, per_second) = match operation {
        "CreateNatGateway" | "DeleteNatGateway" => (10.0, 1.0),
        "CreateVpcEndpoint" | "ModifyVpcEndpoint" | "DeleteVpcEndpoints" => (4.0, 0.3),
        "CreateTags" => (100.0, 10.0),
        _ if is_read(operation) => (100.0, 20.0),
        _ => (50.0, 5.0),
    };
    vec![TokenBucket::new(operation, burst, per_second)]
}

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html>
fn not_found(operation: &str) -> &'static str {
    match operation {
        "DeleteNatGateway" => "NatGatewayNotFound",
        "ReleaseAddress" => "InvalidAllocationID.NotFound",
        "DeleteSubnet" => "InvalidSubnetID.NotFound",
        "DeleteVpc" => "InvalidVpcID.NotFound",
        "DeleteRouteTable" => "InvalidRouteTableID.NotFound",
        "DeleteRoute" => "InvalidRoute.NotFound",
        "DisassociateRouteTable" => "InvalidAssociationID.NotFound",
        "DetachInternetGateway" | "DeleteInternetGateway" => "InvalidInternetGatewayID.NotFound",
        _ => "InvalidGroup.NotFound",
    }
}

/// A deleted NAT gateway is shown for a while. Winterbaume leaves a VPC's default network ACL behind; AWS removes it
/// with the VPC.
fn standing(resource: &Resource<'_>) -> Standing {
    match resource.kind {
        "nat_gateways" if resource.state() == "deleted" => Standing::Tombstone,
        "network_acls" if resource.fields["is_default"] == true => Standing::Implied,
        _ => Standing::Exists,
    }
}

/// The rules of the model on typed inputs and outputs.
fn typed_rules() -> Vec<Rule> {
    let mut rules = gateways::rules();
    rules.extend(networks::rules());
    rules.extend(addresses::rules());
    rules.extend(places::rules());
    rules.extend(zones::rules());
    rules.extend(nat::rules());
    rules.extend(routes::rules());
    rules.extend(associations::rules());
    rules.extend(groups::rules());
    rules.extend(group_rules::rules());
    rules.extend(interfaces::rules());
    rules.extend(endpoints::rules());
    rules
}

/// The rules of the model on the wire.
fn wire_rules() -> Vec<WireRule> {
    let mut rules = lookups::rules();
    rules.extend(unknown_ids::rules());
    rules
}

/// A tag in its stored form.
type Pair = (String, String);

/// The tags in a create call.
fn asked(specifications: &[TagSpecification]) -> Vec<Pair> {
    (specifications.iter())
        .flat_map(TagSpecification::tags)
        .map(|tag| {
            let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
            (text(tag.key()), text(tag.value()))
        })
        .collect()
}

/// Stored tags as EC2 shows them.
fn shown(pairs: &[Pair]) -> Vec<Tag> {
    (pairs.iter()).map(|(key, value)| Tag::builder().key(key).value(value).build()).collect()
}
