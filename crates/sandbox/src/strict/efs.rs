//! EFS: file systems, mount targets and access points.

use super::Law;

pub(super) fn laws() -> Vec<Law> {
    Vec::new()
}
