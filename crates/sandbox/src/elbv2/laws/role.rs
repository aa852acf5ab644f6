//! The service-linked role in a fresh account.

use aws_sdk_elasticloadbalancingv2::operation::create_load_balancer::{
    CreateLoadBalancerInput, CreateLoadBalancerOutput,
};

use crate::context::Context;
use crate::cross_service::linked_roles::{BALANCING, see_to};
use crate::law::Law;
use crate::typed::{Step, before};

pub(super) fn laws() -> Vec<Law> {
    vec![Law::documented(
        "elbv2/makes-its-role",
        "Elastic Load Balancing makes its service-linked role with an account's first load balancer",
        "https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/elb-service-linked-roles.html",
        before(balancer),
    )]
}

fn balancer(context: &mut Context<'_>, _: &CreateLoadBalancerInput) -> Step<CreateLoadBalancerOutput> {
    see_to(context, BALANCING);
    Step::Pass
}
