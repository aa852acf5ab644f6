//! Elastic Load Balancing: balancers, listeners and target groups.

use super::Law;

pub(super) fn laws() -> Vec<Law> {
    Vec::new()
}
