//! Listeners.
//! <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateListener.html>

use aws_sdk_elasticloadbalancingv2::operation::create_listener::{CreateListenerInput, CreateListenerOutput};
use aws_sdk_elasticloadbalancingv2::operation::delete_listener::{DeleteListenerInput, DeleteListenerOutput};
use aws_sdk_elasticloadbalancingv2::operation::describe_listeners::{DescribeListenersInput, DescribeListenersOutput};
use aws_sdk_elasticloadbalancingv2::operation::modify_listener::{ModifyListenerInput, ModifyListenerOutput};
use aws_sdk_elasticloadbalancingv2::types::{Action, ActionTypeEnum, Listener, ProtocolEnum};
use serde::{Deserialize, Serialize};

use super::balancers::{self, Balancer};
use super::targets::{self, Group};
use super::{Pair, asked, step, suffix};
use crate::context::{Context, Refusal};
use crate::store::Fact;
use crate::typed::{Rule, Step, before};

/// A forwarding listener, kept by its ARN.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Kept {
    pub(crate) balancer: String,
    protocol: String,
    port: Option<i32>,
    /// The target groups it forwards to.
    pub(crate) targets: Vec<String>,
    pub(super) tags: Vec<Pair>,
}

impl Fact for Kept {
    const KIND: &'static str = "elbv2:listener";
}

pub(super) fn rules() -> Vec<Rule> {
    vec![before(create), before(describe), before(modify), before(delete)]
}

fn not_found() -> Refusal {
    Refusal::new("ListenerNotFound", "One or more listeners not found")
}

impl Kept {
    fn describe(&self, arn: &str) -> Listener {
        let mut described = Listener::builder()
            .listener_arn(arn)
            .load_balancer_arn(&self.balancer)
            .protocol(ProtocolEnum::from(self.protocol.as_str()))
            .set_port(self.port);
        for (index, target) in (1..).zip(&self.targets) {
            described = described.default_actions(
                Action::builder().r#type(ActionTypeEnum::Forward).target_group_arn(target).order(index).build(),
            );
        }
        described.build()
    }
}

/// The target groups that actions forward to; all of them must exist.
fn forwarded(context: &Context<'_>, actions: &[Action]) -> Result<Vec<String>, Refusal> {
    let named = actions.iter().flat_map(|action| {
        let tuples = action.forward_config().map(|config| config.target_groups());
        let tuples = tuples.unwrap_or_default().iter().filter_map(|tuple| tuple.target_group_arn());
        // A forward action may name its only group in both fields.
        action.target_group_arn().map_or_else(|| tuples.collect(), |arn| vec![arn])
    });
    named
        .map(|arn| match context.recall::<Group>(arn) {
            Some(_) if !context.is_lagging(Group::KIND, arn) => Ok(arn.to_owned()),
            _ => Err(targets::not_found()),
        })
        .collect()
}

fn made(context: &mut Context<'_>, input: &CreateListenerInput) -> Result<CreateListenerOutput, Refusal> {
    let balancer = input.load_balancer_arn().unwrap_or_default();
    if context.recall::<Balancer>(balancer).is_none() || context.is_lagging(Balancer::KIND, balancer) {
        return Err(balancers::not_found());
    }
    let targets = forwarded(context, input.default_actions())?;
    let known = context.all::<Kept>();
    let taken = known.iter().find(|(_, there)| there.balancer == balancer && there.port == input.port());
    if let Some((arn, there)) = taken {
        // A repeated create is answered with the existing listener.
        if there.targets == targets && Some(there.protocol.as_str()) == input.protocol().map(ProtocolEnum::as_str) {
            return Ok(CreateListenerOutput::builder().listeners(there.describe(arn)).build());
        }
        let message = "A listener already exists on this port for this load balancer";
        return Err(Refusal::new("DuplicateListener", message));
    }
    let arn = balancer.replace(":loadbalancer/", ":listener/");
    let arn = format!("{arn}/{}", suffix(context));
    let listener = Kept {
        balancer: balancer.to_owned(),
        protocol: input.protocol().map_or("HTTP", ProtocolEnum::as_str).to_owned(),
        port: input.port(),
        targets,
        tags: asked(input.tags()),
    };
    context.remember(&arn, &listener);
    context.lags(Kept::KIND, &arn, "elbv2_listener");
    Ok(CreateListenerOutput::builder().listeners(listener.describe(&arn)).build())
}

fn create(context: &mut Context<'_>, input: &CreateListenerInput) -> Step<CreateListenerOutput> {
    step(made(context, input))
}

fn describe(context: &mut Context<'_>, input: &DescribeListenersInput) -> Step<DescribeListenersOutput> {
    let arns = input.listener_arns();
    if let Some(balancer) = input.load_balancer_arn()
        && context.recall::<Balancer>(balancer).is_none()
    {
        return Step::Refuse(balancers::not_found());
    }
    let found: Vec<Listener> = (context.all::<Kept>().iter())
        .filter(|(arn, _)| !context.is_lagging(Kept::KIND, arn))
        .filter(|(arn, _)| arns.is_empty() || arns.contains(arn))
        .filter(|(_, listener)| input.load_balancer_arn().is_none_or(|balancer| listener.balancer == balancer))
        .map(|(arn, listener)| listener.describe(arn))
        .collect();
    if found.len() < arns.len() {
        return Step::Refuse(not_found());
    }
    let output = DescribeListenersOutput::builder().set_listeners(Some(found));
    Step::Answer(output.build())
}

fn modified(context: &mut Context<'_>, input: &ModifyListenerInput) -> Result<ModifyListenerOutput, Refusal> {
    let arn = input.listener_arn().unwrap_or_default();
    let mut listener = context.recall::<Kept>(arn).ok_or_else(not_found)?;
    if !input.default_actions().is_empty() {
        listener.targets = forwarded(context, input.default_actions())?;
    }
    listener.port = input.port().or(listener.port);
    if let Some(protocol) = input.protocol() {
        listener.protocol = protocol.as_str().to_owned();
    }
    context.remember(arn, &listener);
    Ok(ModifyListenerOutput::builder().listeners(listener.describe(arn)).build())
}

fn modify(context: &mut Context<'_>, input: &ModifyListenerInput) -> Step<ModifyListenerOutput> {
    step(modified(context, input))
}

fn delete(context: &mut Context<'_>, input: &DeleteListenerInput) -> Step<DeleteListenerOutput> {
    let arn = input.listener_arn().unwrap_or_default();
    if context.recall::<Kept>(arn).is_none() {
        return Step::Refuse(not_found());
    }
    context.forget::<Kept>(arn);
    Step::Answer(DeleteListenerOutput::builder().build())
}
