//! The log group of a stage. API Gateway creates it when the stage logs and the account has a role for it.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html>
//!
//! It stays when the stage and the API are deleted: serverless/serverless#8882.

use serde_json::Value;

use super::{logging_role, stages};
use crate::context::Context;
use crate::document::text;
use crate::logs;
use crate::wire::{Ask, WireRule};

const PREFIX: &str = "API-Gateway-Execution-Logs_";
/// Seconds until the next request is logged; an assumption.
const NEXT: f64 = 60.0;

pub(super) fn rules() -> Vec<WireRule> {
    vec![WireRule::after("CloudWatch Logs", "DeleteLogGroup", deleted)]
}

/// Whether any method of the stage logs.
fn is_logging(stage: &Value) -> bool {
    let settings = stage["methodSettings"].as_object().into_iter().flatten();
    settings.into_iter().any(|(_, method)| ["INFO", "ERROR"].contains(&text(method, "loggingLevel")))
}

/// Creates the log group of the stage `{api}/{name}` if the stage logs.
pub(super) fn appear(context: &mut Context<'_>, key: &str, stage: &Value) {
    if is_logging(stage) && logging_role(context).is_some() {
        logs::by_service(context, &format!("{PREFIX}{key}"), 0.0);
    }
}

/// The next request recreates a deleted group, as long as its stage logs.
fn deleted(context: &mut Context<'_>, ask: &Ask, _: &mut Value) {
    let group = ask.text("logGroupName");
    let stage = group.strip_prefix(PREFIX).and_then(|key| context.document(stages::STAGE, key));
    if stage.is_some_and(|stage| is_logging(&stage)) && logging_role(context).is_some() {
        logs::by_service(context, group, NEXT);
    }
}
