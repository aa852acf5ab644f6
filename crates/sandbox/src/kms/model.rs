//! KMS. Winterbaume ignores the policy given to CreateKey, and accepts scheduling a key's deletion twice.
//! <https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html>
//!
//! The keys and aliases that exist are recorded here for the services that encrypt with them.

use serde_json::{Value, json};

use crate::context::{Context, Refusal};
use crate::document::{last_part, text};
use crate::wire::{Ask, Verdict, WireRule};

/// The record of a key, by its id: its policy, and whether it is pending deletion.
pub(crate) const KEY: &str = "kms:key";
/// The key an alias points to, by the alias's name.
pub(crate) const ALIAS: &str = "kms:alias";

pub(super) fn rules() -> Vec<WireRule> {
    vec![
        WireRule::after("KMS", "CreateKey", created),
        WireRule::after("KMS", "PutKeyPolicy", policy_put),
        WireRule::after("KMS", "GetKeyPolicy", policy_shown),
        WireRule::after("KMS", "CreateAlias", pointed),
        WireRule::after("KMS", "UpdateAlias", pointed),
        WireRule::after("KMS", "DeleteAlias", unnamed),
        WireRule::before("KMS", "ScheduleKeyDeletion", schedule_once),
        WireRule::after("KMS", "ScheduleKeyDeletion", scheduled),
        WireRule::after("KMS", "CancelKeyDeletion", cancelled),
    ]
}

/// The name of an alias, from its name or ARN; `None` if it is not an alias.
pub(crate) fn alias(name: &str) -> Option<&str> {
    match name.starts_with("arn:") {
        true => name.splitn(6, ':').nth(5).filter(|rest| rest.starts_with("alias/")),
        false => name.starts_with("alias/").then_some(name),
    }
}

/// The id of a key, from its id or ARN, or from the name or ARN of an alias.
pub(crate) fn key_id(context: &Context<'_>, name: &str) -> Option<String> {
    match alias(name) {
        Some(alias) => context.document(ALIAS, alias)?.as_str().map(str::to_owned),
        None => Some(last_part(name).to_owned()),
    }
}

fn id(context: &Context<'_>, ask: &Ask) -> String {
    key_id(context, ask.text("KeyId")).unwrap_or_default()
}

fn amend(context: &mut Context<'_>, id: &str, field: &str, value: Value) {
    let mut kept = context.document(KEY, id).unwrap_or_else(|| json!({}));
    kept[field] = value;
    context.remember_document(KEY, id, kept);
}

fn created(context: &mut Context<'_>, ask: &Ask, reply: &mut Value) {
    let id = text(&reply["KeyMetadata"], "KeyId");
    context.remember_document(KEY, id, json!({ "policy": ask.json["Policy"] }));
}

fn policy_put(context: &mut Context<'_>, ask: &Ask, _: &mut Value) {
    let id = id(context, ask);
    amend(context, &id, "policy", ask.json["Policy"].clone());
}

fn policy_shown(context: &mut Context<'_>, ask: &Ask, reply: &mut Value) {
    if let Some(kept) = context.document(KEY, &id(context, ask))
        && !kept["policy"].is_null()
    {
        reply["Policy"] = kept["policy"].clone();
    }
}

fn pointed(context: &mut Context<'_>, ask: &Ask, _: &mut Value) {
    if let Some(id) = key_id(context, ask.text("TargetKeyId")) {
        context.remember_document(ALIAS, ask.text("AliasName"), json!(id));
    }
}

fn unnamed(context: &mut Context<'_>, ask: &Ask, _: &mut Value) {
    context.forget_document(ALIAS, ask.text("AliasName"));
}

/// The refusal for a key that is pending deletion.
pub(crate) fn pending(context: &Context<'_>, id: &str) -> Option<Refusal> {
    let kept = context.document(KEY, id)?;
    (kept["pending"] == true).then(|| {
        let message = format!("{} is pending deletion.", context.arn("kms", &format!("key/{id}")));
        Refusal::new("KMSInvalidStateException", message)
    })
}

fn schedule_once(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    pending(context, &id(context, ask)).map_or(Verdict::Pass, Verdict::Refuse)
}

fn scheduled(context: &mut Context<'_>, ask: &Ask, _: &mut Value) {
    let id = id(context, ask);
    amend(context, &id, "pending", json!(true));
}

fn cancelled(context: &mut Context<'_>, ask: &Ask, _: &mut Value) {
    let id = id(context, ask);
    amend(context, &id, "pending", json!(false));
}
