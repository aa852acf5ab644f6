//! Resources of the account outside the environment, and the differences between two inventories.

use serde_json::{Value, json};
use vidpipe_aws::{Aws, OrFail, Requirements};
use vidpipe_engine::{Class, Result};
use vidpipe_sandbox::Sandbox;

/// Creates the existing secrets that the spec refers to.
pub(crate) async fn put_secrets(aws: &Aws, required: &Requirements<'_>) -> Result<()> {
    let login = required.login.map(|login| {
        let value = json!({"username": login.username, "password": "rehearsed-password-0123456789"});
        (login.secret, value.to_string())
    });
    let api_key = required.api_key.map(|name| (name, "rehearsed-api-key-0123456789".to_owned()));
    for (name, value) in login.into_iter().chain(api_key).filter(|(name, _)| !name.starts_with("arn:")) {
        match aws.secrets.create_secret().name(name).secret_string(value).send().await.or_fail("make the secret") {
            Err(e) if e.class != Class::AlreadyExists => return Err(e),
            // Another environment in this account has already created it.
            _ => {}
        }
    }
    Ok(())
}

pub(crate) fn inventory(sandbox: &Sandbox) -> Value {
    sandbox.inventory().expect("no call is in flight between two runs")
}

/// Lists the entries that differ between two inventories: region, service, kind and id.
pub(crate) fn differences(at: &str, before: &Value, after: &Value, into: &mut Vec<String>) {
    if before == after {
        return;
    }
    let empty = serde_json::Map::new();
    let (Some(b), Some(a)) = (before.as_object().or(Some(&empty)), after.as_object()) else {
        return into.push(format!("{at} is gone"));
    };
    let depth = at.split('/').count();
    for (key, value) in a {
        match b.get(key) {
            _ if depth < 4 => differences(&format!("{at}/{key}"), b.get(key).unwrap_or(&Value::Null), value, into),
            None => into.push(format!("{at}/{key} is left")),
            Some(other) if other != value => into.push(format!("{at}/{key} was changed")),
            Some(_) => {}
        }
    }
    into.extend(b.keys().filter(|key| !a.contains_key(*key)).map(|key| format!("{at}/{key} is gone")));
}
