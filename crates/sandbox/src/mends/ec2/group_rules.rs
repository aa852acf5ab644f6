//! The rules of security groups. AWS's have ids and tags and are granted and revoked one by one; winterbaume keeps whole
//! permissions, and revoking one takes every other with the same ports along. So they are kept here.

use aws_sdk_ec2::operation::authorize_security_group_egress::{
    AuthorizeSecurityGroupEgressInput, AuthorizeSecurityGroupEgressOutput,
};
use aws_sdk_ec2::operation::authorize_security_group_ingress::{
    AuthorizeSecurityGroupIngressInput, AuthorizeSecurityGroupIngressOutput,
};
use aws_sdk_ec2::operation::create_tags::{CreateTagsInput, CreateTagsOutput};
use aws_sdk_ec2::operation::describe_security_group_rules::{
    DescribeSecurityGroupRulesInput, DescribeSecurityGroupRulesOutput,
};
use aws_sdk_ec2::operation::revoke_security_group_egress::{
    RevokeSecurityGroupEgressInput, RevokeSecurityGroupEgressOutput,
};
use aws_sdk_ec2::operation::revoke_security_group_ingress::{
    RevokeSecurityGroupIngressInput, RevokeSecurityGroupIngressOutput,
};
use aws_sdk_ec2::types::{
    IpPermission, IpRange, Ipv6Range, ReferencedSecurityGroup, SecurityGroupRule, TagSpecification,
    UserIdGroupPair,
};
use serde::{Deserialize, Serialize};

use super::groups::Group;
use super::{Pair, asked, shown};
use crate::context::{Context, Refusal};
use crate::sandbox::ACCOUNT_ID;
use crate::typed::{Rule, Step, after, before};
use crate::world::Fact;

/// What a rule lets through: a range or another group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
enum Peer {
    V4(String),
    V6(String),
    Group(String),
}

/// One rule of a group.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct GroupRule {
    pub(super) group: String,
    egress: bool,
    protocol: String,
    from: Option<i32>,
    to: Option<i32>,
    peer: Peer,
    description: Option<String>,
    tags: Vec<Pair>,
}

impl Fact for GroupRule {
    const KIND: &'static str = "ec2:security-group-rule";
}

impl GroupRule {
    /// The rule AWS gives every new group.
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

    fn lets_through_the_same(&self, other: &Self) -> bool {
        self.group == other.group
            && self.egress == other.egress
            && self.protocol == other.protocol
            && (self.protocol == "-1" || (self.from, self.to) == (other.from, other.to))
            && self.peer == other.peer
    }

    fn shown(&self, id: &str) -> SecurityGroupRule {
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
            Peer::Group(group) => rule.referenced_group_info(
                ReferencedSecurityGroup::builder()
                    .group_id(group)
                    .user_id(ACCOUNT_ID)
                    .build(),
            ),
        };
        rule.build()
    }

    fn permission(&self) -> IpPermission {
        let permission = IpPermission::builder()
            .ip_protocol(&self.protocol)
            .set_from_port(self.from)
            .set_to_port(self.to);
        let description = self.description.clone();
        let permission = match &self.peer {
            Peer::V4(range) => permission.ip_ranges(
                IpRange::builder().cidr_ip(range).set_description(description).build(),
            ),
            Peer::V6(range) => permission.ipv6_ranges(
                Ipv6Range::builder().cidr_ipv6(range).set_description(description).build(),
            ),
            Peer::Group(group) => permission.user_id_group_pairs(
                UserIdGroupPair::builder()
                    .group_id(group)
                    .user_id(ACCOUNT_ID)
                    .set_description(description)
                    .build(),
            ),
        };
        permission.build()
    }
}

pub(super) fn rules() -> Vec<Rule> {
    vec![
        before(authorize_ingress),
        before(authorize_egress),
        before(revoke_ingress),
        before(revoke_egress),
        before(describe),
        after(tag),
    ]
}

/// A group's rules as its description shows them.
pub(super) fn permissions(
    rules: &[(String, GroupRule)],
    group: &str,
    egress: bool,
) -> Vec<IpPermission> {
    (rules.iter())
        .filter(|(_, rule)| rule.group == group && rule.egress == egress)
        .map(|(_, rule)| rule.permission())
        .collect()
}

