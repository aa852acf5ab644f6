//! IAM: roles that work only after a while, and go only when nothing is attached.

use super::Law;

pub(super) fn laws() -> Vec<Law> {
    Vec::new()
}
