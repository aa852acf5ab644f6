//! Secrets Manager. Winterbaume's CreateSecret ignores the client token and the key.
//! <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html>

mod laws;
pub(crate) mod managed;

use serde_json::{Value, json};

use crate::backends::BackendOf;
use crate::budgets::TokenBucket;
use crate::context::Context;
use crate::document::text;
use crate::log::Id;
use crate::service::{Rules, Service};
use crate::store::Fact;
use crate::timing::Range;
use crate::wire::{Ask, Verdict, WireRule};
use managed::Managed;

const SERVICE: &str = "Secrets Manager";
/// The record of a secret, by its ARN: its name, its key, and the contents of its versions, by their tokens.
pub(crate) const KIND: &str = "secretsmanager:secret";
/// Names of recently deleted secrets that are not free yet.
const LEAVING: &str = "secretsmanager:name";
/// Seconds until the name of a force-deleted secret is free; an assumption, after
/// hashicorp/terraform-provider-aws#10259, where a create directly afterwards is refused.
const FREED: Range = Range::between(0.5, 3.0, 30.0);

pub(crate) static SECRETS_MANAGER: Service = Service {
    backend: Some(BackendOf::new::<winterbaume_secretsmanager::SecretsManagerService>("secretsmanager")),
    laws: laws::laws,
    model: Rules::wire(rules),
    creates: &[("CreateSecret", Id::Answer("arn"))],
    // https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html
    budget: |operation| vec![TokenBucket::new(operation, 50.0, 50.0)],
    unfound: |_| Some(("ResourceNotFoundException", 400)),
    kept: &[Managed::KIND],
    ..Service::new(SERVICE, "secretsmanager")
};

fn rules() -> Vec<WireRule> {
    let mut rules = managed::rules();
    rules.extend([
        WireRule::before(SERVICE, "CreateSecret", same_token_same_secret),
        WireRule::after(SERVICE, "CreateSecret", created),
        WireRule::after(SERVICE, "UpdateSecret", updated),
        WireRule::before(SERVICE, "PutSecretValue", same_token_same_version),
        WireRule::after(SERVICE, "PutSecretValue", put),
        WireRule::after(SERVICE, "DeleteSecret", deleted),
        WireRule::after(SERVICE, "RestoreSecret", restored),
        WireRule::after(SERVICE, "DescribeSecret", describe),
        WireRule::after(SERVICE, "*", versions),
    ]);
    rules
}

/// The ARN and the record of a secret, from its ARN or its name.
pub(crate) fn find(context: &Context<'_>, id: &str) -> Option<(String, Value)> {
    let mut all = context.documents(KIND).into_iter();
    all.find(|(arn, kept)| arn == id || text(kept, "name") == id)
}

/// Whether a secret with that ARN or name exists, including those managed by RDS.
pub(crate) fn is_there(context: &Context<'_>, id: &str) -> bool {
    find(context, id).is_some() || managed::named(context, id).is_some()
}

/// The content that a call writes to a secret.
pub(crate) fn content(ask: &Ask) -> Value {
    json!([ask.json["SecretString"], ask.json["SecretBinary"]])
}

/// Whether a secret of that name was force-deleted a moment ago.
pub(crate) fn was_forced(context: &Context<'_>, name: &str) -> bool {
    context.stage(LEAVING, name).is_some()
}

/// Whether a name is taken by a secret that is being deleted.
pub(crate) fn is_leaving(context: &Context<'_>, name: &str) -> bool {
    let scheduled = find(context, name).is_some_and(|(_, kept)| kept["deleted"] == true);
    scheduled || context.stage(LEAVING, name).is_some()
}

/// AWS answers a repeated create with the secret that the token already created.
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
        "versions": { ask.text("ClientRequestToken"): content(ask) },
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

/// AWS ignores a version that exists already.
/// <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutSecretValue.html>
fn same_token_same_version(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    let (secret, token) = (find(context, ask.text("SecretId")), ask.text("ClientRequestToken"));
    match secret.filter(|(_, kept)| !token.is_empty() && kept["versions"][token] == content(ask)) {
        None => Verdict::Pass,
        Some((arn, kept)) => Verdict::Answer(json!({ "ARN": arn, "Name": kept["name"], "VersionId": token })),
    }
}

fn put(context: &mut Context<'_>, ask: &Ask, reply: &mut Value) {
    let (arn, token) = (text(reply, "ARN"), ask.text("ClientRequestToken"));
    if let (Some(mut kept), false) = (context.document(KIND, arn), token.is_empty()) {
        kept["versions"][token] = content(ask);
        context.remember_document(KIND, arn, kept);
    }
}

/// A secret in its recovery window still exists; the name of a force-deleted secret is free only a moment later.
fn deleted(context: &mut Context<'_>, ask: &Ask, reply: &mut Value) {
    let arn = text(reply, "ARN");
    let Some(mut kept) = context.document(KIND, arn) else {
        return;
    };
    if ask.json["ForceDeleteWithoutRecovery"] == true {
        context.forget_document(KIND, arn);
        context.begin(LEAVING, text(&kept, "name"), "deleting", context.draw(FREED));
    } else {
        kept["deleted"] = json!(true);
        context.remember_document(KIND, arn, kept);
    }
}

fn restored(context: &mut Context<'_>, _: &Ask, reply: &mut Value) {
    let arn = text(reply, "ARN");
    if let Some(mut kept) = context.document(KIND, arn) {
        kept["deleted"] = json!(false);
        context.remember_document(KIND, arn, kept);
    }
}

fn describe(context: &mut Context<'_>, _: &Ask, reply: &mut Value) {
    if let Some(kept) = context.document(KIND, text(reply, "ARN"))
        && !kept["key"].is_null()
    {
        reply["KmsKeyId"] = kept["key"].clone();
    }
}

/// The id of the first version is the token.
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
