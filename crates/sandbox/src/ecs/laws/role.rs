//! The service-linked role in a fresh account. ECS creates it with the first cluster, and refuses until it can assume
//! it.

use super::{SERVICE, invalid};
use crate::context::Context;
use crate::cross_service::linked_roles::{CONTAINERS, see_to, serves};
use crate::law::Law;
use crate::wire::{Ask, Verdict, WireRule};

pub(super) fn laws() -> Vec<Law> {
    const TARGETS: &str = "trussworks/terraform-aws-ecs-service#335; hashicorp/terraform-provider-aws, \
                           internal/service/ecs/service.go, which asks again for minutes";
    vec![
        Law::reported(
            "ecs/cluster-needs-role",
            "a cluster cannot be made before ECS can use its service-linked role, which it makes then",
            "aws-cloudformation/cloudformation-coverage-roadmap#818",
            WireRule::before(SERVICE, "CreateCluster", cluster),
        ),
        Law::reported(
            "ecs/service-needs-role",
            "a service with a target group cannot be made before ECS can use its service-linked role",
            TARGETS,
            WireRule::before(SERVICE, "CreateService", service),
        ),
        Law::reported(
            "ecs/update-needs-role",
            "a service cannot be given a target group before ECS can use its service-linked role",
            TARGETS,
            WireRule::before(SERVICE, "UpdateService", service),
        ),
    ]
}

fn cluster(context: &mut Context<'_>, _: &mut Ask) -> Verdict {
    see_to(context, CONTAINERS);
    match serves(context, CONTAINERS) {
        true => Verdict::Pass,
        false => {
            invalid("Unable to assume the service linked role. Please verify that the ECS service linked role exists.")
        }
    }
}

fn service(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    let balanced = ask.json["loadBalancers"].as_array().is_some_and(|all| !all.is_empty());
    match !balanced || serves(context, CONTAINERS) {
        true => Verdict::Pass,
        false => invalid(
            "Unable to assume role and validate the specified targetGroupArn. Please verify that the ECS service role \
             being passed has the proper permissions.",
        ),
    }
}
