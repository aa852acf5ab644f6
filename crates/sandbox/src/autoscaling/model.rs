//! Application Auto Scaling. AWS returns a target's ARN when it describes the target, and the two alarms it creates for
//! a target-tracking policy; a policy that is put again keeps its ARN. Winterbaume returns neither, assigns a new ARN,
//! and drops the tags of a new target and custom metrics. The alarms are kept with those of CloudWatch.

use serde_json::{Map, Value, json};

use crate::cloudwatch::Tracking;
use crate::context::Context;
use crate::document::{overlay, text, texts};
use crate::store::SavedRequest;
use crate::wire::{Ask, Verdict, WireRule};

const SERVICE: &str = "Application Auto Scaling";
/// The ARN and the tags of a target, by namespace, resource and dimension.
pub(crate) const KIND: &str = "autoscaling:target";
/// The ARN of a policy and the names of its alarms, by its target and its name.
const POLICY: &str = "autoscaling:policy";

/// The fields for the configuration of a policy, one for each policy type.
const CONFIGURATIONS: [&str; 2] = ["TargetTrackingScalingPolicyConfiguration", "StepScalingPolicyConfiguration"];

pub(super) fn rules() -> Vec<WireRule> {
    vec![
        WireRule::after(SERVICE, "RegisterScalableTarget", registered),
        WireRule::after(SERVICE, "DescribeScalableTargets", targets_shown),
        WireRule::after(SERVICE, "DeregisterScalableTarget", deregistered),
        WireRule::before(SERVICE, "ListTagsForResource", tags_shown),
        WireRule::before(SERVICE, "TagResource", tagged),
        WireRule::before(SERVICE, "UntagResource", untagged),
        WireRule::after(SERVICE, "PutScalingPolicy", put),
        WireRule::after(SERVICE, "DescribeScalingPolicies", describe),
        WireRule::after("ECS", "DeleteService", service_gone),
        WireRule::after(SERVICE, "DeleteScalingPolicy", |context, ask, _| forget_policy(context, &policy(&ask.json))),
    ]
}

/// The key of a target: its namespace, resource and dimension.
pub(crate) fn target(of: &Value) -> String {
    ["ServiceNamespace", "ResourceId", "ScalableDimension"].map(|field| text(of, field)).join(" ")
}

fn policy(of: &Value) -> String {
    format!("{} {}", target(of), text(of, "PolicyName"))
}

/// Registering again keeps the tags; only TagResource sets new tags.
fn registered(context: &mut Context<'_>, ask: &Ask, reply: &mut Value) {
    let target = target(&ask.json);
    if context.document(KIND, &target).is_none() {
        let kept = json!({ "arn": reply["ScalableTargetARN"], "tags": ask.json["Tags"] });
        context.remember_document(KIND, &target, kept);
    }
}

fn targets_shown(context: &mut Context<'_>, _: &Ask, reply: &mut Value) {
    for described in reply["ScalableTargets"].as_array_mut().into_iter().flatten() {
        if let Some(kept) = context.document(KIND, &target(described)) {
            described["ScalableTargetARN"] = kept["arn"].clone();
        }
    }
}

/// Changes the tags of the target that a call names by ARN.
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

/// Whether the target is registered.
pub(crate) fn is_registered(context: &Context<'_>, of: &Value) -> bool {
    context.document(KIND, &target(of)).is_some()
}

fn deregistered(context: &mut Context<'_>, ask: &Ask, _: &mut Value) {
    forget_target(context, &target(&ask.json));
}

/// A target's policies are deleted with it.
fn forget_target(context: &mut Context<'_>, target: &str) {
    context.forget_document(KIND, target);
    for (policy, _) in context.documents(POLICY) {
        if policy.starts_with(&format!("{target} ")) {
            forget_policy(context, &policy);
        }
    }
}

/// A policy's alarms are deleted with it.
/// <https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-target-tracking.html>
fn forget_policy(context: &mut Context<'_>, policy: &str) {
    let kept = context.document(POLICY, policy).unwrap_or_default();
    for alarm in texts(&kept, "alarms") {
        context.forget::<Tracking>(alarm);
    }
    context.forget_document(POLICY, policy);
}

