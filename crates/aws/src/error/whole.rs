//! Rejects incomplete answers before their content is used.
//!
//! The SDK parses XML as it arrives: a truncated answer may become a success with half an id, or with a shorter list.
//! An answer without a body may become an empty list. Both are treated as lost answers.
use crate::budgets::is_read;
use aws_smithy_runtime_api::{
    box_error::BoxError,
    client::{
        interceptors::{Intercept, context::FinalizerInterceptorContextMut},
        orchestrator::{Metadata, OrchestratorError},
        runtime_components::RuntimeComponents,
    },
};
use aws_smithy_types::config_bag::ConfigBag;
use serde::de::IgnoredAny;
use std::fmt;

/// The defect of an answer.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Lack(&'static str);

impl fmt::Display for Lack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for Lack {}

/// Turns incomplete successes and refusals into lost answers.
#[derive(Debug)]
pub(crate) struct Whole;

impl Intercept for Whole {
    fn name(&self) -> &'static str {
        "VidpipeWhole"
    }

    /// Runs after all other interceptors have seen the answer.
    fn modify_before_attempt_completion(
        &self,
        context: &mut FinalizerInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let reads = cfg.load::<Metadata>().is_some_and(|call| has_body(call.name()));
        let Some((answer, body)) = context.response().and_then(|answer| Some((answer, answer.body().bytes()?))) else {
            return Ok(());
        };
        let (is_success, is_refusal) = (answer.status().is_success(), answer.status().is_client_error());
        // The code in a truncated refusal may be a part of another code.
        let lack = if is_refusal { cut(body.trim_ascii()) } else { lack(body, reads).filter(|_| is_success) };
        if let (Some(lack), Some(result)) = (lack, context.output_or_error_mut())
            && (is_refusal || result.is_ok())
        {
            *result = Err(OrchestratorError::response(lack.into()));
        }
        Ok(())
    }
}

/// Whether the answer to that action must have a body: it reads something, and not with the HTTP method HEAD.
fn has_body(action: &str) -> bool {
    is_read(action) && !action.starts_with("Head")
}

/// The defect of a body, if any.
fn lack(body: &[u8], reads: bool) -> Option<Lack> {
    let body = body.trim_ascii();
    match body.first() {
        None if reads => Some(Lack("an answer without a body")),
        Some(b'<') if is_page(body) => Some(Lack("a web page instead of an answer")),
        _ => cut(body),
    }
}

/// The defect of a document that does not end.
fn cut(body: &[u8]) -> Option<Lack> {
    let ends = match body.first() {
        Some(b'<') => is_page(body) || is_closed(body),
        Some(b'{' | b'[') => serde_json::from_slice::<IgnoredAny>(body).is_ok(),
        _ => true,
    };
    (!ends).then_some(Lack("an answer that was cut"))
}

/// A web page, which no API returns.
fn is_page(body: &[u8]) -> bool {
    let begins = |word: &str| body.get(..word.len()).is_some_and(|b| b.eq_ignore_ascii_case(word.as_bytes()));
    begins("<!doctype") || begins("<html")
}

/// Returns whether an XML document is closed: `<A ...>...</A>`, or `<A ... />`.
fn is_closed(body: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(body) else { return false };
    let Some(root) = root(text) else { return false };
    let name = root.split(|c: char| c.is_whitespace() || matches!(c, '>' | '/')).next().unwrap_or_default();
    let Some(inner) = text.strip_suffix('>') else { return false };
    match inner.trim_end().rsplit_once("</") {
        Some((_, last)) => last == name,
        // The document is a single empty element.
        None => inner.ends_with('/') && root.find('>').is_none_or(|end| end + 1 == root.len()),
    }
}

/// The document from the name of its root element on.
fn root(mut text: &str) -> Option<&str> {
    loop {
        text = text.trim_start();
        text = match text
            .strip_prefix("<?")
            .map(|t| (t, "?>"))
            .or_else(|| text.strip_prefix("<!--").map(|t| (t, "-->")))
        {
            Some((within, end)) => within.split_once(end)?.1,
            None => return text.strip_prefix('<'),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_head_request_is_answered_without_a_body() {
        assert!(has_body("GetObject") && has_body("DescribeVpcs"));
        assert!(!has_body("HeadObject") && !has_body("HeadBucket") && !has_body("PutObject"));
    }

    #[test]
    fn what_was_cut_is_not_whole() {
        let whole = [
            "<?xml version=\"1.0\"?>\n<A xmlns=\"x\"><b>1</b></A>\n",
            "<A/>",
            "<A b=\"1\" />",
            "<!-- c --><A><b>1</b></A>",
            "<A><b/></A>",
            r#"{"a": [1, {"b": "}"}]}"#,
            "{}",
            "plain",
        ];
        for body in whole {
            assert_eq!(lack(body.as_bytes(), true), None, "{body}");
            for cut in 1..body.trim_end().len() {
                let lacks = lack(&body.as_bytes()[..cut], true).is_some();
                assert_eq!(lacks, body.starts_with(['<', '{']), "{}", &body[..cut]);
            }
        }
    }

    #[test]
    fn a_page_is_no_answer_and_nothing_is_no_look() {
        assert!(lack(b"<!DOCTYPE html><html></html>", false).is_some());
        assert!(lack(b"<html>proxy</html>", false).is_some());
        assert!(lack(b" \n", true).is_some());
        assert_eq!(lack(b"", false), None, "what changes something may answer nothing");
    }
}
