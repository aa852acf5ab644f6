//! New keys and aliases that do not show everywhere yet.

use serde_json::Value;

use super::{SERVICE, unless};
use crate::context::{Context, Refusal};
use crate::document::text;
use crate::kms::model::{ALIAS, KEY, alias, key_id};
use crate::law::Law;
use crate::wire::{Ask, Verdict, WireRule};

/// The kind of lag of a key that cannot be rotated yet.
const ROTATION: &str = "kms:key-rotation";
const CONSISTENCY: &str =
    "https://docs.aws.amazon.com/kms/latest/developerguide/accessing-kms.html#programming-eventual-consistency";

pub(super) fn laws() -> Vec<Law> {
    let law = |name, says, rule: WireRule| Law::documented(name, says, CONSISTENCY, rule);
    vec![
        law(
            "kms/new-is-unknown",
            "calls that name a new key or alias may be refused for a moment as if it were not there",
            WireRule::before(SERVICE, "*", unseen),
        ),
        law(
            "kms/new-key-in-list",
            "a new key may be missing in lists for a moment",
            WireRule::after(SERVICE, "ListKeys", keys_shown),
        ),
        law(
            "kms/new-alias-in-list",
            "a new alias may be missing in lists for a moment",
            WireRule::after(SERVICE, "ListAliases", aliases_shown),
        ),
        Law::reported(
            "kms/new-key-seems-disabled",
            "the rotation of a new key may be refused for a moment as if the key were disabled",
            "hashicorp/terraform-provider-aws, internal/service/kms/key.go, which asks again for minutes",
            WireRule::before(SERVICE, "EnableKeyRotation", seems_disabled),
        ),
        law("kms/new-key", "a new key shows late", WireRule::after(SERVICE, "CreateKey", key_made)),
        law("kms/new-alias", "a new alias shows late", WireRule::after(SERVICE, "CreateAlias", alias_made)),
    ]
}

fn not_found(what: &str) -> Refusal {
    Refusal::new("NotFoundException", format!("{what} is not found."))
}

/// KMS's refusal if `name` is a key or an alias that does not show yet.
fn late(context: &Context<'_>, name: &str) -> Option<Refusal> {
    if let Some(alias) = alias(name).filter(|alias| context.is_lagging(ALIAS, alias)) {
        return Some(not_found(&format!("Alias {}", context.arn("kms", alias))));
    }
    let id = key_id(context, name).filter(|id| context.is_lagging(KEY, id))?;
    Some(not_found(&format!("Key '{}'", context.arn("kms", &format!("key/{id}")))))
}

fn unseen(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    // CreateAlias sees at once that a name is taken.
    let alias = if ask.operation == "CreateAlias" { "" } else { ask.text("AliasName") };
    let named = [ask.text("KeyId"), ask.text("TargetKeyId"), alias];
    unless(named.into_iter().filter(|name| !name.is_empty()).find_map(|name| late(context, name)))
}

fn hide(context: &Context<'_>, list: &mut Value, field: &str, kind: &str) {
    if let Some(list) = list.as_array_mut() {
        list.retain(|one| !context.is_lagging(kind, text(one, field)));
    }
}

fn keys_shown(context: &mut Context<'_>, _: &Ask, reply: &mut Value) {
    hide(context, &mut reply["Keys"], "KeyId", KEY);
}

fn aliases_shown(context: &mut Context<'_>, _: &Ask, reply: &mut Value) {
    hide(context, &mut reply["Aliases"], "AliasName", ALIAS);
}

fn key_made(context: &mut Context<'_>, _: &Ask, reply: &mut Value) {
    let id = text(&reply["KeyMetadata"], "KeyId");
    context.lags(KEY, id, "kms_key");
    context.lags(ROTATION, id, "kms_key");
}

fn seems_disabled(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    let id = key_id(context, ask.text("KeyId")).filter(|id| context.is_lagging(ROTATION, id));
    unless(id.map(|id| {
        let message = format!("{} is disabled.", context.arn("kms", &format!("key/{id}")));
        Refusal::new("DisabledException", message)
    }))
}

fn alias_made(context: &mut Context<'_>, ask: &Ask, _: &mut Value) {
    context.lags(ALIAS, ask.text("AliasName"), "kms_alias");
}
