//! Application Auto Scaling. AWS names a target's ARN when it describes the target, and the two alarms it makes for a
//! target-tracking policy, and a policy that is put again keeps its ARN; winterbaume names neither, gives the policy
//! another ARN, and drops the tags of a new target. The alarms themselves are not made.

use serde_json::{Map, Value, json};

use super::document::{text, texts};
use crate::context::Context;
use crate::wire::{Ask, Verdict, WireRule};

const SERVICE: &str = "Application Auto Scaling";
/// The ARN and the tags of a target, by namespace, resource and dimension.
const KIND: &str = "autoscaling:target";
/// The ARN of a policy, by its target and its name.
const POLICY: &str = "autoscaling:policy";

pub(super) fn rules() -> Vec<WireRule> {
    vec![
        WireRule::after(SERVICE, "RegisterScalableTarget", registered),
        WireRule::after(SERVICE, "DescribeScalableTargets", targets_shown),
        WireRule::after(SERVICE, "DeregisterScalableTarget", deregistered),
        WireRule::before(SERVICE, "ListTagsForResource", tags_shown),
        WireRule::before(SERVICE, "TagResource", tagged),
        WireRule::before(SERVICE, "UntagResource", untagged),
        WireRule::after(SERVICE, "PutScalingPolicy", put),
        WireRule::after(SERVICE, "DescribeScalingPolicies", shown),
        WireRule::after(SERVICE, "DeleteScalingPolicy", |context, ask, _| {
            context.forget_document(POLICY, &policy(&ask.json));
        }),
    ]
}

fn target(of: &Value) -> String {
    ["ServiceNamespace", "ResourceId", "ScalableDimension"].map(|field| text(of, field)).join(" ")
}

fn policy(of: &Value) -> String {
    format!("{} {}", target(of), text(of, "PolicyName"))
}

/// Registering again keeps the tags; AWS takes new ones by TagResource only.
fn registered(context: &mut Context<'_>, ask: &Ask, reply: &mut Value) {
    let target = target(&ask.json);
    if context.document(KIND, &target).is_none() {
        let kept = json!({ "arn": reply["ScalableTargetARN"], "tags": ask.json["Tags"] });
        context.remember_document(KIND, &target, kept);
    }
}

fn targets_shown(context: &mut Context<'_>, _: &Ask, reply: &mut Value) {
    for shown in reply["ScalableTargets"].as_array_mut().into_iter().flatten() {
        if let Some(kept) = context.document(KIND, &target(shown)) {
            shown["ScalableTargetARN"] = kept["arn"].clone();
        }
    }
}

/// Changes the tags of the target a call names by ARN.
fn change(context: &mut Context<'_>, ask: &Ask, change: impl FnOnce(&mut Map<String, Value>)) -> Option<Value> {
    let (target, mut kept) =
        context.documents(KIND).into_iter().find(|(_, kept)| kept["arn"] == ask.json["ResourceARN"])?;
    let mut tags = kept["tags"].as_object().cloned().unwrap_or_default();
    change(&mut tags);
    kept["tags"] = Value::Object(tags.clone());
    context.remember_document(KIND, &target, kept);
    Some(Value::Object(tags))
}

fn tags_shown(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    match change(context, ask, |_| {}) {
        Some(tags) => Verdict::Answer(json!({ "Tags": tags })),
        None => Verdict::Pass,
    }
}

fn tagged(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    let new = ask.json["Tags"].as_object().cloned().unwrap_or_default();
    match change(context, ask, |tags| tags.extend(new)) {
        Some(_) => Verdict::Answer(json!({})),
        None => Verdict::Pass,
    }
}

fn untagged(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    let gone = texts(&ask.json, "TagKeys");
    match change(context, ask, |tags| tags.retain(|key, _| !gone.contains(&key.as_str()))) {
        Some(_) => Verdict::Answer(json!({})),
        None => Verdict::Pass,
    }
}

fn deregistered(context: &mut Context<'_>, ask: &Ask, _: &mut Value) {
    let target = target(&ask.json);
    context.forget_document(KIND, &target);
    // Its policies go with it.
    for (policy, _) in context.documents(POLICY) {
        if policy.starts_with(&format!("{target} ")) {
            context.forget_document(POLICY, &policy);
        }
    }
}

fn alarms(context: &Context<'_>, resource: &str, policy: &str) -> Value {
    let named = ["AlarmHigh", "AlarmLow"].map(|kind| {
        let name = format!("TargetTracking-{resource}-{kind}-{policy}");
        json!({ "AlarmName": name, "AlarmARN": context.arn("cloudwatch", &format!("alarm:{name}")) })
    });
    json!(named)
}

fn put(context: &mut Context<'_>, ask: &Ask, reply: &mut Value) {
    let policy = policy(&ask.json);
    match context.document(POLICY, &policy) {
        Some(arn) => reply["PolicyARN"] = arn,
        None => context.remember_document(POLICY, &policy, reply["PolicyARN"].clone()),
    }
    if ask.text("PolicyType") == "TargetTrackingScaling" {
        reply["Alarms"] = alarms(context, ask.text("ResourceId"), ask.text("PolicyName"));
    }
}

fn shown(context: &mut Context<'_>, _: &Ask, reply: &mut Value) {
    for shown in reply["ScalingPolicies"].as_array_mut().into_iter().flatten() {
        if let Some(arn) = context.document(POLICY, &policy(shown)) {
            shown["PolicyARN"] = arn;
        }
        if text(shown, "PolicyType") == "TargetTrackingScaling" {
            shown["Alarms"] = alarms(context, text(shown, "ResourceId"), text(shown, "PolicyName"));
        }
    }
}
