//! Internet gateways: at most one per VPC, held by every public address in it.

use aws_sdk_ec2::operation::attach_internet_gateway::{AttachInternetGatewayInput, AttachInternetGatewayOutput};
use aws_sdk_ec2::operation::create_internet_gateway::{CreateInternetGatewayInput, CreateInternetGatewayOutput};
use aws_sdk_ec2::operation::delete_internet_gateway::{DeleteInternetGatewayInput, DeleteInternetGatewayOutput};
use aws_sdk_ec2::operation::detach_internet_gateway::{DetachInternetGatewayInput, DetachInternetGatewayOutput};

use super::{CODES, QUOTAS, held, is_in, refuse_if};
use crate::context::{Context, Refusal};
use crate::cross_service::interfaces;
use crate::ec2::Gateway;
use crate::law::{Basis, Law};
use crate::typed::{Step, before};

const MOST: usize = 5;

pub(super) fn laws() -> Vec<Law> {
    vec![
        Law::documented(
            "ec2/gateway-attached",
            "an internet gateway that is attached cannot be deleted",
            "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteInternetGateway.html",
            before(attached),
        ),
        Law::reported(
            "ec2/gateway-mapped-addresses",
            "an internet gateway cannot be detached while anything in the VPC maps a public address: a NAT gateway, a task",
            "hashicorp/terraform#497",
            before(mapped_addresses),
        ),
        Law::reported(
            "ec2/gateway-second",
            "a second internet gateway cannot be attached to a VPC",
            "binlab/terraform-aws-vault-ha-raft#54",
            before(second),
        ),
        Law::documented_only(
            "ec2/gateway-attached-twice",
            "a gateway that is attached cannot be attached again",
            Basis::Reported,
            "berlioz-the/berlioz#1",
        ),
        Law::documented_only(
            "ec2/gateway-not-attached",
            "a gateway that is not attached to the VPC cannot be detached from it",
            Basis::Documented,
            CODES,
        ),
        Law::documented(
            "ec2/gateway-quota",
            "there are five internet gateways in a region at most, unless the quota is raised",
            QUOTAS,
            before(quota),
        ),
    ]
}

fn attached(context: &mut Context<'_>, input: &DeleteInternetGatewayInput) -> Step<DeleteInternetGatewayOutput> {
    let id = input.internet_gateway_id().unwrap_or_default();
    let attached = context.recall::<Gateway>(id).is_some_and(|gateway| gateway.vpc.is_some());
    refuse_if(attached, || held("internetGateway", id))
}

fn mapped_addresses(
    context: &mut Context<'_>,
    input: &DetachInternetGatewayInput,
) -> Step<DetachInternetGatewayOutput> {
    let vpc = input.vpc_id().unwrap_or_default();
    let gateway = context.recall::<Gateway>(input.internet_gateway_id().unwrap_or_default());
    let all = interfaces::all(context);
    let mapped = all.iter().any(|(_, interface)| interface.public && is_in(context, &interface.subnet, vpc));
    refuse_if(mapped && gateway.is_some_and(|gateway| gateway.vpc.as_deref() == Some(vpc)), || {
        let message = format!(
            "Network {vpc} has some mapped public address(es). Please unmap those public address(es) before \
             detaching the gateway."
        );
        Refusal::new("DependencyViolation", message)
    })
}

fn second(context: &mut Context<'_>, input: &AttachInternetGatewayInput) -> Step<AttachInternetGatewayOutput> {
    let (id, vpc) = (input.internet_gateway_id().unwrap_or_default(), input.vpc_id().unwrap_or_default());
    let all = context.all::<Gateway>();
    let another = all.iter().any(|(known, gateway)| known != id && gateway.vpc.as_deref() == Some(vpc));
    refuse_if(another, || {
        Refusal::new("InvalidParameterValue", format!("Network {vpc} already has an internet gateway attached"))
    })
}

fn quota(context: &mut Context<'_>, _: &CreateInternetGatewayInput) -> Step<CreateInternetGatewayOutput> {
    refuse_if(context.is_full(context.all::<Gateway>().len(), MOST), || {
        Refusal::new("InternetGatewayLimitExceeded", "The maximum number of internet gateways has been reached.")
    })
}
