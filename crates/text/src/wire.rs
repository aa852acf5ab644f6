//! Text on its way out, as it is written.
use crate::hidden;
use std::fmt::Write;

/// What a build service takes for a command to itself, wherever it stands in a line: of GitHub's older form, Azure, TeamCity.
const COMMANDS: [&str; 3] = ["##[", "##vso[", "##teamcity["];

/// Lines with our own layout, for people: line breaks and tabs stay, and colours if they are `coloured`; nothing else that is
/// [hidden] does, and nothing that a build service would take for a
/// [command](https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands).
pub fn page(text: &str, coloured: bool) -> String {
    let shown = shown(text, coloured, |c| matches!(c, '\n' | '\t'));
    let mut page = String::with_capacity(shown.len());
    for (n, line) in shown.split('\n').enumerate() {
        if n > 0 {
            page.push('\n');
        }
        page.push_str(&harmless(line));
    }
    page
}

/// The same of one line: what would break it becomes a space.
pub fn line(text: &str, coloured: bool) -> String {
    let broken = |c: char| matches!(c, '\n' | '\r' | '\t' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}');
    let spaced: String = text.chars().map(|c| if broken(c) { ' ' } else { c }).collect();
    harmless(&shown(&spaced, coloured, |_| false))
}

fn shown(text: &str, coloured: bool, layout: impl Fn(char) -> bool) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let taken = match colour(rest) {
            Some(sequence) if coloured => {
                shown.push_str(sequence);
                sequence.len()
            }
            _ => {
                if layout(c) || !hidden(c) {
                    shown.push(c);
                }
                c.len_utf8()
            }
        };
        rest = rest.get(taken..).unwrap_or_default();
    }
    shown
}

/// The control sequence for a colour that text begins with. No other one gets out: they move the cursor, or worse.
fn colour(text: &str) -> Option<&str> {
    let parameters = text.strip_prefix("\u{1b}[")?;
    let end = parameters.find(|c: char| !c.is_ascii_digit() && c != ';')?;
    parameters.get(end..)?.starts_with('m').then(|| text.get(..end + 3)).flatten()
}

/// The same line, with a space in what a build service would obey.
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

/// A JSON document in which everything [hidden] is escaped: programs read what was there, and people who look at it are not
/// deceived. Between its strings a document has line breaks only.
pub fn json(document: &str) -> String {
    if !document.contains("##") && !document.chars().any(|c| hidden(c) && c != '\n') {
        return document.to_owned();
    }
    let mut escaped = String::with_capacity(document.len());
    let mut units = [0; 2];
    for c in document.chars() {
        match c {
            // Only strings hold what a build service would obey.
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
