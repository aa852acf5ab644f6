//! A stage's throttling limits for all its methods:
//! [method settings](https://docs.aws.amazon.com/apigateway/latest/api/API_UpdateStage.html) of the path `/*/*`.
//! Without them only the account's limit applies.
use crate::{
    Aws, Cx, OrFail,
    apigateway::{REST, owner, patch, stage_id, verify},
    check::CheckCx,
    declare::AwsKind,
    permissions::Permission,
};
use aws_sdk_apigateway::types::{MethodSetting, Op, PatchOperation};
use serde::{Deserialize, Serialize};
use vidpipe_engine::{Change, Identity, Observed, Owned, Owner, PhysicalId, Removal, Resource, Result};

/// The key of the settings for all methods and paths in API Gateway's responses.
const ALL: &str = "*/*";

/// The specification of the resource.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct StageThrottling {
    /// The API.
    pub rest_api_id: String,
    /// The stage.
    pub stage: String,
    /// The rate limit in requests per second.
    pub rate: f64,
    /// The burst limit: the size of the [token bucket](https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html).
    pub burst: u16,
}

impl StageThrottling {
    async fn patch(&self, cx: &Cx, operations: Vec<PatchOperation>) -> Result<()> {
        let call = cx.cloud.apigateway.update_stage().rest_api_id(&self.rest_api_id).stage_name(&self.stage);
        call.set_patch_operations(Some(operations)).send().await.or_fail("set the stage's throttling").map(drop)
    }

    /// The patch operations still needed.
    fn missing(&self, seen: Option<&MethodSetting>) -> Vec<PatchOperation> {
        let (rate, burst) = (self.rate, i32::from(self.burst));
        let rate = seen.is_none_or(|s| s.throttling_rate_limit != rate).then(|| ("rateLimit", rate.to_string()));
        let burst = seen.is_none_or(|s| s.throttling_burst_limit != burst).then(|| ("burstLimit", burst.to_string()));
        let set = |(limit, value)| patch(Op::Replace, &format!("/*/*/throttling/{limit}"), value);
        rate.into_iter().chain(burst).map(set).collect()
    }

    async fn set(&self, cx: &Cx) -> Result<()> {
        let missing = self.missing(self.read(cx).await?.as_ref());
        if missing.is_empty() { Ok(()) } else { self.patch(cx, missing).await }
    }

    async fn read(&self, cx: &Cx) -> Result<Option<MethodSetting>> {
        let call = cx.cloud.apigateway.get_stage().rest_api_id(&self.rest_api_id).stage_name(&self.stage);
        let seen = call.send().await.or_fail("read the stage's throttling")?;
        Ok(seen.method_settings.and_then(|mut of| of.remove(ALL)))
    }
}

impl Resource for StageThrottling {
    type Cloud = Aws;
    type Output = ();
    const KIND: &'static str = "apigateway:stage-throttling";
    const IDENTITY: Identity = Identity::Setting;
    const OWNER: Owner = Owner::Of("apigateway:stage");
    const UPDATES: bool = true;
    const TIMING: &'static str = "apigw_stage";

    async fn create(&self, cx: &Cx) -> Result<PhysicalId> {
        self.set(cx).await?;
        Ok(stage_id(&self.rest_api_id, &self.stage))
    }

    async fn find(&self, cx: &Cx) -> Result<Option<PhysicalId>> {
        Ok(self.read(cx).await?.map(|_| stage_id(&self.rest_api_id, &self.stage)))
    }

    async fn owner(&self, cx: &Cx, _id: &PhysicalId) -> Result<Owned> {
        owner::stage(cx, &self.rest_api_id, &self.stage).await
    }

    async fn observe(&self, cx: &Cx, _id: &PhysicalId) -> Result<Observed<()>> {
        let desired = (self.rate, i32::from(self.burst));
        Ok(match self.read(cx).await?.map(|s| (s.throttling_rate_limit, s.throttling_burst_limit)) {
            None => Observed::Absent,
            Some(set) if set == desired => Observed::Ready(()),
            Some((rate, burst)) => {
                Observed::differs(format!("it still lets {rate} a second through, {burst} at once"), None)
            }
        })
    }

    async fn update(&self, cx: &Cx, _id: &PhysicalId) -> Result<()> {
        self.set(cx).await
    }

    async fn delete(&self, cx: &Cx, _id: &PhysicalId) -> Result<Removal> {
        if self.read(cx).await?.is_some() {
            self.patch(cx, vec![PatchOperation::builder().op(Op::Remove).path("/*/*").build()]).await?;
        }
        Ok(Removal::Asked)
    }

    fn change(&self, old: &Self) -> Change {
        match (self == old, (&self.rest_api_id, &self.stage) == (&old.rest_api_id, &old.stage)) {
            (true, _) => Change::None,
            (false, true) => Change::Update,
            (false, false) => Change::Replace,
        }
    }
}

impl AwsKind for StageThrottling {
    const PERMISSIONS: &'static [Permission] = &[REST];

    async fn check(check: &CheckCx<'_>, want: Self) -> Result<()> {
        verify::stage_throttling(check, want).await
    }
}
