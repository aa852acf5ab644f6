//! A [usage plan](https://docs.aws.amazon.com/apigateway/latest/api/API_CreateUsagePlan.html): the stages its keys give
//! access to, and their limits. It cannot be deleted while it contains a stage. An account may change one usage plan
//! per 20 seconds.
use crate::{
    Aws, Cx, OrFail,
    apigateway::{PAGE, REST, of_intent, owner, patch, tags, verify},
    check::CheckCx,
    declare::AwsKind,
    ids,
    permissions::Permission,
};
use aws_sdk_apigateway::{
    operation::get_usage_plan::GetUsagePlanOutput as Seen,
    types::{ApiStage, Op, PatchOperation, ThrottleSettings},
};
use serde::{Deserialize, Serialize};
use vidpipe_engine::{Change, Class, Identity, Observed, Owned, Owner, PhysicalId, Removal, Resource, Result};

/// The specification of the resource.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct UsagePlan {
    /// Its name, which need not be unique.
    pub name: String,
    /// The stages its keys give access to.
    pub stages: Vec<PlannedStage>,
    /// Requests per second for each key.
    pub rate: f64,
    /// The burst limit of each key: the size of its token bucket.
    pub burst: u16,
}

/// A stage of a usage plan.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct PlannedStage {
    /// The API.
    pub rest_api_id: String,
    /// The stage's name.
    pub name: String,
}

/// The outputs other nodes may use.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UsagePlanOutput {
    /// Six letters and digits.
    pub id: String,
}

impl UsagePlan {
    async fn read(&self, cx: &Cx, id: &PhysicalId) -> Result<Seen> {
        let call = cx.cloud.apigateway.get_usage_plan().usage_plan_id(&id.0);
        call.send().await.or_fail("read the usage plan")
    }

    async fn patch(&self, cx: &Cx, id: &PhysicalId, operations: Vec<PatchOperation>) -> Result<()> {
        let call = cx.cloud.apigateway.update_usage_plan().usage_plan_id(&id.0);
        call.set_patch_operations(Some(operations)).send().await.or_fail("change the usage plan").map(drop)
    }

    /// The stages in the format of patch operations.
    fn stages(&self) -> Vec<String> {
        self.stages.iter().map(|s| format!("{}:{}", s.rest_api_id, s.name)).collect()
    }

    fn throttle(&self) -> ThrottleSettings {
        ThrottleSettings::builder().rate_limit(self.rate).burst_limit(i32::from(self.burst)).build()
    }

    /// The patch operations still needed. Adding a stage the plan contains, or removing one it does not, is an error.
    fn missing(&self, seen: &Seen) -> Vec<PatchOperation> {
        let (had, desired) = (stages_of(seen), self.stages());
        let gone = had.iter().filter(|s| !desired.contains(s)).map(|s| patch(Op::Remove, "/apiStages", s));
        let new = desired.iter().filter(|s| !had.contains(s)).map(|s| patch(Op::Add, "/apiStages", s));
        let mut operations: Vec<_> = gone.chain(new).collect();
        if seen.throttle().is_none_or(|has| has.rate_limit != self.rate) {
            operations.push(patch(Op::Replace, "/throttle/rateLimit", self.rate.to_string()));
        }
        if seen.throttle().is_none_or(|has| has.burst_limit != i32::from(self.burst)) {
            operations.push(patch(Op::Replace, "/throttle/burstLimit", self.burst.to_string()));
        }
        if seen.name() != Some(&self.name) {
            operations.push(patch(Op::Replace, "/name", &self.name));
        }
        operations
    }
}

fn stages_of(seen: &Seen) -> Vec<String> {
    let named = seen.api_stages().iter().filter_map(|s| Some(format!("{}:{}", s.api_id()?, s.stage()?)));
    named.collect()
}

impl Resource for UsagePlan {
    type Cloud = Aws;
    type Output = UsagePlanOutput;
    const KIND: &'static str = "apigateway:usage-plan";
    const IDENTITY: Identity = Identity::Tagged;
    const OWNER: Owner = Owner::Tags;
    const UPDATES: bool = true;
    const TIMING: &'static str = "apigw_usage_plan";

