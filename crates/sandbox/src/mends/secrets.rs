//! Secrets Manager. Winterbaume's CreateSecret knows neither the client's token nor the key.
//! <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html>

use serde_json::{Value, json};

pub(crate) mod managed;

use super::document::text;
use crate::context::Context;
use crate::wire::{Ask, Verdict, WireRule};

const SERVICE: &str = "Secrets Manager";
/// What is kept about a secret, by its ARN.
const KIND: &str = "secretsmanager:secret";

pub(super) fn rules() -> Vec<WireRule> {
    let mut rules = managed::rules();
    rules.extend([
        WireRule::before(SERVICE, "CreateSecret", same_token_same_secret),
        WireRule::after(SERVICE, "CreateSecret", created),
        WireRule::after(SERVICE, "UpdateSecret", updated),
        WireRule::after(SERVICE, "DeleteSecret", deleted),
        WireRule::after(SERVICE, "DescribeSecret", shown),
        WireRule::after(SERVICE, "*", versions),
    ]);
    rules
}

/// AWS answers a repeated create with the secret the token already made.
fn same_token_same_secret(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    let (name, token) = (&ask.json["Name"], &ask.json["ClientRequestToken"]);
    let known = (context.documents(KIND).into_iter())
        .find(|(_, kept)| kept["name"] == *name && kept["token"] == *token && !token.is_null());
    match known {
        None => Verdict::Pass,
        Some((arn, _)) => Verdict::Answer(json!({ "ARN": arn, "Name": name, "VersionId": token })),
    }
}

fn created(context: &mut Context<'_>, ask: &Ask, reply: &mut Value) {
    let arn = text(reply, "ARN").to_owned();
    if context.document(KIND, &arn).is_some() {
        return;
    }
    let kept = json!({
        "name": ask.json["Name"],
        "key": ask.json["KmsKeyId"],
        "token": ask.json["ClientRequestToken"],
        "version": reply["VersionId"],
    });
    context.remember_document(KIND, &arn, kept);
}

fn updated(context: &mut Context<'_>, ask: &Ask, reply: &mut Value) {
    let arn = text(reply, "ARN");
    if let (Some(mut kept), false) = (context.document(KIND, arn), ask.json["KmsKeyId"].is_null()) {
        kept["key"] = ask.json["KmsKeyId"].clone();
        context.remember_document(KIND, arn, kept);
    }
}

/// A secret with a recovery window is still there.
fn deleted(context: &mut Context<'_>, ask: &Ask, reply: &mut Value) {
    if ask.json["ForceDeleteWithoutRecovery"] == true {
        context.forget_document(KIND, text(reply, "ARN"));
    }
}

fn shown(context: &mut Context<'_>, _: &Ask, reply: &mut Value) {
    if let Some(kept) = context.document(KIND, text(reply, "ARN"))
        && !kept["key"].is_null()
    {
        reply["KmsKeyId"] = kept["key"].clone();
    }
}

/// The first version's id is the token.
fn versions(context: &mut Context<'_>, _: &Ask, reply: &mut Value) {
    let Some(kept) = context.document(KIND, text(reply, "ARN")) else {
        return;
    };
    let (Some(version), Some(token)) = (kept["version"].as_str(), kept["token"].as_str()) else {
        return;
    };
    if reply["VersionId"] == version {
        reply["VersionId"] = json!(token);
    }
    if let Some(stages) = reply["VersionIdsToStages"].as_object_mut()
        && let Some(of_first) = stages.remove(version)
    {
        stages.insert(token.to_owned(), of_first);
    }
}
