//! KMS. Winterbaume ignores the policy given to CreateKey, and schedules a key's deletion twice.
//! <https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html>

use serde_json::{Value, json};

use super::document::text;
use crate::context::{Context, Refusal};
use crate::wire::{Ask, Verdict, WireRule};

/// What is kept about a key: its policy, and whether it is pending deletion.
const KIND: &str = "kms:key";

pub(super) fn rules() -> Vec<WireRule> {
    vec![
        WireRule::after("KMS", "CreateKey", created),
        WireRule::after("KMS", "PutKeyPolicy", policy_put),
        WireRule::after("KMS", "GetKeyPolicy", policy_shown),
        WireRule::before("KMS", "ScheduleKeyDeletion", schedule_once),
        WireRule::after("KMS", "ScheduleKeyDeletion", scheduled),
        WireRule::after("KMS", "CancelKeyDeletion", cancelled),
    ]
}

fn id(ask: &Ask) -> String {
    super::document::last_part(ask.text("KeyId")).to_owned()
}

fn amend(context: &mut Context<'_>, id: &str, field: &str, value: Value) {
    let mut kept = context.document(KIND, id).unwrap_or_else(|| json!({}));
    kept[field] = value;
    context.remember_document(KIND, id, kept);
}

fn created(context: &mut Context<'_>, ask: &Ask, reply: &mut Value) {
    if !ask.json["Policy"].is_null() {
        let id = text(&reply["KeyMetadata"], "KeyId");
        amend(context, id, "policy", ask.json["Policy"].clone());
    }
}

fn policy_put(context: &mut Context<'_>, ask: &Ask, _: &mut Value) {
    amend(context, &id(ask), "policy", ask.json["Policy"].clone());
}

fn policy_shown(context: &mut Context<'_>, ask: &Ask, reply: &mut Value) {
    if let Some(kept) = context.document(KIND, &id(ask))
        && !kept["policy"].is_null()
    {
        reply["Policy"] = kept["policy"].clone();
    }
}

fn schedule_once(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    let id = id(ask);
    match context.document(KIND, &id) {
        Some(kept) if kept["pending"] == true => Verdict::Refuse(Refusal::new(
            "KMSInvalidStateException",
            format!("{} is pending deletion.", context.arn("kms", &format!("key/{id}"))),
        )),
        _ => Verdict::Pass,
    }
}

fn scheduled(context: &mut Context<'_>, ask: &Ask, _: &mut Value) {
    amend(context, &id(ask), "pending", json!(true));
}

fn cancelled(context: &mut Context<'_>, ask: &Ask, _: &mut Value) {
    amend(context, &id(ask), "pending", json!(false));
}
