//! EC2: the network is as specified, and its private and isolated subnets have no route from the internet.
use crate::{
    check::CheckCx,
    ec2::{
        ElasticIp, InternetGateway, InternetGatewayAttachment, NatGateway, Route, RouteTable, RouteTableAssociation,
        Subnet, SubnetPublicIp, Vpc, VpcDns,
    },
};
use aws_sdk_ec2::types::{Filter, RouteTable as Seen, Tag};
use vidpipe_engine::{
    Result,
    verify::Section::{Access, Availability},
};

pub(crate) mod firewall;
pub(crate) mod network;

pub(crate) fn pairs(tags: &[Tag]) -> impl Iterator<Item = (&str, &str)> {
    tags.iter().filter_map(|t| Some((t.key()?, t.value()?)))
}

pub(crate) fn filter(name: &str, value: &str) -> Filter {
    Filter::builder().name(name).values(value).build()
}

pub(crate) async fn elastic_ip(check: &CheckCx<'_>, want: ElasticIp) -> Result<()> {
    let seen = ask!(check, "DescribeAddresses", check.aws.ec2.describe_addresses().allocation_ids(&check.id.0))?;
    let address = check.there(seen.addresses().first())?;
    let used = address.association_id().map(|id| format!("AssociationId = {id}"));
    check.add_result(Availability, "the address is in use", used.ok_or_else(|| "nothing uses it, and it costs".into()));
    check.tags(&want.name, pairs(address.tags()));
    Ok(())
}

pub(crate) async fn internet_gateway(check: &CheckCx<'_>, want: InternetGateway) -> Result<()> {
    let call = check.aws.ec2.describe_internet_gateways().internet_gateway_ids(&check.id.0);
    let seen = ask!(check, "DescribeInternetGateways", call)?;
    check.tags(&want.name, pairs(check.there(seen.internet_gateways().first())?.tags()));
    Ok(())
}

pub(crate) async fn internet_gateway_attachment(check: &CheckCx<'_>, _: InternetGatewayAttachment) -> Result<()> {
    check.settled(Availability, "the gateway is attached", "DescribeInternetGateways").await
}

pub(crate) async fn nat_gateway(check: &CheckCx<'_>, want: NatGateway) -> Result<()> {
    let seen = ask!(check, "DescribeNatGateways", check.aws.ec2.describe_nat_gateways().nat_gateway_ids(&check.id.0))?;
    let gateway = check.there(seen.nat_gateways().first())?;
    check.is(Availability, "the gateway is available", "State", gateway.state().map(|s| s.as_str()), "available");
    check.is(Availability, "it is in its public subnet", "SubnetId", gateway.subnet_id(), want.subnet_id.as_str());
    check.tags(&want.name, pairs(gateway.tags()));
    Ok(())
}

pub(crate) async fn route(check: &CheckCx<'_>, _: Route) -> Result<()> {
    check.settled(Availability, "the default route leads there", "DescribeRouteTables").await
}

pub(crate) async fn route_table(check: &CheckCx<'_>, want: RouteTable) -> Result<()> {
    let seen = ask!(check, "DescribeRouteTables", check.aws.ec2.describe_route_tables().route_table_ids(&check.id.0))?;
    check.tags(&want.name, pairs(check.there(seen.route_tables().first())?.tags()));
    Ok(())
}

pub(crate) async fn route_table_association(check: &CheckCx<'_>, _: RouteTableAssociation) -> Result<()> {
    check.settled(Access, "the subnet uses its own routes", "DescribeRouteTables").await
}

pub(crate) async fn subnet(check: &CheckCx<'_>, want: Subnet) -> Result<()> {
    let seen = ask!(check, "DescribeSubnets", check.aws.ec2.describe_subnets().subnet_ids(&check.id.0))?;
    let subnet = check.there(seen.subnets().first())?;
    check.is(Availability, "it is in its zone", "AvailabilityZone", subnet.availability_zone(), want.zone.as_str());
    check.tags(&want.name, pairs(subnet.tags()));
    if network::open(check)?.contains(&check.id.0) {
        return Ok(());
    }
    let gives = subnet.map_public_ip_on_launch();
    check.is(Access, "it gives no public addresses", "MapPublicIpOnLaunch", gives, false);
    let call = check.aws.ec2.describe_route_tables().filters(filter("association.subnet-id", &check.id.0));
    let tables = all!(check, "DescribeRouteTables", call)?;
    check.add_result(Access, "no route leads in from the internet", closed(&tables));
    Ok(())
}

/// Checks that none of these tables has a route to an internet gateway.
fn closed(tables: &[Seen]) -> Result<String, String> {
    let routes = || tables.iter().flat_map(|t| t.routes());
    match routes().filter_map(|r| r.gateway_id()).find(|id| id.starts_with("igw-")) {
        Some(gateway) => Err(format!("a route leads to the internet gateway {gateway}")),
        None if tables.is_empty() => Err("it uses the VPC's main route table, not its own".into()),
        None => Ok(format!("{} routes, none to an internet gateway", routes().count())),
    }
}

pub(crate) async fn subnet_public_ip(check: &CheckCx<'_>, _: SubnetPublicIp) -> Result<()> {
    check.settled(Availability, "it gives public addresses", "DescribeSubnets").await
}

pub(crate) async fn vpc(check: &CheckCx<'_>, want: Vpc) -> Result<()> {
    let seen = ask!(check, "DescribeVpcs", check.aws.ec2.describe_vpcs().vpc_ids(&check.id.0))?;
    let vpc = check.there(seen.vpcs().first())?;
    check.is(Availability, "it has its addresses", "CidrBlock", vpc.cidr_block(), want.cidr.as_str());
    check.tags(&want.name, pairs(vpc.tags()));
    Ok(())
}

pub(crate) async fn vpc_dns(check: &CheckCx<'_>, _: VpcDns) -> Result<()> {
    check.settled(Availability, "names resolve inside it", "DescribeVpcAttribute").await
}
