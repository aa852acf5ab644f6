//! EC2: what holds a network together, and what lets go of it.

use aws_sdk_ec2::operation::delete_subnet::{DeleteSubnetInput, DeleteSubnetOutput};

use super::{Law, interfaces};
use crate::context::{Context, Refusal};
use crate::typed::{Step, before};

pub(super) fn laws() -> Vec<Law> {
    vec![Law::documented(
        "ec2/subnet-with-interfaces",
        "a subnet with a network interface in it cannot be deleted",
        "https://docs.aws.amazon.com/vpc/latest/userguide/subnet-deleting.html",
        before(subnet_with_interfaces),
    )]
}

fn violation(message: String) -> Refusal {
    Refusal::new("DependencyViolation", message)
}

fn subnet_with_interfaces(context: &mut Context<'_>, input: &DeleteSubnetInput) -> Step<DeleteSubnetOutput> {
    let id = input.subnet_id().unwrap_or_default();
    match interfaces::in_subnet(context, id) {
        None => Step::Pass,
        Some(_) => Step::Refuse(violation(format!("The subnet '{id}' has dependencies and cannot be deleted."))),
    }
}
