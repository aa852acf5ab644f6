//! Sanitizing text at the point of output.
use crate::hidden;
use std::fmt::Write;

/// The prefixes of build service commands that are recognized anywhere in a line: GitHub's older form, Azure, TeamCity.
const COMMANDS: [&str; 3] = ["##[", "##vso[", "##teamcity["];

/// Sanitizes lines with vidpipe's own layout, for people. Keeps line breaks and tabs, and colour sequences if
/// `coloured`. Removes all other [hidden] characters, and breaks up anything that a build service would interpret as a
/// [command](https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands).
pub fn page(text: &str, coloured: bool) -> String {
    let visible = visible(text, coloured, |c| matches!(c, '\n' | '\t'));
    let mut page = String::with_capacity(visible.len());
    for (n, line) in visible.split('\n').enumerate() {
        if n > 0 {
            page.push('\n');
        }
        page.push_str(&harmless(line));
    }
    page
}

/// Like [`page`], for a single line: a character that would break the line becomes a space.
pub fn line(text: &str, coloured: bool) -> String {
    let broken = |c: char| matches!(c, '\n' | '\r' | '\t' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}');
    let spaced: String = text.chars().map(|c| if broken(c) { ' ' } else { c }).collect();
    harmless(&visible(&spaced, coloured, |_| false))
}

fn visible(text: &str, coloured: bool, layout: impl Fn(char) -> bool) -> String {
    let mut visible = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let taken = match colour(rest) {
            Some(sequence) if coloured => {
                visible.push_str(sequence);
                sequence.len()
            }
            _ => {
                if layout(c) || !hidden(c) {
                    visible.push(c);
                }
                c.len_utf8()
            }
        };
        rest = rest.get(taken..).unwrap_or_default();
    }
    visible
}

/// The colour (SGR) sequence at the start of the text. No other sequence is output: others move the cursor, or worse.
fn colour(text: &str) -> Option<&str> {
    let parameters = text.strip_prefix("\u{1b}[")?;
    let end = parameters.find(|c: char| !c.is_ascii_digit() && c != ';')?;
    parameters.get(end..)?.starts_with('m').then(|| text.get(..end + 3)).flatten()
}

/// Inserts a space into any build service command in the line.
fn harmless(line: &str) -> String {
    let begins = line.len() - line.trim_start().len();
    let mut line = match line.get(begins..) {
        Some(rest) if rest.starts_with("::") => format!("{}: {}", &line[..begins], &rest[1..]),
        _ => line.to_owned(),
    };
    for command in COMMANDS {
        if line.contains(command) {
            line = line.replace(command, &command.replacen("##", "# #", 1));
        }
    }
    line
}

/// Escapes every [hidden] character of a JSON document: programs parse the original text, and people who view the
/// document are not deceived. Outside its strings, a document contains no hidden characters other than line breaks.
pub fn json(document: &str) -> String {
    if !document.contains("##") && !document.chars().any(|c| hidden(c) && c != '\n') {
        return document.to_owned();
    }
    let mut escaped = String::with_capacity(document.len());
    let mut units = [0; 2];
    for c in document.chars() {
        match c {
            // Build service commands can occur only inside strings.
            '#' if escaped.ends_with('#') => escaped.push_str("\\u0023"),
            c if !hidden(c) || matches!(c, '\n' | '\t' | '\r') => escaped.push(c),
            c => {
                for unit in c.encode_utf16(&mut units) {
                    let _ = write!(escaped, "\\u{unit:04x}");
                }
            }
        }
    }
    escaped
}
