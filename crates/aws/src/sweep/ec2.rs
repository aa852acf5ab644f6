//! EC2: what carries our tags, and the endpoints and network interfaces that somebody left in our VPC. Its listings are its describes.
use super::{
    Probe,
    look::{Look, Mark, TAGGED, pairs},
    probe,
};
use crate::{
    endpoints,
    kinds::ec2::{ElasticIp, InternetGateway, NatGateway, RouteTable, SecurityGroup, Subnet, Vpc},
};
use aws_sdk_ec2::types::{Filter, NatGatewayState, Tag};
use vidpipe_engine::Result;

pub(super) fn probes<'a>(look: &'a Look<'a>) -> Vec<Probe<'a>> {
    vec![
        probe("VPCs", vpcs(look)),
        probe("subnets", subnets(look)),
        probe("security groups", security_groups(look)),
        probe("internet gateways", internet_gateways(look)),
        probe("route tables", route_tables(look)),
        probe("elastic IP addresses", addresses(look)),
        probe("NAT gateways", nat_gateways(look)),
        probe("VPC endpoints", endpoints(look)),
        probe("network interfaces", interfaces(look)),
    ]
}

fn name(tags: &[Tag]) -> Option<&str> {
    pairs(tags, |t| (t.key(), t.value())).find(|(key, _)| *key == "Name").map(|(_, name)| name)
}

fn mark(look: &Look<'_>, tags: &[Tag]) -> Mark {
    look.ours(pairs(tags, |t| (t.key(), t.value()))).unwrap_or_default()
}

fn text(said: Option<&str>) -> String {
    said.unwrap_or_default().into()
}

async fn vpcs(look: &Look<'_>) -> Result<()> {
    for vpc in all!(look, "list the VPCs", look.aws.ec2.describe_vpcs().filters(look.tagged()))? {
        let name = name(vpc.tags());
        let made = Vpc { name: text(name), cidr: text(vpc.cidr_block()) };
        look.left_as(&mark(look, vpc.tags()), &made, vpc.vpc_id(), name, TAGGED)?;
    }
    Ok(())
}

async fn subnets(look: &Look<'_>) -> Result<()> {
    for subnet in all!(look, "list the subnets", look.aws.ec2.describe_subnets().filters(look.tagged()))? {
        let (name, vpc_id) = (name(subnet.tags()), text(subnet.vpc_id()));
        let (zone, cidr) = (text(subnet.availability_zone()), text(subnet.cidr_block()));
        let made = Subnet { name: text(name), vpc_id, zone, cidr };
        look.left_as(&mark(look, subnet.tags()), &made, subnet.subnet_id(), name, TAGGED)?;
    }
    Ok(())
}

async fn security_groups(look: &Look<'_>) -> Result<()> {
    let call = look.aws.ec2.describe_security_groups().filters(look.tagged());
    for group in all!(look, "list the security groups", call)? {
        let (name, description) = (group.group_name(), text(group.description()));
        let made = SecurityGroup { name: text(name), description, vpc_id: text(group.vpc_id()) };
        look.left_as(&mark(look, group.tags()), &made, group.group_id(), name, TAGGED)?;
    }
    Ok(())
}

async fn internet_gateways(look: &Look<'_>) -> Result<()> {
    let call = look.aws.ec2.describe_internet_gateways().filters(look.tagged());
    for gateway in all!(look, "list the internet gateways", call)? {
        let name = name(gateway.tags());
        let made = InternetGateway { name: text(name) };
        look.left_as(&mark(look, gateway.tags()), &made, gateway.internet_gateway_id(), name, TAGGED)?;
    }
    Ok(())
}

async fn route_tables(look: &Look<'_>) -> Result<()> {
    for table in all!(look, "list the route tables", look.aws.ec2.describe_route_tables().filters(look.tagged()))? {
        let name = name(table.tags());
        let made = RouteTable { name: text(name), vpc_id: text(table.vpc_id()) };
        look.left_as(&mark(look, table.tags()), &made, table.route_table_id(), name, TAGGED)?;
    }
    Ok(())
}

async fn addresses(look: &Look<'_>) -> Result<()> {
    let call = look.aws.ec2.describe_addresses().filters(look.tagged());
    let seen = look.ask("list the elastic IP addresses", async || call.clone().send().await).await?;
    for address in seen.addresses() {
        let (id, name) = (address.allocation_id().or(address.public_ip()), name(address.tags()));
        look.left_as(&mark(look, address.tags()), &ElasticIp { name: text(name) }, id, name, TAGGED)?;
    }
    Ok(())
}

/// A deleted one is shown for about an hour. A failed one
/// [goes by itself](https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-troubleshooting.html), after about as long.
async fn nat_gateways(look: &Look<'_>) -> Result<()> {
    let call = look.aws.ec2.describe_nat_gateways().filter(look.tagged());
    for gateway in all!(look, "list the NAT gateways", call)? {
        let (id, name) = (gateway.nat_gateway_id(), name(gateway.tags()));
        match gateway.state() {
            Some(NatGatewayState::Deleted) => {}
            Some(NatGatewayState::Failed) => {
                look.expiring("nat-gateway", id, name, None, "it failed; AWS removes it after about an hour");
            }
            state => {
                let addresses = gateway.nat_gateway_addresses();
                let allocation_id = text(addresses.first().and_then(|a| a.allocation_id()));
                let made = NatGateway { name: text(name), subnet_id: text(gateway.subnet_id()), allocation_id };
                let why = format!("{TAGGED}; it is {}", state.map_or("there", |s| s.as_str()));
                look.left_as(&mark(look, gateway.tags()), &made, id, name, why)?;
            }
        }
    }
    Ok(())
}

/// In the VPCs the environment had; a filter without values is refused.
fn in_our_vpcs(look: &Look<'_>) -> Option<Filter> {
    let vpcs = look.ids("ec2:vpc");
    let ids = vpcs.iter().map(|id| (*id).to_owned()).collect();
    (!vpcs.is_empty()).then(|| Filter::builder().name("vpc-id").set_values(Some(ids)).build())
}

/// They go with the VPC where a service put them there by itself; others are somebody else's, and named.
async fn endpoints(look: &Look<'_>) -> Result<()> {
    let Some(filter) = in_our_vpcs(look) else { return Ok(()) };
    for seen in all!(look, "list the VPC endpoints", look.aws.ec2.describe_vpc_endpoints().filters(filter))? {
        if endpoints::is_gone(&seen) {
            continue;
        }
        let whose = if endpoints::is_guest(&seen) { "GuardDuty put it into" } else { "it is in" };
        let why = format!("{whose} the environment's VPC {}", text(seen.vpc_id()));
        look.left("vpc-endpoint", seen.vpc_endpoint_id(), seen.service_name(), why);
    }
    Ok(())
}

async fn interfaces(look: &Look<'_>) -> Result<()> {
    let Some(filter) = in_our_vpcs(look) else { return Ok(()) };
    let call = look.aws.ec2.describe_network_interfaces().filters(filter);
    for interface in all!(look, "list the network interfaces", call)? {
        let why = format!("it is in the environment's VPC {}", interface.vpc_id().unwrap_or_default());
        let description = interface.description().filter(|d| !d.is_empty());
        look.left("network-interface", interface.network_interface_id(), description, why);
    }
    Ok(())
}
