//! The contents of a cluster's databases, which the Data API reads and writes. They go with the cluster.

use super::Cluster;
use crate::context::Context;

/// The kind of a database.
pub(crate) const KIND: &str = "rdsdata:database";

/// The id of a database: its cluster and its name.
pub(crate) fn id(cluster: &Cluster, name: &str) -> String {
    format!("{} {name}", cluster.resource_id)
}

/// Deletes the databases of a cluster after `seconds`.
pub(super) fn vanish(context: &mut Context<'_>, cluster: &str, seconds: f64) {
    for (id, _) in context.documents(KIND) {
        if id.split(' ').next() == Some(cluster) {
            context.vanish(KIND, &id, "deleting", seconds);
        }
    }
}
