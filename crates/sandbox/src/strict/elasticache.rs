//! ElastiCache: replication groups and their subnet groups.

use super::Law;

pub(super) fn laws() -> Vec<Law> {
    Vec::new()
}
