//! ECS: clusters, task definitions, services and their tasks.

mod network;
mod providers;
mod role;
mod runs;
mod targets;

use serde_json::Value;

use crate::account::ACCOUNT_ID;
use crate::context::{Context, Refusal};
use crate::cross_service::principals::is_role_settled;
use crate::document::text;
use crate::ecs;
use crate::law::{Basis, Law};
use crate::wire::{Ask, Verdict, WireRule};

const SERVICE: &str = "ECS";
const CREATE: &str = "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html";
const UPDATE: &str = "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html";
const DELETE: &str = "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteService.html";
const CLUSTER: &str = "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteCluster.html";
const STATES: &str = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-definition-state.html";
const REGISTER: &str = "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html";

pub(super) fn laws() -> Vec<Law> {
    let mut laws = role::laws();
    laws.extend(of_services());
    laws.push(Law::reported(
        "ecs/role-not-passable-yet",
        "a task definition cannot name a role that was made a moment ago: nobody seems to be allowed to pass it",
        "terraform-aws-modules/terraform-aws-ecs#414, silinternational/ecs-deploy#231",
        WireRule::before(SERVICE, "RegisterTaskDefinition", of_young_role),
    ));
    laws.extend(network::laws());
    laws.extend(providers::laws());
    laws.extend(runs::laws());
    laws.extend(targets::laws());
    laws.extend(kept_elsewhere());
    laws
}

fn refuse(code: &str, message: impl Into<String>) -> Verdict {
    Verdict::Refuse(Refusal::new(code, message))
}

fn invalid(message: impl Into<String>) -> Verdict {
    refuse("InvalidParameterException", message)
}

fn of_services() -> Vec<Law> {
    vec![
        Law::documented(
            "ecs/service-in-unknown-cluster",
            "a service cannot be made in a cluster that is inactive, or that there is not",
            CREATE,
            WireRule::before(SERVICE, "CreateService", in_unknown_cluster),
        ),
        Law::reported(
            "ecs/service-of-unknown-definition",
            "a service cannot be made of a task definition that there is not",
            "Cloud-CV/EvalAI#2419",
            WireRule::before(SERVICE, "CreateService", of_unknown_definition),
        ),
        Law::reported(
            "ecs/update-to-unknown-definition",
            "a service cannot be changed to a task definition that there is not",
            "Cloud-CV/EvalAI#2419, of CreateService",
            WireRule::before(SERVICE, "UpdateService", of_unknown_definition),
        ),
        Law::reported(
            "ecs/one-revision-at-a-time",
            "two revisions of a family cannot be registered within a moment",
            "hashicorp/terraform-provider-aws#9777",
            WireRule::before(SERVICE, "RegisterTaskDefinition", registered_just_now),
        ),
        Law::assumed(
            "ecs/revision-registers",
            "that a revision was registered is noted for as long",
            "the report does not say how long; a second or two",
            WireRule::after(SERVICE, "RegisterTaskDefinition", registers),
        ),
        Law::reported(
            "ecs/deployments-active",
            "a service whose deployments go on is deleted by force only",
            "hashicorp/terraform-provider-aws, internal/service/ecs/service.go asks again for that",
            WireRule::before(SERVICE, "DeleteService", deploying),
        ),
        Law::documented(
            "ecs/service-of-inactive-definition",
            "a service cannot be made of a revision that was deregistered",
            STATES,
            WireRule::before(SERVICE, "CreateService", of_inactive_definition),
        ),
        Law::documented(
            "ecs/update-to-inactive-definition",
            "a service cannot be changed to a revision that was deregistered",
            STATES,
            WireRule::before(SERVICE, "UpdateService", of_inactive_definition),
        ),
    ]
}

fn of_young_role(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    let named = ["executionRoleArn", "taskRoleArn"].map(|field| ask.text(field));
    match named.into_iter().find(|role| !role.is_empty() && !is_role_settled(context, role)) {
        None => Verdict::Pass,
        Some(role) => refuse(
            "AccessDeniedException",
            format!(
                "User: arn:aws:iam::{ACCOUNT_ID}:user/sandbox is not authorized to perform: iam:PassRole on resource: {role} \
                 because no identity-based policy allows the iam:PassRole action"
            ),
        ),
    }
}

fn in_unknown_cluster(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    match ecs::active_cluster(context, &ecs::cluster_in(ask)) {
        Ok(_) => Verdict::Pass,
        Err(refusal) => Verdict::Refuse(refusal),
    }
}