/// Removes the targets and policies of a deleted ECS service. Assumption: at once.
fn service_gone(context: &mut Context<'_>, _: &Ask, reply: &mut Value) {
    let Some((_, service)) = text(&reply["service"], "serviceArn").split_once(":service/") else { return };
    let of_service = format!("ecs service/{service} ");
    for (target, _) in context.documents(KIND) {
        let Some(dimension) = target.strip_prefix(&of_service) else {
            continue;
        };
        let request = deregistration(context, service, dimension);
        context.send_later(&target, request, 0.0);
        forget_target(context, &target);
    }
}

fn deregistration(context: &Context<'_>, service: &str, dimension: &str) -> SavedRequest {
    let target = "AnyScaleFrontendService.DeregisterScalableTarget";
    let headers = [("content-type", "application/x-amz-json-1.1"), ("x-amz-target", target)];
    let body = json!({
        "ServiceNamespace": "ecs",
        "ResourceId": format!("service/{service}"),
        "ScalableDimension": dimension,
    });
    SavedRequest {
        method: "POST".to_owned(),
        uri: format!("https://application-autoscaling.{}.amazonaws.com/", context.region),
        headers: headers.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
        body: body.to_string().into_bytes(),
    }
}

/// Creates the two alarms of a target-tracking policy.
fn make_alarms(context: &mut Context<'_>, ask: &Ask, arn: &Value) -> Vec<String> {
    let policy = arn.as_str().unwrap_or_default().to_owned();
    let resource = ask.text("ResourceId").to_owned();
    let tracked = &ask.json["TargetTrackingScalingPolicyConfiguration"];
    let target = tracked["TargetValue"].as_f64().unwrap_or_default();
    let metric = &tracked["CustomizedMetricSpecification"];
    let mut names = Vec::new();
    for (kind, high) in [("AlarmHigh", true), ("AlarmLow", false)] {
        let name = format!("TargetTracking-{resource}-{kind}-{}", context.next_uuid("tracking alarm"));
        let (policy, resource, metric) = (policy.clone(), resource.clone(), metric.clone());
        let tracking = Tracking { policy, resource, high, target, metric };
        context.remember(&name, &tracking);
        names.push(name);
    }
    names
}

fn alarms(context: &Context<'_>, kept: &Value) -> Value {
    let arn = |name: &str| context.arn("cloudwatch", &format!("alarm:{name}"));
    texts(kept, "alarms").into_iter().map(|name| json!({ "AlarmName": name, "AlarmARN": arn(name) })).collect()
}

fn put(context: &mut Context<'_>, ask: &Ask, reply: &mut Value) {
    let policy = policy(&ask.json);
    let kept = context.document(POLICY, &policy);
    let arn = kept.map_or_else(|| reply["PolicyARN"].clone(), |kept| kept["arn"].clone());
    forget_policy(context, &policy);
    let tracks = ask.text("PolicyType") == "TargetTrackingScaling";
    let names = if tracks { make_alarms(context, ask, &arn) } else { Vec::new() };
    let asked = CONFIGURATIONS.map(|field| (field.to_owned(), ask.json[field].clone()));
    let asked = Value::Object(asked.into_iter().collect());
    let kept = json!({ "arn": arn, "alarms": names, "asked": asked });
    reply["PolicyARN"] = kept["arn"].clone();
    reply["Alarms"] = alarms(context, &kept);
    context.remember_document(POLICY, &policy, kept);
}

fn describe(context: &mut Context<'_>, _: &Ask, reply: &mut Value) {
    for described in reply["ScalingPolicies"].as_array_mut().into_iter().flatten() {
        if let Some(kept) = context.document(POLICY, &policy(described)) {
            described["PolicyARN"] = kept["arn"].clone();
            described["Alarms"] = alarms(context, &kept);
            overlay(described, &kept["asked"]);
        }
    }
}
