//! The log group that RDS creates for a cluster that exports its log, when its first instance runs.
//! <https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraPostgreSQL.CloudWatch.html>

use serde_json::Value;

use super::{Cluster, clusters};
use crate::context::Context;
use crate::logs;
use crate::wire::{Ask, WireRule};

/// Seconds until a running instance writes to its log again; an assumption.
const EVERY: f64 = 60.0;
const PREFIX: &str = "/aws/rds/cluster/";
const LOG: &str = "postgresql";

pub(super) fn rules() -> Vec<WireRule> {
    vec![WireRule::after("CloudWatch Logs", "DeleteLogGroup", deleted)]
}

/// Creates the group after `seconds`, unless it exists, if the cluster exports its log.
pub(crate) fn appear(context: &mut Context<'_>, cluster: &str, seconds: f64) {
    let exports =
        context.recall::<Cluster>(cluster).is_some_and(|cluster| cluster.log_exports.iter().any(|l| l == LOG));
    if exports {
        let group = format!("{PREFIX}{cluster}/{LOG}");
        logs::by_service(context, &group, seconds);
    }
}

/// A running instance recreates a deleted group. <https://github.com/hashicorp/terraform-provider-aws/issues/42858>
fn deleted(context: &mut Context<'_>, ask: &Ask, _: &mut Value) {
    let group = ask.text("logGroupName");
    let cluster =
        group.strip_prefix(PREFIX).and_then(|rest| rest.strip_suffix(LOG)).and_then(|id| id.strip_suffix('/'));
    if let Some(cluster) = cluster.map(str::to_owned)
        && clusters::writer(context, &cluster).is_some()
    {
        appear(context, &cluster, EVERY);
    }
}
