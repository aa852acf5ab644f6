//! Transient errors of AWS, word for word, each with its source: the sandbox's table, encoded here in the protocols of
//! AWS.
use crate::request::{Call, Protocol, Request};
use serde_json::{Value, json};

/// An error that AWS has returned.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Answer {
    /// The group of facts it belongs to.
    pub(crate) row: String,
    service: String,
    operation: String,
    status: u16,
    code: String,
    message: String,
    /// A retry helps.
    pub(crate) passes: bool,
    /// A retry helps only after minutes.
    pub(crate) slow: bool,
    /// It is returned for a call that was done: the answer before it was lost.
    pub(crate) after: bool,
}

/// Every row of the table.
pub(crate) fn answers() -> Vec<Answer> {
    let table = include_str!("../../crates/sandbox/data/answers.json");
    let rows: Vec<Value> = serde_json::from_str(table).unwrap();
    rows.iter().map(Answer::read).collect()
}

impl Answer {
    fn read(row: &Value) -> Self {
        let text = |field: &str| row[field].as_str().unwrap_or_else(|| panic!("no {field}: {row}")).to_owned();
        let is = |field: &str, otherwise| row[field].as_bool().unwrap_or(otherwise);
        assert!(!text("source").is_empty(), "it is not said where this is known from: {row}");
        Self {
            row: text("row"),
            service: text("service"),
            operation: text("operation"),
            status: row["status"].as_u64().and_then(|s| s.try_into().ok()).unwrap(),
            code: text("code"),
            message: text("message"),
            passes: is("passes", true),
            slow: is("slow", false),
            after: is("after", false),
        }
    }

    /// Whether it applies to this call.
    pub(crate) fn is_for(&self, call: &Call) -> bool {
        self.service == call.service && self.operation == call.name
    }

    /// Whether it applies to calls of that operation.
    pub(crate) fn is_of(&self, operation: &str) -> bool {
        self.operation == operation
    }

    /// The name, for a report that it was never returned.
    pub(crate) fn name(&self) -> String {
        format!("{} {}: {} {:.60}", self.row, self.operation, self.code, self.message)
    }

    /// The response as sent over the network; `None` if the request does not contain the name the message refers to.
    pub(crate) fn written(&self, request: &Request) -> Option<String> {
        let message = filled(&self.message, request)?;
        let escaped = message.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let (code, mut headers) = (&self.code, String::new());
        let (content, body) = match request.protocol() {
            Protocol::Ec2 => (
                "text/xml",
                format!(
                    "<Response><Errors><Error><Code>{code}</Code><Message>{escaped}</Message></Error></Errors>\
                     <RequestID>{ID}</RequestID></Response>"
                ),
            ),
            Protocol::Query => (
                "text/xml",
                format!(
                    "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{escaped}</Message></Error>\
                     <RequestId>{ID}</RequestId></ErrorResponse>"
                ),
            ),
            Protocol::RestXml => (
                "application/xml",
                format!("<Error><Code>{code}</Code><Message>{escaped}</Message><RequestId>{ID}</RequestId></Error>"),
            ),
            Protocol::Json => ("application/x-amz-json-1.1", json!({ "__type": code, "message": message }).to_string()),
            Protocol::RestJson => {
                headers = format!("x-amzn-errortype: {code}\r\n");
                ("application/json", json!({ "message": message }).to_string())
            }
            Protocol::Cbor => panic!("no answer of a service that speaks CBOR is in the table"),
        };
        let (status, length) = (self.status, body.len());
        Some(format!(
            "HTTP/1.1 {status} Said by the gate\r\ncontent-type: {content}\r\n{headers}x-amzn-requestid: {ID}\r\n\
             content-length: {length}\r\nconnection: close\r\n\r\n{body}"
        ))
    }
}

const ID: &str = "request-of-the-gate";

/// Fills the placeholder in a message, such as `{subnet-}`, with the name in the request.
fn filled(message: &str, request: &Request) -> Option<String> {
    let Some((before, rest)) = message.split_once('{') else { return Some(message.to_owned()) };
    let (beginning, after) = rest.split_once('}').unwrap();
    Some(format!("{before}{}{after}", request.word(beginning)?))
}
