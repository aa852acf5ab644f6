//! A request as rules see it: its operation and its contents.

use std::collections::BTreeMap;

use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use serde_json::Value;

use crate::endpoint::bucket_in_path;
use crate::store::SavedRequest;

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
    use super::Ask;
    use crate::store::SavedRequest;

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
