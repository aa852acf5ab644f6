//! The inner layer: the HTTP client between the SDK and winterbaume.
//!
//! It routes requests, carries out due removals, applies the wire rules, and writes refusals in the protocol of the
//! caller. Faults that strike before the call is performed strike here. This module knows protocols, not services.

mod ask;
mod client;
mod refuse;
mod rule;

pub(crate) use ask::save;
pub(crate) use ask::{Ask, region_of, service_of};
pub(crate) use client::{Arrival, Client, Directive};
pub(crate) use refuse::{done, refuse};
pub(crate) use rule::{Mended, Verdict, WireRule};

/// All wire rules, by service.
pub(crate) fn rules() -> Vec<WireRule> {
    let mut rules = Vec::new();
    rules.extend(crate::strict::wire_rules());
    rules.extend(crate::mends::wire_rules());
    rules.extend(crate::lifecycle::wire_rules());
    rules
}
