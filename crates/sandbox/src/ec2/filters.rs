//! Filters. AWS applies every filter of a describe call; winterbaume knows a few field names, has no tag filters on
//! internet gateways and no filters on network interfaces, and ignores filters it does not know. So requests reach it
//! without filters (see `lookups`), and the filters are applied here, after all other rules.

use aws_sdk_ec2::operation::describe_addresses::{DescribeAddressesInput, DescribeAddressesOutput};
use aws_sdk_ec2::operation::describe_internet_gateways::{
    DescribeInternetGatewaysInput, DescribeInternetGatewaysOutput,
};
use aws_sdk_ec2::operation::describe_nat_gateways::{DescribeNatGatewaysInput, DescribeNatGatewaysOutput};
use aws_sdk_ec2::operation::describe_network_interfaces::{
    DescribeNetworkInterfacesInput, DescribeNetworkInterfacesOutput,
};
use aws_sdk_ec2::operation::describe_route_tables::{DescribeRouteTablesInput, DescribeRouteTablesOutput};
use aws_sdk_ec2::operation::describe_security_group_rules::{
    DescribeSecurityGroupRulesInput, DescribeSecurityGroupRulesOutput,
};
use aws_sdk_ec2::operation::describe_security_groups::{DescribeSecurityGroupsInput, DescribeSecurityGroupsOutput};
use aws_sdk_ec2::operation::describe_subnets::{DescribeSubnetsInput, DescribeSubnetsOutput};
use aws_sdk_ec2::operation::describe_vpc_endpoints::{DescribeVpcEndpointsInput, DescribeVpcEndpointsOutput};
use aws_sdk_ec2::operation::describe_vpcs::{DescribeVpcsInput, DescribeVpcsOutput};
use aws_sdk_ec2::types::{
    Address, Filter, InternetGateway, NatGateway, NetworkInterface, RouteTable, SecurityGroup, SecurityGroupRule,
    Subnet, Tag, Vpc, VpcEndpoint,
};

use crate::context::Context;
use crate::ec2::laws::is_lagging;
use crate::typed::{Rule, after};

/// A resource that filters can select.
trait Filtered {
    fn id(&self) -> Option<&str>;
    fn tags(&self) -> &[Tag];
    /// The values of the field a filter names; empty for a name AWS does not know.
    fn field(&self, name: &str) -> Vec<&str>;
}

fn matches(thing: &impl Filtered, filter: &Filter) -> bool {
    let name = filter.name().unwrap_or_default();
    let found: Vec<&str> = match name.split_once(':') {
        Some(("tag", key)) => {
            (thing.tags().iter()).filter(|tag| tag.key() == Some(key)).filter_map(Tag::value).collect()
        }
        _ if name == "tag-key" => thing.tags().iter().filter_map(Tag::key).collect(),
        _ => thing.field(name),
    };
    (filter.values().iter()).any(|wanted| found.iter().any(|value| glob(wanted, value)))
}

/// AWS's wildcard: a star matches any text.
fn glob(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((start, rest)) => (text.strip_prefix(start))
            .is_some_and(|tail| (0..=tail.len()).any(|at| tail.is_char_boundary(at) && glob(rest, &tail[at..]))),
    }
}

fn keep<T: Filtered>(context: &Context<'_>, things: &mut Option<Vec<T>>, filters: &[Filter]) {
    if let Some(things) = things {
        things.retain(|thing| !thing.id().is_some_and(|id| is_lagging(context, id)));
        things.retain(|thing| filters.iter().all(|filter| matches(thing, filter)));
    }
}

fn list<'a>(values: impl IntoIterator<Item = Option<&'a str>>) -> Vec<&'a str> {
    values.into_iter().flatten().collect()
}

fn yes_no(value: Option<bool>) -> Option<&'static str> {
    value.map(|value| if value { "true" } else { "false" })
}

macro_rules! filtered {
    ($($type:ty, $id:ident, $tags:ident: |$thing:ident| { $($name:pat => $value:expr),+ $(,)? })+) => {
        $(impl Filtered for $type {
            fn id(&self) -> Option<&str> {
                self.$id()
            }

            fn tags(&self) -> &[Tag] {
                self.$tags()
            }

            fn field(&self, name: &str) -> Vec<&str> {
                let $thing = self;
                match name {
                    $($name => list($value),)+
                    _ => Vec::new(),
                }
            }
        })+
    };
}

