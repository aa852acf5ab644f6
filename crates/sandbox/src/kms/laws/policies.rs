//! Key policies: the permissions on a key.

use serde_json::Value;

use super::{SERVICE, unless};
use crate::context::{Context, Refusal};
use crate::cross_service::principals::{one_or_many, statements, unknown_role};
use crate::law::{Basis, Law};
use crate::wire::{Ask, Verdict, WireRule};

const CREATE: &str = "https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html";
const PUT: &str = "https://docs.aws.amazon.com/kms/latest/APIReference/API_PutKeyPolicy.html";

type Rule = fn(&mut Context<'_>, &mut Ask) -> Verdict;

pub(super) fn laws() -> Vec<Law> {
    let on_both = |names: [&'static str; 2], says: [&'static str; 2], rule: Rule| {
        let [create, put] = names;
        let [of_new, of_old] = says;
        [
            Law::documented(create, of_new, CREATE, WireRule::before(SERVICE, "CreateKey", rule)),
            Law::documented(put, of_old, PUT, WireRule::before(SERVICE, "PutKeyPolicy", rule)),
        ]
    };
    let mut laws = vec![Law::documented_only(
        "kms/default-policy",
        "a key without a policy of its own is the account's: no service may use it for itself",
        Basis::Documented,
        "https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html",
    )];
    laws.extend(on_both(
        ["kms/malformed-policy", "kms/malformed-policy-put"],
        ["the policy of a new key must be a policy document", "the policy of a key must be a policy document"],
        malformed,
    ));
    laws.extend(on_both(
        ["kms/policy-principals", "kms/policy-principals-put"],
        [
            "the policy of a new key names roles that KMS knows; a new one may be unknown for a moment",
            "a key's policy names roles that KMS knows; a new one may be unknown for a moment",
        ],
        principals,
    ));
    laws.extend(on_both(
        ["kms/policy-lockout", "kms/policy-lockout-put"],
        [
            "the policy of a new key must let the account change it, unless the check is waived",
            "a key's policy must let the account change it, unless the check is waived",
        ],
        lockout,
    ));
    laws
}

fn refuse(message: &str) -> Refusal {
    Refusal::new("MalformedPolicyDocumentException", message)
}

/// The policy in the call; `None` stands for AWS's default policy, which is valid.
fn policy(ask: &Ask) -> Option<Value> {
    let text = ask.json["Policy"].as_str()?;
    Some(serde_json::from_str(text).unwrap_or_default())
}

fn malformed(_: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    let bad = policy(ask).is_some_and(|policy| statements(&policy).is_empty());
    unless(bad.then(|| refuse("The new key policy is malformed: it has no statements.")))
}

fn principals(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    let unknown = unknown_role(context, ask.text("Policy"));
    unless(unknown.map(|_| refuse("Policy contains a statement with one or more invalid principals.")))
}

/// Whether a statement allows the account, or everyone, to change the policy.
fn keeps_open(statement: &Value) -> bool {
    let account = |name: &&str| *name == "*" || name.ends_with(":root") || name.len() == 12;
    let puts = |action: &&str| ["*", "kms:*", "kms:Put*", "kms:PutKeyPolicy"].contains(action);
    let principal = &statement["Principal"];
    let whom = if principal.is_string() { principal } else { &principal["AWS"] };
    statement["Effect"] == "Allow"
        && one_or_many(whom).iter().any(account)
        && one_or_many(&statement["Action"]).iter().any(puts)
}

fn lockout(_: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    let waived = ask.json["BypassPolicyLockoutSafetyCheck"] == true;
    let locked = policy(ask).is_some_and(|policy| !statements(&policy).into_iter().any(keeps_open));
    unless(
        (locked && !waived)
            .then(|| refuse("The new key policy will not allow you to update the key policy in the future.")),
    )
}
