//! A request as rules see it: its operation and its contents.

use std::collections::BTreeMap;

use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use serde_json::Value;

use crate::world::SavedRequest;

/// A parsed request.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ask {
    /// The operation, as AWS names it.
    pub(crate) operation: String,
    /// The fields of a query-protocol request.
    pub(crate) form: BTreeMap<String, String>,
    /// The body of a JSON request; null for others.
    pub(crate) json: Value,
    /// The path's segments, decoded.
    pub(crate) path: Vec<String>,
    /// The fields of the query string.
    pub(crate) query: BTreeMap<String, String>,
}

impl Ask {
    /// Parses `request`. If `operation` is empty, the operation is read from the request.
    pub(crate) fn read(request: &SavedRequest, operation: &str) -> Self {
        let (path, query) = split(&request.uri);
        let content = header(request, "content-type").unwrap_or_default();
        let form = if content.contains("urlencoded") { fields(&request.body) } else { BTreeMap::new() };
        let operation = if operation.is_empty() { named_in(request, &form) } else { operation.to_owned() };
        Self {
            operation,
            form,
            json: serde_json::from_slice(&request.body).unwrap_or(Value::Null),
            path: (path.split('/').filter(|part| !part.is_empty())).map(decode).collect(),
            query: fields(query),
        }
    }

    /// A string in the JSON body, or the empty string.
    pub(crate) fn text(&self, field: &str) -> &str {
        self.json[field].as_str().unwrap_or_default()
    }

    /// The path segment after `name`, as in `/restapis/{id}`, or the empty string.
    pub(crate) fn segment_after(&self, name: &str) -> &str {
        (self.path.iter().position(|part| part == name)).and_then(|at| self.path.get(at + 1)).map_or("", String::as_str)
    }

    /// The form encoded as a request body.
    pub(crate) fn encoded_form(&self) -> String {
        (form_urlencoded::Serializer::new(String::new())).extend_pairs(&self.form).finish()
    }
}

/// Converts a request to its stored form, so that it can be sent now or later.
pub(crate) fn save(request: &HttpRequest) -> SavedRequest {
    let headers = (request.headers().iter()).map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    SavedRequest {
        method: request.method().to_owned(),
        uri: bucket_in_path(request.uri()),
        headers,
        body: request.body().bytes().unwrap_or_default().to_vec(),
    }
}

/// A header of a stored request.
pub(crate) fn header<'a>(request: &'a SavedRequest, name: &str) -> Option<&'a str> {
    (request.headers.iter()).find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
}

/// Moves the bucket from the host name to the first path segment, which S3 also accepts.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html>
fn bucket_in_path(uri: &str) -> String {
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

fn split(uri: &str) -> (&str, &str) {
    let after_scheme = uri.split_once("://").map_or(uri, |(_, rest)| rest);
    let path = after_scheme.find('/').map_or("/", |start| &after_scheme[start..]);
    path.split_once('?').unwrap_or((path, ""))
}

fn fields(encoded: impl AsRef<[u8]>) -> BTreeMap<String, String> {
    form_urlencoded::parse(encoded.as_ref()).into_owned().collect()
}

fn decode(segment: &str) -> String {
    // Path segments are percent-encoded like form values, except that a plus sign is literal.
    let pair = format!("s={}", segment.replace('+', "%2B"));
    fields(&pair).remove("s").unwrap_or_default()
}

fn named_in(request: &SavedRequest, form: &BTreeMap<String, String>) -> String {
    let target = header(request, "x-amz-target").and_then(|target| target.rsplit('.').next());
    (target.map(str::to_owned)).or_else(|| form.get("Action").cloned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{Ask, bucket_in_path, region_of, service_of};
    use crate::world::SavedRequest;

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

    #[test]
    fn a_query_request_names_its_action() {
        let request = SavedRequest {
            method: "POST".into(),
            uri: "https://ec2.eu-west-1.amazonaws.com/a%2Fb/c?x=1".into(),
            headers: vec![("content-type".into(), "application/x-www-form-urlencoded".into())],
            body: b"Action=DescribeVpcs&VpcId.1=vpc-1".to_vec(),
        };
        let ask = Ask::read(&request, "");
        assert_eq!(ask.operation, "DescribeVpcs");
        assert_eq!(ask.form["VpcId.1"], "vpc-1");
        assert_eq!(ask.path, ["a/b", "c"]);
        assert_eq!(ask.query["x"], "1");
    }
}
