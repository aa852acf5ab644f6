//! A CloudWatch [alarm](https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html) on
//! one metric. PutMetricAlarm overwrites an existing alarm of the same name, so the owner is checked first.
use crate::{
    Aws, Cx, OrFail,
    check::CheckCx,
    cloudwatch::{owner, verify},
    declare::AwsKind,
    permissions::{Permission, allow},
    tags,
};
use aws_sdk_cloudwatch::{
    operation::put_metric_alarm::builders::PutMetricAlarmFluentBuilder as Put,
    types::{ComparisonOperator, Dimension, MetricAlarm, Statistic as OfPeriod, Tag},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use vidpipe_engine::{Change, Identity, Observed, Owned, Owner, PhysicalId, Removal, Resource, Result};

/// The statistic of the values in a period.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Statistic {
    /// The mean.
    Average,
    /// The minimum.
    Minimum,
    /// The maximum.
    Maximum,
    /// The sum.
    Sum,
    /// Any other CloudWatch statistic, such as `p99`.
    Extended(String),
}

/// The condition under which a value is breaching.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Comparison {
    /// Above the threshold.
    Above,
    /// At or above the threshold.
    AtLeast,
    /// Below the threshold.
    Below,
    /// At or below the threshold.
    AtMost,
}

/// How a period without data is treated.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Missing {
    /// Breaching.
    Breaching,
    /// Not breaching.
    NotBreaching,
    /// Ignored: the alarm state is maintained.
    Ignore,
    /// Insufficient data.
    Missing,
}

/// The specification of the resource.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct Alarm {
    /// Its name, unique in the region.
    pub name: String,
    /// The meaning of the alarm, for the people it notifies.
    pub description: String,
    /// The metric's namespace, such as `AWS/RDS`.
    pub namespace: String,
    /// The metric, such as `CPUUtilization`.
    pub metric: String,
    /// The metric's dimensions, name to value.
    pub dimensions: BTreeMap<String, String>,
    /// The statistic of the values in a period.
    pub statistic: Statistic,
    /// The comparison with the threshold.
    pub comparison: Comparison,
    /// The threshold, in the metric's unit.
    pub threshold: f64,
    /// Length of a period in seconds, a multiple of 60.
    pub period_s: u32,
    /// Consecutive breaching periods that raise the alarm.
    pub evaluation_periods: u32,
    /// How a period without data is treated.
    pub missing: Missing,
    /// The ARNs of the SNS topics to notify and the scaling policies to execute when the alarm is raised. Topics are
    /// also notified when it returns to OK.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub actions: Vec<String>,
}

/// The outputs other nodes may use.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AlarmOutput {
    /// `arn:aws:cloudwatch:...:alarm:...`
    pub arn: String,
}

/// Saturates: the API's integers are signed, and AWS rejects larger values anyway.
fn signed(n: u32) -> i32 {
    i32::try_from(n).unwrap_or(i32::MAX)
}

impl Alarm {
    fn operator(&self) -> ComparisonOperator {
        match self.comparison {
            Comparison::Above => ComparisonOperator::GreaterThanThreshold,
            Comparison::AtLeast => ComparisonOperator::GreaterThanOrEqualToThreshold,
            Comparison::Below => ComparisonOperator::LessThanThreshold,
            Comparison::AtMost => ComparisonOperator::LessThanOrEqualToThreshold,
        }
    }

    /// The OK actions: topics are notified of the recovery, scaling policies are not executed.
    fn when_over(&self) -> Vec<String> {
        self.actions.iter().filter(|arn| !arn.contains(":scalingPolicy:")).cloned().collect()
    }

