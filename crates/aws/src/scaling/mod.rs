//! Application Auto Scaling: ECS services that scale.
use crate::{
    budgets,
    declare::{Api, AwsService, kind},
    permissions::{Permission, allow},
};

mod calls;
pub(crate) mod codes;
pub(crate) mod owner;
mod scalable_target;
mod scaling_policy;
mod step_policy;
mod sweep;
pub(crate) mod verify;

pub(crate) use calls::*;
pub use scalable_target::*;
pub use scaling_policy::*;
pub use step_policy::*;

/// What Application Auto Scaling does with the caller's own permissions, to see that it has them:
/// [validation](https://docs.aws.amazon.com/autoscaling/application/userguide/security_iam_permission_validation.html).
pub(crate) const VALIDATED: Permission = allow(&[
    "cloudwatch:DeleteAlarms",
    "cloudwatch:DescribeAlarms",
    "cloudwatch:PutMetricAlarm",
    "ecs:DescribeServices",
    "ecs:UpdateService",
])
.on_behalf();

/// Policies of scalable targets. Application Auto Scaling puts the alarms of target tracking itself.
pub(crate) const POLICIES: Permission = allow(&[
    "application-autoscaling:DeleteScalingPolicy",
    "application-autoscaling:DescribeScalableTargets",
    "application-autoscaling:DescribeScalingPolicies",
    "application-autoscaling:ListTagsForResource",
    "application-autoscaling:PutScalingPolicy",
]);

pub(crate) const SERVICE: AwsService = AwsService {
    name: "scaling",
    apis: &[Api {
        sdk: "applicationautoscaling",
        name: "Application Auto Scaling",
        codes: codes::ROWS,
        budgets: budgets::unpublished,
    }],
    kinds: &[kind::<ScalableTarget>(), kind::<ScalingPolicy>(), kind::<StepPolicy>()],
    probes: sweep::probes,
    sweep: &[allow(&[
        "application-autoscaling:DescribeScalableTargets",
        "application-autoscaling:ListTagsForResource",
    ])
    .to_sweep()],
};
