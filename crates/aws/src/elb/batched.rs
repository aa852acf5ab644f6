//! Batched reads: tags that are read at the same moment share one call.
use crate::{Aws, OrFail};
use aws_sdk_elasticloadbalancingv2::types::{Tag as BalancingTag, TagDescription};
use vidpipe_engine::{Batcher, Result};

/// The limit of
/// [DescribeTags](https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeTags.html).
const MANY: usize = 20;

/// The reads in progress.
struct Reads {
    balancing_tags: Batcher<Vec<TagDescription>>,
}

impl Default for Reads {
    fn default() -> Self {
        Self { balancing_tags: Batcher::new("load balancing tags", MANY) }
    }
}

impl Aws {
    /// The tags of the load balancer, target group or listener with this ARN.
    pub(crate) async fn balancing_tags(&self, arn: &str) -> Result<Option<Vec<BalancingTag>>> {
        let reads = self.shared::<Reads>();
        let read = async |arns| {
            let call = self.elb.describe_tags().set_resource_arns(Some(arns));
            Ok(call.send().await.or_fail("read the load balancing tags")?.tag_descriptions.unwrap_or_default())
        };
        let seen = reads.balancing_tags.read(arn, read).await?;
        let of = seen.iter().find(|d| d.resource_arn() == Some(arn));
        Ok(of.map(|d| d.tags().to_vec()))
    }
}
