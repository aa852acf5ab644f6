//! The role API Gateway uses to write logs, one for the
//! [whole account](https://docs.aws.amazon.com/apigateway/latest/api/API_UpdateAccount.html) in a region. Other APIs
//! may depend on it, so a different role is never replaced, and the setting is cleared only while it still names this
//! role.
use crate::{
    Aws, Cx, OrFail,
    apigateway::verify,
    check::CheckCx,
    declare::AwsKind,
    iam::owner,
    permissions::{Permission, allow},
};
use aws_sdk_apigateway::types::{Op, PatchOperation};
use serde::{Deserialize, Serialize};
use vidpipe_engine::{Class, Error, Identity, Observed, Owned, Owner, PhysicalId, Removal, Resource, Result};

/// The specification of the resource.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct AccountRole {
    /// The role. It must already be allowed to write logs: API Gateway verifies this.
    pub role_arn: String,
}

impl AccountRole {
    fn physical(&self) -> PhysicalId {
        PhysicalId(self.role_arn.clone())
    }

    async fn current(&self, cx: &Cx) -> Result<Option<String>> {
        let call = cx.cloud.apigateway.get_account();
        match call.send().await.or_fail("read API Gateway's account settings") {
            // An account that has never used API Gateway has no settings and answers `NotFound`.
            Err(e) if e.class == Class::NotFound => Ok(None),
            other => Ok(other?.cloudwatch_role_arn.filter(|arn| !arn.is_empty())),
        }
    }

    /// `None` clears the role: API Gateway accepts a replace operation without a value and rejects one with an empty
    /// string.
    async fn set(&self, cx: &Cx, role_arn: Option<&str>) -> Result<()> {
        let patch = PatchOperation::builder().op(Op::Replace).path("/cloudwatchRoleArn");
        let patch = patch.set_value(role_arn.map(str::to_owned)).build();
        let call = cx.cloud.apigateway.update_account().patch_operations(patch);
        call.send().await.or_fail("set the role API Gateway logs under").map(drop)
    }
}

impl Resource for AccountRole {
    type Cloud = Aws;
    type Output = ();
    const KIND: &'static str = "apigateway:account-role";
    // Not a `Setting`: it belongs to the account and must not be dropped from the state when the role is deleted.
    const IDENTITY: Identity = Identity::Named;
    const OWNER: Owner = Owner::Of("iam:role");
    const TIMING: &'static str = "apigw_stage";

    async fn create(&self, cx: &Cx) -> Result<PhysicalId> {
        match self.current(cx).await? {
            Some(role) if role != self.role_arn => {
                let why = format!("set the role API Gateway logs under: the account has {role} already");
                Err(Error::new(Class::AlreadyExists, why).code("AlreadyExists"))
            }
            Some(_) => Ok(self.physical()),
            None => self.set(cx, Some(&self.role_arn)).await.map(|()| self.physical()),
        }
    }

    async fn find(&self, cx: &Cx) -> Result<Option<PhysicalId>> {
        Ok(self.current(cx).await?.filter(|role| *role == self.role_arn).map(PhysicalId))
    }

    async fn owner(&self, cx: &Cx, _id: &PhysicalId) -> Result<Owned> {
        owner::role(cx, self.role_arn.rsplit('/').next().unwrap_or(&self.role_arn)).await
    }

    async fn observe(&self, cx: &Cx, _id: &PhysicalId) -> Result<Observed<()>> {
        Ok(if self.find(cx).await?.is_some() { Observed::Ready(()) } else { Observed::Absent })
    }

    async fn delete(&self, cx: &Cx, _id: &PhysicalId) -> Result<Removal> {
        if self.find(cx).await?.is_some() {
            self.set(cx, None).await?;
        }
        Ok(Removal::Asked)
    }
}

impl AwsKind for AccountRole {
    const PERMISSIONS: &'static [Permission] = &[
        allow(&["apigateway:GET", "apigateway:PATCH"]).on(&["arn:aws:apigateway:*::/account"]),
        allow(&["iam:PassRole"]).on(&["arn:aws:iam::*:role/{iam:role.name}"]).when(
            "StringEquals",
            "iam:PassedToService",
            &["apigateway.amazonaws.com"],
        ),
    ];

    async fn check(check: &CheckCx<'_>, want: Self) -> Result<()> {
        verify::account_role(check, want).await
    }
}
