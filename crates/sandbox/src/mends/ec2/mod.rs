//! EC2: networks. Winterbaume models networks in outline, but not client tokens, group rules, route targets and
//! filters.

mod addresses;
mod associations;
mod endpoints;
mod filters;
mod gateways;
mod group_rule;
mod group_rules;
mod groups;
mod interfaces;
mod lookups;
mod nat;
mod networks;
mod places;
mod routes;
mod zones;

use aws_sdk_ec2::types::{Tag, TagSpecification};

use crate::typed::Rule;
use crate::wire::WireRule;

/// The kind of security group rules.
pub(crate) const GROUP_RULE: &str = <GroupRule as crate::world::Fact>::KIND;

pub(crate) use addresses::Address;
pub(crate) use associations::Association;
pub(crate) use endpoints::{Endpoint, GuestGroup, task_placed};
pub(crate) use gateways::Gateway;
pub(crate) use group_rule::GroupRule;
pub(crate) use groups::{DEFAULT as DEFAULT_GROUP, Group};
pub(crate) use nat::{Nat, owner as nat_owner};
pub(crate) use networks::{Network, is_main_table};
pub(crate) use places::Place;
pub(crate) use routes::Table;
pub(crate) use zones::zones;

/// Patches on typed inputs and outputs.
pub(crate) fn typed_rules() -> Vec<Rule> {
    let mut rules = gateways::rules();
    rules.extend(networks::rules());
    rules.extend(addresses::rules());
    rules.extend(places::rules());
    rules.extend(zones::rules());
    rules.extend(nat::rules());
    rules.extend(routes::rules());
    rules.extend(associations::rules());
    rules.extend(groups::rules());
    rules.extend(group_rules::rules());
    rules.extend(interfaces::rules());
    rules.extend(endpoints::rules());
    rules
}

/// Filters, which must run after all other rules.
pub(crate) fn filters() -> Vec<Rule> {
    filters::rules()
}

/// Patches on the wire.
pub(crate) fn wire_rules() -> Vec<WireRule> {
    lookups::rules()
}

/// A tag in its stored form.
type Pair = (String, String);

/// The tags in a create call.
fn asked(specifications: &[TagSpecification]) -> Vec<Pair> {
    (specifications.iter())
        .flat_map(TagSpecification::tags)
        .map(|tag| {
            let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
            (text(tag.key()), text(tag.value()))
        })
        .collect()
}

/// Stored tags as EC2 shows them.
fn shown(pairs: &[Pair]) -> Vec<Tag> {
    (pairs.iter()).map(|(key, value)| Tag::builder().key(key).value(value).build()).collect()
}
