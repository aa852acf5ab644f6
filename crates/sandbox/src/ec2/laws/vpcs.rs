//! VPCs: the dependencies that block their deletion, and their quota.

use aws_sdk_ec2::operation::create_vpc::{CreateVpcInput, CreateVpcOutput};
use aws_sdk_ec2::operation::delete_vpc::{DeleteVpcInput, DeleteVpcOutput};

use super::{QUOTAS, held, is_in, refuse_if};
use crate::context::{Context, Refusal};
use crate::cross_service::interfaces;
use crate::cross_service::network::Place;
use crate::ec2::{DEFAULT_GROUP, Gateway, Group, Network, Table};
use crate::law::{Basis, Law};
use crate::typed::{Step, before};

const DELETE: &str = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteVpc.html";
const MOST: usize = 5;

pub(super) fn laws() -> Vec<Law> {
    vec![
        Law::documented("ec2/vpc-with-subnets", "a VPC with a subnet cannot be deleted", DELETE, before(with_subnets)),
        Law::documented(
            "ec2/vpc-with-gateway",
            "a VPC with an internet gateway attached cannot be deleted",
            DELETE,
            before(with_gateway),
        ),
        Law::documented(
            "ec2/vpc-with-groups",
            "a VPC with a security group besides its default one cannot be deleted",
            DELETE,
            before(with_groups),
        ),
        Law::documented(
            "ec2/vpc-with-tables",
            "a VPC with a route table besides its main one cannot be deleted",
            DELETE,
            before(with_tables),
        ),
        Law::documented(
            "ec2/vpc-with-interfaces",
            "a VPC with a network interface in it cannot be deleted",
            DELETE,
            before(with_interfaces),
        ),
        Law::documented(
            "ec2/vpc-quota",
            "there are five VPCs in a region at most, unless the quota is raised",
            QUOTAS,
            before(quota),
        ),
        Law::documented_only(
            "ec2/vpc-defaults",
            "a VPC comes, and goes, with a default security group, a main route table and a default network ACL",
            Basis::Documented,
            "https://docs.aws.amazon.com/vpc/latest/userguide/create-vpc.html",
        ),
    ]
}

fn refuse_deletion(input: &DeleteVpcInput, holds: impl FnOnce(&str) -> bool) -> Step<DeleteVpcOutput> {
    let id = input.vpc_id().unwrap_or_default();
    refuse_if(holds(id), || held("vpc", id))
}

fn with_subnets(context: &mut Context<'_>, input: &DeleteVpcInput) -> Step<DeleteVpcOutput> {
    refuse_deletion(input, |id| context.all::<Place>().iter().any(|(_, place)| place.vpc == id))
}

fn with_gateway(context: &mut Context<'_>, input: &DeleteVpcInput) -> Step<DeleteVpcOutput> {
    refuse_deletion(input, |id| context.all::<Gateway>().iter().any(|(_, gateway)| gateway.vpc.as_deref() == Some(id)))
}

fn with_groups(context: &mut Context<'_>, input: &DeleteVpcInput) -> Step<DeleteVpcOutput> {
    let others =
        |id: &str| context.all::<Group>().iter().any(|(_, group)| group.vpc == id && group.name != DEFAULT_GROUP);
    refuse_deletion(input, others)
}

fn with_tables(context: &mut Context<'_>, input: &DeleteVpcInput) -> Step<DeleteVpcOutput> {
    refuse_deletion(input, |id| context.all::<Table>().iter().any(|(_, table)| table.vpc == id))
}

fn with_interfaces(context: &mut Context<'_>, input: &DeleteVpcInput) -> Step<DeleteVpcOutput> {
    let all = interfaces::all(context);
    refuse_deletion(input, |id| all.iter().any(|(_, interface)| is_in(context, &interface.subnet, id)))
}

fn quota(context: &mut Context<'_>, _: &CreateVpcInput) -> Step<CreateVpcOutput> {
    refuse_if(context.is_full(context.all::<Network>().len(), MOST), || {
        Refusal::new("VpcLimitExceeded", "The maximum number of VPCs has been reached.")
    })
}
