//! CloudWatch. Winterbaume drops the treatment of missing data and the datapoints to alarm, starts alarms in OK before
//! there is any data, ignores the prefix when it lists alarms, and keeps the tags of a deleted alarm.
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html>

use aws_sdk_cloudwatch::operation::delete_alarms::{DeleteAlarmsInput, DeleteAlarmsOutput};
use aws_sdk_cloudwatch::operation::describe_alarms::{DescribeAlarmsInput, DescribeAlarmsOutput};
use aws_sdk_cloudwatch::operation::list_tags_for_resource::{ListTagsForResourceInput, ListTagsForResourceOutput};
use aws_sdk_cloudwatch::operation::put_metric_alarm::{PutMetricAlarmInput, PutMetricAlarmOutput};
use aws_sdk_cloudwatch::operation::set_alarm_state::{SetAlarmStateInput, SetAlarmStateOutput};
use aws_sdk_cloudwatch::types::{ComparisonOperator, Dimension, MetricAlarm, StateValue, Statistic};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::context::{Context, Refusal};
use crate::document::text;
use crate::store::Fact;
use crate::typed::{Rule, Step, after, before};

/// The fields of an alarm that winterbaume drops.
#[derive(Debug, Serialize, Deserialize)]
struct Alarm {
    missing_data: String,
    points: Option<i32>,
    extended_statistic: Option<String>,
    /// Whether its state was set by hand.
    #[serde(default)]
    set: bool,
}

impl Fact for Alarm {
    const KIND: &'static str = "cloudwatch:alarm";
}

/// An alarm that Application Auto Scaling creates for a target-tracking policy, kept by its name for as long as the
/// policy exists.
/// <https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-target-tracking.html>
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Tracking {
    /// The policy's ARN.
    pub(crate) policy: String,
    /// `service/cluster/service`
    pub(crate) resource: String,
    /// Whether it fires above the target, not below.
    pub(crate) high: bool,
    pub(crate) target: f64,
    /// The metric it watches, as in the policy; null for the predefined metric, the service's CPU.
    #[serde(default)]
    pub(crate) metric: Value,
}

impl Fact for Tracking {
    const KIND: &'static str = "cloudwatch:tracking-alarms";
}

impl Tracking {
    fn dimensions(&self) -> Vec<Dimension> {
        let dimension = |name: &str, value: &str| Dimension::builder().name(name).value(value).build();
        if self.metric.is_null() {
            let names = ["ClusterName", "ServiceName"].into_iter();
            return names.zip(self.resource.split('/').skip(1)).map(|(name, value)| dimension(name, value)).collect();
        }
        let own = self.metric["Dimensions"].as_array().into_iter().flatten();
        own.map(|one| dimension(text(one, "Name"), text(one, "Value"))).collect()
    }

    fn describe(&self, context: &Context<'_>, name: &str) -> MetricAlarm {
        let (namespace, metric, statistic) = match self.metric.is_null() {
            true => ("AWS/ECS", "CPUUtilization", "Average"),
            false => {
                (text(&self.metric, "Namespace"), text(&self.metric, "MetricName"), text(&self.metric, "Statistic"))
            }
        };
        let (above, below) = (ComparisonOperator::GreaterThanThreshold, ComparisonOperator::LessThanThreshold);
        // AWS scales in only well below the target, and only after a quarter of an hour.
        let (threshold, times) = if self.high { (self.target, 3) } else { (self.target * 0.9, 15) };
        MetricAlarm::builder()
            .alarm_name(name)
            .alarm_arn(context.arn("cloudwatch", &format!("alarm:{name}")))
            .alarm_description(format!("DO NOT EDIT OR DELETE. For TargetTrackingScaling policy {}.", self.policy))
            .actions_enabled(true)
            .alarm_actions(&self.policy)
            .namespace(namespace)
            .metric_name(metric)
            .set_dimensions(Some(self.dimensions()))
            .statistic(Statistic::from(statistic))
            .comparison_operator(if self.high { above } else { below })
            .threshold(threshold)
            .period(60)
            .evaluation_periods(times)
            .state_value(StateValue::InsufficientData)
            .build()
    }
}

pub(super) fn rules() -> Vec<Rule> {
    vec![after(put), after(set), after(describe), after(deleted), before(tags)]
}

fn put(context: &mut Context<'_>, input: &PutMetricAlarmInput, _: &mut PutMetricAlarmOutput) {
    let alarm = Alarm {
        missing_data: input.treat_missing_data().unwrap_or("missing").to_owned(),
        points: input.datapoints_to_alarm(),
        extended_statistic: input.extended_statistic().map(str::to_owned),
        set: false,
    };
    context.remember(input.alarm_name().unwrap_or_default(), &alarm);
}

fn set(context: &mut Context<'_>, input: &SetAlarmStateInput, _: &mut SetAlarmStateOutput) {
    context.amend::<Alarm>(input.alarm_name().unwrap_or_default(), |alarm| alarm.set = true);
}

/// Adds the alarms of policies to those that were put. DeleteAlarms has no effect on them: AWS recreates such an alarm
/// while its policy exists, and deletes it with the policy.
fn add_tracking(context: &Context<'_>, input: &DescribeAlarmsInput, output: &mut DescribeAlarmsOutput) {
    let (names, prefix) = (input.alarm_names(), input.alarm_name_prefix().unwrap_or_default());
    let types = input.alarm_types();
    let of_metrics = types.is_empty() || types.iter().any(|kind| kind.as_str() == "MetricAlarm");
    let asked = |name: &String| (names.is_empty() || names.contains(name)) && name.starts_with(prefix);
    let more = context.all::<Tracking>().into_iter().filter(|(name, _)| of_metrics && asked(name));
    let more = more.map(|(name, alarm)| alarm.describe(context, &name));
    output.metric_alarms.get_or_insert_default().extend(more);
}

fn describe(context: &mut Context<'_>, input: &DescribeAlarmsInput, output: &mut DescribeAlarmsOutput) {
    let prefix = input.alarm_name_prefix().unwrap_or_default();
    let asked = |alarm: &MetricAlarm| alarm.alarm_name().is_some_and(|name| name.starts_with(prefix));
    output.metric_alarms.iter_mut().for_each(|all| all.retain(asked));
    for described in output.metric_alarms.iter_mut().flatten() {
        if let Some(alarm) = context.recall::<Alarm>(described.alarm_name().unwrap_or_default()) {
            described.treat_missing_data = Some(alarm.missing_data);
            described.datapoints_to_alarm = alarm.points;
            described.extended_statistic = alarm.extended_statistic;
            if !alarm.set {
                described.state_value = Some(StateValue::InsufficientData);
            }
        }
    }
    add_tracking(context, input, output);
}

fn deleted(context: &mut Context<'_>, input: &DeleteAlarmsInput, _: &mut DeleteAlarmsOutput) {
    for name in input.alarm_names() {
        context.forget::<Alarm>(name);
    }
}

fn tags(context: &mut Context<'_>, input: &ListTagsForResourceInput) -> Step<ListTagsForResourceOutput> {
    let arn = input.resource_arn().unwrap_or_default();
    let is_there = |name| context.recall::<Alarm>(name).is_some() || context.recall::<Tracking>(name).is_some();
    match arn.split_once(":alarm:") {
        Some((_, name)) if !is_there(name) => {
            Step::Refuse(Refusal::new("ResourceNotFoundException", format!("Unknown: {arn}")).status(404))
        }
        _ => Step::Pass,
    }
}
