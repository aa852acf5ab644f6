//! Security groups: the dependencies that block their deletion.

use aws_sdk_ec2::operation::delete_security_group::{DeleteSecurityGroupInput, DeleteSecurityGroupOutput};

use super::{CODES, refuse_if};
use crate::context::{Context, Refusal};
use crate::cross_service::interfaces;
use crate::ec2::{DEFAULT_GROUP, Group, GroupRule};
use crate::law::{Basis, Law};
use crate::typed::{Step, before};

const DELETE: &str = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteSecurityGroup.html";

pub(super) fn laws() -> Vec<Law> {
    vec![
        Law::documented(
            "ec2/group-default",
            "a VPC's default security group cannot be deleted",
            "https://docs.aws.amazon.com/vpc/latest/userguide/default-security-group.html",
            before(default),
        ),
        Law::documented(
            "ec2/group-referenced",
            "a security group that another group's rule refers to cannot be deleted",
            DELETE,
            before(referenced),
        ),
        Law::documented(
            "ec2/group-in-use",
            "a security group that a network interface is in cannot be deleted",
            DELETE,
            before(in_use),
        ),
        Law::documented_only(
            "ec2/group-name-taken",
            "two security groups of a VPC cannot have one name, whatever the case",
            Basis::Documented,
            "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html",
        ),
        Law::documented_only("ec2/group-rule-twice", "a group has a rule once", Basis::Documented, CODES),
        Law::documented_only(
            "ec2/group-rule-unknown",
            "a rule that is not there cannot be revoked, and a rule cannot refer to a group that is not there",
            Basis::Documented,
            CODES,
        ),
    ]
}

fn default(context: &mut Context<'_>, input: &DeleteSecurityGroupInput) -> Step<DeleteSecurityGroupOutput> {
    let id = input.group_id().unwrap_or_default();
    let is_default = context.recall::<Group>(id).is_some_and(|group| group.name == DEFAULT_GROUP);
    refuse_if(is_default, || {
        let message = format!("the specified group: \"{id}\" name: \"default\" cannot be deleted by a user");
        Refusal::new("CannotDelete", message)
    })
}

fn dependent(id: &str) -> Refusal {
    Refusal::new("DependencyViolation", format!("resource {id} has a dependent object"))
}

/// A group's rule with the group itself as peer does not block its deletion.
fn referenced(context: &mut Context<'_>, input: &DeleteSecurityGroupInput) -> Step<DeleteSecurityGroupOutput> {
    let id = input.group_id().unwrap_or_default();
    let all = context.all::<GroupRule>();
    let referenced = all.iter().any(|(_, rule)| rule.group != id && rule.peer_group() == Some(id));
    refuse_if(referenced, || dependent(id))
}

fn in_use(context: &mut Context<'_>, input: &DeleteSecurityGroupInput) -> Step<DeleteSecurityGroupOutput> {
    let id = input.group_id().unwrap_or_default();
    refuse_if(interfaces::in_group(context, id).is_some(), || dependent(id))
}
