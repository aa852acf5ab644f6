//! EC2 returns tags with the description of a resource, and describes many resources in one call.
use crate::{Cx, OrFail, owner::once, tags};
use aws_sdk_ec2::types::{NatGatewayState, Tag};
use vidpipe_engine::{Owned, Result};

fn of(cx: &Cx, tags: Option<Vec<Tag>>) -> Owned {
    tags::owned(cx, tags.iter().flatten().filter_map(|t| t.key().zip(t.value())))
}

fn if_there<T>(cx: &Cx, seen: Option<T>, tags: impl FnOnce(T) -> Option<Vec<Tag>>) -> Owned {
    seen.map_or(Owned::Absent, |seen| of(cx, tags(seen)))
}

/// [DescribeVpcs](https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcs.html)
pub(crate) async fn vpc(cx: &Cx, id: &str) -> Result<Owned> {
    let read = async || {
        let seen = cx.cloud.ec2.describe_vpcs().vpc_ids(id).send().await.or_fail("read the owner of the VPC")?;
        Ok(if_there(cx, seen.vpcs.unwrap_or_default().into_iter().next(), |vpc| vpc.tags))
    };
    once(cx, "VPC", id, read).await
}

/// [DescribeInternetGateways](https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInternetGateways.html)
pub(crate) async fn internet_gateway(cx: &Cx, id: &str) -> Result<Owned> {
    let read = async || {
        let call = cx.cloud.ec2.describe_internet_gateways().internet_gateway_ids(id);
        let seen = call.send().await.or_fail("read the owner of the internet gateway")?;
        Ok(if_there(cx, seen.internet_gateways.unwrap_or_default().into_iter().next(), |gateway| gateway.tags))
    };
    once(cx, "internet gateway", id, read).await
}

/// The subnet with this id.
pub(crate) async fn subnet(cx: &Cx, id: &str) -> Result<Owned> {
    Ok(if_there(cx, cx.cloud.subnet(id).await?, |subnet| subnet.tags))
}

/// The Elastic IP address with this allocation id.
pub(crate) async fn address(cx: &Cx, id: &str) -> Result<Owned> {
    Ok(if_there(cx, cx.cloud.address(id).await?, |address| address.tags))
}

/// The NAT gateway with this id. A deleted gateway is still listed for an hour.
pub(crate) async fn nat_gateway(cx: &Cx, id: &str) -> Result<Owned> {
    let seen = cx.cloud.nat_gateway(id).await?.filter(|g| g.state() != Some(&NatGatewayState::Deleted));
    Ok(if_there(cx, seen, |gateway| gateway.tags))
}

/// The route table with this id.
pub(crate) async fn route_table(cx: &Cx, id: &str) -> Result<Owned> {
    Ok(if_there(cx, cx.cloud.route_table(id).await?, |table| table.tags))
}

/// The association with this id, by the tags of its table.
pub(crate) async fn association(cx: &Cx, table: &str, id: &str) -> Result<Owned> {
    let seen = cx.cloud.route_table(table).await?;
    let has = |table: &aws_sdk_ec2::types::RouteTable| {
        table.associations().iter().any(|a| a.route_table_association_id() == Some(id))
    };
    Ok(if_there(cx, seen.filter(has), |table| table.tags))
}

/// The security group with this id.
pub(crate) async fn security_group(cx: &Cx, id: &str) -> Result<Owned> {
    Ok(if_there(cx, cx.cloud.security_group(id).await?, |group| group.tags))
}
