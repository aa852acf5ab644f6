//! A target tracking
//! [scaling policy](https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PutScalingPolicy.html) that
//! keeps a metric of an ECS service near a target. It has no tags and is part of this environment's scalable target.
//! AWS creates alarms for it and deletes them with it.
use crate::{
    Aws, Cx, OrFail,
    check::CheckCx,
    declare::AwsKind,
    ids,
    permissions::Permission,
    scaling::{self, POLICIES, VALIDATED, owner, verify},
};
use aws_sdk_applicationautoscaling::types::PolicyType;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use vidpipe_engine::{Change, Class, Error, Identity, Observed, Owned, Owner, PhysicalId, Removal, Resource, Result};

mod tracking;

/// The specification of the resource.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct ScalingPolicy {
    /// Its name, unique in the scalable target.
    pub name: String,
    /// The scalable target, `service/<cluster>/<service>`.
    pub resource_id: String,
    /// The metric and its target. Flattened for compatibility with specs recorded when only CPU was supported.
    #[serde(flatten)]
    pub metric: Metric,
    /// Cooldown in seconds after adding tasks.
    pub scale_out_cooldown_s: u16,
    /// Cooldown in seconds after removing tasks.
    pub scale_in_cooldown_s: u16,
}

/// The metric that a policy keeps near a target.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Metric {
    /// The average CPU utilization of the service's tasks.
    #[serde(rename = "cpu_target_percent", with = "tracking::percent")]
    Cpu {
        /// The target, in percent.
        percent: f64,
    },
    /// [Any metric](https://docs.aws.amazon.com/autoscaling/application/userguide/target-tracking-scaling-policy-overview.html)
    /// that decreases in proportion when tasks are added, such as the work per task. For other metrics, such as the age
    /// of waiting records, use a [`StepPolicy`](super::StepPolicy).
    #[serde(rename = "tracked")]
    Tracked {
        /// The namespace, such as `AWS/Kinesis`.
        namespace: String,
        /// The metric's name, such as `IncomingRecords`.
        name: String,
        /// The metric's dimensions, name to value.
        dimensions: BTreeMap<String, String>,
        /// The statistic of the values in a minute: `Average`, `Minimum`, `Maximum`, `SampleCount` or `Sum`.
        statistic: String,
        /// The target, in the metric's unit.
        target: f64,
    },
}

impl ScalingPolicy {
    async fn put(&self, cx: &Cx) -> Result<PhysicalId> {
        let tracking = tracking::configuration(self);
        let tracking = tracking.map_err(|e| Error::new(Class::Invalid, "write the scaling policy").caused_by(e))?;
        let call = scaling::put(cx, &self.resource_id, &self.name, PolicyType::TargetTrackingScaling);
        let call = call.target_tracking_scaling_policy_configuration(tracking);
        let put = call.send().await.or_fail("put the scaling policy")?;
        ids::id(Some(put.policy_arn), "scaling policy")
    }
}

impl Resource for ScalingPolicy {
    type Cloud = Aws;
    type Output = ();
    const KIND: &'static str = "scaling:scaling-policy";
    const IDENTITY: Identity = Identity::Named;
    const OWNER: Owner = Owner::Of("scaling:scalable-target");
    const UPDATES: bool = true;
    const TIMING: &'static str = "appautoscaling_policy";

    async fn create(&self, cx: &Cx) -> Result<PhysicalId> {
        self.put(cx).await
    }

    async fn find(&self, cx: &Cx) -> Result<Option<PhysicalId>> {
        Ok(scaling::read(cx, &self.resource_id, &self.name).await?.map(|p| PhysicalId(p.policy_arn)))
    }

    async fn owner(&self, cx: &Cx, _id: &PhysicalId) -> Result<Owned> {
        owner::target(cx, &self.resource_id).await
    }

    async fn observe(&self, cx: &Cx, _id: &PhysicalId) -> Result<Observed<()>> {
        let Some(seen) = scaling::read(cx, &self.resource_id, &self.name).await? else { return Ok(Observed::Absent) };
        let tracking = seen.target_tracking_scaling_policy_configuration;
        Ok(match tracking.is_none_or(|t| tracking::is_as_wanted(self, &t)) {
            true => Observed::Ready(()),
            false => Observed::differs("its target is another one", None),
        })
    }

    async fn update(&self, cx: &Cx, _id: &PhysicalId) -> Result<()> {
        self.put(cx).await.map(drop)
    }

    async fn delete(&self, cx: &Cx, _id: &PhysicalId) -> Result<Removal> {
        scaling::delete(cx, &self.resource_id, &self.name).await
    }

    fn change(&self, old: &Self) -> Change {
        match (self == old, self.name == old.name && self.resource_id == old.resource_id) {
            (true, _) => Change::None,
            (false, true) => Change::Update,
            (false, false) => Change::Replace,
        }
    }
}

impl AwsKind for ScalingPolicy {
    const PERMISSIONS: &'static [Permission] = &[POLICIES, VALIDATED];

    async fn check(check: &CheckCx<'_>, want: Self) -> Result<()> {
        verify::scaling_policy(check, want).await
    }
}
