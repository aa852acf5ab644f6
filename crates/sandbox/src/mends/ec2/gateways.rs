//! Internet gateways and their attachments.

use aws_sdk_ec2::operation::attach_internet_gateway::{
    AttachInternetGatewayInput, AttachInternetGatewayOutput,
};
use aws_sdk_ec2::operation::delete_internet_gateway::{
    DeleteInternetGatewayInput, DeleteInternetGatewayOutput,
};
use aws_sdk_ec2::operation::detach_internet_gateway::{
    DetachInternetGatewayInput, DetachInternetGatewayOutput,
};
use serde::{Deserialize, Serialize};

use crate::context::{Context, Refusal};
use crate::typed::{Rule, Step, after, before};
use crate::world::Fact;

/// Which VPC an internet gateway is attached to.
#[derive(Debug, Serialize, Deserialize)]
struct Attachment {
    vpc: String,
}

impl Fact for Attachment {
    const KIND: &'static str = "ec2:internet-gateway-attachment";
}

pub(super) fn rules() -> Vec<Rule> {
    vec![
        before(attach_once),
        after(note_attachment),
        before(detach_what_is_attached),
        after(note_detachment),
        after(note_deletion),
    ]
}

/// AWS attaches a gateway to one VPC only; winterbaume attaches it again and again.
fn attach_once(
    context: &mut Context<'_>,
    input: &AttachInternetGatewayInput,
) -> Step<AttachInternetGatewayOutput> {
    let gateway = input.internet_gateway_id().unwrap_or_default();
    match context.recall::<Attachment>(gateway) {
        None => Step::Pass,
        Some(attachment) => Step::Refuse(Refusal::new(
            "Resource.AlreadyAssociated",
            format!("resource {gateway} is already attached to network {}", attachment.vpc),
        )),
    }
}

fn note_attachment(
    context: &mut Context<'_>,
    input: &AttachInternetGatewayInput,
    _: &mut AttachInternetGatewayOutput,
) {
    let vpc = input.vpc_id().unwrap_or_default().to_owned();
    context.remember(input.internet_gateway_id().unwrap_or_default(), &Attachment { vpc });
}

/// AWS answers `Gateway.NotAttached` where winterbaume says yes to anything.
fn detach_what_is_attached(
    context: &mut Context<'_>,
    input: &DetachInternetGatewayInput,
) -> Step<DetachInternetGatewayOutput> {
    let gateway = input.internet_gateway_id().unwrap_or_default();
    let vpc = input.vpc_id().unwrap_or_default();
    match context.recall::<Attachment>(gateway) {
        Some(attachment) if attachment.vpc != vpc => Step::Refuse(Refusal::new(
            "Gateway.NotAttached",
            format!("resource {gateway} is not attached to network {vpc}"),
        )),
        Some(_) => Step::Pass,
        // Winterbaume tells an unknown gateway from one that is not attached only by the answer to a describe.
        None => Step::Refuse(Refusal::new(
            "Gateway.NotAttached",
            format!("resource {gateway} is not attached to network {vpc}"),
        )),
    }
}

fn note_detachment(
    context: &mut Context<'_>,
    input: &DetachInternetGatewayInput,
    _: &mut DetachInternetGatewayOutput,
) {
    context.forget::<Attachment>(input.internet_gateway_id().unwrap_or_default());
}

fn note_deletion(
    context: &mut Context<'_>,
    input: &DeleteInternetGatewayInput,
    _: &mut DeleteInternetGatewayOutput,
) {
    context.forget::<Attachment>(input.internet_gateway_id().unwrap_or_default());
}