filtered! {
    Vpc, vpc_id, tags: |vpc| {
        "vpc-id" => [vpc.vpc_id()],
        "state" => [vpc.state().map(|state| state.as_str())],
        "cidr" | "cidr-block-association.cidr-block" => [vpc.cidr_block()],
        "is-default" => [yes_no(vpc.is_default())],
    }
    Subnet, subnet_id, tags: |subnet| {
        "subnet-id" => [subnet.subnet_id()],
        "vpc-id" => [subnet.vpc_id()],
        "state" => [subnet.state().map(|state| state.as_str())],
        "cidr-block" | "cidr" => [subnet.cidr_block()],
        "availability-zone" => [subnet.availability_zone()],
    }
    InternetGateway, internet_gateway_id, tags: |gateway| {
        "internet-gateway-id" => [gateway.internet_gateway_id()],
        "attachment.vpc-id" => gateway.attachments().iter().map(|attachment| attachment.vpc_id()),
    }
    NatGateway, nat_gateway_id, tags: |nat| {
        "nat-gateway-id" => [nat.nat_gateway_id()],
        "vpc-id" => [nat.vpc_id()],
        "subnet-id" => [nat.subnet_id()],
        "state" => [nat.state().map(|state| state.as_str())],
    }
    RouteTable, route_table_id, tags: |table| {
        "route-table-id" => [table.route_table_id()],
        "vpc-id" => [table.vpc_id()],
        "association.subnet-id" => table.associations().iter().map(|one| one.subnet_id()),
        "association.route-table-association-id" =>
            table.associations().iter().map(|one| one.route_table_association_id()),
        "association.main" => table.associations().iter().map(|one| yes_no(one.main())),
        "route.destination-cidr-block" =>
            table.routes().iter().map(|route| route.destination_cidr_block()),
        "route.nat-gateway-id" => table.routes().iter().map(|route| route.nat_gateway_id()),
        "route.gateway-id" => table.routes().iter().map(|route| route.gateway_id()),
    }
    SecurityGroup, group_id, tags: |group| {
        "group-id" => [group.group_id()],
        "group-name" => [group.group_name()],
        "vpc-id" => [group.vpc_id()],
        "description" => [group.description()],
        "ip-permission.group-id" => group.ip_permissions().iter()
            .flat_map(|permission| permission.user_id_group_pairs())
            .map(|pair| pair.group_id()),
        "egress.ip-permission.group-id" => group.ip_permissions_egress().iter()
            .flat_map(|permission| permission.user_id_group_pairs())
            .map(|pair| pair.group_id()),
    }
    SecurityGroupRule, security_group_rule_id, tags: |rule| {
        "security-group-rule-id" => [rule.security_group_rule_id()],
        "group-id" => [rule.group_id()],
    }
    VpcEndpoint, vpc_endpoint_id, tags: |endpoint| {
        "vpc-endpoint-id" => [endpoint.vpc_endpoint_id()],
        "vpc-id" => [endpoint.vpc_id()],
        "service-name" => [endpoint.service_name()],
        "vpc-endpoint-state" => [endpoint.state().map(|state| state.as_str())],
    }
    Address, allocation_id, tags: |address| {
        "allocation-id" => [address.allocation_id()],
        "association-id" => [address.association_id()],
        "public-ip" => [address.public_ip()],
        "domain" => [address.domain().map(|domain| domain.as_str())],
    }
    NetworkInterface, network_interface_id, tag_set: |interface| {
        "network-interface-id" => [interface.network_interface_id()],
        "vpc-id" => [interface.vpc_id()],
        "subnet-id" => [interface.subnet_id()],
        "status" => [interface.status().map(|status| status.as_str())],
        "description" => [interface.description()],
        "interface-type" => [interface.interface_type().map(|kind| kind.as_str())],
        "requester-managed" => [yes_no(interface.requester_managed())],
        "availability-zone" => [interface.availability_zone()],
        "attachment.status" => [interface.attachment().and_then(|one| one.status()).map(|status| status.as_str())],
        "group-id" => interface.groups().iter().map(|group| group.group_id()),
    }
}

macro_rules! filter_rules {
    ($($name:ident($input:ty, $output:ty): $things:ident by $filters:ident),+ $(,)?) => {
        $(fn $name(context: &mut Context<'_>, input: &$input, output: &mut $output) {
            keep(context, &mut output.$things, input.$filters());
        })+

        pub(super) fn rules() -> Vec<Rule> {
            vec![$(after($name)),+]
        }
    };
}

filter_rules! {
    vpcs(DescribeVpcsInput, DescribeVpcsOutput): vpcs by filters,
    subnets(DescribeSubnetsInput, DescribeSubnetsOutput): subnets by filters,
    internet_gateways(DescribeInternetGatewaysInput, DescribeInternetGatewaysOutput):
        internet_gateways by filters,
    nat_gateways(DescribeNatGatewaysInput, DescribeNatGatewaysOutput): nat_gateways by filter,
    route_tables(DescribeRouteTablesInput, DescribeRouteTablesOutput): route_tables by filters,
    groups(DescribeSecurityGroupsInput, DescribeSecurityGroupsOutput): security_groups by filters,
    group_rules(DescribeSecurityGroupRulesInput, DescribeSecurityGroupRulesOutput):
        security_group_rules by filters,
    addresses(DescribeAddressesInput, DescribeAddressesOutput): addresses by filters,
    interfaces(DescribeNetworkInterfacesInput, DescribeNetworkInterfacesOutput):
        network_interfaces by filters,
    endpoints(DescribeVpcEndpointsInput, DescribeVpcEndpointsOutput): vpc_endpoints by filters,
}

#[cfg(test)]
mod tests {
    use super::glob;

    #[test]
    fn a_star_stands_for_any_text() {
        assert!(glob("vid*-demo", "vidpipe-demo"));
        assert!(glob("*", ""));
        assert!(!glob("vid*-demo", "vidpipe-demo2"));
    }
}
