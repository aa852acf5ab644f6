//! EC2: resources with our tags, and VPC endpoints and network interfaces that others left in our VPC. Its describe
//! calls are its listings.
use crate::{
    ec2::{ElasticIp, InternetGateway, NatGateway, RouteTable, SecurityGroup, Subnet, Vpc, VpcEndpoint, endpoints},
    probe::{Mark, Probe, SweepCx, TAGGED, pairs, probe},
};
use aws_sdk_ec2::types::{Filter, NatGatewayState, Tag};
use vidpipe_engine::Result;

pub(crate) fn probes<'a>(cx: &'a SweepCx<'a>) -> Vec<Probe<'a>> {
    vec![
        probe("VPCs", vpcs(cx)),
        probe("subnets", subnets(cx)),
        probe("security groups", security_groups(cx)),
        probe("internet gateways", internet_gateways(cx)),
        probe("route tables", route_tables(cx)),
        probe("elastic IP addresses", addresses(cx)),
        probe("NAT gateways", nat_gateways(cx)),
        probe("VPC endpoints", endpoints(cx)),
        probe("network interfaces", interfaces(cx)),
    ]
}

fn name(tags: &[Tag]) -> Option<&str> {
    pairs(tags, |t| (t.key(), t.value())).find(|(key, _)| *key == "Name").map(|(_, name)| name)
}

fn mark(cx: &SweepCx<'_>, tags: &[Tag]) -> Mark {
    cx.ours(pairs(tags, |t| (t.key(), t.value()))).unwrap_or_default()
}

fn text(value: Option<&str>) -> String {
    value.unwrap_or_default().into()
}

async fn vpcs(cx: &SweepCx<'_>) -> Result<()> {
    for vpc in all!(cx, "list the VPCs", cx.aws.ec2.describe_vpcs().filters(cx.tagged()))? {
        let name = name(vpc.tags());
        let made = Vpc { name: text(name), cidr: text(vpc.cidr_block()) };
        cx.left_as(&mark(cx, vpc.tags()), &made, vpc.vpc_id(), name, TAGGED)?;
    }
    Ok(())
}

async fn subnets(cx: &SweepCx<'_>) -> Result<()> {
    for subnet in all!(cx, "list the subnets", cx.aws.ec2.describe_subnets().filters(cx.tagged()))? {
        let (name, vpc_id) = (name(subnet.tags()), text(subnet.vpc_id()));
        let (zone, cidr) = (text(subnet.availability_zone()), text(subnet.cidr_block()));
        let made = Subnet { name: text(name), vpc_id, zone, cidr };
        cx.left_as(&mark(cx, subnet.tags()), &made, subnet.subnet_id(), name, TAGGED)?;
    }
    Ok(())
}

async fn security_groups(cx: &SweepCx<'_>) -> Result<()> {
    let call = cx.aws.ec2.describe_security_groups().filters(cx.tagged());
    for group in all!(cx, "list the security groups", call)? {
        let (name, description) = (group.group_name(), text(group.description()));
        let made = SecurityGroup { name: text(name), description, vpc_id: text(group.vpc_id()) };
        cx.left_as(&mark(cx, group.tags()), &made, group.group_id(), name, TAGGED)?;
    }
    Ok(())
}

async fn internet_gateways(cx: &SweepCx<'_>) -> Result<()> {
    let call = cx.aws.ec2.describe_internet_gateways().filters(cx.tagged());
    for gateway in all!(cx, "list the internet gateways", call)? {
        let name = name(gateway.tags());
        let made = InternetGateway { name: text(name) };
        cx.left_as(&mark(cx, gateway.tags()), &made, gateway.internet_gateway_id(), name, TAGGED)?;
    }
    Ok(())
}

async fn route_tables(cx: &SweepCx<'_>) -> Result<()> {
    for table in all!(cx, "list the route tables", cx.aws.ec2.describe_route_tables().filters(cx.tagged()))? {
        let name = name(table.tags());
        let made = RouteTable { name: text(name), vpc_id: text(table.vpc_id()) };
        cx.left_as(&mark(cx, table.tags()), &made, table.route_table_id(), name, TAGGED)?;
    }
    Ok(())
}

