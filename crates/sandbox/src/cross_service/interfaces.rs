//! Network interfaces that services create for themselves. They hold subnets and security groups while they exist, and
//! linger for a while after their owner is deleted.
//! <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/requester-managed-eni.html>
//!
//! The rule that creates a resource adds its interfaces here, and releases them when the deletion is requested.

use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::store::Fact;

/// A network interface.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Interface {
    /// Its owner, as `kind id`, such as `ec2:nat-gateway nat-1`.
    pub(crate) owner: String,
    pub(crate) subnet: String,
    pub(crate) groups: Vec<String>,
    /// The description AWS gives it, which identifies the owner, such as `ELB net/video/50dc6c495c0c9188`.
    pub(crate) description: String,
    /// The type: `interface`, `nat_gateway`, `network_load_balancer`, `efs`, ...
    pub(crate) kind: String,
    /// Whether it has a public address, and so also holds the internet gateway.
    pub(crate) public: bool,
}

impl Fact for Interface {
    const KIND: &'static str = "ec2:interface";
}

/// Adds an interface and returns its id.
pub(crate) fn add(context: &mut Context<'_>, interface: &Interface) -> String {
    let id = context.next_id("eni");
    context.remember(&id, interface);
    id
}

/// All interfaces in the region, by id.
pub(crate) fn all(context: &Context<'_>) -> Vec<(String, Interface)> {
    context.all::<Interface>()
}

/// Deletes the interfaces of an owner after `seconds`; on the instant clock, at once. Only then is the owner's deletion
/// complete.
pub(crate) fn release(context: &mut Context<'_>, owner: &str, seconds: f64) {
    if let Some((kind, id)) = owner.split_once(' ') {
        context.ends(kind, id, seconds);
    }
    for (id, interface) in all(context) {
        if interface.owner == owner {
            context.vanish(Interface::KIND, &id, "detaching", seconds);
        }
    }
}

/// Sets the security groups of an owner's interfaces.
pub(crate) fn regroup(context: &mut Context<'_>, owner: &str, groups: &[String]) {
    for (id, interface) in all(context) {
        if interface.owner == owner {
            context.amend::<Interface>(&id, |interface| interface.groups = groups.to_vec());
        }
    }
}

/// The first interface in a subnet, including lingering ones.
pub(crate) fn in_subnet(context: &Context<'_>, subnet: &str) -> Option<(String, Interface)> {
    all(context).into_iter().find(|(_, interface)| interface.subnet == subnet)
}

/// The first interface in a security group, including lingering ones.
pub(crate) fn in_group(context: &Context<'_>, group: &str) -> Option<(String, Interface)> {
    all(context).into_iter().find(|(_, interface)| interface.groups.iter().any(|in_it| in_it == group))
}
