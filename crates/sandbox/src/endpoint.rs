//! The host names of endpoints, which name the region and the service, and sometimes a bucket or an account.

/// Moves the bucket from the host name to the first path segment, which S3 also accepts.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html>
pub(crate) fn bucket_in_path(uri: &str) -> String {
    let virtual_hosted = || {
        let (scheme, rest) = uri.split_once("://")?;
        let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let (bucket, endpoint) = host.split_once(".s3.").filter(|(_, endpoint)| endpoint.ends_with("amazonaws.com"))?;
        Some(format!("{scheme}://s3.{endpoint}/{bucket}{path}"))
    };
    virtual_hosted().unwrap_or_else(|| uri.to_owned())
}

/// The region of an endpoint; global endpoints are in us-east-1, as in the `aws` partition.
pub(crate) fn region_of(uri: &str) -> String {
    let host = uri.split("://").nth(1).unwrap_or(uri);
    let host = host.split(['/', ':', '?']).next().unwrap_or_default();
    let parts: Vec<&str> = host.split('.').collect();
    match parts.as_slice() {
        [.., "s3", "amazonaws", "com"] => "us-east-1".to_owned(),
        // Other labels may precede it: the account, where a call names a stream by its ARN, or a bucket.
        [_, .., region, "amazonaws", "com"] => (*region).to_owned(),
        _ => "us-east-1".to_owned(),
    }
}

/// The service of an endpoint: the first label of its host name, or `kinesis` if that label is an account.
pub(crate) fn service_of(uri: &str) -> &str {
    let host = uri.split("://").nth(1).unwrap_or_default();
    let mut labels = host.split('.');
    let first = labels.next().unwrap_or_default();
    if labels.next() == Some("control-kinesis") { "kinesis" } else { first }
}

#[cfg(test)]
mod tests {
    use super::{bucket_in_path, region_of, service_of};

    #[test]
    fn regions_come_from_the_endpoint() {
        assert_eq!(region_of("https://ec2.eu-west-1.amazonaws.com/"), "eu-west-1");
        assert_eq!(region_of("https://iam.amazonaws.com/"), "us-east-1");
        let by_arn = "https://123456789012.control-kinesis.eu-west-1.amazonaws.com/";
        assert_eq!((region_of(by_arn).as_str(), service_of(by_arn)), ("eu-west-1", "kinesis"));
        assert_eq!(service_of("https://ec2.eu-west-1.amazonaws.com/"), "ec2");
        assert_eq!(region_of("https://trail-1.s3.eu-central-1.amazonaws.com/?policy"), "eu-central-1");
        assert_eq!(region_of("https://trail-1.s3.amazonaws.com/"), "us-east-1");
    }

    #[test]
    fn a_bucket_with_a_host_name_is_the_first_part_of_the_path() {
        let cases = [
            ("https://b.s3.eu-west-1.amazonaws.com/?policy", "https://s3.eu-west-1.amazonaws.com/b/?policy"),
            ("https://a.b.s3.amazonaws.com/k/l", "https://s3.amazonaws.com/a.b/k/l"),
            ("https://s3.eu-west-1.amazonaws.com/b?acl", "https://s3.eu-west-1.amazonaws.com/b?acl"),
            ("https://ec2.eu-west-1.amazonaws.com/", "https://ec2.eu-west-1.amazonaws.com/"),
        ];
        for (from, to) in cases {
            assert_eq!(bucket_in_path(from), to);
        }
    }
}
