//! Elastic IP addresses: their holders, their account, and their quota.

use aws_sdk_ec2::operation::allocate_address::{AllocateAddressInput, AllocateAddressOutput};
use aws_sdk_ec2::operation::release_address::{ReleaseAddressInput, ReleaseAddressOutput};

use super::{QUOTAS, refuse_if};
use crate::context::{Context, Refusal};
use crate::ec2::{Address, Nat};
use crate::law::Law;
use crate::typed::{Step, before};

/// The kind of the stage in which a NAT gateway that is being deleted, or was just deleted, still holds an address.
pub(crate) const HOLD: &str = "ec2:address-hold";

const RELEASE: &str = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ReleaseAddress.html";
const MOST: usize = 5;

pub(super) fn laws() -> Vec<Law> {
    vec![
        Law::reported(
            "ec2/address-held",
            "an address whose NAT gateway is being deleted, or was deleted a moment ago, is not given back: AuthFailure",
            "eformat/sno-for-100#5, eformat/sno-for-100#9",
            before(held),
        ),
        Law::documented(
            "ec2/address-in-use",
            "an address that a NAT gateway has cannot be released",
            RELEASE,
            before(in_use),
        ),
        Law::documented(
            "ec2/address-not-ours",
            "an address that is not this account's, perhaps not any more, cannot be released: AuthFailure",
            RELEASE,
            before(not_ours),
        ),
        Law::documented(
            "ec2/address-quota",
            "there are five elastic IP addresses in a region at most, unless the quota is raised",
            QUOTAS,
            before(quota),
        ),
    ]
}

fn held(context: &mut Context<'_>, input: &ReleaseAddressInput) -> Step<ReleaseAddressOutput> {
    let id = input.allocation_id().unwrap_or_default();
    refuse_if(context.stage(HOLD, id).is_some(), || {
        Refusal::new("AuthFailure", "You do not have permission to access the specified resource.")
    })
}

fn in_use(context: &mut Context<'_>, input: &ReleaseAddressInput) -> Step<ReleaseAddressOutput> {
    let id = input.allocation_id();
    let in_use = context.all::<Nat>().iter().any(|(_, nat)| nat.holds(id));
    refuse_if(in_use, || {
        let id = id.unwrap_or_default();
        Refusal::new("InvalidIPAddress.InUse", format!("The address '{id}' is in use and cannot be released."))
    })
}

fn not_ours(context: &mut Context<'_>, input: &ReleaseAddressInput) -> Step<ReleaseAddressOutput> {
    let Some(address) = input.public_ip() else { return Step::Pass };
    let ours = context.all::<Address>().iter().any(|(_, known)| known.public_ip.as_deref() == Some(address));
    refuse_if(!ours, || Refusal::new("AuthFailure", format!("The address '{address}' does not belong to you.")))
}

fn quota(context: &mut Context<'_>, _: &AllocateAddressInput) -> Step<AllocateAddressOutput> {
    refuse_if(context.is_full(context.all::<Address>().len(), MOST), || {
        Refusal::new("AddressLimitExceeded", "The maximum number of addresses has been reached.")
    })
}
