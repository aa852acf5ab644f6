//! Secrets Manager: names that stay taken, secrets that belong to services.

use super::Law;

pub(super) fn laws() -> Vec<Law> {
    Vec::new()
}
