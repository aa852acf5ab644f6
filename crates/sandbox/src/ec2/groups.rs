//! Security groups.

use aws_sdk_ec2::operation::create_security_group::{CreateSecurityGroupInput, CreateSecurityGroupOutput};
use aws_sdk_ec2::operation::delete_security_group::{DeleteSecurityGroupInput, DeleteSecurityGroupOutput};
use aws_sdk_ec2::operation::describe_security_groups::{DescribeSecurityGroupsInput, DescribeSecurityGroupsOutput};
use serde::{Deserialize, Serialize};

use super::group_rule::{GroupRule, permissions};
use super::group_rules::shown_rules;
use super::{asked, shown};
use crate::context::{Context, Refusal};
use crate::ec2::laws::new_rule;
use crate::store::Fact;
use crate::typed::{Rule, Step, after, before};

/// The name of a VPC's default group.
pub(crate) const DEFAULT: &str = "default";

/// A security group's name, which is unique in its VPC.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Group {
    pub(crate) name: String,
    pub(crate) vpc: String,
}

impl Fact for Group {
    const KIND: &'static str = "ec2:security-group";
}

pub(super) fn rules() -> Vec<Rule> {
    vec![before(one_name_per_vpc), after(note_creation), after(note_deletion), after(show_rules)]
}

/// AWS refuses a second group of a name in a VPC, ignoring case; winterbaume creates it.
/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html>
fn one_name_per_vpc(context: &mut Context<'_>, input: &CreateSecurityGroupInput) -> Step<CreateSecurityGroupOutput> {
    let (name, vpc) = (input.group_name().unwrap_or_default(), input.vpc_id().unwrap_or_default());
    let taken =
        (context.all::<Group>().iter()).any(|(_, group)| group.name.eq_ignore_ascii_case(name) && group.vpc == vpc);
    if taken {
        return Step::Refuse(Refusal::new(
            "InvalidGroup.Duplicate",
            format!("The security group '{name}' already exists for VPC '{vpc}'"),
        ));
    }
    Step::Pass
}

/// AWS answers with the group's tags and ARN, and adds a rule that allows all outbound traffic to every new group.
fn note_creation(context: &mut Context<'_>, input: &CreateSecurityGroupInput, output: &mut CreateSecurityGroupOutput) {
    let id = output.group_id().unwrap_or_default().to_owned();
    output.tags = Some(shown(&asked(input.tag_specifications())));
    output.security_group_arn = Some(context.arn("ec2", &format!("security-group/{id}")));
    let group = Group {
        name: input.group_name().unwrap_or_default().to_owned(),
        vpc: input.vpc_id().unwrap_or_default().to_owned(),
    };
    context.remember(&id, &group);
    let rule = context.next_id("sgr");
    context.remember(&rule, &GroupRule::everything_out(&id));
    new_rule(context, &rule);
}

fn note_deletion(context: &mut Context<'_>, input: &DeleteSecurityGroupInput, _: &mut DeleteSecurityGroupOutput) {
    forget(context, input.group_id().unwrap_or_default());
}

/// Removes a group and its rules.
pub(super) fn forget(context: &mut Context<'_>, group: &str) {
    context.forget::<Group>(group);
    for (id, rule) in context.all::<GroupRule>() {
        if rule.group == group {
            context.forget::<GroupRule>(&id);
        }
    }
}

/// Shows the rules kept here: winterbaume's cannot be revoked individually.
fn show_rules(context: &mut Context<'_>, _: &DescribeSecurityGroupsInput, output: &mut DescribeSecurityGroupsOutput) {
    let rules = shown_rules(context);
    for group in output.security_groups.iter_mut().flatten() {
        let id = group.group_id().unwrap_or_default().to_owned();
        if context.recall::<Group>(&id).is_none() {
            continue;
        }
        let of = |egress| permissions(&rules, &id, egress);
        let (ingress, egress) = (of(false), of(true));
        group.ip_permissions = Some(ingress);
        group.ip_permissions_egress = Some(egress);
        group.security_group_arn = Some(context.arn("ec2", &format!("security-group/{id}")));
    }
}
