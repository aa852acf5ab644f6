//! IAM: roles that work only after a delay, and can be deleted only without attached policies.
//!
//! IAM is global: its state is in one region, whatever the region of the call.

use std::collections::BTreeSet;

use aws_sdk_iam::operation::attach_role_policy::{AttachRolePolicyInput, AttachRolePolicyOutput};
use aws_sdk_iam::operation::create_role::{CreateRoleInput, CreateRoleOutput};
use aws_sdk_iam::operation::delete_role::{DeleteRoleInput, DeleteRoleOutput};
use aws_sdk_iam::operation::delete_role_policy::{DeleteRolePolicyInput, DeleteRolePolicyOutput};
use aws_sdk_iam::operation::detach_role_policy::{DetachRolePolicyInput, DetachRolePolicyOutput};
use aws_sdk_iam::operation::get_role::{GetRoleInput, GetRoleOutput};
use aws_sdk_iam::operation::put_role_policy::{PutRolePolicyInput, PutRolePolicyOutput};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::context::{Context, Refusal};
use crate::law::{Basis, Law};
use crate::store::Fact;
use crate::typed::{Rule, Step, after, before};

const CONSISTENCY: &str =
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency";
/// The kinds of lag: on reads of a role, on its ARN in them, on its use by services, and on the use of its permissions.
const READS: &str = "iam:role-reads";
const ARN: &str = "iam:role-arn";
const ROLE: &str = "iam:role";
const POLICIES: &str = "iam:role-policies";

/// The trust policy of a role, and its permission policies.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Grants {
    trust: String,
    policies: BTreeSet<String>,
}

impl Fact for Grants {
    const KIND: &'static str = "iam:role-grants";
}

pub(super) fn laws() -> Vec<Law> {
    let mut laws = kept_by_the_backend();
    laws.extend([
        Law::documented(
            "iam/malformed-trust",
            "a role's trust policy must be a policy document",
            "https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html",
            before(malformed_trust),
        ),
        Law::documented(
            "iam/malformed-policy",
            "an inline policy must be a policy document",
            "https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html",
            before(malformed_policy),
        ),
        Law::reported(
            "iam/role-id-for-arn",
            "for a moment, a new role may be shown with its unique id in place of its ARN",
            "hashicorp/terraform-provider-aws#22018; its internal/service/iam/role.go waits for five good looks",
            after(id_for_arn),
        ),
        Law::documented("iam/role-not-seen-yet", "a new role is not shown for a moment", CONSISTENCY, before(unseen)),
        Law::documented(
            "iam/role-not-known-yet",
            "a new role cannot be given an inline policy for a moment",
            CONSISTENCY,
            before(unknown_to_put),
        ),
        Law::documented(
            "iam/role-not-attachable-yet",
            "a new role cannot be given a managed policy for a moment",
            CONSISTENCY,
            before(unknown_to_attach),
        ),
    ]);
    laws
}

fn kept_by_the_backend() -> Vec<Law> {
    let documented = |name, says, source| Law::documented_only(name, says, Basis::Documented, source);
    vec![
        documented(
            "iam/role-with-policies",
            "a role with inline or attached policies cannot be deleted",
            "https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteRole.html",
        ),
        documented(
            "iam/role-name-taken",
            "a role's name is unique in the account",
            "https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html",
        ),
        documented(
            "iam/unknown-policy",
            "a managed policy that is not there cannot be attached",
            "https://docs.aws.amazon.com/IAM/latest/APIReference/API_AttachRolePolicy.html",
        ),
        documented(
            "iam/service-linked-role-taken",
            "a service has one role in an account: asked for a second one, IAM refuses",
            "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html",
        ),
    ]
}

/// The rules that record facts about roles for other services.
pub(crate) fn notes() -> Vec<Rule> {
    vec![after(created), after(put), after(attached), after(taken_out), after(detached), after(deleted)]
}

/// Whether a service can assume the role and use its permissions: both are visible outside IAM.
pub(crate) fn serves(context: &mut Context<'_>, role: &str, service: &str) -> bool {
    let (global, name) = (context.global(), role.rsplit('/').next().unwrap_or(role));
    let lags = global.is_lagging(ROLE, name) || global.is_lagging(POLICIES, name);
    let grants = global.recall::<Grants>(name).filter(|_| !lags);
    grants.is_some_and(|grants| grants.trust.contains(service) && !grants.policies.is_empty())
}

