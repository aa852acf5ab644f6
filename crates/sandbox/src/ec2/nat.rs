//! NAT gateways and their addresses.

use aws_sdk_ec2::operation::create_nat_gateway::{CreateNatGatewayInput, CreateNatGatewayOutput};
use aws_sdk_ec2::operation::delete_nat_gateway::{DeleteNatGatewayInput, DeleteNatGatewayOutput};
use aws_sdk_ec2::operation::describe_addresses::{DescribeAddressesInput, DescribeAddressesOutput};
use aws_sdk_ec2::operation::describe_nat_gateways::{DescribeNatGatewaysInput, DescribeNatGatewaysOutput};
use aws_sdk_ec2::types::{NatGateway, NatGatewayAddress, NatGatewayState};
use serde::{Deserialize, Serialize};

use super::addresses::Address;
use super::gateways::Gateway;
use super::{Pair, asked, shown};
use crate::conditions::Incident;
use crate::context::Context;
use crate::cross_service::interfaces::{self, Interface};
use crate::store::Fact;
use crate::typed::{Rule, Step, after, before};

/// The parameters of a NAT gateway that is not deleted.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Nat {
    pub(crate) token: Option<String>,
    pub(crate) subnet: String,
    vpc: Option<String>,
    pub(crate) allocation: Option<String>,
    interface: Option<String>,
    tags: Vec<Pair>,
    /// Error code and message, if it does not become available.
    #[serde(default)]
    pub(crate) failure: Option<(String, String)>,
}

impl Fact for Nat {
    const KIND: &'static str = "ec2:nat-gateway";
}

impl Nat {
    fn address(&self) -> NatGatewayAddress {
        NatGatewayAddress::builder()
            .set_allocation_id(self.allocation.clone())
            .set_association_id(self.association())
            .set_network_interface_id(self.interface.clone())
            .is_primary(true)
            .build()
    }

    /// Whether it has, or will have, that address.
    pub(crate) fn holds(&self, allocation: Option<&str>) -> bool {
        allocation.is_some() && self.failure.is_none() && self.allocation.as_deref() == allocation
    }

    fn association(&self) -> Option<String> {
        if self.failure.is_some() {
            return None;
        }
        let allocation = self.allocation.as_deref()?;
        Some(allocation.replace("eipalloc-", "eipassoc-"))
    }
}

/// The owner of a NAT gateway's interface.
pub(crate) fn owner(id: &str) -> String {
    format!("{} {id}", Nat::KIND)
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

/// AWS honours `ClientToken`; winterbaume creates a second gateway.
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
    let failure = failure(context, input, gateway.vpc_id().unwrap_or_default());
    let subnet = input.subnet_id().unwrap_or_default().to_owned();
    let interface = Interface {
        owner: owner(&id),
        subnet: subnet.clone(),
        groups: Vec::new(),
        description: format!("Interface for NAT Gateway {id}"),
        kind: "nat_gateway".into(),
        public: input.allocation_id().is_some(),
    };
    let nat = Nat {
        token: input.client_token().map(str::to_owned),
        subnet,
        vpc: gateway.vpc_id().map(str::to_owned),
        allocation: input.allocation_id().map(str::to_owned),
        interface: failure.is_none().then(|| interfaces::add(context, &interface)),
        tags: asked(input.tag_specifications()),
        failure,
    };
    gateway.tags = Some(shown(&nat.tags));
    context.remember(&id, &nat);
}

/// The reason why a new gateway becomes `failed` instead of `available`. The call itself succeeds.
/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NatGateway.html>
fn failure(context: &mut Context<'_>, input: &CreateNatGatewayInput, vpc: &str) -> Option<(String, String)> {
    let because = |code: &str, message: String| Some((code.to_owned(), message));
    if context.goes_wrong(Incident::NatFails) {
        let message = "Network interface eni-0, created and used internally by this NAT gateway is in an invalid \
                       state. Please try again.";
        return because("InternalError", message.to_owned());
    }
    let allocation = input.allocation_id()?;
    if !context.all::<Gateway>().iter().any(|(_, gateway)| gateway.vpc.as_deref() == Some(vpc)) {
        return because("Gateway.NotAttached", format!("Network {vpc} has no Internet gateway attached"));
    }
    if context.recall::<Address>(allocation).is_none() {
        let message = format!("Elastic IP address {allocation} could not be associated with this NAT gateway");
        return because("InvalidAllocationID.NotFound", message);
    }
    if context.all::<Nat>().iter().any(|(_, nat)| nat.holds(Some(allocation))) {
        let message = format!("Elastic IP address {allocation} is already associated");
        return because("Resource.AlreadyAssociated", message);
    }
    None
}

/// Winterbaume's addresses have no association and no interface.
fn show(context: &mut Context<'_>, _: &DescribeNatGatewaysInput, output: &mut DescribeNatGatewaysOutput) {
    for gateway in output.nat_gateways.iter_mut().flatten() {
        let Some(nat) = context.recall::<Nat>(gateway.nat_gateway_id().unwrap_or_default()) else {
            continue;
        };
        for address in gateway.nat_gateway_addresses.iter_mut().flatten() {
            address.association_id = nat.association();
            address.network_interface_id.clone_from(&nat.interface);
        }
        if let Some((code, message)) = &nat.failure {
            gateway.state = Some(NatGatewayState::Failed);
            gateway.failure_code = Some(code.clone());
            gateway.failure_message = Some(message.clone());
        }
    }
}

/// AWS shows an address that a NAT gateway holds as associated; winterbaume shows it as free.
fn show_association(context: &mut Context<'_>, _: &DescribeAddressesInput, output: &mut DescribeAddressesOutput) {
    let nats = context.all::<Nat>();
    for address in output.addresses.iter_mut().flatten() {
        let holder = nats.iter().map(|(_, nat)| nat).find(|nat| nat.holds(address.allocation_id()));
        if let Some(nat) = holder {
            address.association_id = nat.association();
            address.network_interface_id.clone_from(&nat.interface);
        }
    }
}

/// A removal that takes time removes the fact when it is carried out.
fn note_deletion(context: &mut Context<'_>, input: &DeleteNatGatewayInput, _: &mut DeleteNatGatewayOutput) {
    let id = input.nat_gateway_id().unwrap_or_default();
    let failed = context.recall::<Nat>(id).is_some_and(|nat| nat.failure.is_some());
    // A failed gateway stays `failed` in reads after its deletion.
    if context.stage(Nat::KIND, id).is_none() && !failed {
        interfaces::release(context, &owner(id), 0.0);
        context.forget::<Nat>(id);
    }
}