    async fn create(&self, cx: &Cx) -> Result<PhysicalId> {
        let stage = |s: &PlannedStage| ApiStage::builder().api_id(&s.rest_api_id).stage(&s.name).build();
        let call = cx.cloud.apigateway.create_usage_plan().name(&self.name).throttle(self.throttle());
        let call = call.set_api_stages(Some(self.stages.iter().map(stage).collect()));
        let made = call.set_tags(tags(cx, &self.name)).send().await.or_fail("create the usage plan")?;
        ids::id(made.id, "usage plan")
    }

    async fn find(&self, cx: &Cx) -> Result<Option<PhysicalId>> {
        let pages = items!(cx.cloud.apigateway.get_usage_plans().limit(PAGE));
        let plans = pages.all().await.or_fail("find the usage plan")?;
        let ours = plans.into_iter().find(|p| of_intent(cx, p.tags()));
        Ok(ours.and_then(|p| p.id).map(PhysicalId))
    }

    async fn owner(&self, cx: &Cx, id: &PhysicalId) -> Result<Owned> {
        owner::usage_plan(cx, &id.0).await
    }

    async fn observe(&self, cx: &Cx, id: &PhysicalId) -> Result<Observed<UsagePlanOutput>> {
        let seen = self.read(cx, id).await?;
        let output = UsagePlanOutput { id: id.0.clone() };
        Ok(match self.missing(&seen).is_empty() {
            true => Observed::Ready(output),
            false => Observed::differs("it is not as asked", Some(output)),
        })
    }

    async fn update(&self, cx: &Cx, id: &PhysicalId) -> Result<()> {
        let missing = self.missing(&self.read(cx, id).await?);
        if missing.is_empty() {
            return Ok(());
        }
        self.patch(cx, id, missing).await
    }

    async fn delete(&self, cx: &Cx, id: &PhysicalId) -> Result<Removal> {
        // Try the deletion first: the stages are often already deleted, and a patch may have to wait for a permit, one
        // per 20 seconds.
        let asked = cx.cloud.apigateway.delete_usage_plan().usage_plan_id(&id.0).send().await;
        let refused = match asked.or_fail("delete the usage plan") {
            Ok(_) => return Ok(Removal::Asked),
            Err(e) if e.class == Class::Busy => e,
            Err(e) => return Err(e),
        };
        let left = stages_of(&self.read(cx, id).await?);
        if left.is_empty() {
            return Err(refused);
        }
        self.patch(cx, id, left.iter().map(|s| patch(Op::Remove, "/apiStages", s)).collect()).await?;
        Ok(Removal::Partly)
    }

    fn change(&self, old: &Self) -> Change {
        if self == old { Change::None } else { Change::Update }
    }
}

impl AwsKind for UsagePlan {
    const PERMISSIONS: &'static [Permission] = &[REST];

    async fn check(check: &CheckCx<'_>, want: Self) -> Result<()> {
        verify::usage_plan(check, want).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_differs_is_patched() {
        let stage = |api: &str| PlannedStage { rest_api_id: api.into(), name: "prod".into() };
        let plan = UsagePlan { name: "plan".into(), stages: vec![stage("new")], rate: 100.0, burst: 200 };
        let seen = |api: &str, rate| {
            let throttle = ThrottleSettings::builder().rate_limit(rate).burst_limit(200).build();
            let stage = ApiStage::builder().api_id(api).stage("prod").build();
            Seen::builder().name("plan").throttle(throttle).api_stages(stage).build()
        };
        assert_eq!(plan.missing(&seen("new", 100.0)), []);
        let operations = [
            patch(Op::Remove, "/apiStages", "old:prod"),
            patch(Op::Add, "/apiStages", "new:prod"),
            patch(Op::Replace, "/throttle/rateLimit", "100"),
        ];
        assert_eq!(plan.missing(&seen("old", 50.0)), operations);
    }
}
