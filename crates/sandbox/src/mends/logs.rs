//! CloudWatch Logs. Winterbaume drops the key given to CreateLogGroup.
//! <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html>

use serde_json::{Value, json};

use super::document::text;
use crate::context::Context;
use crate::wire::{Ask, WireRule};

const SERVICE: &str = "CloudWatch Logs";
/// The key of a log group, by the group's name.
const KIND: &str = "logs:log-group-key";

pub(super) fn rules() -> Vec<WireRule> {
    vec![
        WireRule::after(SERVICE, "CreateLogGroup", created),
        WireRule::after(SERVICE, "AssociateKmsKey", created),
        WireRule::after(SERVICE, "DisassociateKmsKey", forgotten),
        WireRule::after(SERVICE, "DeleteLogGroup", forgotten),
        WireRule::after(SERVICE, "DescribeLogGroups", shown),
    ]
}

fn created(context: &mut Context<'_>, ask: &Ask, _: &mut Value) {
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
