//! The logging role of the API Gateway account settings: it must be assumable, visible and allowed to write logs.

use super::{bad, before};
use crate::apigateway::logging_role;
use crate::context::Context;
use crate::document::text;
use crate::iam;
use crate::law::{Basis, Law};
use crate::wire::{Ask, Verdict};

const LOGGING: &str = "https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html";
/// The service principal that assumes the role.
const PRINCIPAL: &str = "apigateway.amazonaws.com";

pub(super) fn laws() -> Vec<Law> {
    vec![
        Law::documented(
            "apigateway/logging-role",
            "the role for logs is one that API Gateway may assume and that has a policy; new ones may be unknown",
            LOGGING,
            before("UpdateAccount", role),
        ),
        Law::documented(
            "apigateway/logging-needs-role",
            "no stage logs before the account has a role for it",
            LOGGING,
            before("UpdateStage", logging),
        ),
        Law::documented_only(
            "apigateway/execution-log-group",
            "a stage that logs has a log group that API Gateway makes, and makes again; it stays when the API goes",
            Basis::Reported,
            "serverless/serverless#8882, hashicorp/terraform-provider-aws#8413",
        ),
    ]
}

fn patched<'a>(ask: &'a Ask, path: &str) -> Option<&'a str> {
    let mut patches = ask.json["patchOperations"].as_array().into_iter().flatten();
    let found = patches.find(|patch| text(patch, "path").ends_with(path))?;
    Some(text(found, "value"))
}

fn role(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    let role = patched(ask, "/cloudwatchRoleArn").unwrap_or_default();
    match role.is_empty() || iam::serves(context, role, PRINCIPAL) {
        true => Verdict::Pass,
        false => bad(
            "The role ARN does not have required permissions configured. Please grant trust permission for API Gateway \
             and add the required role policy.",
        ),
    }
}

fn logging(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    let level = patched(ask, "/logging/loglevel").filter(|level| *level != "OFF");
    match level.is_some() && logging_role(context).is_none() {
        true => bad("CloudWatch Logs role ARN must be set in account settings to enable logging"),
        false => Verdict::Pass,
    }
}
