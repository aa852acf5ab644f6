//! What the kinds of SNS share: one look at a topic, and where a topic of a name is. It changes nothing.
use crate::{Cx, OrFail};
use std::collections::HashMap;
use vidpipe_engine::Result;

/// The topic's attributes: [GetTopicAttributes](https://docs.aws.amazon.com/sns/latest/api/API_GetTopicAttributes.html).
pub(crate) async fn look(cx: &Cx, arn: &str) -> Result<HashMap<String, String>> {
    let seen = cx.cloud.sns.get_topic_attributes().topic_arn(arn).send().await.or_fail("look at the topic")?;
    Ok(seen.attributes.unwrap_or_default())
}

/// The ARN a topic of that name has: SNS finds topics by it only, and makes it from the name.
pub(crate) fn arn(cx: &Cx, name: &str) -> String {
    let (region, account) = (&cx.env.region, &cx.env.account);
    format!("arn:{}:sns:{region}:{account}:{name}", partition(region))
}

/// The partition of a region: <https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html>.
fn partition(region: &str) -> &'static str {
    match region {
        region if region.starts_with("cn-") => "aws-cn",
        region if region.starts_with("us-gov-") => "aws-us-gov",
        _ => "aws",
    }
}

#[cfg(test)]
mod tests {
    use super::partition;

    #[test]
    fn a_region_is_in_one_partition() {
        let regions = ["eu-central-1", "us-east-1", "cn-north-1", "us-gov-west-1"];
        assert_eq!(regions.map(partition), ["aws", "aws", "aws-cn", "aws-us-gov"]);
    }
}
