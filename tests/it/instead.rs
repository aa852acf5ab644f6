//! The answers a gate returns for a while in place of AWS's.
use crate::{answers::Answer, request::Request};
use std::time::{Duration, Instant};

/// An answer that is returned for a while, from the first call it applies to.
pub(crate) struct Kept {
    instead: Instead,
    lasting: Duration,
    since: Option<Instant>,
}

/// An answer in place of AWS's.
#[derive(Clone)]
pub(crate) enum Instead {
    /// An error.
    Said(Answer),
    /// AWS's own answer to that operation, changed.
    Changed(&'static str, fn(&str) -> String),
    /// An answer that is not from AWS.
    Foreign(Foreign),
}

/// An answer that is not from AWS.
#[derive(Clone, Copy)]
pub(crate) struct Foreign {
    /// The operation it answers.
    pub(crate) operation: &'static str,
    /// The HTTP status.
    pub(crate) status: u16,
    /// The body.
    pub(crate) body: fn() -> String,
    /// Whether AWS does the call nevertheless.
    pub(crate) done: bool,
}

impl Foreign {
    fn written(self) -> Vec<u8> {
        let (status, body) = (self.status, (self.body)());
        let content = if body.starts_with("<html") { "text/html" } else { "text/xml" };
        let head = format!("HTTP/1.1 {status} Said by a proxy\r\ncontent-type: {content}\r\nconnection: close");
        format!("{head}\r\ncontent-length: {}\r\n\r\n{body}", body.len()).into_bytes()
    }
}

impl From<Answer> for Instead {
    fn from(answer: Answer) -> Self {
        Self::Said(answer)
    }
}

impl Kept {
    pub(crate) fn new(instead: Instead, lasting: Duration) -> Self {
        Self { instead, lasting, since: None }
    }

    /// The answer to that request, if it applies and its time has not passed.
    pub(crate) fn give(&mut self, request: &Request) -> Option<Instead> {
        let call = request.call();
        let is_for = match &self.instead {
            Instead::Said(answer) => answer.is_for(&call) && answer.written(request).is_some(),
            Instead::Changed(operation, _) => *operation == call.name,
            Instead::Foreign(foreign) => foreign.operation == call.name,
        };
        if !is_for || self.since.is_some_and(|since| since.elapsed() >= self.lasting) {
            return None;
        }
        self.since.get_or_insert_with(Instant::now);
        Some(self.instead.clone())
    }

    pub(crate) fn was_given(&self) -> bool {
        self.since.is_some()
    }

    pub(crate) fn name(&self) -> String {
        match &self.instead {
            Instead::Said(answer) => answer.name(),
            Instead::Changed(operation, _) => format!("{operation}, changed"),
            Instead::Foreign(foreign) => format!("{}, HTTP {} of somebody else's", foreign.operation, foreign.status),
        }
    }
}

impl Instead {
    /// The answer that is returned without forwarding the request to AWS.
    pub(crate) fn unasked(&self, request: &Request) -> Option<Vec<u8>> {
        match self {
            Self::Said(answer) if !answer.after => Some(answer.written(request).unwrap_or_default().into_bytes()),
            Self::Foreign(foreign) if !foreign.done => Some(foreign.written()),
            _ => None,
        }
    }

    /// The response to send, made from AWS's response.
    pub(crate) fn of(self, request: &Request, answer: Vec<u8>) -> Vec<u8> {
        match self {
            Self::Said(error) => error.written(request).map_or(answer, String::into_bytes),
            Self::Changed(_, how) => changed(&answer, how),
            Self::Foreign(foreign) => foreign.written(),
        }
    }
}

/// The same response with another body.
fn changed(answer: &[u8], how: fn(&str) -> String) -> Vec<u8> {
    let text = String::from_utf8_lossy(answer);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return answer.to_vec() };
    let body = how(body);
    let is_length = |line: &&str| line.to_ascii_lowercase().starts_with("content-length:");
    let head: Vec<&str> = head.split("\r\n").filter(|line| !is_length(line)).collect();
    format!("{}\r\ncontent-length: {}\r\n\r\n{body}", head.join("\r\n"), body.len()).into_bytes()
}
