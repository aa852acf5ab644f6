//! EC2: what carries our tags, and network interfaces that somebody left in our VPC. Its listings are its describes.
use super::{
    Probe,
    look::{Look, TAGGED, pairs},
    probe,
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
        probe("network interfaces", interfaces(look)),
    ]
}

fn name(tags: &[Tag]) -> Option<&str> {
    pairs(tags, |t| (t.key(), t.value())).find(|(key, _)| *key == "Name").map(|(_, name)| name)
}

async fn vpcs(look: &Look<'_>) -> Result<()> {
    for vpc in all!(look, "list the VPCs", look.aws.ec2.describe_vpcs().filters(look.tagged()))? {
        look.left("vpc", vpc.vpc_id(), name(vpc.tags()), TAGGED);
    }
    Ok(())
}

async fn subnets(look: &Look<'_>) -> Result<()> {
    for subnet in all!(look, "list the subnets", look.aws.ec2.describe_subnets().filters(look.tagged()))? {
        look.left("subnet", subnet.subnet_id(), name(subnet.tags()), TAGGED);
    }
    Ok(())
}

async fn security_groups(look: &Look<'_>) -> Result<()> {
    let call = look.aws.ec2.describe_security_groups().filters(look.tagged());
    for group in all!(look, "list the security groups", call)? {
        look.left("security-group", group.group_id(), group.group_name(), TAGGED);
    }
    Ok(())
}

async fn internet_gateways(look: &Look<'_>) -> Result<()> {
    let call = look.aws.ec2.describe_internet_gateways().filters(look.tagged());
    for gateway in all!(look, "list the internet gateways", call)? {
        look.left("internet-gateway", gateway.internet_gateway_id(), name(gateway.tags()), TAGGED);
    }
    Ok(())
}

async fn route_tables(look: &Look<'_>) -> Result<()> {
    for table in all!(look, "list the route tables", look.aws.ec2.describe_route_tables().filters(look.tagged()))? {
        look.left("route-table", table.route_table_id(), name(table.tags()), TAGGED);
    }
    Ok(())
}

async fn addresses(look: &Look<'_>) -> Result<()> {
    let call = look.aws.ec2.describe_addresses().filters(look.tagged());
    let seen = look.ask("list the elastic IP addresses", async || call.clone().send().await).await?;
    for address in seen.addresses() {
        let id = address.allocation_id().or(address.public_ip());
        look.left("elastic-ip", id, name(address.tags()), TAGGED);
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
            Some(state) => look.left("nat-gateway", id, name, format!("{TAGGED}; it is {}", state.as_str())),
            None => look.left("nat-gateway", id, name, TAGGED),
        }
    }
    Ok(())
}

async fn interfaces(look: &Look<'_>) -> Result<()> {
    let vpcs = look.ids("ec2:vpc");
    if vpcs.is_empty() {
        return Ok(());
    }
    let ids = vpcs.into_iter().map(str::to_owned).collect();
    let filter = Filter::builder().name("vpc-id").set_values(Some(ids)).build();
    let call = look.aws.ec2.describe_network_interfaces().filters(filter);
    for interface in all!(look, "list the network interfaces", call)? {
        let why = format!("it is in the environment's VPC {}", interface.vpc_id().unwrap_or_default());
        let description = interface.description().filter(|d| !d.is_empty());
        look.left("network-interface", interface.network_interface_id(), description, why);
    }
    Ok(())
}
