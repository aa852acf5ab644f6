//! Network interfaces, which block the deletion of subnets and security groups, and which a load balancer leaves
//! behind for a while.
//!
//! Only
//! [DescribeNetworkInterfaces](https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeNetworkInterfaces.html)
//! is called. Nothing here detaches or deletes an interface: the service that created it does.
use crate::{Cx, OrFail, tags};
use aws_sdk_ec2::types::{AttachmentStatus, Filter, NetworkInterface, NetworkInterfaceType};
use std::collections::BTreeSet;
use vidpipe_engine::{Holder, Observed, Result, Whose};

async fn matching(cx: &Cx, filter: &str, values: Vec<String>) -> Result<Vec<NetworkInterface>> {
    let filter = Filter::builder().name(filter).set_values(Some(values)).build();
    let call = cx.cloud.ec2.describe_network_interfaces().filters(filter);
    Ok(call.send().await.or_fail("read the network interfaces")?.network_interfaces.unwrap_or_default())
}

/// The state of a deleted resource whose network interfaces may remain. Until they are deleted, they hold their
/// security groups and subnets. `is_its` matches the descriptions of its interfaces.
pub(crate) async fn released<T>(
    cx: &Cx,
    groups: &[String],
    whose: &str,
    is_its: impl Fn(&str) -> bool,
) -> Result<Observed<T>> {
    // EC2 rejects a filter without values.
    if groups.is_empty() {
        return Ok(Observed::Absent);
    }
    let seen = matching(cx, "group-id", groups.to_vec()).await?;
    Ok(match seen.iter().any(|i| i.description().is_some_and(&is_its)) {
        false => Observed::Absent,
        true => Observed::pending(format!("network interfaces of {whose} are being released")),
    })
}

/// Returns whether a network interface with exactly this description exists.
pub(crate) async fn any_described(cx: &Cx, description: &str) -> Result<bool> {
    Ok(!matching(cx, "description", vec![description.into()]).await?.is_empty())
}

/// The interfaces that match the filter, such as `subnet-id`, as holders of a resource of ours. Interfaces of VPC
/// endpoints are left out: the endpoints are listed themselves.
pub(crate) async fn holders(cx: &Cx, filter: &str, value: &str) -> Result<Vec<Holder>> {
    let seen = matching(cx, filter, vec![value.into()]).await?;
    let seen: Vec<_> =
        seen.into_iter().filter(|i| i.interface_type() != Some(&NetworkInterfaceType::VpcEndpoint)).collect();
    let ours = our_groups(cx, &seen).await?;
    Ok(seen.iter().map(|interface| holder(interface, &ours)).collect())
}

/// The interfaces in the VPC with a public address, which hold its internet gateway.
pub(crate) async fn public_holders(cx: &Cx, vpc: &str) -> Result<Vec<Holder>> {
    let seen = matching(cx, "vpc-id", vec![vpc.into()]).await?;
    let seen: Vec<_> = seen.into_iter().filter(|i| i.association().is_some_and(|a| a.public_ip().is_some())).collect();
    let ours = our_groups(cx, &seen).await?;
    Ok(seen.iter().map(|interface| holder(interface, &ours)).collect())
}

/// The security groups of these interfaces that carry our lineage tag.
async fn our_groups(cx: &Cx, interfaces: &[NetworkInterface]) -> Result<BTreeSet<String>> {
    let groups: BTreeSet<String> =
        interfaces.iter().flat_map(|i| i.groups()).filter_map(|g| g.group_id().map(str::to_owned)).collect();
    if groups.is_empty() {
        return Ok(groups);
    }
    let among = Filter::builder().name("group-id").set_values(Some(groups.into_iter().collect())).build();
    let call = cx.cloud.ec2.describe_security_groups().filters(among).filters(tags::ec2_lineage(&cx.env.lineage));
    let seen = call.send().await.or_fail("read the network interfaces' security groups")?;
    Ok(seen.security_groups().iter().filter_map(|g| g.group_id().map(str::to_owned)).collect())
}

fn holder(interface: &NetworkInterface, ours: &BTreeSet<String>) -> Holder {
    let id = interface.network_interface_id().unwrap_or("without an id");
    let instance = interface.attachment().and_then(|a| a.instance_id()).map(|id| format!("of instance {id}"));
    let text = interface.description().filter(|d| !d.is_empty()).map(str::to_owned);
    Holder::new("network interface", id, whose(interface, ours)).about(instance.or(text).unwrap_or_default())
}

/// Every interface we create is in a security group of ours, or in none: NAT gateways, and load balancers without
/// groups. We create no instances and no functions, so theirs are never ours.
fn whose(interface: &NetworkInterface, ours: &BTreeSet<String>) -> Whose {
    let attachment = interface.attachment();
    let mut groups = interface.groups().iter().filter_map(|g| g.group_id());
    if attachment.and_then(|a| a.status()) == Some(&AttachmentStatus::Detaching) {
        Whose::Going
    } else if attachment.is_some_and(|a| a.instance_id().is_some())
        || interface.interface_type() == Some(&NetworkInterfaceType::Lambda)
    {
        Whose::Theirs
    } else if groups.clone().next().is_none() || groups.any(|group| ours.contains(group)) {
        Whose::Ours
    } else {
        Whose::Theirs
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_sdk_ec2::types::{GroupIdentifier, NetworkInterfaceAttachment};

    #[test]
    fn an_interface_is_ours_by_its_group_unless_only_others_make_such() {
        let ours = BTreeSet::from(["sg-ours".to_owned()]);
        let within = |group: &str| {
            NetworkInterface::builder()
                .network_interface_id("eni-1")
                .groups(GroupIdentifier::builder().group_id(group).build())
        };
        let on = |instance: &str| NetworkInterfaceAttachment::builder().instance_id(instance).build();
        let going = NetworkInterfaceAttachment::builder().status(AttachmentStatus::Detaching).build();
        let cases = [
            (within("sg-ours").build(), Whose::Ours),
            (within("sg-theirs").build(), Whose::Theirs),
            (within("sg-theirs").attachment(going).build(), Whose::Going),
            (within("sg-ours").attachment(on("i-1")).build(), Whose::Theirs),
            (within("sg-ours").interface_type(NetworkInterfaceType::Lambda).build(), Whose::Theirs),
            (NetworkInterface::builder().interface_type(NetworkInterfaceType::NatGateway).build(), Whose::Ours),
        ];
        for (interface, is) in cases {
            assert_eq!(whose(&interface, &ours), is, "{interface:?}");
        }
        let named = holder(&within("sg-ours").attachment(on("i-1")).build(), &ours);
        assert_eq!(named.to_string(), "network interface eni-1 (of instance i-1)");
    }
}
