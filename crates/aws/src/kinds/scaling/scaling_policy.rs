//! A target tracking [scaling policy](https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PutScalingPolicy.html)
//! that keeps an ECS service's mean CPU near a target. It has no tags: it is part of a scalable target of ours. AWS makes
//! alarms for it, and removes them with it.
use crate::{Aws, Cx, OrFail, kinds};
use aws_sdk_applicationautoscaling::types::{
    MetricType, PolicyType, PredefinedMetricSpecification, ScalableDimension, ScalingPolicy as Seen, ServiceNamespace,
    TargetTrackingScalingPolicyConfiguration as Tracking,
};
use aws_smithy_types::error::operation::BuildError;
use serde::{Deserialize, Serialize};
use vidpipe_engine::{Change, Class, Error, Identity, Observed, PhysicalId, Removal, Resource, Result};

/// What it is made from.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct ScalingPolicy {
    /// Its name, unique in the scalable target.
    pub name: String,
    /// The scalable target, `service/<cluster>/<service>`.
    pub resource_id: String,
    /// The mean CPU to keep near, in percent.
    pub cpu_target_percent: f64,
    /// Seconds to wait after adding tasks before adding more.
    pub scale_out_cooldown_s: u16,
    /// Seconds to wait after removing tasks before removing more.
    pub scale_in_cooldown_s: u16,
}

impl ScalingPolicy {
    fn tracking(&self) -> Result<Tracking, BuildError> {
        let cpu = PredefinedMetricSpecification::builder();
        let cpu = cpu.predefined_metric_type(MetricType::EcsServiceAverageCpuUtilization).build()?;
        let tracking = Tracking::builder().predefined_metric_specification(cpu).target_value(self.cpu_target_percent);
        let tracking = tracking.scale_out_cooldown(self.scale_out_cooldown_s.into());
        tracking.scale_in_cooldown(self.scale_in_cooldown_s.into()).build()
    }

    async fn put(&self, cx: &Cx) -> Result<PhysicalId> {
        let tracking = self.tracking();
        let tracking = tracking.map_err(|e| Error::new(Class::Invalid, "write the scaling policy").caused_by(e))?;
        let call = cx.cloud.scaling.put_scaling_policy().service_namespace(ServiceNamespace::Ecs);
        let call = call.resource_id(&self.resource_id).scalable_dimension(ScalableDimension::EcsServiceDesiredCount);
        let call = call.policy_name(&self.name).policy_type(PolicyType::TargetTrackingScaling);
        let call = call.target_tracking_scaling_policy_configuration(tracking);
        let put = call.send().await.or_fail("put the scaling policy")?;
        kinds::id(Some(put.policy_arn), "scaling policy")
    }

    async fn look(&self, cx: &Cx) -> Result<Option<Seen>> {
        let call = cx.cloud.scaling.describe_scaling_policies().service_namespace(ServiceNamespace::Ecs);
        let call = call.resource_id(&self.resource_id).scalable_dimension(ScalableDimension::EcsServiceDesiredCount);
        let found = call.policy_names(&self.name).send().await.or_fail("look at the scaling policy")?;
        Ok(found.scaling_policies.unwrap_or_default().into_iter().find(|p| p.policy_name == self.name))
    }

    fn is_as_wanted(&self, seen: &Tracking) -> bool {
        seen.target_value == self.cpu_target_percent
            && seen.scale_out_cooldown.is_none_or(|s| s == i32::from(self.scale_out_cooldown_s))
            && seen.scale_in_cooldown.is_none_or(|s| s == i32::from(self.scale_in_cooldown_s))
    }
}

impl Resource for ScalingPolicy {
    type Cloud = Aws;
    type Output = ();
    const KIND: &'static str = "scaling:scaling-policy";
    const IDENTITY: Identity = Identity::Named;
    const TIMING: &'static str = "appautoscaling_policy";

    async fn create(&self, cx: &Cx) -> Result<PhysicalId> {
        self.put(cx).await
    }

    async fn find(&self, cx: &Cx) -> Result<Option<PhysicalId>> {
        Ok(self.look(cx).await?.map(|p| PhysicalId(p.policy_arn)))
    }

    async fn observe(&self, cx: &Cx, _id: &PhysicalId) -> Result<Observed<()>> {
        let Some(seen) = self.look(cx).await? else { return Ok(Observed::Absent) };
        let tracking = seen.target_tracking_scaling_policy_configuration;
        Ok(match tracking.is_none_or(|t| self.is_as_wanted(&t)) {
            true => Observed::Ready(()),
            false => Observed::pending("its target is another one"),
        })
    }

    async fn update(&self, cx: &Cx, _id: &PhysicalId) -> Result<()> {
        self.put(cx).await.map(drop)
    }

    async fn delete(&self, cx: &Cx, _id: &PhysicalId) -> Result<Removal> {
        let call = cx.cloud.scaling.delete_scaling_policy().service_namespace(ServiceNamespace::Ecs);
        let call = call.resource_id(&self.resource_id).scalable_dimension(ScalableDimension::EcsServiceDesiredCount);
        call.policy_name(&self.name).send().await.or_fail("delete the scaling policy")?;
        Ok(Removal::Asked)
    }

    fn change(&self, old: &Self) -> Change {
        match (self == old, self.name == old.name && self.resource_id == old.resource_id) {
            (true, _) => Change::None,
            (false, true) => Change::Update,
            (false, false) => Change::Replace,
        }
    }
}
