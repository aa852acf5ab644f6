//! Network interfaces: what keeps a subnet or a security group from going, and what a load balancer leaves for a while.
//!
//! [DescribeNetworkInterfaces](https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeNetworkInterfaces.html)
//! only: nothing here detaches or deletes one, because whoever made it does.
use crate::{Cx, OrFail};
use aws_sdk_ec2::types::{Filter, NetworkInterface};
use vidpipe_engine::{Error, Observed, Result};

/// An error names at most so many.
const NAMED: usize = 3;

async fn matching(cx: &Cx, filter: &str, values: Vec<String>) -> Result<Vec<NetworkInterface>> {
    let filter = Filter::builder().name(filter).set_values(Some(values)).build();
    let call = cx.cloud.ec2.describe_network_interfaces().filters(filter);
    Ok(call.send().await.or_fail("look at the network interfaces")?.network_interfaces.unwrap_or_default())
}

/// What is there of something that is gone itself: in these security groups its network interfaces may still be, and until
/// they are gone they hold the groups and their subnets. Its are those of such a description.
pub(crate) async fn released<T>(
    cx: &Cx,
    groups: &[String],
    whose: &str,
    is_its: impl Fn(&str) -> bool,
) -> Result<Observed<T>> {
    // A filter without values is refused.
    if groups.is_empty() {
        return Ok(Observed::Absent);
    }
    let seen = matching(cx, "group-id", groups.to_vec()).await?;
    Ok(match seen.iter().any(|i| i.description().is_some_and(&is_its)) {
        false => Observed::Absent,
        true => Observed::pending(format!("network interfaces of {whose} are being released")),
    })
}

/// Whether there is a network interface of exactly that description.
pub(crate) async fn any_described(cx: &Cx, description: &str) -> Result<bool> {
    Ok(!matching(cx, "description", vec![description.into()]).await?.is_empty())
}

/// The same error; a `DependencyViolation` also names the interfaces that match the filter, such as `subnet-id`.
pub(crate) async fn name_holders(cx: &Cx, refused: Error, filter: &str, value: &str) -> Error {
    if refused.code.as_deref() != Some("DependencyViolation") {
        return refused;
    }
    // The refusal is the news: a look that fails must not hide it.
    let holders = matching(cx, filter, vec![value.into()]).await.unwrap_or_default();
    if holders.is_empty() {
        return refused;
    }
    Error { message: format!("{}; in use by {}", refused.message, listed(&holders)), ..refused }
}

fn listed(interfaces: &[NetworkInterface]) -> String {
    let mut named: Vec<_> = interfaces.iter().take(NAMED).map(named).collect();
    if let Some(more) = interfaces.len().checked_sub(NAMED).filter(|more| *more > 0) {
        named.push(format!("{more} more"));
    }
    named.join(", ")
}

fn named(interface: &NetworkInterface) -> String {
    let kind = interface.interface_type().map_or("interface", |t| t.as_str());
    let id = interface.network_interface_id().unwrap_or("without an id");
    match interface.description().filter(|d| !d.is_empty()) {
        Some(description) => format!("{kind} {id} ({description})"),
        None => format!("{kind} {id}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_sdk_ec2::types::NetworkInterfaceType;

    fn interface(id: &str, description: &str) -> NetworkInterface {
        let made = NetworkInterface::builder().network_interface_id(id).description(description);
        made.interface_type(NetworkInterfaceType::NetworkLoadBalancer).build()
    }

    #[test]
    fn holders_are_named_and_the_rest_counted() {
        let two = [interface("eni-1", "ELB net/video/1"), interface("eni-2", "")];
        assert_eq!(listed(&two), "network_load_balancer eni-1 (ELB net/video/1), network_load_balancer eni-2");
        let five: Vec<_> = (1..=5).map(|n| interface(&format!("eni-{n}"), "")).collect();
        assert!(listed(&five).ends_with("eni-3, 2 more"), "{}", listed(&five));
    }
}
