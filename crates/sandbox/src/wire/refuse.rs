//! Writing and reading refusals in the protocol of the caller.

use aws_smithy_cbor::Encoder;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use serde_json::{Value, json};
use winterbaume_core::MockResponse;

use super::ask::header;
use crate::refusal::Refusal;
use crate::store::SavedRequest;

/// The protocol of a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Protocol {
    /// The content type of a request tells it.
    ByContentType,
    /// The `ec2Query` protocol, which has an error envelope of its own.
    /// <https://smithy.io/2.0/aws/protocols/aws-ec2-query-protocol.html>
    Ec2Query,
    /// The `restXml` protocol without a wrapper around errors, whose answers are also in headers and whose bodies may
    /// be documents of the user. <https://smithy.io/2.0/aws/protocols/aws-restxml-protocol.html>
    RestXml,
}

/// A response with a body.
pub(crate) fn response(status: u16, content: &'static str, body: impl Into<Vec<u8>>) -> HttpResponse {
    let status =
        StatusCode::try_from(status).unwrap_or_else(|_| StatusCode::try_from(500).expect("500 is a status code"));
    let mut response = HttpResponse::new(status, SdkBody::from(body.into()));
    response.headers_mut().insert("content-type", content);
    response
}

/// An empty success in the protocol of `request`.
pub(crate) fn done(request: &SavedRequest, operation: &str) -> HttpResponse {
    match header(request, "content-type").unwrap_or_default() {
        content if content.contains("urlencoded") => {
            let body = format!("<{operation}Response><{operation}Result/></{operation}Response>");
            response(200, "text/xml", body)
        }
        content if content.contains("xml") => response(200, "application/xml", ""),
        content if content.contains("cbor") => {
            let mut body = Encoder::new(Vec::new());
            body.begin_map().end();
            let mut response = response(200, "application/cbor", body.into_writer());
            response.headers_mut().insert("smithy-protocol", "rpc-v2-cbor");
            response
        }
        content if content.contains("x-amz-json") => response(200, "application/x-amz-json-1.1", "{}"),
        _ => response(200, "application/json", "{}"),
    }
}

/// `refusal` in the protocol of `request`.
pub(crate) fn refuse(request: &SavedRequest, protocol: Protocol, refusal: &Refusal) -> HttpResponse {
    let Refusal { code, message, details, status } = refusal;
    let content = header(request, "content-type").unwrap_or_default();
    let missing = code.contains("NotFoundException") && !content.contains("x-amz-json");
    let status = status.unwrap_or(if missing { 404 } else { 400 });
    if protocol == Protocol::Ec2Query {
        let message = escape(message);
        let body = format!(
            "<Response><Errors><Error><Code>{code}</Code><Message>{message}</Message></Error></Errors>\
             <RequestID>00000000-0000-0000-0000-000000000000</RequestID></Response>"
        );
        return response(status, "text/xml", body);
    }
    if protocol == Protocol::RestXml {
        let message = escape(message);
        let body = format!("<Error><Code>{code}</Code><Message>{message}</Message></Error>");
        return response(status, "application/xml", body);
    }
    if content.contains("urlencoded") {
        let message = escape(message);
        let body = format!(
            "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>\
             <RequestId>00000000-0000-0000-0000-000000000000</RequestId></ErrorResponse>"
        );
        return response(status, "text/xml", body);
    }
    if content.contains("cbor") {
        return cbor(status, refusal);
    }
    let mut body = json!({ "__type": code, "message": message });
    for (field, value) in details.as_object().into_iter().flatten() {
        body[field.as_str()] = value.clone();
    }
    let mut response = response(status, "application/json", body.to_string());
    response.headers_mut().insert("x-amzn-errortype", code.clone());
    response
}

/// A refusal in CBOR.
/// <https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html#operation-error-serialization>
fn cbor(status: u16, refusal: &Refusal) -> HttpResponse {
    let mut body = Encoder::new(Vec::new());
    body.begin_map().str("__type").str(&refusal.code).str("message").str(&refusal.message).end();
    let mut response = response(status, "application/cbor", body.into_writer());
    response.headers_mut().insert("smithy-protocol", "rpc-v2-cbor");
    response
}

/// The refusal in a backend's answer, whatever its protocol.
pub(crate) fn read(answer: &MockResponse, body: &str) -> Refusal {
    let header = answer.headers.get("x-amzn-errortype");
    let code = (header.and_then(|code| code.to_str().ok()).map(str::to_owned))
        .or_else(|| between(body, "<Code>", "</Code>"))
        .or_else(|| in_json(body, &["__type", "code", "Code"]))
        .unwrap_or_default();
    let message =
        between(body, "<Message>", "</Message>").or_else(|| in_json(body, &["message", "Message"])).unwrap_or_default();
    Refusal::new(&code, message)
}

fn in_json(body: &str, fields: &[&str]) -> Option<String> {
    let body: Value = serde_json::from_str(body).ok()?;
    let text = fields.iter().find_map(|field| body[*field].as_str())?;
    Some(text.to_owned())
}

fn between(text: &str, start: &str, end: &str) -> Option<String> {
    let (_, rest) = text.split_once(start)?;
    let (inner, _) = rest.split_once(end)?;
    Some(inner.to_owned())
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
