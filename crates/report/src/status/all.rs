//! Every environment in the state folder.
use super::{LastRun, phases, phases_human};
use crate::{
    SCHEMA, TermStyle, Tone,
    text::{between, clean, columns, duration},
};
use jiff::Timestamp;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use vidpipe_engine::State;

/// An environment in the list.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The pipeline.
    pub pipeline: String,
    /// The environment's suffix.
    pub suffix: String,
    /// The provider's region.
    pub region: String,
    /// The provider's account.
    pub account: String,
    /// The time it was created.
    pub created: Option<Timestamp>,
    /// The number of nodes in each phase.
    pub phases: BTreeMap<&'static str, usize>,
    /// The number of failed nodes.
    pub troubled: usize,
    /// Its last run.
    pub last: Option<LastRun>,
    /// The reason that its state cannot be read, if so.
    pub problem: Option<String>,
}

impl Row {
    /// The row of a state's environment.
    pub fn of(state: &State, last: Option<LastRun>) -> Self {
        let env = state.env.clone();
        Self {
            pipeline: env.pipeline,
            suffix: env.suffix,
            region: env.region,
            account: env.account,
            created: Some(state.created),
            phases: phases(state),
            troubled: state.entries.values().filter(|e| e.trouble.is_some()).count(),
            last,
            problem: None,
        }
    }

    fn state(&self) -> String {
        match (&self.problem, self.troubled) {
            (Some(problem), _) => clean(problem),
            (None, 0) => phases_human(&self.phases),
            (None, n) => format!("{}; {n} failed", phases_human(&self.phases)),
        }
    }
}

/// Every environment, for people.
pub fn all_human(rows: &[Row], now: Timestamp, style: &TermStyle) -> String {
    if rows.is_empty() {
        return "no environments\n".into();
    }
    let head = ["PIPELINE", "SUFFIX", "REGION", "ACCOUNT", "AGE", "LAST RUN", "NODES"].map(String::from);
    let cells = |row: &Row| {
        let age = row.created.map_or_else(|| "-".into(), |c| duration(between(c, now)));
        let last = row.last.as_ref().map_or_else(|| "-".into(), |l| l.human(now));
        let Row { pipeline, suffix, region, account, .. } = row.clone();
        [pipeline, suffix, region, account, age, last, row.state()]
    };
    let table: Vec<_> = std::iter::once(head).chain(rows.iter().map(cells)).collect();
    let mut text = String::new();
    for (n, line) in columns(&table).iter().enumerate() {
        let row = n.checked_sub(1).and_then(|n| rows.get(n));
        let line = match row {
            None => style.paint(Tone::Strong, line),
            Some(r) if r.problem.is_some() || r.troubled > 0 => style.paint(Tone::Bad, line),
            Some(_) => line.clone(),
        };
        text.push_str(&(line + "\n"));
    }
    text
}

/// Every environment, for programs: one object.
pub fn all_json(rows: &[Row], now: Timestamp) -> Value {
    let object = |row: &Row| {
        let total: usize = row.phases.values().sum();
        json!({
            "pipeline": row.pipeline, "suffix": row.suffix, "region": row.region, "account": row.account,
            "created": row.created, "age_s": row.created.map(|c| between(c, now).as_secs()), "phases": row.phases,
            "ready": row.phases.get("ready").copied().unwrap_or(0), "total": total, "troubled": row.troubled,
            "last_run": row.last.as_ref().map(LastRun::json), "problem": row.problem,
        })
    };
    json!({ "schema": SCHEMA, "environments": rows.iter().map(object).collect::<Vec<_>>() })
}
