//! CloudWatch Logs. Winterbaume drops the key given to CreateLogGroup.
//! <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html>

use serde_json::{Value, json};

use super::document::text;
use crate::context::Context;
use crate::wire::{Ask, WireRule};
use crate::world::{Name, SavedRequest};

const SERVICE: &str = "CloudWatch Logs";
/// The key of a log group, by the group's name.
const KIND: &str = "logs:log-group-key";

/// The groups there are, by name.
const GROUP: &str = "logs:log-group";

/// A service writes to a group of that name: it is there from now on, made by the service if need be, and then without
/// retention, key and tags. It is a group like any other.
pub(crate) fn appear(context: &mut Context<'_>, name: &str) {
    if exists(context, name) {
        return;
    }
    note(context, name);
    let request = SavedRequest {
        method: "POST".to_owned(),
        uri: format!("https://logs.{}.amazonaws.com/", context.region),
        headers: vec![
            ("content-type".to_owned(), "application/x-amz-json-1.1".to_owned()),
            ("x-amz-target".to_owned(), "Logs_20140328.CreateLogGroup".to_owned()),
        ],
        body: json!({ "logGroupName": name }).to_string().into_bytes(),
    };
    // The kind is one of its own: what is kept under a request's name goes when the request is carried out.
    let task = Name { region: context.region.to_owned(), kind: "logs:appearing".to_owned(), id: name.to_owned() };
    context.world.soon(task, request);
}

/// Whether there is a group of that name.
pub(crate) fn exists(context: &Context<'_>, name: &str) -> bool {
    context.document(GROUP, name).is_some()
}

fn note(context: &mut Context<'_>, name: &str) {
    context.remember_document(GROUP, name, json!({}));
}

pub(super) fn rules() -> Vec<WireRule> {
    vec![
        WireRule::after(SERVICE, "CreateLogGroup", made),
        WireRule::after(SERVICE, "CreateLogGroup", keyed),
        WireRule::after(SERVICE, "AssociateKmsKey", keyed),
        WireRule::after(SERVICE, "DisassociateKmsKey", forgotten),
        WireRule::after(SERVICE, "DeleteLogGroup", forgotten),
        WireRule::after(SERVICE, "DeleteLogGroup", gone),
        WireRule::after(SERVICE, "DescribeLogGroups", shown),
    ]
}

fn made(context: &mut Context<'_>, ask: &Ask, _: &mut Value) {
    note(context, ask.text("logGroupName"));
}

fn gone(context: &mut Context<'_>, ask: &Ask, _: &mut Value) {
    context.forget_document(GROUP, ask.text("logGroupName"));
}

fn keyed(context: &mut Context<'_>, ask: &Ask, _: &mut Value) {
    let key = ask.text("kmsKeyId");
    if !key.is_empty() {
        context.remember_document(KIND, ask.text("logGroupName"), json!(key));
    }
}

fn forgotten(context: &mut Context<'_>, ask: &Ask, _: &mut Value) {
    context.forget_document(KIND, ask.text("logGroupName"));
}

fn shown(context: &mut Context<'_>, _: &Ask, reply: &mut Value) {
    for group in reply["logGroups"].as_array_mut().into_iter().flatten() {
        if let Some(key) = context.document(KIND, text(group, "logGroupName")) {
            group["kmsKeyId"] = key;
        }
    }
}
