//! ECS, without a backend: winterbaume's clusters have no settings and no tags, its task definitions lose volumes,
//! secrets and log options, its services never run, and its snapshots contain none of it. ECS is kept here as JSON
//! documents in AWS's own form.

mod balanced;
mod clusters;
mod definitions;
mod describe;
mod insights;
mod launch;
mod laws;
mod providers;
mod rollout;
mod runs;
mod services;
mod starts;
mod tags;
mod target_health;
mod task_reads;
mod tasks;

use serde_json::Value;

use crate::budgets::TokenBucket;
use crate::context::{Context, Refusal};
use crate::faults::is_read;
use crate::log::Id;
use crate::service::{Resource, Rules, Service, Standing};
use crate::wire::{Ask, Verdict, WireRule};

pub(crate) use clusters::{
    KIND as CLUSTER, active as active_cluster, is_new as is_new_cluster, named_in as cluster_in,
};
pub(crate) use definitions::KIND as DEFINITION;
pub(crate) use definitions::find as definition;
pub(crate) use launch::unassumable;
pub(crate) use providers::{has as has_provider, named as providers_in};
pub(crate) use services::{KIND as SERVICE, is_active as is_active_service, is_deploying};

type Operation = fn(&mut Context<'_>, &Ask) -> Result<Value, Refusal>;

pub(crate) static ECS: Service = Service {
    laws: laws::laws,
    model: Rules { typed: target_health::rules, wire: rules },
    creates: &[
        ("CreateCluster", Id::Answer("cluster_arn")),
        ("RegisterTaskDefinition", Id::Answer("task_definition_arn")),
        ("CreateService", Id::Answer("service_arn")),
        ("RunTask", Id::Answer("task_arn")),
    ],
    budget,
    unfound,
    kept: &[CLUSTER, DEFINITION, SERVICE],
    standing,
    ..Service::new("ECS", "ecs")
};

/// ECS counts by category of action.
/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/request-throttling.html>
fn budget(operation: &str) -> Vec<TokenBucket> {
    let (category, burst, per_second) = match operation {
        "DeleteTaskDefinitions" => ("task definition deletion", 5.0, 1.0),
        _ if operation.contains("TaskDefinition") && !is_read(operation) => ("task definition modify", 20.0, 1.0),
        _ if operation.contains("Cluster") && is_read(operation) => ("cluster read", 50.0, 20.0),
        _ if operation.contains("Cluster") => ("cluster modify", 20.0, 1.0),
        _ if is_read(operation) => ("service read", 100.0, 20.0),
        _ => ("service modify", 50.0, 5.0),
    };
    vec![TokenBucket::new(category, burst, per_second)]
}

fn unfound(operation: &str) -> Option<(&'static str, u16)> {
    match operation {
        _ if operation.contains("TaskDefinition") => None,
        _ if operation.ends_with("Cluster") => Some(("ClusterNotFoundException", 400)),
        _ => Some(("ServiceNotFoundException", 400)),
    }
}

fn standing(resource: &Resource<'_>) -> Standing {
    match resource.state() {
        "INACTIVE" | "DELETE_IN_PROGRESS" => Standing::Tombstone,
        _ => Standing::Exists,
    }
}

/// Wraps an operation that is answered here into a wire rule.
macro_rules! answered_here {
    ($($operation:literal => $function:path),+ $(,)?) => {
        vec![$(WireRule::before("ECS", $operation, |context, ask| {
            let operation: Operation = $function;
            rollout::advance_all(context);
            Verdict::from(operation(context, ask))
        })),+]
    };
}

fn rules() -> Vec<WireRule> {
    let mut rules = answered_here![
        "CreateCluster" => clusters::create,
        "DescribeClusters" => clusters::describe,
        "ListClusters" => clusters::list,
        "UpdateCluster" => clusters::update,
        "UpdateClusterSettings" => clusters::update,
        "PutClusterCapacityProviders" => providers::put,
        "DeleteCluster" => clusters::delete,
        "RegisterTaskDefinition" => definitions::register,
        "DescribeTaskDefinition" => definitions::describe,
        "ListTaskDefinitions" => definitions::list,
        "DeregisterTaskDefinition" => definitions::deregister,
        "DeleteTaskDefinitions" => definitions::delete,
        "CreateService" => services::create,
        "DescribeServices" => services::describe,
        "ListServices" => services::list,
        "UpdateService" => services::update,
        "DeleteService" => services::delete,
        "ListTasks" => task_reads::list,
        "DescribeTasks" => task_reads::describe,
        "RunTask" => runs::run,
        "StopTask" => runs::stop,
        "TagResource" => tags::tag,
        "UntagResource" => tags::untag,
        "ListTagsForResource" => tags::list,
    ];
    rules.push(WireRule::after("CloudWatch Logs", "DeleteLogGroup", insights::deleted));
    rules
}