async fn addresses(cx: &SweepCx<'_>) -> Result<()> {
    let call = cx.aws.ec2.describe_addresses().filters(cx.tagged());
    let seen = cx.ask("list the elastic IP addresses", async || call.clone().send().await).await?;
    for address in seen.addresses() {
        let (id, name) = (address.allocation_id().or(address.public_ip()), name(address.tags()));
        cx.left_as(&mark(cx, address.tags()), &ElasticIp { name: text(name) }, id, name, TAGGED)?;
    }
    Ok(())
}

/// A deleted gateway is still listed for about an hour. A failed gateway is [deleted by
/// AWS](https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-troubleshooting.html) after about as long.
async fn nat_gateways(cx: &SweepCx<'_>) -> Result<()> {
    let call = cx.aws.ec2.describe_nat_gateways().filter(cx.tagged());
    for gateway in all!(cx, "list the NAT gateways", call)? {
        let (id, name) = (gateway.nat_gateway_id(), name(gateway.tags()));
        match gateway.state() {
            Some(NatGatewayState::Deleted) => {}
            Some(NatGatewayState::Failed) => {
                cx.expiring("nat-gateway", id, name, None, "it failed; AWS removes it after about an hour");
            }
            state => {
                let addresses = gateway.nat_gateway_addresses();
                let allocation_id = text(addresses.first().and_then(|a| a.allocation_id()));
                let made = NatGateway { name: text(name), subnet_id: text(gateway.subnet_id()), allocation_id };
                let why = format!("{TAGGED}; it is {}", state.map_or("there", |s| s.as_str()));
                cx.left_as(&mark(cx, gateway.tags()), &made, id, name, why)?;
            }
        }
    }
    Ok(())
}

/// The filter for the VPCs the environment had, if any: EC2 rejects a filter without values.
fn in_our_vpcs(cx: &SweepCx<'_>) -> Option<Filter> {
    let vpcs = cx.ids("ec2:vpc");
    let ids = vpcs.iter().map(|id| (*id).to_owned()).collect();
    (!vpcs.is_empty()).then(|| Filter::builder().name("vpc-id").set_values(Some(ids)).build())
}

/// Ours, wherever they are, and all others in our VPCs: a service's own endpoints are deleted with the VPC.
async fn endpoints(cx: &SweepCx<'_>) -> Result<()> {
    let list = async |filter| all!(cx, "list the VPC endpoints", cx.aws.ec2.describe_vpc_endpoints().filters(filter));
    let mut all = list(cx.tagged()).await?;
    if let Some(filter) = in_our_vpcs(cx) {
        let others = list(filter).await?.into_iter().filter(|e| !cx.is_ours(pairs(e.tags(), |t| (t.key(), t.value()))));
        all.extend(others);
    }
    for seen in all.iter().filter(|e| !endpoints::is_gone(e)) {
        let (id, vpc_id, service_name) = (seen.vpc_endpoint_id(), text(seen.vpc_id()), text(seen.service_name()));
        if let Some(mark) = cx.ours(pairs(seen.tags(), |t| (t.key(), t.value()))) {
            let (name, route_table_ids) = (name(seen.tags()), seen.route_table_ids().to_vec());
            let made = VpcEndpoint { name: text(name), vpc_id, service_name, route_table_ids };
            cx.left_as(&mark, &made, id, name, TAGGED)?;
        } else {
            let whose = if endpoints::is_guest(seen) { "GuardDuty put it into" } else { "it is in" };
            cx.left("vpc-endpoint", id, seen.service_name(), format!("{whose} the environment's VPC {vpc_id}"));
        }
    }
    Ok(())
}

async fn interfaces(cx: &SweepCx<'_>) -> Result<()> {
    let Some(filter) = in_our_vpcs(cx) else { return Ok(()) };
    let call = cx.aws.ec2.describe_network_interfaces().filters(filter);
    for interface in all!(cx, "list the network interfaces", call)? {
        let why = format!("it is in the environment's VPC {}", interface.vpc_id().unwrap_or_default());
        let description = interface.description().filter(|d| !d.is_empty());
        cx.left("network-interface", interface.network_interface_id(), description, why);
    }
    Ok(())
}
