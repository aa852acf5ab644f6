//! Subnets: the dependencies that block their deletion.

use aws_sdk_ec2::operation::delete_subnet::{DeleteSubnetInput, DeleteSubnetOutput};

use super::{held, refuse_if};
use crate::context::Context;
use crate::cross_service::interfaces;
use crate::law::Law;
use crate::typed::{Step, before};

pub(super) fn laws() -> Vec<Law> {
    vec![Law::documented(
        "ec2/subnet-with-interfaces",
        "a subnet with a network interface in it cannot be deleted",
        "https://docs.aws.amazon.com/vpc/latest/userguide/subnet-deleting.html",
        before(with_interfaces),
    )]
}

fn with_interfaces(context: &mut Context<'_>, input: &DeleteSubnetInput) -> Step<DeleteSubnetOutput> {
    let id = input.subnet_id().unwrap_or_default();
    refuse_if(interfaces::in_subnet(context, id).is_some(), || held("subnet", id))
}
