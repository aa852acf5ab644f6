//! Elastic Load Balancing tells the tags of many things at once.
use crate::{Cx, tags};
use vidpipe_engine::{Owned, Result};

/// The load balancer, target group or listener of that ARN.
pub(crate) async fn tagged(cx: &Cx, arn: &str) -> Result<Owned> {
    let seen = cx.cloud.balancing_tags(arn).await?;
    Ok(seen.map_or(Owned::Absent, |tags| tags::owned(cx, tags.iter().filter_map(|t| t.key().zip(t.value())))))
}
