//! Elastic Load Balancing: Network Load Balancers.
use crate::{
    budgets,
    declare::{Api, AwsService, kind},
    permissions::allow,
};

mod batched;
pub(crate) mod codes;
mod deregistration_delay;
mod listener;
mod load_balancer;
pub(crate) mod owner;
mod private_link_rules;
mod sweep;
mod target_group;
pub(crate) mod verify;

pub use deregistration_delay::*;
pub use listener::*;
pub use load_balancer::*;
pub use private_link_rules::*;
pub use target_group::*;

pub(crate) const SERVICE: AwsService = AwsService {
    name: "elb",
    apis: &[Api {
        sdk: "elasticloadbalancingv2",
        name: "Elastic Load Balancing v2",
        codes: codes::ROWS,
        budgets: budgets::unpublished,
    }],
    kinds: &[
        kind::<LoadBalancer>(),
        kind::<TargetGroup>(),
        kind::<DeregistrationDelay>(),
        kind::<Listener>(),
        kind::<PrivateLinkRules>(),
    ],
    probes: sweep::probes,
    sweep: &[allow(&[
        "elasticloadbalancing:DescribeLoadBalancers",
        "elasticloadbalancing:DescribeTags",
        "elasticloadbalancing:DescribeTargetGroups",
    ])
    .to_sweep()],
};
