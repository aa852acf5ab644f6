//! CloudWatch. Winterbaume's alarms forget how missing data is treated and how many points it takes, and are OK before
//! there is any data.
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html>

use aws_sdk_cloudwatch::operation::delete_alarms::{DeleteAlarmsInput, DeleteAlarmsOutput};
use aws_sdk_cloudwatch::operation::describe_alarms::{DescribeAlarmsInput, DescribeAlarmsOutput};
use aws_sdk_cloudwatch::operation::put_metric_alarm::{PutMetricAlarmInput, PutMetricAlarmOutput};
use aws_sdk_cloudwatch::operation::set_alarm_state::{SetAlarmStateInput, SetAlarmStateOutput};
use aws_sdk_cloudwatch::types::StateValue;
use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::typed::{Rule, after};
use crate::world::Fact;

/// What winterbaume forgets of an alarm.
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

pub(super) fn rules() -> Vec<Rule> {
    vec![after(put), after(set), after(shown), after(deleted)]
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

fn shown(context: &mut Context<'_>, _: &DescribeAlarmsInput, output: &mut DescribeAlarmsOutput) {
    for shown in output.metric_alarms.iter_mut().flatten() {
        if let Some(alarm) = context.recall::<Alarm>(shown.alarm_name().unwrap_or_default()) {
            shown.treat_missing_data = Some(alarm.missing_data);
            shown.datapoints_to_alarm = alarm.points;
            shown.extended_statistic = alarm.extended_statistic;
            if !alarm.set {
                shown.state_value = Some(StateValue::InsufficientData);
            }
        }
    }
}

fn deleted(context: &mut Context<'_>, input: &DeleteAlarmsInput, _: &mut DeleteAlarmsOutput) {
    for name in input.alarm_names() {
        context.forget::<Alarm>(name);
    }
}
