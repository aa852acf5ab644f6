//! The log group that Container Insights uses for a cluster with running tasks.
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Container-Insights-metrics-ECS.html>

use serde_json::Value;

use super::clusters;
use super::tasks::{self, Task};
use crate::context::Context;
use crate::document::text;
use crate::logs;
use crate::wire::Ask;

/// Seconds between two writes of metrics.
const EVERY: f64 = 60.0;
const PREFIX: &str = "/aws/ecs/containerinsights/";
const SUFFIX: &str = "/performance";

fn is_on(cluster: &Value) -> bool {
    let settings = cluster["settings"].as_array().into_iter().flatten();
    let mut insights = settings.filter(|setting| text(setting, "name") == "containerInsights");
    insights.any(|setting| ["enabled", "enhanced"].contains(&text(setting, "value")))
}

/// Creates the group when the cluster's first tasks run.
pub(super) fn appear(context: &mut Context<'_>, cluster: &str) {
    let now = context.age();
    let runs = context.all::<Task>().iter().any(|(_, task)| task.cluster == cluster && task.is_running(now));
    let kept = context.document(clusters::KIND, cluster).unwrap_or_default();
    if runs && is_on(&kept) && context.document(KNOWN, cluster).is_none() {
        context.remember_document(KNOWN, cluster, Value::Bool(true));
        let group = format!("{PREFIX}{cluster}{SUFFIX}");
        logs::by_service(context, &group, 0.0);
    }
}

/// Clusters whose group was created, or existed when it was needed.
const KNOWN: &str = "ecs:insights";

/// The next metrics recreate a deleted group, as long as tasks run.
/// <https://github.com/aws/containers-roadmap/issues/2315>
pub(super) fn deleted(context: &mut Context<'_>, ask: &Ask, _: &mut Value) {
    let group = ask.text("logGroupName").to_owned();
    let cluster = group.strip_prefix(PREFIX).and_then(|rest| rest.strip_suffix(SUFFIX));
    let Some(cluster) = cluster.map(str::to_owned) else {
        return;
    };
    let kept = context.document(clusters::KIND, &cluster).unwrap_or_default();
    if is_on(&kept) && tasks::any_in(context, &cluster) {
        logs::by_service(context, &group, EVERY);
    } else {
        context.forget_document(KNOWN, &cluster);
    }
}

/// Removes the record of a deleted cluster.
pub(super) fn forget(context: &mut Context<'_>, cluster: &str) {
    context.forget_document(KNOWN, cluster);
}
