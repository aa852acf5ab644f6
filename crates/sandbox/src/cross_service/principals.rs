//! Roles as other services see them, and the principals of a resource policy. AWS checks that every role exists before
//! it accepts the policy.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>

use serde_json::Value;

use crate::context::Context;

/// The strings of a field that holds a string or a list of strings.
pub(crate) fn one_or_many(field: &Value) -> Vec<&str> {
    match field {
        Value::String(one) => vec![one],
        Value::Array(many) => many.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

/// The statements of a policy, which may have a single statement without a list.
pub(crate) fn statements(policy: &Value) -> Vec<&Value> {
    match &policy["Statement"] {
        Value::Array(many) => many.iter().collect(),
        Value::Null => Vec::new(),
        one => vec![one],
    }
}

/// The first role in a policy that does not exist, or is not visible outside IAM yet.
pub(crate) fn unknown_role(context: &mut Context<'_>, policy: &str) -> Option<String> {
    let policy: Value = serde_json::from_str(policy).unwrap_or_default();
    let named: Vec<String> = statements(&policy)
        .into_iter()
        .flat_map(|statement| one_or_many(&statement["Principal"]["AWS"]))
        .filter(|name| name.contains(":role/"))
        .map(str::to_owned)
        .collect();
    named.into_iter().find(|role| !is_role_known(context, role))
}

/// The kind of IAM roles.
const ROLE: &str = "iam:role";

/// The name of a role, from its ARN or its name.
fn name_of(role: &str) -> &str {
    role.rsplit('/').next().unwrap_or(role)
}

/// Whether the role, given by its ARN, no longer lags for other services.
pub(crate) fn is_role_settled(context: &mut Context<'_>, role: &str) -> bool {
    !context.global().is_lagging(ROLE, name_of(role))
}

/// Whether the role exists and is visible to all services.
pub(crate) fn is_role_known(context: &mut Context<'_>, role: &str) -> bool {
    context.global().document(ROLE, name_of(role)).is_some() && is_role_settled(context, role)
}

#[cfg(test)]
mod tests {
    use super::{one_or_many, statements};
    use serde_json::json;

    #[test]
    fn a_statement_need_not_be_in_a_list_nor_a_principal() {
        let policy = json!({ "Statement": { "Principal": { "AWS": "arn:aws:iam::1:root" } } });
        let found = statements(&policy);
        assert_eq!(one_or_many(&found[0]["Principal"]["AWS"]), ["arn:aws:iam::1:root"]);
        let policy = json!({ "Statement": [{ "Action": ["a", "b"] }, {}] });
        assert_eq!(statements(&policy).len(), 2);
        assert_eq!(one_or_many(&policy["Statement"][0]["Action"]), ["a", "b"]);
        assert!(statements(&json!({})).is_empty());
    }
}
