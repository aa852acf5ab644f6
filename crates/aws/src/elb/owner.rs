//! Elastic Load Balancing describes the tags of many resources in one call.
use crate::{Cx, tags};
use vidpipe_engine::{Owned, Result};

/// The load balancer, target group or listener with this ARN.
pub(crate) async fn tagged(cx: &Cx, arn: &str) -> Result<Owned> {
    let seen = cx.cloud.balancing_tags(arn).await?;
    Ok(seen.map_or(Owned::Absent, |tags| tags::owned(cx, tags.iter().filter_map(|t| t.key().zip(t.value())))))
}
