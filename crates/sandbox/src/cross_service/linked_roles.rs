//! Service-linked roles: the roles under which AWS services act, one for each service in an account. Winterbaume
//! creates them again on every call, and lists them with the account's other roles.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html>
//!
//! An account that has been in use has all of them. A fresh account has only those that were created by a call or by a
//! service.

use aws_sdk_iam::operation::create_service_linked_role::{CreateServiceLinkedRoleInput, CreateServiceLinkedRoleOutput};
use aws_sdk_iam::operation::get_role::{GetRoleInput, GetRoleOutput};
use aws_sdk_iam::types::Role;
use aws_smithy_types::DateTime;
use serde_json::json;

use crate::account::ACCOUNT_ID;
use crate::context::{Context, Refusal};
use crate::typed::{Rule, Step, before};

/// The record of a service-linked role, by its service.
pub(crate) const KIND: &str = "iam:service-linked-role";
/// The kinds of lag: on reads of the role, and on its use by its service.
const READS: &str = "iam:service-linked-role-reads";
const USE: &str = "iam:service-linked-role-use";
const ROW: &str = "iam_service_linked_role";

pub(crate) const API_GATEWAY: &str = "ops.apigateway.amazonaws.com";
pub(crate) const BALANCING: &str = "elasticloadbalancing.amazonaws.com";
pub(crate) const CACHE: &str = "elasticache.amazonaws.com";
pub(crate) const CONTAINERS: &str = "ecs.amazonaws.com";
pub(crate) const DATABASE: &str = "rds.amazonaws.com";
pub(crate) const FILES: &str = "elasticfilesystem.amazonaws.com";
pub(crate) const SCALING: &str = "ecs.application-autoscaling.amazonaws.com";

/// The services and the names of their roles.
const ROLES: [(&str, &str); 7] = [
    (API_GATEWAY, "AWSServiceRoleForAPIGateway"),
    (BALANCING, "AWSServiceRoleForElasticLoadBalancing"),
    (CACHE, "AWSServiceRoleForElastiCache"),
    (CONTAINERS, "AWSServiceRoleForECS"),
    (DATABASE, "AWSServiceRoleForRDS"),
    (FILES, "AWSServiceRoleForAmazonElasticFileSystem"),
    (SCALING, "AWSServiceRoleForApplicationAutoScaling_ECSService"),
];

pub(crate) fn typed_rules() -> Vec<Rule> {
    vec![before(create), before(show)]
}

/// The name of a service's role.
fn name(service: &str) -> Option<&'static str> {
    ROLES.iter().find(|(known, _)| *known == service).map(|(_, name)| *name)
}

/// The ARN of a service's role.
pub(crate) fn arn(service: &str) -> String {
    let name = name(service).unwrap_or_default();
    format!("arn:aws:iam::{ACCOUNT_ID}:role/aws-service-role/{service}/{name}")
}

/// Whether the account has the role.
fn is_there(context: &mut Context<'_>, service: &str) -> bool {
    !context.conditions.fresh || context.global().document(KIND, service).is_some()
}

/// Whether the account has the role and its service can already use it.
pub(crate) fn serves(context: &mut Context<'_>, service: &str) -> bool {
    is_there(context, service) && !context.global().is_lagging(USE, service)
}

/// Creates a service's role if it is missing, as most services do on first use.
pub(crate) fn see_to(context: &mut Context<'_>, service: &str) {
    if !is_there(context, service) {
        let mut global = context.global();
        global.remember_document(KIND, service, json!({ "name": name(service) }));
        global.lags(READS, service, ROW);
        global.lags(USE, service, ROW);
    }
}

fn role(service: &str) -> Option<Role> {
    let (name, arn) = (name(service)?, arn(service));
    let trust = json!({
        "Version": "2012-10-17",
        "Statement": [{ "Effect": "Allow", "Principal": { "Service": service }, "Action": "sts:AssumeRole" }],
    });
    let role = Role::builder().path(format!("/aws-service-role/{service}/")).role_name(name).arn(arn);
    let role = role.role_id(format!("AROA{:0>17}", name.len())).create_date(DateTime::from_secs(0));
    role.assume_role_policy_document(trust.to_string()).build().ok()
}

/// The message is from lgallard/terraform-aws-elasticsearch#5.
fn create(context: &mut Context<'_>, input: &CreateServiceLinkedRoleInput) -> Step<CreateServiceLinkedRoleOutput> {
    let service = input.aws_service_name().unwrap_or_default();
    let Some((name, role)) = name(service).zip(role(service)) else { return Step::Pass };
    if is_there(context, service) {
        let message =
            format!("Service role name {name} has been taken in this account, please try a different suffix.");
        return Step::Refuse(Refusal::new("InvalidInput", message).status(400));
    }
    see_to(context, service);
    Step::Answer(CreateServiceLinkedRoleOutput::builder().role(role).build())
}

fn show(context: &mut Context<'_>, input: &GetRoleInput) -> Step<GetRoleOutput> {
    let asked = input.role_name().unwrap_or_default();
    let Some((service, _)) = ROLES.iter().find(|(_, name)| *name == asked) else { return Step::Pass };
    let shows = is_there(context, service) && !context.global().is_lagging(READS, service);
    match role(service).filter(|_| shows) {
        Some(role) => Step::Answer(GetRoleOutput::builder().role(role).build()),
        None => {
            let message = format!("The role with name {asked} cannot be found.");
            Step::Refuse(Refusal::new("NoSuchEntity", message).status(404))
        }
    }
}
