//! Whether other services can use a key. It only looks; each service refuses in its own words.

use serde_json::Value;

use crate::context::Context;
use crate::mends::kms::{ALIAS, KEY, alias, key_id};
use crate::strict::principals::{one_or_many, statements};

/// The key of that id, ARN or alias, if it is there, shows by now, and is in use.
fn enabled(context: &Context<'_>, name: &str) -> Option<Value> {
    let shows = alias(name).is_none_or(|alias| !context.is_lagging(ALIAS, alias));
    let id = key_id(context, name).filter(|id| shows && !context.is_lagging(KEY, id))?;
    context.document(KEY, &id).filter(|key| key["pending"] != true)
}

/// Whether a service can use the key in the caller's name. AWS's own keys always can be.
pub(crate) fn is_usable(context: &Context<'_>, name: &str) -> bool {
    alias(name).is_some_and(|alias| alias.starts_with("alias/aws/")) || enabled(context, name).is_some()
}

/// Whether the key was made a moment ago, and does not show everywhere yet.
pub(crate) fn is_young(context: &Context<'_>, name: &str) -> bool {
    key_id(context, name).is_some_and(|id| context.is_lagging(KEY, &id))
}

/// Whether the key's policy lets a service use it for itself, such as `logs.eu-west-1.amazonaws.com`.
pub(crate) fn lets(context: &Context<'_>, name: &str, service: &str) -> bool {
    let policy = enabled(context, name).and_then(|key| key["policy"].as_str().map(str::to_owned));
    let policy: Value = policy.and_then(|policy| serde_json::from_str(&policy).ok()).unwrap_or_default();
    statements(&policy).into_iter().any(|statement| {
        statement["Effect"] == "Allow" && one_or_many(&statement["Principal"]["Service"]).contains(&service)
    })
}
