//! The stored form of a security group rule, and its form in AWS's answers.

use aws_sdk_ec2::types::{
    IpPermission, IpRange, Ipv6Range, ReferencedSecurityGroup, SecurityGroupRule, UserIdGroupPair,
};
use serde::{Deserialize, Serialize};

use super::{Pair, shown};
use crate::account::ACCOUNT_ID;
use crate::store::Fact;

/// The peer of a rule: a range or another group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
enum Peer {
    V4(String),
    V6(String),
    Group(String),
}

/// A rule of a group.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct GroupRule {
    pub(crate) group: String,
    egress: bool,
    protocol: String,
    from: Option<i32>,
    to: Option<i32>,
    peer: Peer,
    pub(super) description: Option<String>,
    pub(super) tags: Vec<Pair>,
}

impl Fact for GroupRule {
    const KIND: &'static str = "ec2:security-group-rule";
}

impl GroupRule {
    /// The rule that AWS adds to every new group.
    pub(super) fn everything_out(group: &str) -> Self {
        Self {
            group: group.to_owned(),
            egress: true,
            protocol: "-1".into(),
            from: None,
            to: None,
            peer: Peer::V4("0.0.0.0/0".into()),
            description: None,
            tags: Vec::new(),
        }
    }

    /// The other rule of a VPC's default group: traffic from members of the group itself is allowed.
    pub(super) fn everything_from_itself(group: &str) -> Self {
        Self { egress: false, peer: Peer::Group(group.to_owned()), ..Self::everything_out(group) }
    }

    /// The peer group, if the peer is not a range.
    pub(crate) fn peer_group(&self) -> Option<&str> {
        match &self.peer {
            Peer::Group(group) => Some(group),
            Peer::V4(_) | Peer::V6(_) => None,
        }
    }

    /// Sets the tags of the rule.
    pub(super) fn tagged(self, tags: Vec<Pair>) -> Self {
        Self { tags, ..self }
    }

    /// Whether AWS treats both as the same rule.
    pub(super) fn lets_through_the_same(&self, other: &Self) -> bool {
        self.group == other.group
            && self.egress == other.egress
            && self.protocol == other.protocol
            && (self.protocol == "-1" || (self.from, self.to) == (other.from, other.to))
            && self.peer == other.peer
    }

    /// The rule in the form of `DescribeSecurityGroupRules`.
    pub(super) fn shown(&self, id: &str) -> SecurityGroupRule {
        let mut rule = SecurityGroupRule::builder()
            .security_group_rule_id(id)
            .group_id(&self.group)
            .group_owner_id(ACCOUNT_ID)
            .is_egress(self.egress)
            .ip_protocol(&self.protocol)
            .from_port(self.from.unwrap_or(-1))
            .to_port(self.to.unwrap_or(-1))
            .set_description(self.description.clone())
            .set_tags(Some(shown(&self.tags)));
        rule = match &self.peer {
            Peer::V4(range) => rule.cidr_ipv4(range),
            Peer::V6(range) => rule.cidr_ipv6(range),
            Peer::Group(group) => rule
                .referenced_group_info(ReferencedSecurityGroup::builder().group_id(group).user_id(ACCOUNT_ID).build()),
        };
        rule.build()
    }

    fn permission(&self) -> IpPermission {
        let permission =
            IpPermission::builder().ip_protocol(&self.protocol).set_from_port(self.from).set_to_port(self.to);
        let description = self.description.clone();
        let permission = match &self.peer {
            Peer::V4(range) => {
                permission.ip_ranges(IpRange::builder().cidr_ip(range).set_description(description).build())
            }
            Peer::V6(range) => {
                permission.ipv6_ranges(Ipv6Range::builder().cidr_ipv6(range).set_description(description).build())
            }
            Peer::Group(group) => permission.user_id_group_pairs(
                UserIdGroupPair::builder().group_id(group).user_id(ACCOUNT_ID).set_description(description).build(),
            ),
        };
        permission.build()
    }
}

/// A group's rules in the form of its description.
pub(super) fn permissions(rules: &[(String, GroupRule)], group: &str, egress: bool) -> Vec<IpPermission> {
    (rules.iter())
        .filter(|(_, rule)| rule.group == group && rule.egress == egress)
        .map(|(_, rule)| rule.permission())
        .collect()
}

/// Splits permissions into one rule for each range and each group.
pub(super) fn taken_apart(group: &str, egress: bool, permissions: &[IpPermission]) -> Vec<GroupRule> {
    let mut rules = Vec::new();
    for permission in permissions {
        let mut add = |peer: Peer, description: Option<&str>| {
            rules.push(GroupRule {
                group: group.to_owned(),
                egress,
                protocol: permission.ip_protocol().unwrap_or("-1").to_owned(),
                from: permission.from_port(),
                to: permission.to_port(),
                peer,
                description: description.map(str::to_owned),
                tags: Vec::new(),
            });
        };
        for range in permission.ip_ranges() {
            add(Peer::V4(range.cidr_ip().unwrap_or_default().to_owned()), range.description());
        }
        for range in permission.ipv6_ranges() {
            add(Peer::V6(range.cidr_ipv6().unwrap_or_default().to_owned()), range.description());
        }
        for pair in permission.user_id_group_pairs() {
            add(Peer::Group(pair.group_id().unwrap_or_default().to_owned()), pair.description());
        }
    }
    rules
}