fn of_unknown_definition(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    let name = ask.text("taskDefinition");
    match name.is_empty() || ecs::definition(context, name).is_some() {
        true => Verdict::Pass,
        false => refuse("ClientException", "TaskDefinition not found."),
    }
}

/// The kind of lag of a family with a newly registered revision, and its maximum seconds.
const REGISTERING: &str = "ecs:registering";
const REGISTERS: f64 = 2.0;

fn registered_just_now(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    let message = "Too many concurrent attempts to create a new revision of the specified family.";
    match context.is_lagging(REGISTERING, ask.text("family")) {
        false => Verdict::Pass,
        true => refuse("ClientException", message),
    }
}

fn registers(context: &mut Context<'_>, ask: &Ask, _: &mut Value) {
    context.lags_up_to(REGISTERING, ask.text("family"), REGISTERS);
}

fn deploying(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    match ask.json["force"] != true && ecs::is_deploying(context, ask) {
        false => Verdict::Pass,
        true => invalid("The service cannot be stopped while deployments are active."),
    }
}

fn of_inactive_definition(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    match ecs::definition(context, ask.text("taskDefinition")) {
        Some((_, kept)) if text(&kept["definition"], "status") != "ACTIVE" => {
            refuse("ClientException", "TaskDefinition is inactive")
        }
        _ => Verdict::Pass,
    }
}

/// The rules that the model enforces.
fn kept_elsewhere() -> Vec<Law> {
    let documented = |name, says, source| Law::documented_only(name, says, Basis::Documented, source);
    let reported = |name, says, source| Law::documented_only(name, says, Basis::Reported, source);
    vec![
        documented(
            "ecs/cluster-with-services",
            "a cluster with services that are active or drain cannot be deleted",
            CLUSTER,
        ),
        documented("ecs/cluster-with-tasks", "a cluster with tasks that have not stopped cannot be deleted", CLUSTER),
        documented("ecs/service-above-zero", "a service that should run tasks is deleted by force only", DELETE),
        documented("ecs/service-drains", "a deleted service drains until all its tasks are at least stopping", DELETE),
        documented("ecs/service-name-draining", "the name of a service that drains cannot be used", DELETE),
        documented(
            "ecs/service-twice",
            "a service is made once: the same call again is answered with it, another call of its name is refused",
            CREATE,
        ),
        documented("ecs/update-inactive-service", "a service that drains or is inactive cannot be changed", UPDATE),
        documented("ecs/revisions-only-count-up", "the number of a deleted revision is never used again", REGISTER),
        documented("ecs/active-definition-stays", "a revision must be deregistered before it can be deleted", STATES),
        documented(
            "ecs/definition-in-use-stays",
            "a revision that is being deleted stays for as long as a service or a task is of it",
            STATES,
        ),
        documented(
            "ecs/circuit-breaker",
            "a deployment of which half the tasks, but at least 3 and at most 200, have failed, fails itself",
            "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceDeploymentCircuitBreaker.html",
        ),
        documented(
            "ecs/steady-when-healthy",
            "a service is steady only when its tasks are healthy in their target group",
            "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-load-balancing.html",
        ),
        documented(
            "ecs/log-group-must-be-there",
            "a task whose log group there is not stops before its containers run",
            "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/resource-initialization-error.html",
        ),
        documented(
            "ecs/secret-must-be-there",
            "a task whose secret there is not stops before its containers run",
            "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/resource-initialization-error.html",
        ),
        reported(
            "ecs/role-must-be-known",
            "no task is started while a role of it is not known yet; ECS tries again every half minute",
            "pulumi/pulumi-awsx#927",
        ),
        documented(
            "ecs/task-interfaces",
            "each task has a network interface in its subnet and groups",
            "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-task-networking.html",
        ),
        reported(
            "ecs/task-interfaces-linger",
            "the network interface of a task stays for a while when its service is inactive already",
            "hashicorp/terraform-provider-aws#3414",
        ),
        documented(
            "ecs/stopped-tasks-are-forgotten",
            "a stopped task is shown for an hour",
            "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeTasks.html",
        ),
        reported(
            "ecs/insights-log-group",
            "Container Insights makes its log group when tasks run, and makes it again when it is deleted meanwhile",
            "aws/containers-roadmap#2315",
        ),
        reported(
            "ecs/new-is-unknown",
            "for a moment, a new cluster or service may be missing from what ECS shows",
            "hashicorp/terraform-provider-aws, internal/service/ecs/service.go",
        ),
    ]
}
