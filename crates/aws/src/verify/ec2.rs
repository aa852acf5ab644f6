//! EC2: the network is what was drawn, and its closed parts have no way in from the internet.
use super::{look::Look, network};
use crate::kinds::ec2::{
    ElasticIp, InternetGateway, InternetGatewayAttachment, NatGateway, Route, RouteTable, RouteTableAssociation,
    Subnet, SubnetPublicIp, Vpc, VpcDns,
};
use aws_sdk_ec2::types::{Filter, RouteTable as Seen, Tag};
use vidpipe_engine::{
    Result,
    verify::Section::{Access, Availability},
};

pub(super) fn pairs(tags: &[Tag]) -> impl Iterator<Item = (&str, &str)> {
    tags.iter().filter_map(|t| Some((t.key()?, t.value()?)))
}

pub(super) fn filter(name: &str, value: &str) -> Filter {
    Filter::builder().name(name).values(value).build()
}

pub(super) async fn elastic_ip(look: &Look<'_>, want: ElasticIp) -> Result<()> {
    let seen = ask!(look, "DescribeAddresses", look.aws.ec2.describe_addresses().allocation_ids(&look.id.0))?;
    let address = look.there(seen.addresses().first())?;
    let used = address.association_id().map(|id| format!("AssociationId = {id}"));
    look.told(Availability, "the address is in use", used.ok_or_else(|| "nothing uses it, and it costs".into()));
    look.tags(&want.name, pairs(address.tags()));
    Ok(())
}

pub(super) async fn internet_gateway(look: &Look<'_>, want: InternetGateway) -> Result<()> {
    let call = look.aws.ec2.describe_internet_gateways().internet_gateway_ids(&look.id.0);
    let seen = ask!(look, "DescribeInternetGateways", call)?;
    look.tags(&want.name, pairs(look.there(seen.internet_gateways().first())?.tags()));
    Ok(())
}

pub(super) async fn internet_gateway_attachment(look: &Look<'_>, _: InternetGatewayAttachment) -> Result<()> {
    look.settled(Availability, "the gateway is attached", "DescribeInternetGateways").await
}

pub(super) async fn nat_gateway(look: &Look<'_>, want: NatGateway) -> Result<()> {
    let seen = ask!(look, "DescribeNatGateways", look.aws.ec2.describe_nat_gateways().nat_gateway_ids(&look.id.0))?;
    let gateway = look.there(seen.nat_gateways().first())?;
    look.is(Availability, "the gateway is available", "State", gateway.state().map(|s| s.as_str()), "available");
    look.is(Availability, "it stands in its public subnet", "SubnetId", gateway.subnet_id(), want.subnet_id.as_str());
    look.tags(&want.name, pairs(gateway.tags()));
    Ok(())
}

pub(super) async fn route(look: &Look<'_>, _: Route) -> Result<()> {
    look.settled(Availability, "the way out leads there", "DescribeRouteTables").await
}

pub(super) async fn route_table(look: &Look<'_>, want: RouteTable) -> Result<()> {
    let seen = ask!(look, "DescribeRouteTables", look.aws.ec2.describe_route_tables().route_table_ids(&look.id.0))?;
    look.tags(&want.name, pairs(look.there(seen.route_tables().first())?.tags()));
    Ok(())
}

pub(super) async fn route_table_association(look: &Look<'_>, _: RouteTableAssociation) -> Result<()> {
    look.settled(Access, "the subnet uses its own routes", "DescribeRouteTables").await
}

pub(super) async fn subnet(look: &Look<'_>, want: Subnet) -> Result<()> {
    let seen = ask!(look, "DescribeSubnets", look.aws.ec2.describe_subnets().subnet_ids(&look.id.0))?;
    let subnet = look.there(seen.subnets().first())?;
    look.is(Availability, "it is in its zone", "AvailabilityZone", subnet.availability_zone(), want.zone.as_str());
    look.tags(&want.name, pairs(subnet.tags()));
    if network::open(look)?.contains(&look.id.0) {
        return Ok(());
    }
    let gives = subnet.map_public_ip_on_launch();
    look.is(Access, "it gives no public addresses", "MapPublicIpOnLaunch", gives, false);
    let call = look.aws.ec2.describe_route_tables().filters(filter("association.subnet-id", &look.id.0));
    let tables = all!(look, "DescribeRouteTables", call)?;
    look.told(Access, "no route leads in from the internet", closed(&tables));
    Ok(())
}

/// Whether none of these tables leads to an internet gateway.
fn closed(tables: &[Seen]) -> Result<String, String> {
    let routes = || tables.iter().flat_map(|t| t.routes());
    match routes().filter_map(|r| r.gateway_id()).find(|id| id.starts_with("igw-")) {
        Some(gateway) => Err(format!("a route leads to the internet gateway {gateway}")),
        None if tables.is_empty() => Err("it uses the VPC's main route table, not its own".into()),
        None => Ok(format!("{} routes, none to an internet gateway", routes().count())),
    }
}

pub(super) async fn subnet_public_ip(look: &Look<'_>, _: SubnetPublicIp) -> Result<()> {
    look.settled(Availability, "it gives public addresses", "DescribeSubnets").await
}

pub(super) async fn vpc(look: &Look<'_>, want: Vpc) -> Result<()> {
    let seen = ask!(look, "DescribeVpcs", look.aws.ec2.describe_vpcs().vpc_ids(&look.id.0))?;
    let vpc = look.there(seen.vpcs().first())?;
    look.is(Availability, "it has its addresses", "CidrBlock", vpc.cidr_block(), want.cidr.as_str());
    look.tags(&want.name, pairs(vpc.tags()));
    Ok(())
}

pub(super) async fn vpc_dns(look: &Look<'_>, _: VpcDns) -> Result<()> {
    look.settled(Availability, "names resolve inside it", "DescribeVpcAttribute").await
}
