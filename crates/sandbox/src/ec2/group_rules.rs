//! The rules of security groups. On AWS they have ids and tags and are granted and revoked individually; winterbaume
//! keeps whole permissions, and revoking one also revokes every other with the same ports. So rules are kept here.

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
use aws_sdk_ec2::operation::update_security_group_rule_descriptions_ingress::{
    UpdateSecurityGroupRuleDescriptionsIngressInput, UpdateSecurityGroupRuleDescriptionsIngressOutput,
};
use aws_sdk_ec2::types::{IpPermission, IpRange, SecurityGroupRule, TagSpecification};

use super::asked;
use super::group_rule::{GroupRule, taken_apart};
use super::groups::Group;
use crate::context::{Context, Refusal};
use crate::ec2::laws::is_lagging;
use crate::typed::{Rule, Step, after, before};

pub(super) fn rules() -> Vec<Rule> {
    vec![
        before(authorize_ingress),
        before(authorize_egress),
        before(revoke_ingress),
        before(revoke_egress),
        before(describe),
        after(tag),
        before(redescribe_ingress),
    ]
}

fn unknown_group(id: &str) -> Refusal {
    let message = format!("The security group '{id}' does not exist");
    Refusal::new("InvalidGroup.NotFound", message)
}

/// The existing rules, except those that do not show yet: the default rule of a new group shows late.
pub(super) fn shown_rules(context: &Context<'_>) -> Vec<(String, GroupRule)> {
    context.all::<GroupRule>().into_iter().filter(|(id, _)| !is_lagging(context, id)).collect()
}

fn is_known(context: &Context<'_>, group: &str) -> bool {
    context.recall::<Group>(group).is_some() && !is_lagging(context, group)
}

fn authorize(
    context: &mut Context<'_>,
    wanted: Vec<GroupRule>,
    group: &str,
    specifications: &[TagSpecification],
) -> Result<Vec<SecurityGroupRule>, Refusal> {
    if !is_known(context, group) {
        return Err(unknown_group(group));
    }
    let known = context.all::<GroupRule>();
    for rule in &wanted {
        if let Some(peer) = rule.peer_group()
            && !is_known(context, peer)
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
            let rule = rule.tagged(tags.clone());
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
    if !is_known(context, group) {
        return Err(unknown_group(group));
    }
    let missing = |code: &str| Refusal::new(code, "the specified rule does not exist");
    let known = shown_rules(context);
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

/// AWS answers with the new rules, and refuses duplicate rules and unknown groups; winterbaume does neither.
fn authorize_ingress(
    context: &mut Context<'_>,
    input: &AuthorizeSecurityGroupIngressInput,
) -> Step<AuthorizeSecurityGroupIngressOutput> {
    let group = input.group_id().unwrap_or_default();
    let mut permissions = input.ip_permissions().to_vec();
    permissions.extend(named_singly(input));
    let wanted = taken_apart(group, false, &permissions);
    let made = authorize(context, wanted, group, input.tag_specifications());
    step(made.map(|rules| {
        AuthorizeSecurityGroupIngressOutput::builder().r#return(true).set_security_group_rules(Some(rules)).build()
    }))
}

/// The permission given in single fields instead of a list.
/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AuthorizeSecurityGroupIngress.html>
fn named_singly(input: &AuthorizeSecurityGroupIngressInput) -> Option<IpPermission> {
    let range = IpRange::builder().cidr_ip(input.cidr_ip()?).build();
    let permission = IpPermission::builder().set_ip_protocol(input.ip_protocol.clone()).ip_ranges(range);
    Some(permission.set_from_port(input.from_port).set_to_port(input.to_port).build())
}

/// Like [`authorize_ingress`].
fn authorize_egress(
    context: &mut Context<'_>,
    input: &AuthorizeSecurityGroupEgressInput,
) -> Step<AuthorizeSecurityGroupEgressOutput> {
    let group = input.group_id().unwrap_or_default();
    let wanted = taken_apart(group, true, input.ip_permissions());
    let made = authorize(context, wanted, group, input.tag_specifications());
    step(made.map(|rules| {
        AuthorizeSecurityGroupEgressOutput::builder().r#return(true).set_security_group_rules(Some(rules)).build()
    }))
}

/// AWS revokes exactly the given rules, by id or by content.
fn revoke_ingress(
    context: &mut Context<'_>,
    input: &RevokeSecurityGroupIngressInput,
) -> Step<RevokeSecurityGroupIngressOutput> {
    let (group, ids) = (input.group_id().unwrap_or_default(), input.security_group_rule_ids());
    let done = revoke(context, group, false, ids, input.ip_permissions());
    step(done.map(|()| RevokeSecurityGroupIngressOutput::builder().r#return(true).build()))
}

/// Like [`revoke_ingress`].
fn revoke_egress(
    context: &mut Context<'_>,
    input: &RevokeSecurityGroupEgressInput,
) -> Step<RevokeSecurityGroupEgressOutput> {
    let (group, ids) = (input.group_id().unwrap_or_default(), input.security_group_rule_ids());
    let done = revoke(context, group, true, ids, input.ip_permissions());
    step(done.map(|()| RevokeSecurityGroupEgressOutput::builder().r#return(true).build()))
}

/// AWS shows each rule with its tags and its peer group; winterbaume omits both.
fn describe(
    context: &mut Context<'_>,
    input: &DescribeSecurityGroupRulesInput,
) -> Step<DescribeSecurityGroupRulesOutput> {
    let known = shown_rules(context);
    let ids = input.security_group_rule_ids();
    if let Some(id) = ids.iter().find(|id| known.iter().all(|(known, _)| known != *id)) {
        let message = format!("The security group rule ID '{id}' does not exist");
        return Step::Refuse(Refusal::new("InvalidSecurityGroupRuleId.NotFound", message));
    }
    let rules =
        (known.iter()).filter(|(id, _)| ids.is_empty() || ids.contains(id)).map(|(id, rule)| rule.shown(id)).collect();
    Step::Answer(DescribeSecurityGroupRulesOutput::builder().set_security_group_rules(Some(rules)).build())
}

/// Updates the descriptions of rules given by id or by content.
fn redescribe_ingress(
    context: &mut Context<'_>,
    input: &UpdateSecurityGroupRuleDescriptionsIngressInput,
) -> Step<UpdateSecurityGroupRuleDescriptionsIngressOutput> {
    let group = input.group_id().unwrap_or_default();
    for wanted in taken_apart(group, false, input.ip_permissions()) {
        let known = context.all::<GroupRule>();
        match known.iter().find(|(_, rule)| rule.lets_through_the_same(&wanted)) {
            Some((id, _)) => context.amend::<GroupRule>(id, |rule| rule.description.clone_from(&wanted.description)),
            None => {
                let message = "the specified rule does not exist";
                return Step::Refuse(Refusal::new("InvalidPermission.NotFound", message));
            }
        }
    }
    for given in input.security_group_rule_descriptions() {
        let id = given.security_group_rule_id().unwrap_or_default();
        context.amend::<GroupRule>(id, |rule| rule.description.clone_from(&given.description));
    }
    Step::Answer(UpdateSecurityGroupRuleDescriptionsIngressOutput::builder().r#return(true).build())
}

/// Adds tags to existing rules.
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
