//! Problems in a spec file, and their display: the line, the allowed values, the suggested fix.
//!
//! No credential is shown: the source held here is masked.

use std::fmt;
use std::ops::Range;
use std::path::Path;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use serde::Serialize;
use vidpipe_text::hidden;

use super::field::Refusal;

/// Number of problems shown in full; a file that is not a spec could produce thousands.
const SHOWN: usize = 20;

/// A problem in a spec file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The path of the file, as given.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// Path of the key, such as `database.storage_gib`, escaped; empty if there is none.
    pub key: String,
    /// The error message.
    pub message: String,
    /// The allowed values.
    pub allowed: Option<String>,
    /// The suggested fix.
    pub hint: Option<String>,
    #[serde(skip)]
    span: Range<usize>,
}

/// All problems in a spec file, in file order; never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpecErrors {
    problems: Vec<Problem>,
    source: String,
}

impl SpecErrors {
    /// Every problem found.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// Formats the problems for humans, with the source lines; coloured for terminals if requested.
    #[must_use]
    pub fn render(&self, color: bool) -> String {
        let renderer = if color { Renderer::styled() } else { Renderer::plain() };
        let mut out = Vec::new();
        for problem in self.problems.iter().take(SHOWN) {
            let snippet = Snippet::source(self.source.as_str())
                .path(problem.file.as_str())
                .annotation(AnnotationKind::Primary.span(problem.span.clone()));
            let mut group = Level::ERROR.primary_title(problem.message.as_str()).element(snippet);
            if let Some(allowed) = &problem.allowed {
                group = group.element(Level::NOTE.with_name("allowed").message(allowed.as_str()));
            }
            if let Some(hint) = &problem.hint {
                group = group.element(Level::HELP.message(hint.as_str()));
            }
            out.push(renderer.render(&[group]));
        }
        if self.problems.len() > SHOWN {
            out.push(format!("... and {} more problems", self.problems.len() - SHOWN));
        }
        out.join("\n\n")
    }
}

impl fmt::Display for SpecErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(false))
    }
}

impl std::error::Error for SpecErrors {}

/// Collects the problems of one file.
pub(super) struct Problems<'s> {
    file: String,
    source: &'s str,
    /// Byte offsets of the line starts; never empty, as the first line starts at 0.
    line_starts: Vec<usize>,
    found: Vec<Problem>,
}

impl<'s> Problems<'s> {
    pub(super) fn new(path: &Path, source: &'s str) -> Self {
        let file = path.display().to_string().escape_debug().to_string();
        Self {
            file,
            source,
            line_starts: std::iter::once(0).chain(source.match_indices('\n').map(|(at, _)| at + 1)).collect(),
            found: Vec::new(),
        }
    }

    /// Reports a value that a rule refuses.
    pub(super) fn refuse(&mut self, key: &str, span: Range<usize>, refusal: Refusal, allowed: Option<String>) {
        let message = format!("`{}` {}", bare(key), refusal.message);
        self.push(key, span, message, allowed, refusal.hint);
    }

    /// Reports any other problem.
    pub(super) fn push(
        &mut self,
        key: &str,
        span: Range<usize>,
        message: String,
        allowed: Option<String>,
        hint: Option<String>,
    ) {
        let span = within(self.source, span);
        let line = self.line(span.start);
        let before = &self.source[self.line_starts[line - 1]..span.start];
        self.found.push(Problem {
            file: self.file.clone(),
            line,
            column: before.chars().count() + 1,
            key: key.escape_debug().to_string(),
            message,
            allowed,
            hint,
            span,
        });
    }

    /// The line of a byte offset, from 1.
    pub(super) fn line(&self, at: usize) -> usize {
        self.line_starts.partition_point(|start| *start <= at)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// Converts the problems into one error that shows `masked` instead of the source.
    pub(super) fn into_errors(mut self, masked: String) -> SpecErrors {
        self.found.sort_by_key(|problem| problem.span.start);
        SpecErrors { problems: self.found, source: visible(&masked) }
    }
}

/// Replaces invisible non-ASCII characters in the source with visible ones of the same byte length. The snippet
/// renderer marks the ASCII ones itself.
fn visible(source: &str) -> String {
    let mut visible = String::with_capacity(source.len());
    for c in source.chars() {
        match c.len_utf8() {
            1 => visible.push(c),
            _ if !hidden(c) => visible.push(c),
            2 => visible.push_str("??"),
            3 => visible.push('\u{fffd}'),
            _ => visible.push_str("\u{fffd}?"),
        }
    }
    visible
}

/// Clamps a span to the source and to character boundaries.
fn within(source: &str, span: Range<usize>) -> Range<usize> {
    let start = source.floor_char_boundary(span.start.min(source.len()));
    let end = source.ceil_char_boundary(span.end.clamp(start, source.len()));
    start..end
}

/// Formats a value for a message: quoted, on one line, and truncated.
pub(crate) fn quoted_line(text: &str) -> String {
    format!("\"{}\"", bare(text))
}

/// Same as [`quoted_line`], without quotes.
pub(super) fn bare(text: &str) -> String {
    const LONGEST: usize = 60;
    let mut out: String = text.chars().take(LONGEST).flat_map(char::escape_debug).filter(|c| !hidden(*c)).collect();
    if text.chars().nth(LONGEST).is_some() {
        out.push_str("...");
    }
    out
}
