//! CloudWatch Logs: log groups, their retention and their keys.

use crate::context::{Context, Refusal};
use crate::kms::usage;
use crate::law::{Basis, Law};
use crate::logs::model::is_protected;
use crate::wire::{Ask, Verdict, WireRule};

const SERVICE: &str = "CloudWatch Logs";
const CREATE: &str = "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html";
const DELETE: &str = "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DeleteLogGroup.html";
const RETENTION: &str =
    "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html";
const KEYS: &str = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html";
/// The valid retention periods in days.
const DAYS: [i64; 22] =
    [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653];
/// The maximum length of a log group name.
const LONGEST: usize = 512;

pub(super) fn laws() -> Vec<Law> {
    let documented = |name, says, source, operation, rule: fn(&mut Context<'_>, &mut Ask) -> Verdict| {
        Law::documented(name, says, source, WireRule::before(SERVICE, operation, rule))
    };
    let documented_only = |name, says, source| Law::documented_only(name, says, Basis::Documented, source);
    vec![
        documented(
            "logs/name",
            "a log group is named with letters, digits and . - _ / #, and not aws/ first",
            CREATE,
            "CreateLogGroup",
            name,
        ),
        Law::reported(
            "logs/new-key",
            "a log group cannot be made with a key that does not show everywhere yet",
            "hashicorp/terraform#24194",
            WireRule::before(SERVICE, "CreateLogGroup", young_key),
        ),
        Law::reported(
            "logs/new-key-associated",
            "a log group cannot be given a key that does not show everywhere yet",
            "hashicorp/terraform#24194",
            WireRule::before(SERVICE, "AssociateKmsKey", young_key),
        ),
        documented(
            "logs/key",
            "a log group is made with a key that is in use, and whose policy lets CloudWatch Logs use it",
            KEYS,
            "CreateLogGroup",
            key,
        ),
        documented(
            "logs/key-associated",
            "a log group is given a key that is in use, and whose policy lets CloudWatch Logs use it",
            KEYS,
            "AssociateKmsKey",
            key,
        ),
        documented(
            "logs/retention",
            "events are kept for certain numbers of days only",
            RETENTION,
            "PutRetentionPolicy",
            retention,
        ),
        Law::assumed(
            "logs/protected",
            "a log group with deletion protection cannot be deleted until that is switched off",
            "AWS says that all deletion is blocked, and not with which code",
            WireRule::before(SERVICE, "DeleteLogGroup", protected),
        ),
        documented_only("logs/name-taken", "the name of a log group is taken, whoever made it", CREATE),
        documented_only("logs/unknown-group", "a log group that there is not cannot be deleted", DELETE),
        documented_only("logs/unknown-group-retention", "a log group that there is not keeps nothing", RETENTION),
    ]
}

fn refuse(code: &str, message: impl Into<String>) -> Verdict {
    Verdict::Refuse(Refusal::new(code, message))
}

fn is_name(name: &str) -> bool {
    let good = |c: char| c.is_ascii_alphanumeric() || ".-_/#".contains(c);
    (1..=LONGEST).contains(&name.len()) && name.chars().all(good) && !name.starts_with("aws/")
}

fn name(_: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    let name = ask.text("logGroupName");
    match is_name(name) {
        true => Verdict::Pass,
        false => refuse(
            "InvalidParameterException",
            format!(
                "1 validation error detected: Value '{name}' at 'logGroupName' failed to satisfy constraint: Member \
                 must satisfy regular expression pattern: [\\.\\-_/#A-Za-z0-9]+"
            ),
        ),
    }
}

fn young_key(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    match usage::is_young(context, ask.text("kmsKeyId")) {
        true => refuse("InvalidParameterException", "The specified KMS Key Id could not be found."),
        false => Verdict::Pass,
    }
}

/// The current message of AWS, as in hashicorp/terraform-provider-aws#29282.
fn key(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    let (key, service) = (ask.text("kmsKeyId"), format!("logs.{}.amazonaws.com", context.region));
    if key.is_empty() || usage::lets(context, key, &service) {
        return Verdict::Pass;
    }
    let group = context.arn("logs", &format!("log-group:{}", ask.text("logGroupName")));
    let message = format!("The specified KMS key does not exist or is not allowed to be used with Arn '{group}'");
    refuse("AccessDeniedException", message)
}

fn retention(_: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    let days = ask.json["retentionInDays"].as_i64().unwrap_or_default();
    match DAYS.contains(&days) {
        true => Verdict::Pass,
        false => refuse(
            "InvalidParameterException",
            format!(
                "1 validation error detected: Value '{days}' at 'retentionInDays' failed to satisfy constraint: Member \
                 must satisfy enum value set: {DAYS:?}"
            ),
        ),
    }
}

fn protected(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    match is_protected(context, ask.text("logGroupName")) {
        false => Verdict::Pass,
        true => refuse("ValidationException", "The log group has deletion protection enabled and cannot be deleted."),
    }
}

#[cfg(test)]
mod tests {
    use super::is_name;

    #[test]
    fn a_group_of_a_service_begins_with_a_slash() {
        assert!(is_name("/aws/rds/instance/db/postgresql") && is_name("API-Gateway-Execution-Logs_a/prod"));
        assert!(!is_name("aws/rds") && !is_name("a b") && !is_name(""));
    }
}
