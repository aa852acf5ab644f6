//! CloudWatch Logs. Winterbaume drops the key given to CreateLogGroup.
//! <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html>

use serde_json::{Value, json};

use crate::context::Context;
use crate::document::text;
use crate::store::SavedRequest;
use crate::wire::{Ask, WireRule};

const SERVICE: &str = "CloudWatch Logs";
/// The key of a log group, by the group's name.
const KIND: &str = "logs:log-group-key";

/// The existing log groups, by name.
const GROUP: &str = "logs:log-group";

/// Whether a group of that name exists.
pub(crate) fn is_there(context: &Context<'_>, name: &str) -> bool {
    context.document(GROUP, name).is_some()
}

/// The groups with deletion protection, by name.
const PROTECTED: &str = "logs:protected-group";

/// Whether the group of that name has deletion protection.
pub(crate) fn is_protected(context: &Context<'_>, name: &str) -> bool {
    context.document(PROTECTED, name).is_some()
}

/// A call to CloudWatch Logs in the context's region, as a service makes it.
pub(crate) fn request(context: &Context<'_>, operation: &str, body: &Value) -> SavedRequest {
    let target = format!("Logs_20140328.{operation}");
    let headers = [("content-type", "application/x-amz-json-1.1"), ("x-amz-target", target.as_str())];
    SavedRequest {
        method: "POST".to_owned(),
        uri: format!("https://logs.{}.amazonaws.com/", context.region),
        headers: headers.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
        body: body.to_string().into_bytes(),
    }
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
        WireRule::after(SERVICE, "PutLogGroupDeletionProtection", protected),
        WireRule::after(SERVICE, "DescribeLogGroups", describe),
    ]
}

/// Creates a log group after `seconds`, as a service does that writes to it. An existing group stays unchanged.
pub(crate) fn by_service(context: &mut Context<'_>, group: &str, seconds: f64) {
    let request = request(context, "CreateLogGroup", &json!({ "logGroupName": group }));
    context.send_later(group, request, seconds);
}

fn made(context: &mut Context<'_>, ask: &Ask, _: &mut Value) {
    note(context, ask.text("logGroupName"));
}

/// Winterbaume accepts deletion protection but neither shows nor enforces it.
fn protected(context: &mut Context<'_>, ask: &Ask, _: &mut Value) {
    let name = ask.text("logGroupIdentifier");
    let name = name.trim_end_matches(":*").rsplit(":log-group:").next().unwrap_or(name);
    match ask.json["deletionProtectionEnabled"] == true {
        true => context.remember_document(PROTECTED, name, json!({})),
        false => context.forget_document(PROTECTED, name),
    }
}

fn gone(context: &mut Context<'_>, ask: &Ask, _: &mut Value) {
    context.forget_document(PROTECTED, ask.text("logGroupName"));
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

fn describe(context: &mut Context<'_>, _: &Ask, reply: &mut Value) {
    for group in reply["logGroups"].as_array_mut().into_iter().flatten() {
        if let Some(key) = context.document(KIND, text(group, "logGroupName")) {
            group["kmsKeyId"] = key;
        }
        group["deletionProtectionEnabled"] = json!(is_protected(context, text(group, "logGroupName")));
    }
}
