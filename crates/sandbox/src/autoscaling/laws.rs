//! Application Auto Scaling: targets that can be scaled, and their lifetime.

mod role;

use serde_json::Value;

use crate::autoscaling::model::{self, KIND};
use crate::context::{Context, Refusal};
use crate::document::text;
use crate::ecs;
use crate::law::{Basis, Law};
use crate::wire::{Ask, Verdict, WireRule};

const SERVICE: &str = "Application Auto Scaling";
const REGISTER: &str =
    "https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html";
const TARGETS: &str =
    "https://docs.aws.amazon.com/autoscaling/application/APIReference/API_DeregisterScalableTarget.html";
const POLICIES: &str = "https://docs.aws.amazon.com/autoscaling/application/APIReference/API_DeleteScalingPolicy.html";

pub(super) fn laws() -> Vec<Law> {
    let mut laws = role::laws();
    laws.extend(of_targets_and_policies());
    laws
}

fn of_targets_and_policies() -> Vec<Law> {
    vec![
        Law::documented(
            "autoscaling/limits-in-order",
            "the most cannot be less than the fewest",
            REGISTER,
            WireRule::before(SERVICE, "RegisterScalableTarget", limits_in_order),
        ),
        Law::documented(
            "autoscaling/service-must-be-there",
            "an ECS service that there is not, or that is not known yet, cannot be a scalable target",
            REGISTER,
            WireRule::before(SERVICE, "RegisterScalableTarget", of_unknown_service),
        ),
        Law::reported(
            "autoscaling/tagged-once",
            "a target that is registered already is registered again only without tags",
            "terraform-aws-modules/terraform-aws-rds-aurora#420",
            WireRule::before(SERVICE, "RegisterScalableTarget", tagged_twice),
        ),
        Law::assumed(
            "autoscaling/new-target",
            "a new scalable target shows late",
            "as in EC2",
            WireRule::after(SERVICE, "RegisterScalableTarget", registered),
        ),
        Law::assumed(
            "autoscaling/new-target-in-list",
            "a new scalable target may be missing in lists for a moment",
            "as in EC2",
            WireRule::after(SERVICE, "DescribeScalableTargets", listed),
        ),
        Law::reported(
            "autoscaling/policy-needs-target",
            "a policy cannot be put on what is no scalable target",
            "cloudposse/terraform-aws-ecs-cloudwatch-autoscaling#36",
            WireRule::before(SERVICE, "PutScalingPolicy", without_target),
        ),
        Law::documented_only(
            "autoscaling/unknown-target",
            "what is no scalable target cannot be deregistered",
            Basis::Documented,
            TARGETS,
        ),
        Law::documented_only(
            "autoscaling/unknown-policy",
            "a policy that there is not cannot be deleted",
            Basis::Documented,
            POLICIES,
        ),
        Law::documented_only(
            "autoscaling/policies-go-with-target",
            "deregistering a scalable target deletes its policies",
            Basis::Documented,
            TARGETS,
        ),
        Law::documented_only(
            "autoscaling/goes-with-service",
            "a scalable target goes with its ECS service",
            Basis::Assumed,
            "there is nothing left to scale",
        ),
    ]
}

fn limits_in_order(_: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    match (ask.json["MinCapacity"].as_i64(), ask.json["MaxCapacity"].as_i64()) {
        (Some(min), Some(max)) if min > max => Verdict::Refuse(Refusal::new(
            "ValidationException",
            "Maximum capacity cannot be less than minimum capacity.",
        )),
        _ => Verdict::Pass,
    }
}

fn of_unknown_service(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    let resource = ask.text("ResourceId");
    let service = resource.strip_prefix("service/").filter(|_| ask.text("ServiceNamespace") == "ecs");
    match service {
        Some(key) if !ecs::is_active_service(context, key) => {
            let message = format!("ECS service doesn't exist: {resource}");
            Verdict::Refuse(Refusal::new("ValidationException", message))
        }
        _ => Verdict::Pass,
    }
}

fn tagged_twice(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    match ask.json["Tags"].is_object() && model::is_registered(context, &ask.json) {
        true => Verdict::Refuse(Refusal::new(
            "ValidationException",
            "The scalable target that you tried to tag already exists. To update tags on an existing scalable target, use \
             the TagResource API.",
        )),
        false => Verdict::Pass,
    }
}

/// Only a new target lags: at this point the rules that keep targets have not stored it yet.
fn registered(context: &mut Context<'_>, ask: &Ask, _: &mut Value) {
    if !model::is_registered(context, &ask.json) {
        context.lags(KIND, &model::target(&ask.json), "appautoscaling_target");
    }
}

fn listed(context: &mut Context<'_>, _: &Ask, reply: &mut Value) {
    if let Some(targets) = reply["ScalableTargets"].as_array_mut() {
        targets.retain(|one| !context.is_lagging(KIND, &model::target(one)));
    }
}

fn without_target(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    if model::is_registered(context, &ask.json) {
        return Verdict::Pass;
    }
    let [namespace, resource, dimension] =
        ["ServiceNamespace", "ResourceId", "ScalableDimension"].map(|field| text(&ask.json, field));
    Verdict::Refuse(Refusal::new(
        "ObjectNotFoundException",
        format!(
            "No scalable target registered for service namespace: {namespace}, resource ID: {resource}, scalable \
             dimension: {dimension}"
        ),
    ))
}
