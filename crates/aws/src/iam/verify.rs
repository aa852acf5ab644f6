//! IAM: every role trusts its service only, and has exactly the specified policies.
use crate::{
    check::CheckCx,
    iam::{Role, RolePolicy, RolePolicyAttachment, ServiceLinkedRole},
};
use percent_encoding::percent_decode_str;
use serde_json::Value;
use vidpipe_engine::{Result, verify::Section::Access};

pub(crate) async fn role(check: &CheckCx<'_>, want: Role) -> Result<()> {
    let seen = ask!(check, "GetRole", check.aws.iam.get_role().role_name(&want.name))?;
    let role = check.there(seen.role())?;
    let trusted = trusted(role.assume_role_policy_document().unwrap_or_default());
    check.are(Access, "only its service may assume it", "AssumeRolePolicyDocument", trusted, [&want.service]);
    let inline = all!(check, "ListRolePolicies", check.aws.iam.list_role_policies().role_name(&want.name))?;
    let policies = check.all::<RolePolicy>("iam:role-policy")?;
    let expected = policies.iter().filter(|(_, p)| p.role_name == want.name).map(|(_, p)| &p.name);
    check.are(Access, "it has its own policies, no more", "PolicyNames", inline, expected);
    let call = check.aws.iam.list_attached_role_policies().role_name(&want.name);
    let attached = all!(check, "ListAttachedRolePolicies", call)?;
    let attachments = check.all::<RolePolicyAttachment>("iam:role-policy-attachment")?;
    let expected = attachments.iter().filter(|(_, a)| a.role_name == want.name).map(|(_, a)| &a.policy_arn);
    let has = attached.iter().filter_map(|a| a.policy_arn());
    check.are(Access, "it has exactly the specified managed policies", "AttachedPolicies", has, expected);
    let call = check.aws.iam.list_role_tags().role_name(&want.name);
    let seen = ask!(check, "ListRoleTags", call)?;
    check.tags(&want.name, seen.tags().iter().map(|t| (t.key(), t.value())));
    Ok(())
}

/// The principals that a trust policy allows. IAM returns the policy percent-encoded.
fn trusted(document: &str) -> Vec<String> {
    let text = percent_decode_str(document).decode_utf8_lossy();
    let document: Value = serde_json::from_str(&text).unwrap_or_default();
    let statements = match &document["Statement"] {
        Value::Array(all) => all.clone(),
        one => vec![one.clone()],
    };
    let allowed = statements.iter().filter(|s| s["Effect"] == "Allow");
    allowed.flat_map(|s| names(&s["Principal"])).collect()
}

fn names(principal: &Value) -> Vec<String> {
    match principal {
        Value::String(name) => vec![name.clone()],
        Value::Array(all) => all.iter().flat_map(names).collect(),
        Value::Object(kinds) => kinds.values().flat_map(names).collect(),
        _ => Vec::new(),
    }
}

pub(crate) async fn role_policy(check: &CheckCx<'_>, _: RolePolicy) -> Result<()> {
    check.settled(Access, "it allows what the wiring says, no more", "GetRolePolicy").await
}

pub(crate) async fn role_policy_attachment(check: &CheckCx<'_>, _: RolePolicyAttachment) -> Result<()> {
    check.settled(Access, "AWS's policy is attached", "ListAttachedRolePolicies").await
}

/// The role belongs to the account: its service defines its permissions, and it carries no tags of ours.
pub(crate) async fn service_linked_role(check: &CheckCx<'_>, want: ServiceLinkedRole) -> Result<()> {
    let seen = ask!(check, "GetRole", check.aws.iam.get_role().role_name(&want.name))?;
    let role = check.there(seen.role())?;
    let trusted = trusted(role.assume_role_policy_document().unwrap_or_default());
    check.are(Access, "only its service may assume it", "AssumeRolePolicyDocument", trusted, [&want.service]);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_a_trust_policy_names_is_told() {
        let one = "%7B%22Statement%22%3A%7B%22Effect%22%3A%22Allow%22%2C%22Principal%22%3A%22%2A%22%7D%7D";
        assert_eq!(trusted(one), ["*"]);
        let both = r#"{"Statement":[{"Effect":"Allow","Principal":{"Service":["a","b"],"AWS":"c"}},{"Effect":"Deny","Principal":"d"}]}"#;
        let mut add_result = trusted(both);
        add_result.sort();
        assert_eq!(add_result, ["a", "b", "c"]);
        assert_eq!(trusted("nonsense"), [""; 0]);
    }
}
