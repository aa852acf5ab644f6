//! Elastic Load Balancing: load balancers, target groups, listeners.

mod role;

use aws_sdk_elasticloadbalancingv2::operation::create_listener::{CreateListenerInput, CreateListenerOutput};
use aws_sdk_elasticloadbalancingv2::operation::create_load_balancer::{
    CreateLoadBalancerInput, CreateLoadBalancerOutput,
};
use aws_sdk_elasticloadbalancingv2::operation::delete_load_balancer::{
    DeleteLoadBalancerInput, DeleteLoadBalancerOutput,
};
use aws_sdk_elasticloadbalancingv2::operation::set_security_groups::{SetSecurityGroupsInput, SetSecurityGroupsOutput};

use crate::conditions::Incident;
use crate::context::{Context, Refusal};
use crate::cross_service::network::Place;
use crate::document::texts;
use crate::elbv2::{Balancer, Listener, TargetGroup};
use crate::law::{Basis, Law};
use crate::typed::{Step, before};

const CREATE: &str = "https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html";
const DELETE: &str = "https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DeleteLoadBalancer.html";
const GROUPS: &str = "https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_SetSecurityGroups.html";
const TARGETS: &str = "https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html";
const UNUSED: &str = "https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DeleteTargetGroup.html";
const LISTENER: &str = "https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateListener.html";

pub(super) fn laws() -> Vec<Law> {
    let mut laws = role::laws();
    laws.extend([
        Law::documented(
            "elbv2/subnet-must-be-there",
            "a load balancer cannot be made in a subnet that there is not, or that is not known yet",
            CREATE,
            before(in_unknown_subnet),
        ),
        Law::documented(
            "elbv2/group-must-be-there",
            "a load balancer cannot be made with a security group that there is not, or that is not known yet",
            CREATE,
            before(in_unknown_group),
        ),
        Law::documented(
            "elbv2/groups-from-the-start",
            "a network load balancer made without a security group can never have one",
            GROUPS,
            before(groups_too_late),
        ),
        Law::reported(
            "elbv2/balancer-with-link",
            "a load balancer that a VPC link leads to cannot be deleted, nor while the link is being deleted",
            "pulumi/pulumi-cloud#332",
            before(with_link),
        ),
        Law::documented(
            "elbv2/not-permitted",
            "a new or restricted account may have no load balancers (by request)",
            CREATE,
            before(forbidden),
        ),
        Law::documented(
            "elbv2/one-balancer-per-target-group",
            "a target group belongs to one load balancer at most",
            LISTENER,
            before(second_balancer),
        ),
        Law::documented(
            "elbv2/listener-protocol",
            "a listener for TCP leads to a target group for TCP, and to no other",
            LISTENER,
            before(other_protocol),
        ),
    ]);
    laws.extend(kept_elsewhere());
    laws
}

fn kept_elsewhere() -> Vec<Law> {
    let documented = |name, says, source| Law::documented_only(name, says, Basis::Documented, source);
    vec![
        documented(
            "elbv2/balancer-name-taken",
            "a load balancer's name is taken, unless its settings are the same",
            CREATE,
        ),
        documented(
            "elbv2/target-group-name-taken",
            "a target group's name is taken, unless its settings are the same",
            TARGETS,
        ),
        documented("elbv2/listener-port-taken", "a load balancer has one listener on a port", LISTENER),
        documented("elbv2/listener-needs-balancer", "a listener is part of a load balancer that is there", LISTENER),
        documented("elbv2/listener-needs-target-group", "a listener leads to a target group that is there", LISTENER),
        documented("elbv2/target-group-in-use", "a target group that a listener leads to cannot be deleted", UNUSED),
        documented("elbv2/deletion-protection", "a load balancer that is protected cannot be deleted", DELETE),
        documented("elbv2/listeners-go-along", "the listeners of a load balancer go with it", DELETE),
        Law::documented_only(
            "elbv2/interfaces-linger",
            "the network interfaces of a load balancer stay for a while when it is gone",
            Basis::Reported,
            "hashicorp/terraform-provider-aws, internal/service/elbv2/load_balancer.go",
        ),
        Law::documented_only(
            "elbv2/new-is-unknown",
            "for a moment, a new load balancer, target group or listener may be unknown",
            Basis::Assumed,
            "as in EC2",
        ),
    ]
}

