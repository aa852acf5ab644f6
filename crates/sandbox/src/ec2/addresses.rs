//! Elastic IP addresses. Winterbaume keeps them; they are recorded for the laws and for NAT gateways.

use aws_sdk_ec2::operation::allocate_address::{AllocateAddressInput, AllocateAddressOutput};
use aws_sdk_ec2::operation::release_address::{ReleaseAddressInput, ReleaseAddressOutput};
use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::store::Fact;
use crate::typed::{Rule, after};

/// An address of this account.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Address {
    pub(crate) public_ip: Option<String>,
}

impl Fact for Address {
    const KIND: &'static str = "ec2:elastic-ip";
}

pub(super) fn rules() -> Vec<Rule> {
    vec![after(note), after(forget)]
}

fn note(context: &mut Context<'_>, _: &AllocateAddressInput, output: &mut AllocateAddressOutput) {
    let public_ip = output.public_ip().map(str::to_owned);
    if let Some(id) = output.allocation_id() {
        context.remember(id, &Address { public_ip });
    }
}

fn forget(context: &mut Context<'_>, input: &ReleaseAddressInput, _: &mut ReleaseAddressOutput) {
    context.forget::<Address>(input.allocation_id().unwrap_or_default());
}
