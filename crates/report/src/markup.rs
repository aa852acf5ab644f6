//! External text in markup.
use vidpipe_text::page;

/// Escapes text for an XML or HTML document, between tags and in quoted attributes. Line breaks are kept, as part of
/// vidpipe's own layout.
pub(crate) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in page(text, false).chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}
