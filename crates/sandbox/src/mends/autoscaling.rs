//! Application Auto Scaling. AWS makes two alarms for a target-tracking policy and names them in its answers;
//! winterbaume names none. The alarms themselves are not made.

use serde_json::{Value, json};

use super::document::text;
use crate::context::Context;
use crate::wire::{Ask, WireRule};

const SERVICE: &str = "Application Auto Scaling";

pub(super) fn rules() -> Vec<WireRule> {
    vec![
        WireRule::after(SERVICE, "PutScalingPolicy", put),
        WireRule::after(SERVICE, "DescribeScalingPolicies", shown),
    ]
}

fn alarms(context: &Context<'_>, resource: &str, policy: &str) -> Value {
    let named = ["AlarmHigh", "AlarmLow"].map(|kind| {
        let name = format!("TargetTracking-{resource}-{kind}-{policy}");
        json!({ "AlarmName": name, "AlarmARN": context.arn("cloudwatch", &format!("alarm:{name}")) })
    });
    json!(named)
}

fn put(context: &mut Context<'_>, ask: &Ask, reply: &mut Value) {
    if ask.text("PolicyType") == "TargetTrackingScaling" {
        reply["Alarms"] = alarms(context, ask.text("ResourceId"), ask.text("PolicyName"));
    }
}

fn shown(context: &mut Context<'_>, _: &Ask, reply: &mut Value) {
    for policy in reply["ScalingPolicies"].as_array_mut().into_iter().flatten() {
        if text(policy, "PolicyType") == "TargetTrackingScaling" {
            policy["Alarms"] = alarms(context, text(policy, "ResourceId"), text(policy, "PolicyName"));
        }
    }
}
