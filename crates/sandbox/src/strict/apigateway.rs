//! API Gateway: APIs, stages, usage plans and VPC links.

use super::Law;

pub(super) fn laws() -> Vec<Law> {
    Vec::new()
}
