//! The results of an environment's checks: a table for people, a document for programs, and a report for auditors.
use crate::{
    SCHEMA, TermStyle, Tone,
    text::{clean, columns, count},
};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use vidpipe_engine::{
    Environment,
    verify::{Check, Section, Verdict, Verified},
};

mod report;
pub use report::{Asked, report};

/// The checks in one line.
pub fn outcome(verified: &Verified) -> String {
    let mut parts = Vec::new();
    for (word, name) in [("FAILED", "failed"), ("UNKNOWN", "unknown"), ("passed", "passed"), ("not asked", "not asked")]
    {
        match verified.count(word) {
            0 => {}
            n => parts.push(format!("{n} {name}")),
        }
    }
    let all = if parts.is_empty() { "nothing to check".into() } else { parts.join(", ") };
    format!("{all}: {}", count(verified.asked, "question"))
}

/// The checks for people: a table per service, failures first.
pub fn human(verified: &Verified, style: &TermStyle) -> String {
    let mut services: BTreeMap<&str, Vec<&Check>> = BTreeMap::new();
    for check in &verified.checks {
        services.entry(&check.service).or_default().push(check);
    }
    let mut services: Vec<_> = services.into_iter().collect();
    // The sort is stable: equal ranks stay in order of name.
    services.sort_by_key(|(_, checks)| checks.iter().map(|c| rank(c)).min());
    let mut text = String::new();
    for (service, mut checks) in services {
        checks.sort_by_key(|c| rank(c));
        text.push_str(&format!("{}\n", style.paint(Tone::Strong, service)));
        let rows: Vec<[String; 4]> = checks.iter().map(|c| row(c)).collect();
        for (line, check) in columns(&rows).iter().zip(checks) {
            let line = tone(check).map_or_else(|| line.clone(), |tone| style.paint(tone, line));
            text.push_str(&format!("  {line}\n"));
        }
        text.push('\n');
    }
    let tone = if verified.is_good() { Tone::Good } else { Tone::Bad };
    text + &style.paint(tone, &outcome(verified)) + "\n"
}

fn row(check: &Check) -> [String; 4] {
    let detail = check.verdict.why().unwrap_or(&check.evidence);
    let detail = match check.section {
        // There are many tag checks, and all have the same evidence.
        Section::Tags if check.verdict == Verdict::Passed => "",
        _ => detail,
    };
    [check.verdict.word(), &check.node, &check.what, detail].map(clean)
}

fn rank(check: &Check) -> u8 {
    match check.verdict {
        Verdict::Failed { .. } => 0,
        Verdict::Unknown { .. } => 1,
        Verdict::NotAsked { .. } => 2,
        Verdict::Passed => 3,
    }
}

fn tone(check: &Check) -> Option<Tone> {
    match check.verdict {
        Verdict::Failed { .. } | Verdict::Unknown { .. } => Some(Tone::Bad),
        Verdict::NotAsked { .. } => Some(Tone::Faint),
        Verdict::Passed => None,
    }
}

/// The checks for programs.
pub fn json(env: &Environment, verified: &Verified, asked: &Asked<'_>) -> Value {
    json!({
        "schema": SCHEMA,
        "pipeline": env.pipeline,
        "suffix": env.suffix,
        "account": env.account,
        "region": env.region,
        "lineage": env.lineage,
        "at": asked.at,
        "where": asked.target,
        "good": verified.is_good(),
        "failed": verified.count("FAILED"),
        "unknown": verified.count("UNKNOWN"),
        "passed": verified.count("passed"),
        "not_asked": verified.count("not asked"),
        "asked": verified.asked,
        "checks": verified.checks,
    })
}
