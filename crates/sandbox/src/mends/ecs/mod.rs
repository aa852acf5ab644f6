//! ECS. Winterbaume's clusters have no settings and no tags, its task definitions lose volumes, secrets and log
//! options, its services never run, and its snapshots contain none of it. So ECS is kept here as JSON documents in
//! AWS's own form.

mod balanced;
mod clusters;
mod definitions;
mod insights;
mod launch;
mod looks;
mod providers;
mod rollout;
mod runs;
mod services;
mod shown;
mod starts;
mod tags;
mod tasks;

use serde_json::Value;

use crate::context::{Context, Refusal};
use crate::wire::{Ask, Verdict, WireRule};

pub(crate) use balanced::in_group;
pub(crate) use clusters::{
    KIND as CLUSTER, active as active_cluster, is_new as is_new_cluster, named_in as cluster_in,
};
pub(crate) use definitions::KIND as DEFINITION;
pub(crate) use definitions::find as definition;
pub(crate) use launch::unassumable;
pub(crate) use providers::{has as has_provider, named as providers_in};
pub(crate) use services::{KIND as SERVICE, is_active as is_active_service, is_deploying};

type Operation = fn(&mut Context<'_>, &Ask) -> Result<Value, Refusal>;

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

pub(super) fn rules() -> Vec<WireRule> {
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
        "ListTasks" => looks::list,
        "DescribeTasks" => looks::describe,
        "RunTask" => runs::run,
        "StopTask" => runs::stop,
        "TagResource" => tags::tag,
        "UntagResource" => tags::untag,
        "ListTagsForResource" => tags::list,
    ];
    rules.push(WireRule::after("CloudWatch Logs", "DeleteLogGroup", insights::deleted));
    rules
}
