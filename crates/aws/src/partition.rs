//! The [partitions](https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html) of AWS,
//! each with its own accounts and host names.

/// The prefixes of each partition's regions. All other regions are in `aws`.
const PARTITIONS: &[(&str, &str)] = &[
    ("cn-", "aws-cn"),
    ("eu-isoe-", "aws-iso-e"),
    ("eusc-", "aws-eusc"),
    ("us-gov-", "aws-us-gov"),
    ("us-iso-", "aws-iso"),
    ("us-isob-", "aws-iso-b"),
    ("us-isof-", "aws-iso-f"),
];

/// The partition of a region.
pub fn of(region: &str) -> &'static str {
    PARTITIONS.iter().find(|(begins, _)| region.starts_with(begins)).map_or("aws", |(_, partition)| partition)
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_sdk_sts::config::endpoint::{DefaultResolver, Params, ResolveEndpoint};

    /// The SDK's host name for a region: its own table of partitions is not public, but determines the suffix.
    async fn host(region: &str) -> String {
        let params = Params::builder().region(region).build().expect("parameters");
        let endpoint = ResolveEndpoint::resolve_endpoint(&DefaultResolver::new(), &params).await.expect("an endpoint");
        endpoint.url().to_owned()
    }

    #[tokio::test]
    async fn the_sdk_sees_the_same_partitions() {
        let known = [
            ("us-east-1", "aws", "amazonaws.com"),
            ("eu-central-1", "aws", "amazonaws.com"),
            ("ap-northeast-1", "aws", "amazonaws.com"),
            ("us-gov-west-1", "aws-us-gov", "amazonaws.com"),
            ("cn-north-1", "aws-cn", "amazonaws.com.cn"),
            ("cn-northwest-1", "aws-cn", "amazonaws.com.cn"),
            ("eusc-de-east-1", "aws-eusc", "amazonaws.eu"),
            ("us-iso-east-1", "aws-iso", "c2s.ic.gov"),
            ("us-isob-east-1", "aws-iso-b", "sc2s.sgov.gov"),
            ("eu-isoe-west-1", "aws-iso-e", "cloud.adc-e.uk"),
            ("us-isof-south-1", "aws-iso-f", "csp.hci.ic.gov"),
        ];
        for (region, partition, suffix) in known {
            assert_eq!(of(region), partition);
            assert!(host(region).await.ends_with(&format!("{region}.{suffix}")), "{region}: {}", host(region).await);
        }
        let named: std::collections::BTreeSet<_> = known.iter().map(|(_, partition, _)| *partition).collect();
        assert_eq!(named.len(), PARTITIONS.len() + 1, "a partition is not compared");
    }
}