/// One rule for each range and each group a permission names.
fn taken_apart(group: &str, egress: bool, permissions: &[IpPermission]) -> Vec<GroupRule> {
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

fn unknown_group(id: &str) -> Refusal {
    let message = format!("The security group '{id}' does not exist");
    Refusal::new("InvalidGroup.NotFound", message)
}

fn authorize(
    context: &mut Context<'_>,
    wanted: Vec<GroupRule>,
    group: &str,
    specifications: &[TagSpecification],
) -> Result<Vec<SecurityGroupRule>, Refusal> {
    if context.recall::<Group>(group).is_none() {
        return Err(unknown_group(group));
    }
    let known = context.all::<GroupRule>();
    for rule in &wanted {
        if let Peer::Group(peer) = &rule.peer
            && context.recall::<Group>(peer).is_none()
        {
            return Err(unknown_group(peer));
        }
        if known.iter().any(|(_, other)| other.lets_through_the_same(rule)) {
            let message = "the specified rule already exists";
            return Err(Refusal::new("InvalidPermission.Duplicate", message));
        }
    }
    let tags = asked(specifications);
    Ok((wanted.into_iter())
        .map(|rule| {
            let rule = GroupRule { tags: tags.clone(), ..rule };
            let id = context.next_id("sgr");
            context.remember(&id, &rule);
            rule.shown(&id)
        })
        .collect())
}

fn revoke(
    context: &mut Context<'_>,
    group: &str,
    egress: bool,
    ids: &[String],
    permissions: &[IpPermission],
) -> Result<(), Refusal> {
    if context.recall::<Group>(group).is_none() {
        return Err(unknown_group(group));
    }
    let missing = |code: &str| Refusal::new(code, "the specified rule does not exist");
    let known = context.all::<GroupRule>();
    let mut gone = Vec::new();
    for id in ids {
        let rule = known.iter().find(|(known, rule)| known == id && rule.group == group);
        rule.ok_or_else(|| missing("InvalidSecurityGroupRuleId.NotFound"))?;
        gone.push(id.clone());
    }
    for wanted in taken_apart(group, egress, permissions) {
        let rule = known.iter().find(|(_, rule)| rule.lets_through_the_same(&wanted));
        let (id, _) = rule.ok_or_else(|| missing("InvalidPermission.NotFound"))?;
        gone.push(id.clone());
    }
    for id in gone {
        context.forget::<GroupRule>(&id);
    }
    Ok(())
}

fn step<O>(outcome: Result<O, Refusal>) -> Step<O> {
    match outcome {
        Ok(output) => Step::Answer(output),
        Err(refusal) => Step::Refuse(refusal),
    }
}

/// AWS answers with the rules it made, refuses a rule twice and an unknown group; winterbaume does none of it.
fn authorize_ingress(
    context: &mut Context<'_>,
    input: &AuthorizeSecurityGroupIngressInput,
) -> Step<AuthorizeSecurityGroupIngressOutput> {
    let group = input.group_id().unwrap_or_default();
    let wanted = taken_apart(group, false, input.ip_permissions());
    let made = authorize(context, wanted, group, input.tag_specifications());
    step(made.map(|rules| {
        AuthorizeSecurityGroupIngressOutput::builder()
            .r#return(true)
            .set_security_group_rules(Some(rules))
            .build()
    }))
}

/// As [`authorize_ingress`].
fn authorize_egress(
    context: &mut Context<'_>,
    input: &AuthorizeSecurityGroupEgressInput,
) -> Step<AuthorizeSecurityGroupEgressOutput> {
    let group = input.group_id().unwrap_or_default();
    let wanted = taken_apart(group, true, input.ip_permissions());
    let made = authorize(context, wanted, group, input.tag_specifications());
    step(made.map(|rules| {
        AuthorizeSecurityGroupEgressOutput::builder()
            .r#return(true)
            .set_security_group_rules(Some(rules))
            .build()
    }))
}

/// AWS revokes exactly the rules named, by id or by content.
fn revoke_ingress(
    context: &mut Context<'_>,
    input: &RevokeSecurityGroupIngressInput,
) -> Step<RevokeSecurityGroupIngressOutput> {
    let (group, ids) = (input.group_id().unwrap_or_default(), input.security_group_rule_ids());
    let done = revoke(context, group, false, ids, input.ip_permissions());
    step(done.map(|()| RevokeSecurityGroupIngressOutput::builder().r#return(true).build()))
}

/// As [`revoke_ingress`].
fn revoke_egress(
    context: &mut Context<'_>,
    input: &RevokeSecurityGroupEgressInput,
) -> Step<RevokeSecurityGroupEgressOutput> {
    let (group, ids) = (input.group_id().unwrap_or_default(), input.security_group_rule_ids());
    let done = revoke(context, group, true, ids, input.ip_permissions());
    step(done.map(|()| RevokeSecurityGroupEgressOutput::builder().r#return(true).build()))
}

/// AWS shows each rule with its tags and the group it refers to; winterbaume leaves both out.
fn describe(
    context: &mut Context<'_>,
    input: &DescribeSecurityGroupRulesInput,
) -> Step<DescribeSecurityGroupRulesOutput> {
    let known = context.all::<GroupRule>();
    let ids = input.security_group_rule_ids();
    if let Some(id) = ids.iter().find(|id| known.iter().all(|(known, _)| known != *id)) {
        let message = format!("The security group rule ID '{id}' does not exist");
        return Step::Refuse(Refusal::new("InvalidSecurityGroupRuleId.NotFound", message));
    }
    let rules = (known.iter())
        .filter(|(id, _)| ids.is_empty() || ids.contains(id))
        .map(|(id, rule)| rule.shown(id))
        .collect();
    Step::Answer(
        DescribeSecurityGroupRulesOutput::builder()
            .set_security_group_rules(Some(rules))
            .build(),
    )
}

/// Tags put on rules later.
fn tag(context: &mut Context<'_>, input: &CreateTagsInput, _: &mut CreateTagsOutput) {
    for id in input.resources() {
        context.amend::<GroupRule>(id, |rule| {
            for tag in input.tags() {
                let (Some(key), Some(value)) = (tag.key(), tag.value()) else {
                    continue;
                };
                rule.tags.retain(|(known, _)| known != key);
                rule.tags.push((key.to_owned(), value.to_owned()));
            }
        });
    }
}
