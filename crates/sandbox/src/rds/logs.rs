//! The log groups to which RDS writes an instance's logs. RDS creates them itself.
//! <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_LogAccess.Procedural.UploadtoCloudWatch.html>
//!
//! They stay when the instance is deleted, and its last log lines recreate them:
//! hashicorp/terraform-provider-aws#42858.

use serde_json::Value;

use super::Instance;
use crate::context::Context;
use crate::logs;
use crate::wire::{Ask, WireRule};

const PREFIX: &str = "/aws/rds/instance/";
/// Seconds until the next log lines are written; an assumption.
const NEXT: f64 = 60.0;

pub(super) fn rules() -> Vec<WireRule> {
    vec![WireRule::after("CloudWatch Logs", "DeleteLogGroup", deleted)]
}

/// Creates the log groups of an instance after `seconds`: when it runs, and when it is deleted.
pub(crate) fn written(context: &mut Context<'_>, id: &str, instance: &Instance, seconds: f64) {
    for log in &instance.log_exports {
        logs::by_service(context, &format!("{PREFIX}{id}/{log}"), seconds);
    }
}

/// The next log lines recreate a deleted group, as long as the instance writes to it.
fn deleted(context: &mut Context<'_>, ask: &Ask, _: &mut Value) {
    let group = ask.text("logGroupName");
    let Some((id, log)) = group.strip_prefix(PREFIX).and_then(|rest| rest.split_once('/')) else {
        return;
    };
    if context.recall::<Instance>(id).is_some_and(|instance| instance.log_exports.iter().any(|one| one == log)) {
        logs::by_service(context, group, NEXT);
    }
}
