//! SQS: names that are not free yet, new queues, and valid attributes.

use serde_json::Value;

use crate::context::{Context, Refusal};
use crate::law::{Basis, Law};
use crate::sqs::lifecycle::{DELETED, NEW};
use crate::sqs::model::{QUEUE, name};
use crate::wire::{Ask, Verdict, WireRule};

const SERVICE: &str = "SQS";
const CREATE: &str = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html";
const SET: &str = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html";
/// The ranges of numeric attributes.
const RANGES: [(&str, u64, u64); 5] = [
    ("DelaySeconds", 0, 900),
    ("MaximumMessageSize", 1024, 1_048_576),
    ("MessageRetentionPeriod", 60, 1_209_600),
    ("ReceiveMessageWaitTimeSeconds", 0, 20),
    ("VisibilityTimeout", 0, 43_200),
];

pub(super) fn laws() -> Vec<Law> {
    let before = |operation, rule| WireRule::before(SERVICE, operation, rule);
    vec![
        Law::documented(
            "sqs/deleted-recently",
            "the name of a deleted queue is free after 60 seconds",
            CREATE,
            before("CreateQueue", deleted_recently),
        ),
        Law::documented_only(
            "sqs/name-taken",
            "a queue of that name with other attributes is in the way; with the same, SQS answers with it",
            Basis::Documented,
            CREATE,
        ),
        Law::documented("sqs/too-early", "a new queue can be used after a second", CREATE, before("*", too_early)),
        Law::documented(
            "sqs/new-attributes",
            "a queue is made with attributes that have values SQS knows",
            CREATE,
            before("CreateQueue", bad_attributes),
        ),
        Law::documented(
            "sqs/other-attributes",
            "a queue's attributes get values SQS knows; a policy must be one",
            SET,
            before("SetQueueAttributes", bad_attributes),
        ),
        Law::documented_only(
            "sqs/still-answers",
            "a deleted queue may answer for up to 60 seconds",
            Basis::Documented,
            "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_DeleteQueue.html",
        ),
        Law::documented_only(
            "sqs/attributes-spread",
            "a change of attributes may take 60 seconds to show",
            Basis::Documented,
            SET,
        ),
    ]
}

fn unless(refusal: Option<Refusal>) -> Verdict {
    refusal.map_or(Verdict::Pass, Verdict::Refuse)
}

fn deleted_recently(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    unless(context.document(DELETED, name(ask)).map(|_| {
        let message =
            "You must wait 60 seconds after deleting a queue before you can create another with the same name.";
        Refusal::new("AWS.SimpleQueueService.QueueDeletedRecently", message)
    }))
}

fn too_early(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    let name = name(ask);
    let new = ask.operation != "CreateQueue" && context.document(QUEUE, name).is_some();
    unless(
        (new && context.stage(NEW, name).is_some())
            .then(|| Refusal::new("AWS.SimpleQueueService.NonExistentQueue", "The specified queue does not exist.")),
    )
}

/// Whether the value is valid for the attribute.
fn is_fine(attribute: &str, value: &str) -> bool {
    match RANGES.iter().find(|(name, ..)| *name == attribute) {
        Some((_, least, most)) => value.parse::<u64>().is_ok_and(|n| (*least..=*most).contains(&n)),
        None if attribute == "Policy" && !value.is_empty() => {
            serde_json::from_str::<Value>(value).is_ok_and(|policy| !policy["Statement"].is_null())
        }
        None => true,
    }
}

fn bad_attributes(_: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    let given = ask.json["Attributes"].as_object().into_iter().flatten();
    let bad = given.into_iter().find(|(name, value)| !is_fine(name, value.as_str().unwrap_or_default()));
    unless(
        bad.map(|(name, _)| Refusal::new("InvalidAttributeValue", format!("Invalid value for the parameter {name}."))),
    )
}

#[cfg(test)]
mod tests {
    use super::is_fine;

    #[test]
    fn attributes_have_their_ranges() {
        assert!(is_fine("MessageRetentionPeriod", "60") && is_fine("MessageRetentionPeriod", "1209600"));
        assert!(!is_fine("MessageRetentionPeriod", "59") && !is_fine("MessageRetentionPeriod", "1209601"));
        assert!(!is_fine("VisibilityTimeout", "-1") && !is_fine("VisibilityTimeout", "soon"));
        assert!(is_fine("Policy", "") && is_fine("Policy", r#"{"Statement":[]}"#) && !is_fine("Policy", "{}"));
    }
}