fn is_policy(document: &str) -> bool {
    serde_json::from_str::<Value>(document).is_ok_and(|document| !document["Statement"].is_null())
}

fn malformed() -> Refusal {
    Refusal::new("MalformedPolicyDocument", "Syntax errors in policy.")
}

fn malformed_trust(_: &mut Context<'_>, input: &CreateRoleInput) -> Step<CreateRoleOutput> {
    let fine = is_policy(input.assume_role_policy_document().unwrap_or_default());
    if fine { Step::Pass } else { Step::Refuse(malformed()) }
}

fn malformed_policy(_: &mut Context<'_>, input: &PutRolePolicyInput) -> Step<PutRolePolicyOutput> {
    let fine = is_policy(input.policy_document().unwrap_or_default());
    if fine { Step::Pass } else { Step::Refuse(malformed()) }
}

fn not_yet<O>(context: &mut Context<'_>, role: Option<&str>) -> Step<O> {
    let role = role.unwrap_or_default();
    if !context.global().is_lagging(READS, role) {
        return Step::Pass;
    }
    let message = format!("The role with name {role} cannot be found.");
    Step::Refuse(Refusal::new("NoSuchEntity", message).status(404))
}

fn unseen(context: &mut Context<'_>, input: &GetRoleInput) -> Step<GetRoleOutput> {
    not_yet(context, input.role_name())
}

fn id_for_arn(context: &mut Context<'_>, input: &GetRoleInput, output: &mut GetRoleOutput) {
    if let Some(role) = &mut output.role
        && context.global().is_lagging(ARN, input.role_name().unwrap_or_default())
    {
        role.arn.clone_from(&role.role_id);
    }
}

fn unknown_to_put(context: &mut Context<'_>, input: &PutRolePolicyInput) -> Step<PutRolePolicyOutput> {
    not_yet(context, input.role_name())
}

fn unknown_to_attach(context: &mut Context<'_>, input: &AttachRolePolicyInput) -> Step<AttachRolePolicyOutput> {
    not_yet(context, input.role_name())
}

fn created(context: &mut Context<'_>, input: &CreateRoleInput, _: &mut CreateRoleOutput) {
    let (mut global, name) = (context.global(), input.role_name().unwrap_or_default());
    let trust = input.assume_role_policy_document().unwrap_or_default().to_owned();
    global.remember(name, &Grants { trust, policies: BTreeSet::new() });
    global.lags(READS, name, "iam_role");
    global.lags(ARN, name, "iam_role");
    global.lags(ROLE, name, "iam_role");
}

fn granted(context: &mut Context<'_>, role: &str, policy: &str) {
    let mut global = context.global();
    global.amend::<Grants>(role, |grants| {
        grants.policies.insert(policy.to_owned());
    });
    global.lags(POLICIES, role, "iam_policy_attachment");
}

fn put(context: &mut Context<'_>, input: &PutRolePolicyInput, _: &mut PutRolePolicyOutput) {
    granted(context, input.role_name().unwrap_or_default(), input.policy_name().unwrap_or_default());
}

fn attached(context: &mut Context<'_>, input: &AttachRolePolicyInput, _: &mut AttachRolePolicyOutput) {
    granted(context, input.role_name().unwrap_or_default(), input.policy_arn().unwrap_or_default());
}

fn withdrawn(context: &mut Context<'_>, role: &str, policy: &str) {
    context.global().amend::<Grants>(role, |grants| {
        grants.policies.remove(policy);
    });
}

fn taken_out(context: &mut Context<'_>, input: &DeleteRolePolicyInput, _: &mut DeleteRolePolicyOutput) {
    withdrawn(context, input.role_name().unwrap_or_default(), input.policy_name().unwrap_or_default());
}

fn detached(context: &mut Context<'_>, input: &DetachRolePolicyInput, _: &mut DetachRolePolicyOutput) {
    withdrawn(context, input.role_name().unwrap_or_default(), input.policy_arn().unwrap_or_default());
}

fn deleted(context: &mut Context<'_>, input: &DeleteRoleInput, _: &mut DeleteRoleOutput) {
    context.global().forget::<Grants>(input.role_name().unwrap_or_default());
}
