//! Network interfaces that services make for themselves: they hold subnets and security groups for as long as they
//! stand, and linger for a while after what they belong to.
//! <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/requester-managed-eni.html>
//!
//! Whoever makes a thing adds its interfaces here, and releases them when the thing is asked to go.

use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::world::Fact;

/// A network interface.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Interface {
    /// What it belongs to, as `kind id`, such as `ec2:nat-gateway nat-1`.
    pub(crate) owner: String,
    pub(crate) subnet: String,
    pub(crate) groups: Vec<String>,
    /// AWS's own words, by which the owner is told, such as `ELB net/video/50dc6c495c0c9188`.
    pub(crate) description: String,
    /// `interface`, `nat_gateway`, `network_load_balancer`, `efs`, ...
    pub(crate) kind: String,
    /// Whether it maps a public address: then it holds the internet gateway too.
    pub(crate) public: bool,
}

impl Fact for Interface {
    const KIND: &'static str = "ec2:interface";
}

/// Adds an interface and gives its id.
pub(crate) fn add(context: &mut Context<'_>, interface: &Interface) -> String {
    let id = context.next_id("eni");
    context.remember(&id, interface);
    id
}

/// Every interface there is in the region, by id.
pub(crate) fn all(context: &Context<'_>) -> Vec<(String, Interface)> {
    context.all::<Interface>()
}

/// Lets the interfaces of an owner go after so many seconds; on the instant clock, at once. Only then is all of it gone.
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

/// Puts the interfaces of an owner into other security groups.
pub(crate) fn regroup(context: &mut Context<'_>, owner: &str, groups: &[String]) {
    for (id, interface) in all(context) {
        if interface.owner == owner {
            context.amend::<Interface>(&id, |interface| interface.groups = groups.to_vec());
        }
    }
}

/// The first interface in a subnet, also one that only lingers.
pub(crate) fn in_subnet(context: &Context<'_>, subnet: &str) -> Option<(String, Interface)> {
    all(context).into_iter().find(|(_, interface)| interface.subnet == subnet)
}

/// The first interface in a security group, also one that only lingers.
pub(crate) fn in_group(context: &Context<'_>, group: &str) -> Option<(String, Interface)> {
    all(context).into_iter().find(|(_, interface)| interface.groups.iter().any(|in_it| in_it == group))
}
