//! Whether other services can use a key. Read-only; each service refuses with its own error.

use serde_json::Value;

use crate::context::Context;
use crate::cross_service::principals::{one_or_many, statements};
use crate::kms::model::{ALIAS, KEY, alias, key_id};

/// The key with that id, ARN or alias, if it exists, shows everywhere and is not pending deletion.
fn enabled(context: &Context<'_>, name: &str) -> Option<Value> {
    let shows = alias(name).is_none_or(|alias| !context.is_lagging(ALIAS, alias));
    let id = key_id(context, name).filter(|id| shows && !context.is_lagging(KEY, id))?;
    context.document(KEY, &id).filter(|key| key["pending"] != true)
}

/// Whether a service can use the key on behalf of the caller. AWS managed keys always can be used.
pub(crate) fn is_usable(context: &Context<'_>, name: &str) -> bool {
    alias(name).is_some_and(|alias| alias.starts_with("alias/aws/")) || enabled(context, name).is_some()
}

/// Whether the key is new and does not show everywhere yet.
pub(crate) fn is_young(context: &Context<'_>, name: &str) -> bool {
    key_id(context, name).is_some_and(|id| context.is_lagging(KEY, &id))
}

/// Whether the key's policy allows a service principal, such as `logs.eu-west-1.amazonaws.com`, to use it.
pub(crate) fn lets(context: &Context<'_>, name: &str, service: &str) -> bool {
    let policy = enabled(context, name).and_then(|key| key["policy"].as_str().map(str::to_owned));
    let policy: Value = policy.and_then(|policy| serde_json::from_str(&policy).ok()).unwrap_or_default();
    statements(&policy).into_iter().any(|statement| {
        statement["Effect"] == "Allow" && one_or_many(&statement["Principal"]["Service"]).contains(&service)
    })
}
