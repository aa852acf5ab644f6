//! EC2: networks. Winterbaume's networks are right in outline; tokens, rules of groups, targets of routes and filters
//! are not.

mod addresses;
mod associations;
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

/// The kind the rules of security groups are kept under.
pub(crate) const GROUP_RULE: &str = <GroupRule as crate::world::Fact>::KIND;

pub(crate) use addresses::Address;
pub(crate) use associations::Association;
pub(crate) use gateways::Gateway;
pub(crate) use group_rule::GroupRule;
pub(crate) use groups::{DEFAULT as DEFAULT_GROUP, Group};
pub(crate) use nat::{Nat, owner as nat_owner};
pub(crate) use networks::{Network, is_main_table};
pub(crate) use places::Place;
pub(crate) use routes::Table;
pub(crate) use zones::zones;

/// Mends on typed inputs and outputs.
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
    rules
}

/// Filters, which must see what every other rule made of the answer.
pub(crate) fn filters() -> Vec<Rule> {
    filters::rules()
}

/// Mends on the wire.
pub(crate) fn wire_rules() -> Vec<WireRule> {
    lookups::rules()
}

/// A tag as facts keep it.
type Pair = (String, String);

/// The tags a create call asks for.
fn asked(specifications: &[TagSpecification]) -> Vec<Pair> {
    (specifications.iter())
        .flat_map(TagSpecification::tags)
        .map(|tag| {
            let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
            (text(tag.key()), text(tag.value()))
        })
        .collect()
}

/// Kept tags as EC2 shows them.
fn shown(pairs: &[Pair]) -> Vec<Tag> {
    (pairs.iter()).map(|(key, value)| Tag::builder().key(key).value(value).build()).collect()
}
