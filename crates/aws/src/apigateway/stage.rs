//! A [stage](https://docs.aws.amazon.com/apigateway/latest/api/API_CreateStage.html) of a REST API: the deployment
//! served under its name. It must be removed from all usage plans before it can be deleted cleanly.
use crate::{
    Aws, Cx, OrFail,
    apigateway::{REST, owner, patch, stage_id, tags, verify},
    check::CheckCx,
    declare::AwsKind,
    permissions::Permission,
};
use aws_sdk_apigateway::types::Op;
use serde::{Deserialize, Serialize};
use vidpipe_engine::{Change, Identity, Observed, Owned, Owner, PhysicalId, Removal, Resource, Result};

/// The specification of the resource.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct Stage {
    /// The API.
    pub rest_api_id: String,
    /// Its name, unique in the API: the first segment of every path.
    pub name: String,
    /// The deployment it serves.
    pub deployment_id: String,
}

/// The outputs other nodes may use.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StageOutput {
    /// Its name.
    pub name: String,
    /// `https://...`, without a trailing slash.
    pub invoke_url: String,
}

impl Stage {
    /// The stage's outputs in the given region.
    pub(crate) fn output(&self, region: &str) -> StageOutput {
        let domain = if region.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" };
        let (api, name) = (&self.rest_api_id, &self.name);
        StageOutput { name: name.clone(), invoke_url: format!("https://{api}.execute-api.{region}.{domain}/{name}") }
    }

    /// The id of the deployment it serves.
    async fn served(&self, cx: &Cx) -> Result<Option<String>> {
        let call = cx.cloud.apigateway.get_stage().rest_api_id(&self.rest_api_id).stage_name(&self.name);
        Ok(call.send().await.or_fail("read the API's stage")?.deployment_id)
    }
}

impl Resource for Stage {
    type Cloud = Aws;
    type Output = StageOutput;
    const KIND: &'static str = "apigateway:stage";
    const IDENTITY: Identity = Identity::Named;
    const OWNER: Owner = Owner::Tags;
    const UPDATES: bool = true;
    const TIMING: &'static str = "apigw_stage";

    async fn create(&self, cx: &Cx) -> Result<PhysicalId> {
        let call = cx.cloud.apigateway.create_stage().rest_api_id(&self.rest_api_id).stage_name(&self.name);
        let call = call.deployment_id(&self.deployment_id).set_tags(tags(cx, &self.name));
        call.send().await.or_fail("create the API's stage")?;
        Ok(stage_id(&self.rest_api_id, &self.name))
    }

    async fn find(&self, cx: &Cx) -> Result<Option<PhysicalId>> {
        // The environment owns the API, and so everything in it.
        self.served(cx).await?;
        Ok(Some(stage_id(&self.rest_api_id, &self.name)))
    }

    async fn owner(&self, cx: &Cx, _id: &PhysicalId) -> Result<Owned> {
        owner::stage(cx, &self.rest_api_id, &self.name).await
    }

    async fn observe(&self, cx: &Cx, _id: &PhysicalId) -> Result<Observed<StageOutput>> {
        let served = self.served(cx).await?;
        let output = self.output(&cx.cloud.region);
        Ok(match served {
            Some(served) if served == self.deployment_id => Observed::Ready(output),
            _ => Observed::differs("it still serves another deployment", Some(output)),
        })
    }

    async fn update(&self, cx: &Cx, _id: &PhysicalId) -> Result<()> {
        let call = cx.cloud.apigateway.update_stage().rest_api_id(&self.rest_api_id).stage_name(&self.name);
        let call = call.patch_operations(patch(Op::Replace, "/deploymentId", &self.deployment_id));
        call.send().await.or_fail("change what the API's stage serves").map(drop)
    }

    async fn delete(&self, cx: &Cx, _id: &PhysicalId) -> Result<Removal> {
        let call = cx.cloud.apigateway.delete_stage().rest_api_id(&self.rest_api_id).stage_name(&self.name);
        call.send().await.or_fail("delete the API's stage")?;
        Ok(Removal::Asked)
    }

    fn change(&self, old: &Self) -> Change {
        match (self == old, (&self.rest_api_id, &self.name) == (&old.rest_api_id, &old.name)) {
            (true, _) => Change::None,
            (false, true) => Change::Update,
            (false, false) => Change::Replace,
        }
    }
}

impl AwsKind for Stage {
    const PERMISSIONS: &'static [Permission] = &[REST];

    async fn check(check: &CheckCx<'_>, want: Self) -> Result<()> {
        verify::stage(check, want).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn china_has_a_domain_of_its_own() {
        let stage = Stage { rest_api_id: "abc".into(), name: "prod".into(), deployment_id: "d1".into() };
        assert_eq!(stage.output("us-east-1").invoke_url, "https://abc.execute-api.us-east-1.amazonaws.com/prod");
        assert_eq!(stage.output("cn-north-1").invoke_url, "https://abc.execute-api.cn-north-1.amazonaws.com.cn/prod");
    }
}
