//! An [inline policy](https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html) of this environment's
//! role. It must exist until everything that uses the role is deleted. A role cannot be deleted before its policies.
use crate::{
    Aws, Cx, OrFail,
    check::CheckCx,
    declare::AwsKind,
    iam::{owner, verify},
    permissions::{Permission, allow},
};
use percent_encoding::percent_decode_str;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use vidpipe_engine::{Change, Identity, Observed, Owned, Owner, PhysicalId, Removal, Resource, Result};

/// The specification of the resource.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct RolePolicy {
    /// The role it is part of.
    pub role_name: String,
    /// Its name, unique in the role.
    pub name: String,
    /// The statements.
    pub statements: Vec<Statement>,
}

/// An `Allow` statement of a policy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Statement {
    /// Its name, unique in the policy: letters and digits only.
    pub sid: String,
    /// The actions, such as `elasticfilesystem:ClientMount`.
    pub actions: Vec<String>,
    /// The ARNs of the resources.
    pub resources: Vec<String>,
    /// The `Condition` block: operator to key to values.
    pub conditions: Option<Value>,
}

impl RolePolicy {
    fn physical(&self) -> PhysicalId {
        PhysicalId(format!("{}/{}", self.role_name, self.name))
    }

    fn document(&self) -> Value {
        let statements = self.statements.iter().map(|s| {
            let mut allow = json!({"Sid": s.sid, "Effect": "Allow", "Action": s.actions, "Resource": s.resources});
            if let Some(conditions) = &s.conditions {
                allow["Condition"] = conditions.clone();
            }
            allow
        });
        json!({"Version": "2012-10-17", "Statement": statements.collect::<Vec<_>>()})
    }

    async fn put(&self, cx: &Cx) -> Result<()> {
        let call = cx.cloud.iam.put_role_policy().role_name(&self.role_name).policy_name(&self.name);
        call.policy_document(self.document().to_string()).send().await.or_fail("put the role's policy").map(drop)
    }

    /// The policy document as IAM stores it, percent-encoded.
    async fn stored(&self, cx: &Cx) -> Result<String> {
        let call = cx.cloud.iam.get_role_policy().role_name(&self.role_name).policy_name(&self.name);
        Ok(call.send().await.or_fail("read the role's policy")?.policy_document)
    }
}

/// The percent-decoded document; `None` if it is not JSON.
fn decoded(stored: &str) -> Option<Value> {
    serde_json::from_str(&percent_decode_str(stored).decode_utf8().ok()?).ok()
}

impl Resource for RolePolicy {
    type Cloud = Aws;
    type Output = ();
    const KIND: &'static str = "iam:role-policy";
    const IDENTITY: Identity = Identity::Named;
    const OWNER: Owner = Owner::Of("iam:role");
    const UPDATES: bool = true;
    const TIMING: &'static str = "iam_policy_attachment";

    async fn create(&self, cx: &Cx) -> Result<PhysicalId> {
        self.put(cx).await?;
        Ok(self.physical())
    }

    async fn find(&self, cx: &Cx) -> Result<Option<PhysicalId>> {
        // The environment owns the role, and so the policies in it.
        self.stored(cx).await?;
        Ok(Some(self.physical()))
    }

    async fn owner(&self, cx: &Cx, _id: &PhysicalId) -> Result<Owned> {
        owner::role(cx, &self.role_name).await
    }

    async fn observe(&self, cx: &Cx, _id: &PhysicalId) -> Result<Observed<()>> {
        let stored = self.stored(cx).await?;
        Ok(match decoded(&stored) {
            Some(document) if document == self.document() => Observed::Ready(()),
            _ => Observed::differs("IAM has another document", None),
        })
    }

    async fn update(&self, cx: &Cx, _id: &PhysicalId) -> Result<()> {
        self.put(cx).await
    }

    async fn delete(&self, cx: &Cx, _id: &PhysicalId) -> Result<Removal> {
        let call = cx.cloud.iam.delete_role_policy().role_name(&self.role_name).policy_name(&self.name);
        call.send().await.or_fail("delete the role's policy")?;
        Ok(Removal::Asked)
    }

    fn change(&self, old: &Self) -> Change {
        match (self == old, self.physical() == old.physical()) {
            (true, _) => Change::None,
            (false, true) => Change::Update,
            (false, false) => Change::Replace,
        }
    }
}

impl AwsKind for RolePolicy {
    const PERMISSIONS: &'static [Permission] =
        &[allow(&["iam:DeleteRolePolicy", "iam:GetRolePolicy", "iam:PutRolePolicy"])
            .on(&["arn:aws:iam::*:role/{iam:role.name}"])];

    async fn check(check: &CheckCx<'_>, want: Self) -> Result<()> {
        verify::role_policy(check, want).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_survives_iams_encoding() {
        let policy = RolePolicy {
            role_name: "task".into(),
            name: "files".into(),
            statements: vec![Statement {
                sid: "Mount".into(),
                actions: vec!["elasticfilesystem:ClientMount".into()],
                resources: vec!["arn:aws:elasticfilesystem:us-east-1:123456789012:file-system/fs-1".into()],
                conditions: Some(json!({"Bool": {"aws:SecureTransport": "true"}})),
            }],
        };
        let text = policy.document().to_string();
        let stored = percent_encoding::utf8_percent_encode(&text, percent_encoding::NON_ALPHANUMERIC).to_string();
        assert_eq!(decoded(&stored), Some(policy.document()));
        assert_eq!(policy.document()["Statement"][0]["Condition"]["Bool"]["aws:SecureTransport"], "true");
        assert_eq!(decoded("%7B"), None);
    }
}
