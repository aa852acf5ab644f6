//! Elastic Load Balancing, without a backend: winterbaume's creates application load balancers in its own VPC whatever
//! is requested, its target groups lose their health checks, and it drops tags. All three are kept here.

mod attributes;
mod balancers;
mod laws;
mod listeners;
mod tags;
mod targets;

use aws_sdk_elasticloadbalancingv2::types::{LoadBalancerStateEnum, Tag};

use crate::context::{Context, Refusal};
use crate::faults::FaultCodes;
use crate::log::Id;
use crate::service::{Rules, Service};
use crate::store::Fact;
use crate::typed::{Rule, Step};

pub(crate) use balancers::{Balancer, is_active};
pub(crate) use listeners::Kept as Listener;
pub(crate) use targets::{Group as TargetGroup, not_found as no_target_group};

pub(crate) static ELBV2: Service = Service {
    laws: laws::laws,
    model: Rules::typed(typed_rules),
    creates: &[
        ("CreateLoadBalancer", Id::Answer("load_balancer_arn")),
        ("CreateTargetGroup", Id::Answer("target_group_arn")),
        ("CreateListener", Id::Answer("listener_arn")),
    ],
    codes: FaultCodes::QUERY,
    unfound: |operation| Some((not_found(operation), 400)),
    kept: &[Balancer::KIND, TargetGroup::KIND, Listener::KIND],
    ..Service::new("Elastic Load Balancing v2", "elasticloadbalancingv2")
};

fn not_found(operation: &str) -> &'static str {
    match operation {
        _ if operation.contains("TargetGroup") => "TargetGroupNotFound",
        _ if operation.contains("Listener") => "ListenerNotFound",
        _ => "LoadBalancerNotFound",
    }
}

/// The rules of the model on typed inputs and outputs.
fn typed_rules() -> Vec<Rule> {
    let mut rules = balancers::rules();
    rules.extend(targets::rules());
    rules.extend(listeners::rules());
    rules.extend(attributes::rules());
    rules.extend(tags::rules());
    rules
}

/// A tag in its stored form.
type Pair = (String, String);

fn asked(tags: &[Tag]) -> Vec<Pair> {
    (tags.iter())
        .map(|tag| {
            let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
            (text(tag.key()), text(tag.value()))
        })
        .collect()
}

/// The random-looking end of an ARN: sixteen hexadecimal digits.
fn suffix(context: &mut Context<'_>) -> String {
    format!("{:016x}", 0xa1b2_0000_0000_0000 + context.next_number("elbv2"))
}

pub(crate) fn step<O>(outcome: Result<O, Refusal>) -> Step<O> {
    match outcome {
        Ok(output) => Step::Answer(output),
        Err(refusal) => Step::Refuse(refusal),
    }
}

/// The deregistration delay of a target group in seconds, if the group exists.
/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/network/edit-target-group-attributes.html>
pub(crate) fn deregistration_delay(context: &Context<'_>, group: &str) -> Option<f64> {
    let group = context.recall::<TargetGroup>(group)?;
    group.attributes.get("deregistration_delay.timeout_seconds")?.parse().ok()
}

/// Whether the targets of a group are checked: an active load balancer forwards to it.
/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/network/target-group-health-checks.html>
pub(crate) fn is_checked(context: &Context<'_>, group: &str) -> bool {
    let mut listeners = context.all::<Listener>().into_iter();
    listeners.any(|(_, listener)| {
        let leads = listener.targets.iter().any(|target| target == group);
        leads && balancers::state(context, &listener.balancer) == LoadBalancerStateEnum::Active
    })
}
