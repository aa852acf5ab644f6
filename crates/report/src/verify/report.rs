//! The report for auditors, in Markdown: the time, the environment, and every check by section, with the evidence and
//! the call that returned it.
use crate::text::{clean, time};
use jiff::Timestamp;
use std::fmt::Write;
use vidpipe_engine::{
    Environment,
    verify::{Check, Section, Verified},
};

/// The time, the target and the tool of the checks.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// The time.
    pub at: Timestamp,
    /// The target: AWS, or an emulated endpoint.
    pub target: &'a str,
    /// The version of vidpipe.
    pub version: &'a str,
}

/// The report.
pub fn report(env: &Environment, verified: &Verified, asked: &Asked<'_>) -> String {
    let mut text = head(env, verified, asked);
    for section in Section::ALL {
        text.push_str(&part(section, verified));
    }
    text
}

fn head(env: &Environment, verified: &Verified, asked: &Asked<'_>) -> String {
    let good =
        if verified.is_good() { "all that was asked is as the spec says" } else { "NOT all is as the spec says" };
    let mut text = format!("# Evidence for {} `{}`\n\n", cell(&env.pipeline), cell(&env.suffix));
    let at = time(asked.at);
    let facts = [
        ("Asked", at.as_str()),
        ("Where", asked.target),
        ("Account", &env.account),
        ("Region", &env.region),
        ("Lineage", &env.lineage),
        ("By", &format!("vidpipe {}", asked.version)),
        ("Outcome", &format!("{good}: {}", super::outcome(verified))),
    ];
    text.push_str("| | |\n|---|---|\n");
    for (name, fact) in facts {
        let _ = writeln!(text, "| {name} | {} |", cell(fact));
    }
    let mut numbers = String::from("\n| | passed | failed | unknown | not asked |\n|---|---|---|---|---|\n");
    for section in Section::ALL {
        let of = |word: &str| in_section(section, verified).filter(|c| c.verdict.word() == word).count();
        let counts = ["passed", "FAILED", "UNKNOWN", "not asked"].map(of).map(|n| n.to_string());
        let _ = writeln!(numbers, "| {} | {} |", section.title(), counts.join(" | "));
    }
    text + &numbers
}

fn in_section(section: Section, verified: &Verified) -> impl Iterator<Item = &Check> {
    verified.checks.iter().filter(move |c| c.section == section)
}

fn part(section: Section, verified: &Verified) -> String {
    let mut text = format!("\n## {}\n\n", section.title());
    if in_section(section, verified).next().is_none() {
        return text + "Nothing of this environment is about it.\n";
    }
    text.push_str("| | Resource | Check | Seen | By |\n|---|---|---|---|---|\n");
    for check in in_section(section, verified) {
        let seen = check.verdict.why().unwrap_or(&check.evidence);
        let row = [
            check.verdict.word().to_owned(),
            format!("{} {}", check.service, check.node),
            check.what.clone(),
            seen.to_owned(),
            check.call.clone(),
        ];
        let _ = writeln!(text, "| {} |", row.map(|text| cell(&text)).join(" | "));
    }
    text
}

/// External text in a table cell, with Markdown escaped.
fn cell(text: &str) -> String {
    let mut escaped = String::new();
    for c in clean(text).chars() {
        if matches!(c, '|' | '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '~') {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_holds_no_markup() {
        assert_eq!(cell("a|b\n[x](y) <b> *c*\u{1b}[31m"), "a\\|b \\[x\\](y) \\<b\\> \\*c\\*");
    }
}
