//! The network as the services that stand in it see it: the subnets and security groups that are known everywhere.
//!
//! It only looks. What was made a moment ago may not show yet (see `Context::lags`), and then it is not here either.

use std::collections::BTreeSet;

use crate::context::Context;
use crate::mends::ec2::Place;

/// The kind under which security groups are kept.
const GROUP: &str = "ec2:security-group";

/// Where a subnet is, if there is one of that id.
pub(crate) fn place(context: &Context<'_>, subnet: &str) -> Option<Place> {
    if context.is_lagging("subnet", subnet) { None } else { context.recall::<Place>(subnet) }
}

/// The VPC of a security group, if there is one of that id.
pub(crate) fn vpc_of_group(context: &Context<'_>, group: &str) -> Option<String> {
    if context.is_lagging("sg", group) {
        return None;
    }
    context.document(GROUP, group)?["vpc"].as_str().map(str::to_owned)
}

/// The first of the subnets that is not there.
pub(crate) fn unknown_subnet<'a>(context: &Context<'_>, subnets: &'a [String]) -> Option<&'a str> {
    subnets.iter().map(String::as_str).find(|id| place(context, id).is_none())
}

/// The first of the security groups that is not there.
pub(crate) fn unknown_group<'a>(context: &Context<'_>, groups: &'a [String]) -> Option<&'a str> {
    groups.iter().map(String::as_str).find(|id| vpc_of_group(context, id).is_none())
}

/// The first of the security groups that is in another VPC, and in which.
pub(crate) fn stray_group<'a>(context: &Context<'_>, groups: &'a [String], vpc: &str) -> Option<(&'a str, String)> {
    let with_vpc = |id: &'a String| Some((id.as_str(), vpc_of_group(context, id)?));
    groups.iter().filter_map(with_vpc).find(|(_, of)| of != vpc)
}

/// The zones the subnets are in.
pub(crate) fn zones(context: &Context<'_>, subnets: &[String]) -> BTreeSet<String> {
    subnets.iter().filter_map(|id| Some(place(context, id)?.zone)).collect()
}

/// The kind under which IAM's roles are kept.
const ROLE: &str = "iam:role";

/// The name of a role, by its ARN or its name.
fn name_of(role: &str) -> &str {
    role.rsplit('/').next().unwrap_or(role)
}

/// Whether a role, named by its ARN, is known to every service by now.
pub(crate) fn is_role_settled(context: &mut Context<'_>, role: &str) -> bool {
    !context.global().is_lagging(ROLE, name_of(role))
}

/// Whether there is such a role, and every service knows it by now.
pub(crate) fn is_role_known(context: &mut Context<'_>, role: &str) -> bool {
    context.global().document(ROLE, name_of(role)).is_some() && is_role_settled(context, role)
}
