//! A managed policy [attached](https://docs.aws.amazon.com/IAM/latest/APIReference/API_AttachRolePolicy.html) to this
//! environment's role. A role cannot be deleted while a policy is attached to it.
use crate::{
    Aws, Cx, OrFail,
    check::CheckCx,
    declare::AwsKind,
    iam::{owner, verify},
    permissions::{Permission, allow},
};
use serde::{Deserialize, Serialize};
use vidpipe_engine::{Identity, Observed, Owned, Owner, PhysicalId, Removal, Resource, Result};

/// The specification of the resource.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct RolePolicyAttachment {
    /// The role.
    pub role_name: String,
    /// The managed policy.
    pub policy_arn: String,
}

impl RolePolicyAttachment {
    fn physical(&self) -> PhysicalId {
        PhysicalId(format!("{}/{}", self.role_name, self.policy_arn))
    }

    async fn is_attached(&self, cx: &Cx) -> Result<bool> {
        let attached = items!(cx.cloud.iam.list_attached_role_policies().role_name(&self.role_name)).all().await;
        let attached = attached.or_fail("read the policies attached to the role")?;
        Ok(attached.iter().any(|p| p.policy_arn() == Some(&self.policy_arn)))
    }
}

impl Resource for RolePolicyAttachment {
    type Cloud = Aws;
    type Output = ();
    const KIND: &'static str = "iam:role-policy-attachment";
    const IDENTITY: Identity = Identity::Named;
    const OWNER: Owner = Owner::Of("iam:role");
    const TIMING: &'static str = "iam_policy_attachment";

    async fn create(&self, cx: &Cx) -> Result<PhysicalId> {
        let call = cx.cloud.iam.attach_role_policy().role_name(&self.role_name).policy_arn(&self.policy_arn);
        call.send().await.or_fail("attach the policy to the role")?;
        Ok(self.physical())
    }

    async fn find(&self, cx: &Cx) -> Result<Option<PhysicalId>> {
        // The environment owns the role, and so its attachments.
        Ok(self.is_attached(cx).await?.then(|| self.physical()))
    }

    async fn owner(&self, cx: &Cx, _id: &PhysicalId) -> Result<Owned> {
        owner::role(cx, &self.role_name).await
    }

    async fn observe(&self, cx: &Cx, _id: &PhysicalId) -> Result<Observed<()>> {
        Ok(if self.is_attached(cx).await? { Observed::Ready(()) } else { Observed::Absent })
    }

    async fn delete(&self, cx: &Cx, _id: &PhysicalId) -> Result<Removal> {
        let call = cx.cloud.iam.detach_role_policy().role_name(&self.role_name).policy_arn(&self.policy_arn);
        call.send().await.or_fail("detach the policy from the role")?;
        Ok(Removal::Asked)
    }
}

impl AwsKind for RolePolicyAttachment {
    const PERMISSIONS: &'static [Permission] = &[
        allow(&["iam:AttachRolePolicy", "iam:DetachRolePolicy"]).on(&["arn:aws:iam::*:role/{iam:role.name}"]).when(
            "ArnEquals",
            "iam:PolicyARN",
            &["{policy_arn}"],
        ),
        allow(&["iam:ListAttachedRolePolicies"]).on(&["arn:aws:iam::*:role/{iam:role.name}"]),
    ];

    async fn check(check: &CheckCx<'_>, want: Self) -> Result<()> {
        verify::role_policy_attachment(check, want).await
    }
}
