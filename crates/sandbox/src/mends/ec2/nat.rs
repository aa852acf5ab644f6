//! NAT gateways and the addresses they hold.

use aws_sdk_ec2::operation::create_nat_gateway::{CreateNatGatewayInput, CreateNatGatewayOutput};
use aws_sdk_ec2::operation::delete_nat_gateway::{DeleteNatGatewayInput, DeleteNatGatewayOutput};
use aws_sdk_ec2::operation::describe_addresses::{DescribeAddressesInput, DescribeAddressesOutput};
use aws_sdk_ec2::operation::describe_nat_gateways::{DescribeNatGatewaysInput, DescribeNatGatewaysOutput};
use aws_sdk_ec2::types::{NatGateway, NatGatewayAddress, NatGatewayState};
use serde::{Deserialize, Serialize};

use super::{Pair, asked, shown};
use crate::context::Context;
use crate::typed::{Rule, Step, after, before};
use crate::world::Fact;

/// What was asked of a NAT gateway that is not deleted.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Nat {
    token: Option<String>,
    subnet: String,
    vpc: Option<String>,
    allocation: Option<String>,
    interface: String,
    tags: Vec<Pair>,
}

impl Fact for Nat {
    const KIND: &'static str = "ec2:nat-gateway";
}

impl Nat {
    fn address(&self) -> NatGatewayAddress {
        NatGatewayAddress::builder()
            .set_allocation_id(self.allocation.clone())
            .set_association_id(self.association())
            .network_interface_id(&self.interface)
            .is_primary(true)
            .build()
    }

    fn association(&self) -> Option<String> {
        let allocation = self.allocation.as_deref()?;
        Some(allocation.replace("eipalloc-", "eipassoc-"))
    }
}

pub(super) fn rules() -> Vec<Rule> {
    vec![
        before(same_token_same_gateway),
        after(note_creation),
        after(show),
        after(show_association),
        after(note_deletion),
    ]
}

/// AWS honours `ClientToken`; winterbaume makes a second gateway.
/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNatGateway.html>
fn same_token_same_gateway(context: &mut Context<'_>, input: &CreateNatGatewayInput) -> Step<CreateNatGatewayOutput> {
    let Some(token) = input.client_token() else {
        return Step::Pass;
    };
    let known = (context.all::<Nat>().into_iter()).find(|(_, nat)| nat.token.as_deref() == Some(token));
    match known {
        None => Step::Pass,
        Some((id, nat)) => Step::Answer(
            CreateNatGatewayOutput::builder()
                .client_token(token)
                .nat_gateway(
                    NatGateway::builder()
                        .nat_gateway_id(id)
                        .subnet_id(&nat.subnet)
                        .set_vpc_id(nat.vpc.clone())
                        .nat_gateway_addresses(nat.address())
                        .set_tags(Some(shown(&nat.tags)))
                        .build(),
                )
                .build(),
        ),
    }
}

/// AWS answers with the token, the tags and a gateway that is `pending`.
fn note_creation(context: &mut Context<'_>, input: &CreateNatGatewayInput, output: &mut CreateNatGatewayOutput) {
    output.client_token = input.client_token().map(str::to_owned);
    let Some(gateway) = &mut output.nat_gateway else {
        return;
    };
    gateway.state = Some(NatGatewayState::Pending);
    let id = gateway.nat_gateway_id().unwrap_or_default().to_owned();
    if context.recall::<Nat>(&id).is_some() {
        return;
    }
    let nat = Nat {
        token: input.client_token().map(str::to_owned),
        subnet: input.subnet_id().unwrap_or_default().to_owned(),
        vpc: gateway.vpc_id().map(str::to_owned),
        allocation: input.allocation_id().map(str::to_owned),
        interface: context.next_id("eni"),
        tags: asked(input.tag_specifications()),
    };
    gateway.tags = Some(shown(&nat.tags));
    context.remember(&id, &nat);
}

/// Winterbaume's addresses have no association and no interface.
fn show(context: &mut Context<'_>, _: &DescribeNatGatewaysInput, output: &mut DescribeNatGatewaysOutput) {
    for gateway in output.nat_gateways.iter_mut().flatten() {
        let Some(nat) = context.recall::<Nat>(gateway.nat_gateway_id().unwrap_or_default()) else {
            continue;
        };
        for address in gateway.nat_gateway_addresses.iter_mut().flatten() {
            address.association_id = nat.association();
            address.network_interface_id = Some(nat.interface.clone());
        }
    }
}

/// AWS shows an address that a NAT gateway holds as associated; winterbaume shows it as free.
fn show_association(context: &mut Context<'_>, _: &DescribeAddressesInput, output: &mut DescribeAddressesOutput) {
    let nats = context.all::<Nat>();
    for address in output.addresses.iter_mut().flatten() {
        let holder = (nats.iter())
            .map(|(_, nat)| nat)
            .find(|nat| nat.allocation.is_some() && nat.allocation == address.allocation_id);
        if let Some(nat) = holder {
            address.association_id = nat.association();
            address.network_interface_id = Some(nat.interface.clone());
        }
    }
}

/// A removal that takes time is noted when it is carried out.
fn note_deletion(context: &mut Context<'_>, input: &DeleteNatGatewayInput, _: &mut DeleteNatGatewayOutput) {
    let id = input.nat_gateway_id().unwrap_or_default();
    if context.stage(Nat::KIND, id).is_none() {
        context.forget::<Nat>(id);
    }
}