fn refuse<O>(code: &str, message: impl Into<String>) -> Step<O> {
    Step::Refuse(Refusal::new(code, message))
}

fn in_unknown_subnet(context: &mut Context<'_>, input: &CreateLoadBalancerInput) -> Step<CreateLoadBalancerOutput> {
    let mapped = input.subnet_mappings().iter().filter_map(|mapping| mapping.subnet_id());
    let mut subnets = input.subnets().iter().map(String::as_str).chain(mapped);
    match subnets.find(|id| context.recall::<Place>(id).is_none() || context.is_lagging("subnet", id)) {
        None => Step::Pass,
        Some(id) => refuse("SubnetNotFound", format!("The subnet ID '{id}' does not exist")),
    }
}

fn knows_group(context: &Context<'_>, id: &str) -> bool {
    context.document("ec2:security-group", id).is_some() && !context.is_lagging("sg", id)
}

fn in_unknown_group(context: &mut Context<'_>, input: &CreateLoadBalancerInput) -> Step<CreateLoadBalancerOutput> {
    match input.security_groups().iter().find(|id| !knows_group(context, id)) {
        None => Step::Pass,
        Some(id) => refuse("InvalidSecurityGroup", format!("The security group '{id}' does not exist")),
    }
}

fn groups_too_late(context: &mut Context<'_>, input: &SetSecurityGroupsInput) -> Step<SetSecurityGroupsOutput> {
    let balancer = context.recall::<Balancer>(input.load_balancer_arn().unwrap_or_default());
    let never = |balancer: &Balancer| balancer.kind == "network" && balancer.security_groups.is_empty();
    match balancer.is_some_and(|balancer| never(&balancer)) {
        true => refuse(
            "InvalidConfigurationRequest",
            "You cannot set security groups for a Network Load Balancer that was created without any",
        ),
        false => Step::Pass,
    }
}

fn with_link(context: &mut Context<'_>, input: &DeleteLoadBalancerInput) -> Step<DeleteLoadBalancerOutput> {
    let arn = input.load_balancer_arn().unwrap_or_default();
    let links = context.documents("apigateway:vpclinks");
    match links.iter().any(|(_, link)| texts(link, "targetArns").contains(&arn)) {
        true => refuse(
            "ResourceInUse",
            format!("Load balancer '{arn}' cannot be deleted because it is currently associated with another service"),
        ),
        false => Step::Pass,
    }
}

fn forbidden(context: &mut Context<'_>, _: &CreateLoadBalancerInput) -> Step<CreateLoadBalancerOutput> {
    match context.goes_wrong(Incident::BalancersForbidden) {
        true => refuse(
            "OperationNotPermitted",
            "This AWS account currently does not support creating load balancers. For more information, please contact AWS \
             Support.",
        ),
        false => Step::Pass,
    }
}

/// The target groups of a requested listener.
fn requested(input: &CreateListenerInput) -> impl Iterator<Item = &str> {
    input.default_actions().iter().filter_map(|action| action.target_group_arn())
}

fn second_balancer(context: &mut Context<'_>, input: &CreateListenerInput) -> Step<CreateListenerOutput> {
    let (listeners, own) = (context.all::<Listener>(), input.load_balancer_arn().unwrap_or_default());
    let documented_only = |arn: &&str| {
        listeners.iter().any(|(_, there)| there.balancer != own && there.targets.iter().any(|target| target == arn))
    };
    match requested(input).find(documented_only) {
        None => Step::Pass,
        Some(arn) => refuse(
            "TargetGroupAssociationLimit",
            format!("The following target groups cannot be associated with more than one load balancer: {arn}"),
        ),
    }
}

fn other_protocol(context: &mut Context<'_>, input: &CreateListenerInput) -> Step<CreateListenerOutput> {
    let listens = input.protocol().map_or("HTTP", |protocol| protocol.as_str());
    let fits = |group: &TargetGroup| match listens {
        "TCP" => matches!(group.protocol.as_str(), "TCP" | "TCP_UDP"),
        "HTTP" | "HTTPS" => matches!(group.protocol.as_str(), "HTTP" | "HTTPS"),
        _ => true,
    };
    match requested(input).filter_map(|arn| context.recall::<TargetGroup>(arn)).all(|group| fits(&group)) {
        true => Step::Pass,
        false => refuse("IncompatibleProtocols", "The specified configuration is not valid with this protocol"),
    }
}
