//! The network as other services see it: the subnets and security groups that show everywhere.
//!
//! Read-only. A resource that lags (see `Context::lags`) is not visible here.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::store::Fact;

/// The kind of security groups.
const GROUP: &str = "ec2:security-group";

/// The location of a subnet.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Place {
    pub(crate) vpc: String,
    pub(crate) zone: String,
    #[serde(default)]
    pub(crate) cidr: String,
}

impl Fact for Place {
    const KIND: &'static str = "ec2:subnet-place";
}

/// The location of a subnet, if it exists.
pub(crate) fn place(context: &Context<'_>, subnet: &str) -> Option<Place> {
    if context.is_lagging("subnet", subnet) { None } else { context.recall::<Place>(subnet) }
}

/// The VPC of a security group, if it exists.
pub(crate) fn vpc_of_group(context: &Context<'_>, group: &str) -> Option<String> {
    if context.is_lagging("sg", group) {
        return None;
    }
    context.document(GROUP, group)?["vpc"].as_str().map(str::to_owned)
}

/// The first of the subnets that does not exist.
pub(crate) fn unknown_subnet<'a>(context: &Context<'_>, subnets: &'a [String]) -> Option<&'a str> {
    subnets.iter().map(String::as_str).find(|id| place(context, id).is_none())
}

/// The first of the security groups that does not exist.
pub(crate) fn unknown_group<'a>(context: &Context<'_>, groups: &'a [String]) -> Option<&'a str> {
    groups.iter().map(String::as_str).find(|id| vpc_of_group(context, id).is_none())
}

/// The first of the security groups in another VPC, and that VPC.
pub(crate) fn stray_group<'a>(context: &Context<'_>, groups: &'a [String], vpc: &str) -> Option<(&'a str, String)> {
    let with_vpc = |id: &'a String| Some((id.as_str(), vpc_of_group(context, id)?));
    groups.iter().filter_map(with_vpc).find(|(_, of)| of != vpc)
}

/// The zones of the subnets.
pub(crate) fn zones(context: &Context<'_>, subnets: &[String]) -> BTreeSet<String> {
    subnets.iter().filter_map(|id| Some(place(context, id)?.zone)).collect()
}
