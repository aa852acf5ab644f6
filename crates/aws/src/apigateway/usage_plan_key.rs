//! An API key's
//! [membership in a usage plan](https://docs.aws.amazon.com/apigateway/latest/api/API_CreateUsagePlanKey.html). A key
//! without a plan gives access to nothing.
use crate::{
    Aws, Cx, OrFail,
    apigateway::{REST, owner, verify},
    check::CheckCx,
    declare::AwsKind,
    permissions::Permission,
};
use serde::{Deserialize, Serialize};
use vidpipe_engine::{Identity, Observed, Owned, Owner, PhysicalId, Removal, Resource, Result};

/// The specification of the resource.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct UsagePlanKey {
    /// The plan.
    pub usage_plan_id: String,
    /// The key.
    pub key_id: String,
}

impl UsagePlanKey {
    fn physical(&self) -> PhysicalId {
        PhysicalId(format!("{}/{}", self.usage_plan_id, self.key_id))
    }

    async fn read(&self, cx: &Cx) -> Result<()> {
        let call = cx.cloud.apigateway.get_usage_plan_key().usage_plan_id(&self.usage_plan_id).key_id(&self.key_id);
        call.send().await.or_fail("read the usage plan's key").map(drop)
    }
}

impl Resource for UsagePlanKey {
    type Cloud = Aws;
    type Output = ();
    const KIND: &'static str = "apigateway:usage-plan-key";
    const IDENTITY: Identity = Identity::Named;
    const OWNER: Owner = Owner::Of("apigateway:usage-plan");
    const TIMING: &'static str = "apigw_usage_plan";

    async fn create(&self, cx: &Cx) -> Result<PhysicalId> {
        let call = cx.cloud.apigateway.create_usage_plan_key().usage_plan_id(&self.usage_plan_id);
        call.key_id(&self.key_id).key_type("API_KEY").send().await.or_fail("put the API key into the usage plan")?;
        Ok(self.physical())
    }

    async fn find(&self, cx: &Cx) -> Result<Option<PhysicalId>> {
        // The environment owns the plan and the key, and so their association.
        self.read(cx).await?;
        Ok(Some(self.physical()))
    }

    async fn owner(&self, cx: &Cx, _id: &PhysicalId) -> Result<Owned> {
        owner::usage_plan(cx, &self.usage_plan_id).await
    }

    async fn observe(&self, cx: &Cx, _id: &PhysicalId) -> Result<Observed<()>> {
        self.read(cx).await?;
        Ok(Observed::Ready(()))
    }

    async fn delete(&self, cx: &Cx, _id: &PhysicalId) -> Result<Removal> {
        let call = cx.cloud.apigateway.delete_usage_plan_key().usage_plan_id(&self.usage_plan_id).key_id(&self.key_id);
        call.send().await.or_fail("take the API key out of the usage plan")?;
        Ok(Removal::Asked)
    }
}

impl AwsKind for UsagePlanKey {
    const PERMISSIONS: &'static [Permission] = &[REST];

    async fn check(check: &CheckCx<'_>, want: Self) -> Result<()> {
        verify::usage_plan_key(check, want).await
    }
}
