//! Internet gateways and their attachments.

use aws_sdk_ec2::operation::attach_internet_gateway::{AttachInternetGatewayInput, AttachInternetGatewayOutput};
use aws_sdk_ec2::operation::create_internet_gateway::{CreateInternetGatewayInput, CreateInternetGatewayOutput};
use aws_sdk_ec2::operation::delete_internet_gateway::{DeleteInternetGatewayInput, DeleteInternetGatewayOutput};
use aws_sdk_ec2::operation::detach_internet_gateway::{DetachInternetGatewayInput, DetachInternetGatewayOutput};
use aws_sdk_ec2::types::InternetGateway;
use serde::{Deserialize, Serialize};

use crate::context::{Context, Refusal};
use crate::store::Fact;
use crate::typed::{Rule, Step, after, before};

/// The VPC an internet gateway is attached to, if any.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Gateway {
    pub(crate) vpc: Option<String>,
}

impl Fact for Gateway {
    const KIND: &'static str = "ec2:internet-gateway";
}

pub(super) fn rules() -> Vec<Rule> {
    vec![
        after(note_creation),
        before(attach_once),
        after(note_attachment),
        before(detach_what_is_attached),
        after(note_detachment),
        after(note_deletion),
    ]
}

fn note_creation(context: &mut Context<'_>, _: &CreateInternetGatewayInput, output: &mut CreateInternetGatewayOutput) {
    let gateway = output.internet_gateway();
    if let Some(id) = gateway.and_then(InternetGateway::internet_gateway_id) {
        context.remember(id, &Gateway::default());
    }
}

/// AWS attaches a gateway to one VPC only; winterbaume attaches it repeatedly.
fn attach_once(context: &mut Context<'_>, input: &AttachInternetGatewayInput) -> Step<AttachInternetGatewayOutput> {
    let id = input.internet_gateway_id().unwrap_or_default();
    match context.recall::<Gateway>(id).and_then(|gateway| gateway.vpc) {
        None => Step::Pass,
        Some(vpc) => Step::Refuse(Refusal::new(
            "Resource.AlreadyAssociated",
            format!("resource {id} is already attached to network {vpc}"),
        )),
    }
}

fn note_attachment(context: &mut Context<'_>, input: &AttachInternetGatewayInput, _: &mut AttachInternetGatewayOutput) {
    let vpc = input.vpc_id().map(str::to_owned);
    context.remember(input.internet_gateway_id().unwrap_or_default(), &Gateway { vpc });
}

/// AWS answers `Gateway.NotAttached`; winterbaume detaches every gateway it knows.
fn detach_what_is_attached(
    context: &mut Context<'_>,
    input: &DetachInternetGatewayInput,
) -> Step<DetachInternetGatewayOutput> {
    let id = input.internet_gateway_id().unwrap_or_default();
    match context.recall::<Gateway>(id) {
        Some(gateway) if gateway.vpc.as_deref() != input.vpc_id() => {
            let vpc = input.vpc_id().unwrap_or_default();
            Step::Refuse(Refusal::new("Gateway.NotAttached", format!("resource {id} is not attached to network {vpc}")))
        }
        _ => Step::Pass,
    }
}

fn note_detachment(context: &mut Context<'_>, input: &DetachInternetGatewayInput, _: &mut DetachInternetGatewayOutput) {
    context.remember(input.internet_gateway_id().unwrap_or_default(), &Gateway::default());
}

fn note_deletion(context: &mut Context<'_>, input: &DeleteInternetGatewayInput, _: &mut DeleteInternetGatewayOutput) {
    context.forget::<Gateway>(input.internet_gateway_id().unwrap_or_default());
}
