//! The valid address ranges of VPCs and subnets.

use aws_sdk_ec2::operation::create_subnet::{CreateSubnetInput, CreateSubnetOutput};
use aws_sdk_ec2::operation::create_vpc::{CreateVpcInput, CreateVpcOutput};

use super::cidr::Range;
use super::{CODES, refuse_if};
use crate::context::{Context, Refusal};
use crate::cross_service::network::Place;
use crate::ec2::Network;
use crate::law::Law;
use crate::typed::{Step, before};

pub(super) fn laws() -> Vec<Law> {
    vec![
        Law::documented("ec2/vpc-range", "a VPC has a block between /16 and /28", CODES, before(vpc_range)),
        Law::documented(
            "ec2/subnet-range",
            "a subnet has a block between /16 and /28 within its VPC's",
            CODES,
            before(subnet_range),
        ),
        Law::documented(
            "ec2/subnet-conflict",
            "two subnets of a VPC cannot have addresses in common",
            CODES,
            before(subnet_conflict),
        ),
    ]
}

fn is_allowed(range: Range) -> bool {
    (16..=28).contains(&range.bits)
}

fn invalid(code: &str, cidr: &str) -> Refusal {
    Refusal::new(code, format!("The CIDR '{cidr}' is invalid."))
}

fn vpc_range(_: &mut Context<'_>, input: &CreateVpcInput) -> Step<CreateVpcOutput> {
    let cidr = input.cidr_block().unwrap_or_default();
    refuse_if(!Range::parse(cidr).is_some_and(is_allowed), || invalid("InvalidVpc.Range", cidr))
}

fn subnet_range(context: &mut Context<'_>, input: &CreateSubnetInput) -> Step<CreateSubnetOutput> {
    let (cidr, vpc) = (input.cidr_block().unwrap_or_default(), input.vpc_id().unwrap_or_default());
    let Some(network) = context.recall::<Network>(vpc).and_then(|network| Range::parse(&network.cidr)) else {
        return Step::Pass;
    };
    let fits = Range::parse(cidr).is_some_and(|range| is_allowed(range) && network.contains(range));
    refuse_if(!fits, || invalid("InvalidSubnet.Range", cidr))
}

fn subnet_conflict(context: &mut Context<'_>, input: &CreateSubnetInput) -> Step<CreateSubnetOutput> {
    let (cidr, vpc) = (input.cidr_block().unwrap_or_default(), input.vpc_id().unwrap_or_default());
    let Some(range) = Range::parse(cidr) else { return Step::Pass };
    let overlaps = |place: &Place| Range::parse(&place.cidr).is_some_and(|other| other.overlaps(range));
    let taken = context.all::<Place>().iter().any(|(_, place)| place.vpc == vpc && overlaps(place));
    refuse_if(taken, || {
        Refusal::new("InvalidSubnet.Conflict", format!("The CIDR '{cidr}' conflicts with another subnet"))
    })
}
