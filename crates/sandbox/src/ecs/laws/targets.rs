//! The load balancers and target groups of a service.

use serde_json::Value;

use super::{CREATE, SERVICE, invalid};
use crate::context::Context;
use crate::document::text;
use crate::ecs;
use crate::elbv2::{Listener, TargetGroup};
use crate::law::Law;
use crate::wire::{Ask, Verdict, WireRule};

pub(super) fn laws() -> Vec<Law> {
    vec![
        Law::assumed(
            "ecs/service-in-unknown-target-group",
            "a service cannot be made with a target group that there is not",
            "nothing else is possible; the wording is a guess",
            WireRule::before(SERVICE, "CreateService", unknown_group),
        ),
        Law::reported(
            "ecs/target-group-without-balancer",
            "a service cannot be made with a target group no listener leads to",
            "hashicorp/terraform#32908",
            WireRule::before(SERVICE, "CreateService", without_balancer),
        ),
        Law::reported(
            "ecs/target-group-of-instances",
            "tasks with network interfaces of their own cannot be targets in a group of instances",
            "hashicorp/terraform-provider-aws#11723",
            WireRule::before(SERVICE, "CreateService", of_instances),
        ),
        Law::documented(
            "ecs/balanced-container-must-be-there",
            "the container and the port that get the requests must be in the task definition",
            CREATE,
            WireRule::before(SERVICE, "CreateService", without_container),
        ),
        Law::documented(
            "ecs/grace-without-balancer",
            "a grace period is only for services with a load balancer",
            CREATE,
            WireRule::before(SERVICE, "CreateService", grace_without_balancer),
        ),
    ]
}

fn balancers(ask: &Ask) -> impl Iterator<Item = &Value> {
    ask.json["loadBalancers"].as_array().into_iter().flatten()
}

fn groups(ask: &Ask) -> impl Iterator<Item = &str> {
    balancers(ask).map(|one| text(one, "targetGroupArn")).filter(|arn| !arn.is_empty())
}

fn unknown_group(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    match groups(ask).find(|arn| context.recall::<TargetGroup>(arn).is_none()) {
        None => Verdict::Pass,
        Some(arn) => invalid(format!("The target group with targetGroupArn {arn} does not exist.")),
    }
}

fn without_balancer(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    let listeners = context.all::<Listener>();
    let led_to = |arn: &str| listeners.iter().any(|(_, one)| one.targets.iter().any(|target| target == arn));
    match groups(ask).find(|arn| !led_to(arn)) {
        None => Verdict::Pass,
        Some(arn) => {
            invalid(format!("The target group with targetGroupArn {arn} does not have an associated load balancer."))
        }
    }
}

fn of_instances(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    let definition = ecs::definition(context, ask.text("taskDefinition"));
    if definition.is_none_or(|(_, kept)| text(&kept["definition"], "networkMode") != "awsvpc") {
        return Verdict::Pass;
    }
    let of_instances = |arn: &str| context.recall::<TargetGroup>(arn).is_some_and(|group| group.targets == "instance");
    match groups(ask).find(|arn| of_instances(arn)) {
        None => Verdict::Pass,
        Some(arn) => invalid(format!(
            "The provided target group {arn} has target type instance, which is incompatible with the awsvpc network \
             mode specified in the task definition."
        )),
    }
}

fn without_container(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    let Some((_, kept)) = ecs::definition(context, ask.text("taskDefinition")) else {
        return Verdict::Pass;
    };
    for balancer in balancers(ask) {
        let (name, port) = (text(balancer, "containerName"), &balancer["containerPort"]);
        let mut containers = kept["definition"]["containerDefinitions"].as_array().into_iter().flatten();
        let Some(container) = containers.find(|one| text(one, "name") == name) else {
            return invalid(format!("The container {name} does not exist in the task definition."));
        };
        let mut mappings = container["portMappings"].as_array().into_iter().flatten();
        if !mappings.any(|mapping| mapping["containerPort"] == *port) {
            return invalid(format!("The container {name} did not have a container port {port} defined."));
        }
    }
    Verdict::Pass
}

fn grace_without_balancer(_: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    match !ask.json["healthCheckGracePeriodSeconds"].is_null() && balancers(ask).next().is_none() {
        true => invalid("Health check grace period is only valid for services configured to use load balancers"),
        false => Verdict::Pass,
    }
}