    fn put(&self, cx: &Cx) -> Put {
        let dimensions = self.dimensions.iter().map(|(k, v)| Dimension::builder().name(k).value(v).build()).collect();
        let call = cx.cloud.cloudwatch.put_metric_alarm().alarm_name(&self.name).alarm_description(&self.description);
        let call = call.namespace(&self.namespace).metric_name(&self.metric).set_dimensions(Some(dimensions));
        let call = match &self.statistic {
            Statistic::Extended(other) => call.extended_statistic(other),
            _ => call.set_statistic(self.plain()),
        };
        let call = call.comparison_operator(self.operator()).threshold(self.threshold);
        let call = call.period(signed(self.period_s)).evaluation_periods(signed(self.evaluation_periods));
        let call = call.set_alarm_actions(Some(self.actions.clone())).set_ok_actions(Some(self.when_over()));
        call.treat_missing_data(self.missing())
    }

    fn missing(&self) -> &'static str {
        match self.missing {
            Missing::Breaching => "breaching",
            Missing::NotBreaching => "notBreaching",
            Missing::Ignore => "ignore",
            Missing::Missing => "missing",
        }
    }

    /// The standard CloudWatch statistic, or `None` for an extended one.
    fn plain(&self) -> Option<OfPeriod> {
        Some(match &self.statistic {
            Statistic::Average => OfPeriod::Average,
            Statistic::Minimum => OfPeriod::Minimum,
            Statistic::Maximum => OfPeriod::Maximum,
            Statistic::Sum => OfPeriod::Sum,
            Statistic::Extended(_) => return None,
        })
    }

    /// Whether the alarm is on the desired metric.
    fn watches(&self, seen: &MetricAlarm) -> bool {
        let dimensions: BTreeMap<_, _> = seen.dimensions().iter().filter_map(|d| d.name().zip(d.value())).collect();
        let extended = match &self.statistic {
            Statistic::Extended(other) => Some(other.as_str()),
            _ => None,
        };
        seen.namespace().is_none_or(|n| n == self.namespace)
            && seen.metric_name().is_none_or(|n| n == self.metric)
            && dimensions.into_iter().eq(self.dimensions.iter().map(|(k, v)| (k.as_str(), v.as_str())))
            && seen.statistic().is_none_or(|has| Some(has) == self.plain().as_ref())
            && seen.extended_statistic().is_none_or(|has| Some(has) == extended)
    }

    async fn is_ours(&self, cx: &Cx, found: &MetricAlarm) -> Result<bool> {
        let call = cx.cloud.cloudwatch.list_tags_for_resource().set_resource_arn(found.alarm_arn.clone());
        let seen = call.send().await.or_fail("read the alarm's tags")?;
        Ok(tags::are_ours(cx, seen.tags().iter().filter_map(|t| t.key().zip(t.value()))))
    }

    /// Fields missing from the response count as matching.
    fn is_as_wanted(&self, seen: &MetricAlarm) -> bool {
        self.watches(seen)
            && seen.alarm_description().is_none_or(|text| text == self.description)
            && seen.treat_missing_data().is_none_or(|missing| missing == self.missing())
            && seen.threshold().is_none_or(|t| t == self.threshold)
            && seen.comparison_operator().is_none_or(|c| *c == self.operator())
            && seen.period().is_none_or(|s| s == signed(self.period_s))
            && seen.evaluation_periods().is_none_or(|n| n == signed(self.evaluation_periods))
            && seen.alarm_actions() == self.actions
            && seen.ok_actions() == self.when_over()
    }
}

impl Resource for Alarm {
    type Cloud = Aws;
    type Output = AlarmOutput;
    const KIND: &'static str = "cloudwatch:alarm";
    const IDENTITY: Identity = Identity::Named;
    const OWNER: Owner = Owner::Tags;
    const UPDATES: bool = true;
    const TIMING: &'static str = "cloudwatch_alarm";

    async fn create(&self, cx: &Cx) -> Result<PhysicalId> {
        if let Some(found) = cx.cloud.alarm(&self.name).await?
            && !self.is_ours(cx, &found).await?
        {
            return Err(tags::taken("alarm", &self.name));
        }
        let tags = tags::typed(cx, &self.name, |k, v| Tag::builder().key(k).value(v).build());
        self.put(cx).set_tags(Some(tags)).send().await.or_fail("create the alarm")?;
        Ok(PhysicalId(self.name.clone()))
    }

