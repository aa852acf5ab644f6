//! The results of a sweep after a removal: what is left, what expires, what could not be read, and the next command.
use crate::{
    TermStyle, Tone,
    text::{clean, columns, count, time},
};
use serde_json::{Map, Value, json};
use vidpipe_engine::sweep::{Found, Swept, Unknown, Verdict};

/// The sweep in one line.
pub fn outcome(swept: &Swept) -> String {
    let reads = format!("{} at {}", count(swept.asked, "read"), count(swept.services, "service"));
    let (left, expiring) = (swept.left().count(), swept.expiring().count());
    let mut parts = Vec::new();
    if left > 0 {
        parts.push(format!("{left} left"));
    }
    if !swept.unknown.is_empty() {
        parts.push(format!("{} unknown", swept.unknown.len()));
    }
    if parts.is_empty() {
        parts.push("nothing is left".into());
    }
    if expiring > 0 {
        parts.push(format!("{expiring} ending by itself"));
    }
    format!("{}: {reads}", parts.join(", "))
}

/// The sweep for people. `again` is the command that repeats the sweep, as typed by the user.
pub fn human(swept: &Swept, again: &str, style: &TermStyle) -> String {
    let tone = if swept.is_clean() { Tone::Good } else { Tone::Bad };
    let mut text = format!("{}\n", style.paint(tone, &outcome(swept)));
    text.push_str(&section("remaining resources of this environment:", Tone::Bad, &left(swept), style));
    text.push_str(&section("could not be asked, so it may be there or not:", Tone::Bad, &unknown(swept), style));
    text.push_str(&section("ends by itself, by AWS's rules:", Tone::Warn, &expiring(swept), style));
    if !swept.is_clean() {
        let command = style.paint(Tone::Strong, again);
        text.push_str(&format!("\nnext: {command}   (removes what it can of that, and checks again)\n"));
        text.push_str("  AWS may need some minutes more. What is left even then, vidpipe cannot or may not remove: do it yourself.\n");
        text.push_str("  What could not be asked, allow. The state is kept until nothing is left.\n");
    }
    text
}

fn left(swept: &Swept) -> Vec<[String; 5]> {
    let row = |f: &Found| [&f.service, &f.what, &f.id, &f.name, f.why()].map(clean);
    let head = ["SERVICE", "WHAT", "ID", "NAME", "WHY"].map(String::from);
    std::iter::once(head).chain(swept.left().map(row)).collect()
}

fn expiring(swept: &Swept) -> Vec<[String; 5]> {
    let row = |f: &Found| {
        let when = match f.verdict {
            Verdict::Expiring { when: Some(at), .. } => time(at),
            _ => "AWS does not say".into(),
        };
        [&f.service, &f.what, &f.id, when.as_str(), f.why()].map(clean)
    };
    let head = ["SERVICE", "WHAT", "ID", "WHEN", "WHY"].map(String::from);
    std::iter::once(head).chain(swept.expiring().map(row)).collect()
}

fn unknown(swept: &Swept) -> Vec<[String; 3]> {
    let row = |u: &Unknown| [&u.service, &u.what, &u.why].map(|text| clean(text));
    let head = ["SERVICE", "WHAT", "WHY"].map(String::from);
    std::iter::once(head).chain(swept.unknown.iter().map(row)).collect()
}

/// A table under its title; empty if it has only a header.
fn section<const N: usize>(title: &str, tone: Tone, rows: &[[String; N]], style: &TermStyle) -> String {
    if rows.len() < 2 {
        return String::new();
    }
    let mut text = format!("\n{}\n", style.paint(tone, title));
    for (n, line) in columns(rows).iter().enumerate() {
        let line = if n == 0 { style.paint(Tone::Faint, line) } else { line.clone() };
        text.push_str(&format!("  {line}\n"));
    }
    text
}

/// The sweep for programs: the fields `left`, `expiring`, `unknown`, `asked` and `services`.
pub fn json(swept: &Swept) -> Map<String, Value> {
    let all = |found: Vec<&Found>| json!(found);
    [
        ("left", all(swept.left().collect())),
        ("expiring", all(swept.expiring().collect())),
        ("unknown", json!(swept.unknown)),
        ("asked", json!(swept.asked)),
        ("services", json!(swept.services)),
    ]
    .map(|(key, value)| (key.to_owned(), value))
    .into_iter()
    .collect()
}
