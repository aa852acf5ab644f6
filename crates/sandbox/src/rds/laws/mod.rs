//! RDS: databases, their groups, and the resources they leave behind.

mod clusters;
mod creation;
mod deletion;
mod groups;
mod parameters;
mod role;

use crate::context::{Context, Refusal};
use crate::law::Law;
use crate::typed::Step;

pub(super) fn laws() -> Vec<Law> {
    let parts = [role::laws, groups::laws, parameters::laws, creation::laws, deletion::laws, clusters::laws];
    parts.into_iter().flat_map(|laws| laws()).collect()
}

/// Passes, or returns the refusal.
fn unless<O>(refusal: Option<Refusal>) -> Step<O> {
    refusal.map_or(Step::Pass, Step::Refuse)
}

/// The kind of subnet groups, and of their lag when new.
const NEW_GROUP: &str = "rds:subnet-group";

/// AWS's refusal of a subnet group that does not exist or does not show yet.
fn no_subnet_group(context: &Context<'_>, name: &str) -> Option<Refusal> {
    let known = context.document(NEW_GROUP, name).is_some() && !context.is_lagging(NEW_GROUP, name);
    (!known).then(|| Refusal::new("DBSubnetGroupNotFoundFault", format!("DB subnet group '{name}' does not exist.")))
}