    async fn find(&self, cx: &Cx) -> Result<Option<PhysicalId>> {
        let Some(found) = cx.cloud.alarm(&self.name).await? else { return Ok(None) };
        Ok(self.is_ours(cx, &found).await?.then(|| PhysicalId(self.name.clone())))
    }

    async fn owner(&self, cx: &Cx, id: &PhysicalId) -> Result<Owned> {
        owner::alarm(cx, &id.0).await
    }

    async fn observe(&self, cx: &Cx, _id: &PhysicalId) -> Result<Observed<AlarmOutput>> {
        let Some(seen) = cx.cloud.alarm(&self.name).await? else { return Ok(Observed::Absent) };
        let as_wanted = self.is_as_wanted(&seen);
        Ok(match seen.alarm_arn {
            Some(arn) if as_wanted => Observed::Ready(AlarmOutput { arn }),
            arn => Observed::differs("it has other settings", arn.map(|arn| AlarmOutput { arn })),
        })
    }

    async fn update(&self, cx: &Cx, _id: &PhysicalId) -> Result<()> {
        self.put(cx).send().await.or_fail("change the alarm").map(drop)
    }

    async fn delete(&self, cx: &Cx, id: &PhysicalId) -> Result<Removal> {
        cx.cloud.cloudwatch.delete_alarms().alarm_names(&id.0).send().await.or_fail("delete the alarm")?;
        Ok(Removal::Asked)
    }

    fn change(&self, old: &Self) -> Change {
        match (self == old, self.name == old.name) {
            (true, _) => Change::None,
            (false, true) => Change::Update,
            (false, false) => Change::Replace,
        }
    }
}

impl AwsKind for Alarm {
    const PERMISSIONS: &'static [Permission] = &[
        allow(&["cloudwatch:DeleteAlarms", "cloudwatch:PutMetricAlarm", "cloudwatch:TagResource"])
            .on(&["arn:aws:cloudwatch:*:*:alarm:{name}"]),
        allow(&["cloudwatch:DescribeAlarms", "cloudwatch:ListTagsForResource"]),
    ];

    async fn check(check: &CheckCx<'_>, want: Self) -> Result<()> {
        verify::alarm(check, want).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An alarm with the settings that a stream, a queue or a service without tasks needs.
    fn alarm(metric: &str, actions: &[&str]) -> Alarm {
        Alarm {
            name: "stream-demo".into(),
            description: "Readers fall behind".into(),
            namespace: "AWS/Kinesis".into(),
            metric: metric.into(),
            dimensions: [("StreamName".to_owned(), "videos-demo".to_owned())].into(),
            statistic: Statistic::Maximum,
            comparison: Comparison::AtLeast,
            threshold: 60_000.0,
            period_s: 60,
            evaluation_periods: 3,
            missing: Missing::NotBreaching,
            actions: actions.iter().map(|arn| (*arn).to_owned()).collect(),
        }
    }

    #[test]
    fn a_topic_is_told_when_it_is_over_and_a_policy_is_not_carried_out_again() {
        let (topic, policy) =
            ("arn:aws:sns:r:1:t", "arn:aws:autoscaling:r:1:scalingPolicy:x:resource/ecs/y:policyName/z");
        assert_eq!(alarm("GetRecords.IteratorAgeMilliseconds", &[topic, policy]).when_over(), [topic]);
    }

    #[test]
    fn an_alarm_of_before_there_were_actions_reads_as_one_without() {
        let old = serde_json::to_value(alarm("ReadProvisionedThroughputExceeded", &[])).expect("it writes");
        assert!(old.get("actions").is_none(), "and is written as it was");
        let read: Alarm = serde_json::from_value(old).expect("it reads");
        assert_eq!(read.change(&alarm("ReadProvisionedThroughputExceeded", &[])), Change::None);
    }
}
