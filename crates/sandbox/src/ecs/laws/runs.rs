//! Tasks that run without a service.

use super::{SERVICE, STATES, in_unknown_cluster, of_inactive_definition, of_unknown_definition, refuse};
use crate::context::Context;
use crate::ecs;
use crate::law::{Basis, Law};
use crate::wire::{Ask, Verdict, WireRule};

const RUN: &str = "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html";
const TOKENS: &str = "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/ECS_Idempotency.html";
const LIFE: &str = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-lifecycle-explanation.html";

pub(super) fn laws() -> Vec<Law> {
    let mut laws = refusals();
    laws.extend([
        Law::documented_only(
            "ecs/run-once-by-token",
            "the same token runs a task once in its cluster; with other parameters it is refused",
            Basis::Documented,
            TOKENS,
        ),
        Law::documented_only(
            "ecs/run-ends-by-itself",
            "a task without a service stops when its container ends, and is shown with the exit code",
            Basis::Documented,
            LIFE,
        ),
        Law::documented_only(
            "ecs/stop-unknown-task",
            "a task that there is not, or not any more, cannot be stopped",
            Basis::Documented,
            "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_StopTask.html",
        ),
    ]);
    laws
}

fn refusals() -> Vec<Law> {
    vec![
        Law::documented(
            "ecs/run-in-unknown-cluster",
            "a task cannot be run in a cluster that is inactive, or that there is not",
            RUN,
            WireRule::before(SERVICE, "RunTask", in_unknown_cluster),
        ),
        Law::reported(
            "ecs/run-of-unknown-definition",
            "a task cannot be run of a task definition that there is not",
            "Cloud-CV/EvalAI#2419, of CreateService",
            WireRule::before(SERVICE, "RunTask", of_unknown_definition),
        ),
        Law::documented(
            "ecs/run-of-inactive-definition",
            "a task cannot be run of a revision that was deregistered",
            STATES,
            WireRule::before(SERVICE, "RunTask", of_inactive_definition),
        ),
        Law::assumed(
            "ecs/run-role-must-be-known",
            "a task cannot be run while a role of it is not known yet",
            "as with services, pulumi/pulumi-awsx#927; here nobody tries again",
            WireRule::before(SERVICE, "RunTask", role_not_known),
        ),
    ]
}

fn role_not_known(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    match ecs::unassumable(context, ask.text("taskDefinition")) {
        None => Verdict::Pass,
        Some(why) => refuse("ClientException", why),
    }
}
