//! The health of targets, all of which are tasks. Winterbaume knows neither the target groups nor the tasks in them.
//! <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeTargetHealth.html>

use aws_sdk_elasticloadbalancingv2::operation::describe_target_health::{
    DescribeTargetHealthInput, DescribeTargetHealthOutput,
};
use aws_sdk_elasticloadbalancingv2::types::{
    TargetDescription, TargetHealth, TargetHealthDescription, TargetHealthReasonEnum as Reason,
    TargetHealthStateEnum as Health,
};

use super::balanced::in_group;
use crate::context::Context;
use crate::elbv2::{TargetGroup, is_checked, no_target_group, step};
use crate::typed::{Rule, Step, before};

pub(super) fn rules() -> Vec<Rule> {
    vec![before(describe)]
}

fn describe(context: &mut Context<'_>, input: &DescribeTargetHealthInput) -> Step<DescribeTargetHealthOutput> {
    let arn = input.target_group_arn().unwrap_or_default();
    let found = context.recall::<TargetGroup>(arn).ok_or_else(no_target_group);
    step(found.map(|group| {
        let (registered, checked) = (in_group(context, arn), is_checked(context, arn));
        let all =
            (1..).zip(registered).map(|(turn, health)| registered_target(address(turn), group.port, health, checked));
        let asked = |one: &TargetHealthDescription| {
            let id = one.target().and_then(|target| target.id());
            input.targets().is_empty() || input.targets().iter().any(|target| target.id() == id)
        };
        let mut answer: Vec<TargetHealthDescription> = all.filter(asked).collect();
        let is_shown = |answer: &[TargetHealthDescription], target: &TargetDescription| {
            answer.iter().any(|one| one.target().and_then(|there| there.id()) == target.id())
        };
        let unknown: Vec<_> = input.targets().iter().filter(|target| !is_shown(&answer, target)).collect();
        answer.extend(unknown.into_iter().map(not_registered));
        DescribeTargetHealthOutput::builder().set_target_health_descriptions(Some(answer)).build()
    }))
}

/// The address of a target. Tasks have no private addresses here, so it is from a documentation range (RFC 5737).
fn address(turn: usize) -> String {
    format!("198.51.100.{}", turn % 256)
}

/// Targets without an active load balancer are unused, whatever their health.
fn registered_target(id: String, port: Option<i32>, health: Health, checked: bool) -> TargetHealthDescription {
    let (health, reason) = match (checked, health) {
        (false, _) => (Health::Unused, Some(Reason::NotInUse)),
        (true, Health::Initial) => (Health::Initial, Some(Reason::InitialHealthChecking)),
        (true, Health::Draining) => (Health::Draining, Some(Reason::DeregistrationInProgress)),
        (true, health) => (health, None),
    };
    described(TargetDescription::builder().id(id).set_port(port).build(), health, reason)
}

fn not_registered(target: &TargetDescription) -> TargetHealthDescription {
    described(target.clone(), Health::Unused, Some(Reason::NotRegistered))
}

fn described(target: TargetDescription, health: Health, reason: Option<Reason>) -> TargetHealthDescription {
    let health = TargetHealth::builder().state(health).set_reason(reason).build();
    TargetHealthDescription::builder().target(target).target_health(health).build()
}
