//! Bucket policies: storage and evaluation, as far as the sandbox needs it. Winterbaume keeps the text but does not
//! enforce it. <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>

use aws_sdk_s3::operation::delete_bucket_policy::{DeleteBucketPolicyInput, DeleteBucketPolicyOutput};
use aws_sdk_s3::operation::put_bucket_policy::{PutBucketPolicyInput, PutBucketPolicyOutput};
use serde_json::Value;

use super::{Bucket, POLICY, SETTING};
use crate::context::Context;
use crate::typed::{Rule, after};

/// An access to be evaluated.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Access<'a> {
    /// The calling service; `None` for the account's own users.
    pub(crate) service: Option<&'a str>,
    /// The action, such as `s3:PutObject`.
    pub(crate) action: &'a str,
    /// The ARN of the bucket, or of the object.
    pub(crate) resource: &'a str,
    /// The condition keys of the request, with their values.
    pub(crate) given: &'a [(&'a str, &'a str)],
}

/// The verdict of a policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Decision {
    /// A statement allows it, and none denies it.
    Allowed,
    /// A statement denies it.
    Denied,
    /// No statement matches the access.
    Nothing,
}

pub(super) fn rules() -> Vec<Rule> {
    vec![after(put), after(removed)]
}

fn put(context: &mut Context<'_>, input: &PutBucketPolicyInput, _: &mut PutBucketPolicyOutput) {
    let policy = input.policy().and_then(|text| serde_json::from_str(text).ok());
    set(context, input.bucket().unwrap_or_default(), policy);
}

fn removed(context: &mut Context<'_>, input: &DeleteBucketPolicyInput, _: &mut DeleteBucketPolicyOutput) {
    set(context, input.bucket().unwrap_or_default(), None);
}

/// A new policy is in force after a delay.
fn set(context: &mut Context<'_>, name: &str, policy: Option<Value>) {
    let mut everywhere = context.global();
    everywhere.amend::<Bucket>(name, |bucket| {
        bucket.former = std::mem::replace(&mut bucket.policy, policy);
    });
    everywhere.lags(POLICY, name, SETTING);
}

/// Evaluates the policy for that access.
pub(super) fn evaluate(policy: &Value, access: &Access<'_>) -> Decision {
    let about = |effect: &str| {
        let mut statements = one_or_many(&policy["Statement"]);
        statements.any(|statement| statement["Effect"] == effect && is_about(statement, access))
    };
    match (about("Deny"), about("Allow")) {
        (true, _) => Decision::Denied,
        (false, true) => Decision::Allowed,
        (false, false) => Decision::Nothing,
    }
}

fn is_about(statement: &Value, access: &Access<'_>) -> bool {
    let any = |field: &str, text: &str| texts(&statement[field]).any(|pattern| matches(pattern, text));
    is_principal(&statement["Principal"], access.service)
        && any("Action", access.action)
        && any("Resource", access.resource)
        && holds(&statement["Condition"], access.given)
}

fn is_principal(principal: &Value, service: Option<&str>) -> bool {
    let everybody = principal == "*" || texts(&principal["AWS"]).any(|who| who == "*");
    let named = service.is_some_and(|service| texts(&principal["Service"]).any(|who| who == service));
    everybody || named
}

/// Whether all conditions hold. An unknown operator never holds.
fn holds(conditions: &Value, given: &[(&str, &str)]) -> bool {
    let known = |operator: &str| ["StringEquals", "StringLike", "ArnEquals", "ArnLike", "Bool"].contains(&operator);
    (conditions.as_object().into_iter().flatten()).all(|(operator, keys)| {
        known(operator)
            && (keys.as_object().into_iter().flatten()).all(|(key, values)| {
                let value = given.iter().find(|(name, _)| name.eq_ignore_ascii_case(key)).map(|(_, value)| *value);
                value.is_some_and(|value| texts(values).any(|pattern| matches(pattern, value)))
            })
    })
}

fn one_or_many(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice).iter()
}

fn texts(value: &Value) -> impl Iterator<Item = &str> {
    one_or_many(value).filter_map(Value::as_str)
}

/// Whether `text` matches `pattern`, in which `*` matches any text.
fn matches(pattern: &str, text: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(tail) = text.strip_prefix(start) else { return false };
    (0..=tail.len()).filter(|at| tail.is_char_boundary(*at)).any(|at| matches(rest, &tail[at..]))
}

#[cfg(test)]
mod tests {
    use super::{Access, Decision, evaluate, matches};
    use serde_json::json;

    #[test]
    fn a_star_stands_for_anything() {
        for (pattern, text, is) in [
            ("*", "", true),
            ("s3:*", "s3:PutObject", true),
            ("arn:b/*", "arn:b", false),
            ("arn:b/AWSLogs/1/*", "arn:b/AWSLogs/1/x/y", true),
            ("a*c", "abcd", false),
        ] {
            assert_eq!(matches(pattern, text), is, "{pattern} {text}");
        }
    }

    #[test]
    fn a_denial_is_stronger_and_conditions_must_hold() {
        let allow = json!({
            "Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"}, "Action": "s3:PutObject",
            "Resource": "arn:b/*", "Condition": {"StringEquals": {"aws:SourceArn": "arn:trail"}},
        });
        let given = [("aws:SourceArn", "arn:trail")];
        let access = Access {
            service: Some("cloudtrail.amazonaws.com"),
            action: "s3:PutObject",
            resource: "arn:b/k",
            given: &given,
        };
        let mut policy = json!({ "Statement": allow });
        assert_eq!(evaluate(&policy, &access), Decision::Allowed);
        assert_eq!(evaluate(&policy, &Access { given: &[], ..access }), Decision::Nothing);
        assert_eq!(evaluate(&policy, &Access { service: None, ..access }), Decision::Nothing);
        let deny = json!({"Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": "arn:b/*"});
        policy["Statement"] = json!([allow, deny]);
        assert_eq!(evaluate(&policy, &access), Decision::Denied);
    }
}
