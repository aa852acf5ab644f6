//! NAT gateways: their client tokens, their quota, and the reasons why they fail.

use aws_sdk_ec2::operation::create_nat_gateway::{CreateNatGatewayInput, CreateNatGatewayOutput};

use super::{CODES, QUOTAS, refuse_if};
use crate::context::{Context, Refusal};
use crate::cross_service::network::Place;
use crate::ec2::Nat;
use crate::law::{Basis, Law};
use crate::typed::{Step, before};

const FAILURES: &str = "https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-troubleshooting.html";
const MOST_IN_A_ZONE: usize = 5;

pub(super) fn laws() -> Vec<Law> {
    vec![
        Law::documented(
            "ec2/nat-token",
            "the token of a NAT gateway does not stand for another one",
            CODES,
            before(token),
        ),
        Law::documented(
            "ec2/nat-quota",
            "there are five NAT gateways in a zone at most, unless the quota is raised",
            QUOTAS,
            before(quota),
        ),
        Law::documented_only(
            "ec2/nat-without-gateway",
            "a NAT gateway in a VPC without an internet gateway becomes failed: Gateway.NotAttached",
            Basis::Documented,
            FAILURES,
        ),
        Law::documented_only(
            "ec2/nat-address-taken",
            "a NAT gateway whose address is associated already becomes failed: Resource.AlreadyAssociated",
            Basis::Documented,
            FAILURES,
        ),
        Law::documented_only(
            "ec2/nat-address-unknown",
            "a NAT gateway whose address does not exist becomes failed: InvalidAllocationID.NotFound",
            Basis::Documented,
            "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NatGateway.html",
        ),
        Law::documented_only(
            "ec2/nat-deleting",
            "a NAT gateway keeps its network interface and its address until it is deleted",
            Basis::Documented,
            "https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-working-with.html",
        ),
        Law::documented_only(
            "ec2/nat-failed",
            "a failed NAT gateway that is deleted goes on being shown as failed",
            Basis::Assumed,
            "AWS says that it removes a failed one after about an hour, and not what a deletion before that shows",
        ),
    ]
}

fn token(context: &mut Context<'_>, input: &CreateNatGatewayInput) -> Step<CreateNatGatewayOutput> {
    let Some(token) = input.client_token() else { return Step::Pass };
    let all = context.all::<Nat>();
    let known = all.iter().map(|(_, nat)| nat).find(|nat| nat.token.as_deref() == Some(token));
    let same = |nat: &Nat| input.subnet_id() == Some(&nat.subnet) && input.allocation_id() == nat.allocation.as_deref();
    refuse_if(known.is_some_and(|nat| !same(nat)), || another_request(token))
}

/// AWS's refusal of a token that was used for another request.
pub(super) fn another_request(token: &str) -> Refusal {
    let message = format!("The client token {token} was used before, in a request with other parameters.");
    Refusal::new("IdempotentParameterMismatch", message)
}

fn quota(context: &mut Context<'_>, input: &CreateNatGatewayInput) -> Step<CreateNatGatewayOutput> {
    let zone = |subnet: &str| context.recall::<Place>(subnet).map(|place| place.zone);
    let all = context.all::<Nat>();
    let known = all.iter().any(|(_, nat)| nat.token.is_some() && nat.token.as_deref() == input.client_token());
    let here = zone(input.subnet_id().unwrap_or_default());
    let there = all.iter().filter(|(_, nat)| nat.failure.is_none() && zone(&nat.subnet) == here).count();
    refuse_if(!known && context.is_full(there, MOST_IN_A_ZONE), || {
        Refusal::new("NatGatewayLimitExceeded", "The maximum number of NAT gateways in the zone has been reached.")
    })
}
