//! Secrets managed by RDS: created and deleted with the database whose master password they hold. Winterbaume has none,
//! so they are kept here. A law refuses changes and deletions by other callers.
//! <https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/rds-secrets-manager.html>

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::SERVICE;
use crate::context::{Context, Refusal};
use crate::store::Fact;
use crate::wire::{Ask, Verdict, WireRule};

/// The default number of days between two rotations.
const DAYS: u64 = 7;
/// Seconds until a new secret can be read; an assumption.
const CREATING: f64 = 15.0;

/// A secret managed by RDS, by its ARN.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Managed {
    name: String,
    /// The ARN of the database: a cluster or an instance.
    database: String,
    user: String,
    key: Option<String>,
    days: u64,
    /// Whether it waits for the first instance of its cluster.
    #[serde(default)]
    waits: bool,
}

impl Fact for Managed {
    const KIND: &'static str = "secretsmanager:managed-secret";
}

pub(super) fn rules() -> Vec<WireRule> {
    vec![
        WireRule::before(SERVICE, "DescribeSecret", describe),
        WireRule::before(SERVICE, "GetSecretValue", value),
        WireRule::before(SERVICE, "RotateSecret", rotate),
        WireRule::after(SERVICE, "ListSecrets", listed),
    ]
}

/// Creates the secret of a database, and returns its ARN.
pub(crate) fn appear(context: &mut Context<'_>, database: &str, user: &str, key: Option<&str>) -> String {
    let what = if is_cluster(database) { "cluster" } else { "db" };
    let name = format!("rds!{what}-{}", context.next_uuid("managed-secret"));
    let arn = context.arn("secretsmanager", &format!("secret:{name}-SaNdBx"));
    let (database, user, key) = (database.to_owned(), user.to_owned(), key.map(str::to_owned));
    let waits = is_cluster(&database);
    context.remember(&arn, &Managed { name, database, user, key, days: DAYS, waits });
    context.begin(Managed::KIND, &arn, "creating", CREATING);
    arn
}

/// Starts the creation of a waiting secret: the cluster has an instance in which the password can be set.
pub(crate) fn completed(context: &mut Context<'_>, arn: &str) {
    if context.recall::<Managed>(arn).is_some_and(|secret| secret.waits) {
        context.amend::<Managed>(arn, |secret| secret.waits = false);
        context.begin(Managed::KIND, arn, "creating", CREATING);
    }
}

/// Deletes the secret after `seconds`, with its database.
pub(crate) fn vanish(context: &mut Context<'_>, arn: &str, seconds: f64) {
    context.vanish(Managed::KIND, arn, "deleting", seconds);
}

/// The status of the secret, by its RDS name.
pub(crate) fn status(context: &Context<'_>, arn: &str) -> String {
    let waits = context.recall::<Managed>(arn).is_some_and(|secret| secret.waits);
    let making = context.stage(Managed::KIND, arn).is_some_and(|stage| stage == "creating");
    if waits || making { "creating" } else { "active" }.to_owned()
}

/// Its KMS key, unless it uses the AWS managed key.
pub(crate) fn key(context: &Context<'_>, arn: &str) -> Option<String> {
    context.recall::<Managed>(arn).and_then(|secret| secret.key)
}

/// The secret with that ARN or name, and its ARN.
pub(crate) fn named(context: &Context<'_>, id: &str) -> Option<(String, Managed)> {
    context.all::<Managed>().into_iter().find(|(arn, secret)| arn == id || secret.name == id)
}

fn is_cluster(arn: &str) -> bool {
    arn.contains(":cluster:")
}

fn described(arn: &str, secret: &Managed) -> Value {
    let what = if is_cluster(&secret.database) { "Cluster" } else { "Instance" };
    let mut described = json!({
        "ARN": arn,
        "Name": secret.name,
        "Description": format!("Secret associated with primary RDS DB {}: {}", what.to_lowercase(), secret.database),
        "OwningService": "rds",
        "RotationEnabled": true,
        "RotationRules": { "AutomaticallyAfterDays": secret.days },
        "Tags": [
            { "Key": "aws:secretsmanager:owningService", "Value": "rds" },
            { "Key": format!("aws:rds:primaryDB{what}Arn"), "Value": secret.database },
        ],
    });
    if let Some(key) = &secret.key {
        described["KmsKeyId"] = json!(key);
    }
    described
}

fn describe(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    match named(context, ask.text("SecretId")) {
        None => Verdict::Pass,
        Some((arn, secret)) => Verdict::Answer(described(&arn, &secret)),
    }
}

fn value(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    let Some((arn, secret)) = named(context, ask.text("SecretId")) else {
        return Verdict::Pass;
    };
    if status(context, &arn) == "creating" {
        let message = "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT";
        return Verdict::Refuse(Refusal::new("ResourceNotFoundException", message));
    }
    let login = json!({ "username": secret.user, "password": format!("of {}", secret.name) }).to_string();
    Verdict::Answer(json!({ "ARN": arn, "Name": secret.name, "SecretString": login, "VersionStages": ["AWSCURRENT"] }))
}

/// RDS rotates the secret itself, so only the schedule can be set; a rotation function is refused.
fn rotate(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    let Some((arn, secret)) = named(context, ask.text("SecretId")) else {
        return Verdict::Pass;
    };
    if !ask.json["RotationLambdaARN"].is_null() {
        let message = "You can't specify a rotation function for a secret that uses managed rotation.";
        return Verdict::Refuse(Refusal::new("InvalidRequestException", message));
    }
    let days = ask.json["RotationRules"]["AutomaticallyAfterDays"].as_u64().unwrap_or(secret.days);
    if !(1..=1000).contains(&days) {
        let message = "RotationRules.AutomaticallyAfterDays must be within 1-1000.";
        return Verdict::Refuse(Refusal::new("InvalidParameterException", message));
    }
    context.amend::<Managed>(&arn, |secret| secret.days = days);
    Verdict::Answer(json!({ "ARN": arn, "Name": secret.name, "VersionId": ask.json["ClientRequestToken"] }))
}

fn listed(context: &mut Context<'_>, _: &Ask, reply: &mut Value) {
    if let Some(list) = reply["SecretList"].as_array_mut() {
        list.extend(context.all::<Managed>().iter().map(|(arn, secret)| described(arn, secret)));
    }
}
