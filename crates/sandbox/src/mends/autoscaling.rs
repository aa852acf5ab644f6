//! Application Auto Scaling. AWS names a target's ARN when it describes the target, and the two alarms it makes for a
//! target-tracking policy; winterbaume names neither. The alarms themselves are not made.

use serde_json::{Value, json};

use super::document::text;
use crate::context::Context;
use crate::wire::{Ask, WireRule};

const SERVICE: &str = "Application Auto Scaling";
/// The ARN of a target, by namespace, resource and dimension.
const KIND: &str = "autoscaling:target-arn";

pub(super) fn rules() -> Vec<WireRule> {
    vec![
        WireRule::after(SERVICE, "RegisterScalableTarget", registered),
        WireRule::after(SERVICE, "DescribeScalableTargets", targets_shown),
        WireRule::after(SERVICE, "DeregisterScalableTarget", deregistered),
        WireRule::after(SERVICE, "PutScalingPolicy", put),
        WireRule::after(SERVICE, "DescribeScalingPolicies", shown),
    ]
}

fn target(of: &Value) -> String {
    ["ServiceNamespace", "ResourceId", "ScalableDimension"].map(|field| text(of, field)).join(" ")
}

fn registered(context: &mut Context<'_>, ask: &Ask, reply: &mut Value) {
    context.remember_document(KIND, &target(&ask.json), reply["ScalableTargetARN"].clone());
}

fn targets_shown(context: &mut Context<'_>, _: &Ask, reply: &mut Value) {
    for shown in reply["ScalableTargets"].as_array_mut().into_iter().flatten() {
        if let Some(arn) = context.document(KIND, &target(shown)) {
            shown["ScalableTargetARN"] = arn;
        }
    }
}

fn deregistered(context: &mut Context<'_>, ask: &Ask, _: &mut Value) {
    context.forget_document(KIND, &target(&ask.json));
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
