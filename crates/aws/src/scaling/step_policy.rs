//! A [step scaling policy](https://docs.aws.amazon.com/autoscaling/application/userguide/step-scaling-policy-overview.html):
//! an alarm reports the distance of a metric from its threshold, and steps map it to a number of tasks to add or
//! remove. AWS recommends it for metrics that do not decrease in proportion to the tasks, such as the age of waiting
//! records in a stream. AWS creates no alarm for it: use its ARN as the action of an alarm. It has no tags and is part
//! of this environment's scalable target.
use crate::{
    Aws, Cx, OrFail,
    check::CheckCx,
    declare::AwsKind,
    ids,
    permissions::Permission,
    scaling::{self, POLICIES, VALIDATED, owner, verify},
};
use aws_sdk_applicationautoscaling::types::{
    AdjustmentType, MetricAggregationType, PolicyType, StepAdjustment, StepScalingPolicyConfiguration as Stepping,
};
use serde::{Deserialize, Serialize};
use vidpipe_engine::{Change, Class, Error, Identity, Observed, Owned, Owner, PhysicalId, Removal, Resource, Result};

/// The specification of the resource.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct StepPolicy {
    /// Its name, unique in the scalable target.
    pub name: String,
    /// The scalable target, `service/<cluster>/<service>`.
    pub resource_id: String,
    /// The steps by distance from the alarm's threshold. They must not overlap or leave gaps.
    pub steps: Vec<Step>,
    /// Cooldown in seconds after a step.
    pub cooldown_s: u16,
}

/// A range of distances from the alarm's threshold, and its effect.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// Lower bound relative to the threshold, in the metric's unit; negative is below it; `None` is unbounded.
    pub from: Option<f64>,
    /// Upper bound, exclusive.
    pub to: Option<f64>,
    /// Tasks to add, or to remove if negative.
    pub tasks: i16,
}

/// The outputs other nodes may use.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StepPolicyOutput {
    /// `arn:aws:autoscaling:...:scalingPolicy:...`, the action of an alarm.
    pub arn: String,
}

impl StepPolicy {
    fn stepping(&self) -> Result<Stepping> {
        let step = |s: &Step| {
            let step = StepAdjustment::builder().set_metric_interval_lower_bound(s.from);
            step.set_metric_interval_upper_bound(s.to).scaling_adjustment(s.tasks.into()).build()
        };
        let steps: Result<Vec<StepAdjustment>, _> = self.steps.iter().map(step).collect();
        let steps = steps.map_err(|e| Error::new(Class::Invalid, "write the scaling policy's steps").caused_by(e))?;
        let stepping = Stepping::builder().adjustment_type(AdjustmentType::ChangeInCapacity);
        let stepping = stepping.metric_aggregation_type(MetricAggregationType::Maximum);
        Ok(stepping.cooldown(self.cooldown_s.into()).set_step_adjustments(Some(steps)).build())
    }

    async fn put(&self, cx: &Cx) -> Result<PhysicalId> {
        let call = scaling::put(cx, &self.resource_id, &self.name, PolicyType::StepScaling);
        let call = call.step_scaling_policy_configuration(self.stepping()?);
        let put = call.send().await.or_fail("put the step scaling policy")?;
        ids::id(Some(put.policy_arn), "step scaling policy")
    }

    fn is_as_wanted(&self, seen: &Stepping) -> bool {
        let step =
            |s: &StepAdjustment| (s.metric_interval_lower_bound, s.metric_interval_upper_bound, s.scaling_adjustment);
        let desired = self.steps.iter().map(|s| (s.from, s.to, i32::from(s.tasks)));
        seen.step_adjustments().iter().map(step).eq(desired) && seen.cooldown == Some(self.cooldown_s.into())
    }
}

impl Resource for StepPolicy {
    type Cloud = Aws;
    type Output = StepPolicyOutput;
    const KIND: &'static str = "scaling:step-policy";
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

    async fn observe(&self, cx: &Cx, _id: &PhysicalId) -> Result<Observed<StepPolicyOutput>> {
        let Some(seen) = scaling::read(cx, &self.resource_id, &self.name).await? else { return Ok(Observed::Absent) };
        let (output, stepping) = (StepPolicyOutput { arn: seen.policy_arn }, seen.step_scaling_policy_configuration);
        Ok(match stepping.is_none_or(|s| self.is_as_wanted(&s)) {
            true => Observed::Ready(output),
            false => Observed::differs("its steps are others", Some(output)),
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

impl AwsKind for StepPolicy {
    const PERMISSIONS: &'static [Permission] = &[POLICIES, VALIDATED];

    async fn check(check: &CheckCx<'_>, want: Self) -> Result<()> {
        verify::step_policy(check, want).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_is_as_wanted_by_its_bounds_and_its_tasks() {
        let policy = |tasks| StepPolicy {
            name: "age".into(),
            resource_id: "service/c/s".into(),
            steps: vec![
                Step { from: Some(0.0), to: Some(60_000.0), tasks: 1 },
                Step { from: Some(60_000.0), to: None, tasks },
            ],
            cooldown_s: 60,
        };
        let seen = policy(4).stepping().expect("every field is there");
        assert_eq!(seen.metric_aggregation_type(), Some(&MetricAggregationType::Maximum));
        assert!(policy(4).is_as_wanted(&seen) && !policy(5).is_as_wanted(&seen));
    }
}
