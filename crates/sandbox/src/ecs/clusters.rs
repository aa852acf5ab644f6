//! Clusters. <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateCluster.html>

use serde_json::{Value, json};

use super::{insights, services, tasks};
use crate::context::{Context, Refusal};
use crate::document::{last_part, overlay, text, texts, without};
use crate::wire::Ask;

/// The kind of clusters, by name.
pub(crate) const KIND: &str = "ecs:cluster";

pub(super) fn not_found() -> Refusal {
    Refusal::new("ClusterNotFoundException", "Cluster not found.")
}

/// The kind of a new cluster's lag, and its maximum seconds; an assumption.
const NEW: &str = "ecs:new-cluster";
const NOT_ACTIVE: f64 = 10.0;

/// The name of a call's cluster; `default` if the call names none.
pub(crate) fn named_in(ask: &Ask) -> String {
    match last_part(ask.text("cluster")) {
        "" => "default".to_owned(),
        name => name.to_owned(),
    }
}

/// The active cluster of that name.
pub(crate) fn active(context: &Context<'_>, name: &str) -> Result<Value, Refusal> {
    let known = context.document(KIND, name).filter(|_| !context.is_lagging(KIND, name));
    known.filter(|cluster| cluster["status"] == "ACTIVE").ok_or_else(not_found)
}

/// Whether parts of ECS do not see the cluster as active yet.
pub(crate) fn is_new(context: &Context<'_>, name: &str) -> bool {
    context.is_lagging(NEW, name)
}

/// AWS answers with the existing active cluster of that name, unchanged.
pub(super) fn create(context: &mut Context<'_>, ask: &Ask) -> Result<Value, Refusal> {
    let name = match ask.text("clusterName") {
        "" => "default",
        name => name,
    };
    if let Some(cluster) = context.document(KIND, name).filter(|cluster| cluster["status"] == "ACTIVE") {
        return Ok(json!({ "cluster": cluster }));
    }
    let mut cluster = without(&ask.json, &[]);
    overlay(
        &mut cluster,
        &json!({
            "clusterName": name,
            "clusterArn": context.arn("ecs", &format!("cluster/{name}")),
            "status": "ACTIVE",
        }),
    );
    context.remember_document(KIND, name, cluster.clone());
    context.lags(KIND, name, "ecs_cluster");
    context.lags_up_to(NEW, name, NOT_ACTIVE);
    Ok(json!({ "cluster": cluster }))
}

fn described(context: &Context<'_>, mut cluster: Value, include: &[&str]) -> Value {
    let name = text(&cluster, "clusterName").to_owned();
    let services = services::of(context, &name);
    let tasks = tasks::in_cluster(context, &name);
    let now = context.age();
    let running = tasks.iter().filter(|(_, task)| task.is_running(now)).count();
    let pending = tasks.iter().filter(|(_, task)| task.is_wanted(now)).count() - running;
    let active_services = services.iter().filter(|(key, service)| services::status(context, key, service) == "ACTIVE");
    overlay(
        &mut cluster,
        &json!({
            "registeredContainerInstancesCount": 0,
            "runningTasksCount": running,
            "pendingTasksCount": pending,
            "activeServicesCount": active_services.count(),
        }),
    );
    for (field, option) in [("tags", "TAGS"), ("settings", "SETTINGS"), ("configuration", "CONFIGURATIONS")] {
        if !include.contains(&option) {
            cluster[field] = Value::Null;
        }
    }
    without(&cluster, &[])
}

pub(super) fn describe(context: &mut Context<'_>, ask: &Ask) -> Result<Value, Refusal> {
    let mut names = texts(&ask.json, "clusters");
    if names.is_empty() {
        names.push("default");
    }
    let include = texts(&ask.json, "include");
    let (mut clusters, mut failures) = (Vec::new(), Vec::new());
    for name in names {
        let name = last_part(name);
        match context.document(KIND, name).filter(|_| !context.is_lagging(KIND, name)) {
            Some(cluster) => clusters.push(described(context, cluster, &include)),
            None => failures.push(json!({
                "arn": context.arn("ecs", &format!("cluster/{name}")),
                "reason": "MISSING",
            })),
        }
    }
    Ok(json!({ "clusters": clusters, "failures": failures }))
}

pub(super) fn list(context: &mut Context<'_>, _: &Ask) -> Result<Value, Refusal> {
    let arns: Vec<Value> = (context.documents(KIND).into_iter())
        .filter(|(_, cluster)| cluster["status"] == "ACTIVE")
        .map(|(_, cluster)| cluster["clusterArn"].clone())
        .collect();
    Ok(json!({ "clusterArns": arns }))
}

pub(super) fn update(context: &mut Context<'_>, ask: &Ask) -> Result<Value, Refusal> {
    let name = named_in(ask);
    let mut cluster = active(context, &name)?;
    overlay(&mut cluster, &without(&ask.json, &["cluster"]));
    context.remember_document(KIND, &name, cluster.clone());
    Ok(json!({ "cluster": cluster }))
}

/// AWS refuses while the cluster has services or tasks, and still shows a deleted cluster as inactive.
pub(super) fn delete(context: &mut Context<'_>, ask: &Ask) -> Result<Value, Refusal> {
    let name = named_in(ask);
    let mut cluster = active(context, &name)?;
    let services = services::of(context, &name);
    if services.iter().any(|(key, service)| services::status(context, key, service) != "INACTIVE") {
        let message = "The Cluster cannot be deleted while Services are active.";
        return Err(Refusal::new("ClusterContainsServicesException", message));
    }
    if tasks::any_in(context, &name) {
        let message = "The Cluster cannot be deleted while Tasks are active.";
        return Err(Refusal::new("ClusterContainsTasksException", message));
    }
    cluster["status"] = json!("INACTIVE");
    context.remember_document(KIND, &name, cluster.clone());
    insights::forget(context, &name);
    Ok(json!({ "cluster": cluster }))
}
