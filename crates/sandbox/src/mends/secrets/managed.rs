//! Secrets that another service keeps: only that service makes, changes and deletes them. Winterbaume has none.
//! <https://docs.aws.amazon.com/secretsmanager/latest/userguide/service-linked-secrets.html>

use serde_json::{Value, json};

use super::SERVICE;
use crate::context::Context;
use crate::mends::document::{text, without};
use crate::wire::{Ask, Verdict, WireRule};

/// The kind they are kept under, by ARN.
pub(crate) const KIND: &str = "secretsmanager:managed-secret";

pub(super) fn rules() -> Vec<WireRule> {
    vec![
        WireRule::before(SERVICE, "DescribeSecret", described),
        WireRule::before(SERVICE, "GetSecretValue", read),
        WireRule::after(SERVICE, "ListSecrets", listed),
    ]
}

/// Makes the secret with which a service looks after `of`, and gives its ARN.
pub(crate) fn add(context: &mut Context<'_>, service: &str, of: &str, value: &Value) -> String {
    let number = context.next_number(KIND);
    let name = format!("{service}!{}", context.next_uuid(KIND));
    let arn = context.arn("secretsmanager", &format!("secret:{name}-{number:06}"));
    let tags = json!([
        { "Key": "aws:secretsmanager:owningService", "Value": service },
        { "Key": format!("aws:{service}:primaryDBInstanceArn"), "Value": of },
    ]);
    let kept = json!({
        "ARN": arn,
        "Name": name,
        "OwningService": service,
        "RotationEnabled": true,
        "RotationRules": { "AutomaticallyAfterDays": 7 },
        "Tags": tags,
        "value": value.to_string(),
    });
    context.remember_document(KIND, &arn, kept);
    arn
}

/// Lets it go after so many seconds.
pub(crate) fn go(context: &mut Context<'_>, arn: &str, seconds: f64) {
    context.vanish(KIND, arn, "deleting", seconds);
}

/// The secret of that ARN or name, if a service keeps it.
pub(crate) fn find(context: &Context<'_>, id: &str) -> Option<Value> {
    let mut all = context.documents(KIND).into_iter().map(|(_, secret)| secret);
    all.find(|secret| text(secret, "ARN") == id || text(secret, "Name") == id)
}

fn shown(secret: &Value) -> Value {
    without(secret, &["value"])
}

fn described(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    find(context, ask.text("SecretId")).map_or(Verdict::Pass, |secret| Verdict::Answer(shown(&secret)))
}

fn read(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    find(context, ask.text("SecretId")).map_or(Verdict::Pass, |secret| {
        Verdict::Answer(json!({
            "ARN": secret["ARN"],
            "Name": secret["Name"],
            "SecretString": secret["value"],
            "VersionStages": ["AWSCURRENT"],
        }))
    })
}

/// A list that is asked for by filters is of somebody's own secrets.
fn listed(context: &mut Context<'_>, ask: &Ask, reply: &mut Value) {
    if ask.json["Filters"].as_array().is_some_and(|filters| !filters.is_empty()) {
        return;
    }
    if let Some(list) = reply["SecretList"].as_array_mut() {
        list.extend(context.documents(KIND).into_iter().map(|(_, secret)| shown(&secret)));
    }
}
