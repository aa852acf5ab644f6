//! IAM. Winterbaume keeps roles but shows neither their tags nor their description, and returns policy documents as
//! they were sent, where AWS percent-encodes them (RFC 3986).

use aws_sdk_iam::operation::create_role::{CreateRoleInput, CreateRoleOutput};
use aws_sdk_iam::operation::delete_role::{DeleteRoleInput, DeleteRoleOutput};
use aws_sdk_iam::operation::get_role::{GetRoleInput, GetRoleOutput};
use aws_sdk_iam::operation::get_role_policy::{GetRolePolicyInput, GetRolePolicyOutput};
use aws_sdk_iam::operation::tag_role::{TagRoleInput, TagRoleOutput};
use aws_sdk_iam::operation::untag_role::{UntagRoleInput, UntagRoleOutput};
use aws_sdk_iam::operation::update_role::{UpdateRoleInput, UpdateRoleOutput};
use aws_sdk_iam::types::{Role, Tag};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::context::Context;
use crate::store::Fact;
use crate::typed::{Rule, after};

/// The fields of a role that winterbaume does not show.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Kept {
    description: Option<String>,
    tags: Vec<(String, String)>,
}

impl Fact for Kept {
    const KIND: &'static str = "iam:role";
}

pub(super) fn typed_rules() -> Vec<Rule> {
    vec![
        after(created),
        after(describe),
        after(updated),
        after(tagged),
        after(untagged),
        after(deleted),
        after(policy_shown),
    ]
}

/// The AWS managed policies that the pipelines attach, each with its actions; winterbaume has none.
/// <https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html>
const AWS_MANAGED: &[(&str, &[&str])] = &[
    (
        "AmazonECSTaskExecutionRolePolicy",
        &[
            "ecr:GetAuthorizationToken",
            "ecr:BatchCheckLayerAvailability",
            "ecr:GetDownloadUrlForLayer",
            "ecr:BatchGetImage",
            "logs:CreateLogStream",
            "logs:PutLogEvents",
        ],
    ),
    (
        "AmazonAPIGatewayPushToCloudWatchLogs",
        &[
            "logs:CreateLogGroup",
            "logs:CreateLogStream",
            "logs:DescribeLogGroups",
            "logs:DescribeLogStreams",
            "logs:PutLogEvents",
            "logs:GetLogEvents",
            "logs:FilterLogEvents",
        ],
    ),
];

/// These policies in the form of winterbaume's snapshots.
pub(crate) fn aws_managed_policies() -> Value {
    let mut policies = json!({});
    for (name, actions) in AWS_MANAGED {
        let arn = format!("arn:aws:iam::aws:policy/service-role/{name}");
        let statement = json!({ "Effect": "Allow", "Action": actions, "Resource": "*" });
        let document = json!({ "Version": "2012-10-17", "Statement": [statement] }).to_string();
        policies[arn.as_str()] = json!({
            "policy_name": name,
            "policy_id": format!("ANPA{}", name.to_uppercase()),
            "arn": arn,
            "path": "/service-role/",
            "default_version_id": "v1",
            "description": "",
            "create_date": null,
            "update_date": null,
            "is_attachable": true,
            "document": document,
            "versions": [
                { "version_id": "v1", "document": document, "is_default_version": true, "create_date": null },
            ],
            "attachment_count": 0,
        });
    }
    policies
}

fn encoded(document: &str) -> String {
    let form: String = form_urlencoded::byte_serialize(document.as_bytes()).collect();
    form.replace('+', "%20")
}

fn show(context: &Context<'_>, role: &mut Role) {
    if let Some(kept) = context.recall::<Kept>(&role.role_name) {
        let tags = kept
            .tags
            .iter()
            .map(|(key, value)| (Tag::builder().key(key).value(value).build()).expect("key and value are set"));
        role.tags = Some(tags.collect());
        role.description = kept.description;
    }
    role.assume_role_policy_document = role.assume_role_policy_document.as_deref().map(encoded);
}

fn created(context: &mut Context<'_>, input: &CreateRoleInput, output: &mut CreateRoleOutput) {
    let kept = Kept {
        description: input.description().map(str::to_owned),
        tags: (input.tags().iter()).map(|tag| (tag.key().to_owned(), tag.value().to_owned())).collect(),
    };
    context.remember(input.role_name().unwrap_or_default(), &kept);
    if let Some(role) = &mut output.role {
        show(context, role);
    }
}

fn describe(context: &mut Context<'_>, _: &GetRoleInput, output: &mut GetRoleOutput) {
    if let Some(role) = &mut output.role {
        show(context, role);
    }
}

fn updated(context: &mut Context<'_>, input: &UpdateRoleInput, _: &mut UpdateRoleOutput) {
    context.amend::<Kept>(input.role_name().unwrap_or_default(), |kept| {
        if let Some(description) = input.description() {
            kept.description = Some(description.to_owned());
        }
    });
}

fn tagged(context: &mut Context<'_>, input: &TagRoleInput, _: &mut TagRoleOutput) {
    context.amend::<Kept>(input.role_name().unwrap_or_default(), |kept| {
        for tag in input.tags() {
            kept.tags.retain(|(key, _)| key != tag.key());
            kept.tags.push((tag.key().to_owned(), tag.value().to_owned()));
        }
    });
}

fn untagged(context: &mut Context<'_>, input: &UntagRoleInput, _: &mut UntagRoleOutput) {
    context.amend::<Kept>(input.role_name().unwrap_or_default(), |kept| {
        kept.tags.retain(|(key, _)| !input.tag_keys().contains(key));
    });
}

fn deleted(context: &mut Context<'_>, input: &DeleteRoleInput, _: &mut DeleteRoleOutput) {
    context.forget::<Kept>(input.role_name().unwrap_or_default());
}

fn policy_shown(_: &mut Context<'_>, _: &GetRolePolicyInput, output: &mut GetRolePolicyOutput) {
    output.policy_document = encoded(&output.policy_document);
}
