//! One environment, node by node.
use super::{LastRun, phases, phases_human};
use crate::{
    SCHEMA, TermStyle, Tone,
    text::{between, clean, columns, duration},
};
use jiff::Timestamp;
use serde_json::{Value, json};
use vidpipe_engine::{Entry, Name, State};

/// One environment, for people: a table of its nodes, followed by their failures and the causes.
pub fn one_human(state: &State, last: Option<&LastRun>, now: Timestamp, style: &TermStyle) -> String {
    let env = &state.env;
    let name = style.paint(Tone::Strong, &clean(&format!("{}-{}", env.pipeline, env.suffix)));
    let age = duration(between(state.created, now));
    let mut text = format!("{name}  {}  account {}  made {age} ago\n", clean(&env.region), clean(&env.account));
    if let Some(last) = last {
        text.push_str(&format!("last run: {}\n", clean(&last.human(now))));
    }
    text.push_str(&format!("{} of {} nodes ready", ready(state), state.entries.len()));
    let mut others = phases(state);
    others.remove("ready");
    if !others.is_empty() {
        text.push_str(&format!(" ({})", phases_human(&others)));
    }
    text.push('\n');
    if state.entries.is_empty() {
        if !state.removed.is_empty() {
            text.push_str("all of it was removed, but not yet seen to be gone: run `vidpipe down` again to check\n");
        }
        return text;
    }
    text.push_str(&format!("\n{}", table(state, now, style)));
    let troubled = state.entries.iter().filter_map(|(n, e)| Some((n, e, e.trouble.as_ref()?)));
    for (name, entry, trouble) in troubled {
        let verb = if trouble.broken { "broken" } else { "failed" };
        let ago = duration(between(trouble.at, now));
        let error = trouble.fault.to_line();
        let line = clean(&format!("{name} ({}) {verb} {ago} ago: {error}", entry.kind));
        text.push_str(&format!("\n{}\n", style.paint(Tone::Bad, &line)));
        if let Some(hint) = &trouble.fault.hint {
            text.push_str(&format!("  hint: {}\n", clean(hint)));
        }
    }
    text
}

fn ready(state: &State) -> usize {
    state.entries.values().filter(|e| e.phase.word() == "ready").count()
}

/// The condition of a node: its phase, unless it failed.
fn condition(entry: &Entry) -> String {
    match &entry.trouble {
        Some(t) if t.broken => "broken".into(),
        Some(_) => format!("{} (failed)", entry.phase.word()),
        None => entry.phase.word().into(),
    }
}

fn table(state: &State, now: Timestamp, style: &TermStyle) -> String {
    let head = ["NODE", "KIND", "PHASE", "FOR", "ID"].map(String::from);
    let cells = |(name, entry): (&Name, &Entry)| {
        let id = entry.phase.id().map_or_else(|| "-".into(), |id| clean(&id.0));
        let since = duration(between(entry.since, now));
        [name.0.clone(), entry.kind.clone(), condition(entry), since, id]
    };
    let rows: Vec<_> = std::iter::once(head).chain(state.entries.iter().map(cells)).collect();
    let entries: Vec<&Entry> = state.entries.values().collect();
    let mut text = String::new();
    for (n, line) in columns(&rows).iter().enumerate() {
        let entry = n.checked_sub(1).and_then(|n| entries.get(n));
        let line = match entry {
            None => style.paint(Tone::Strong, line),
            Some(e) if e.trouble.is_some() => style.paint(Tone::Bad, line),
            Some(e) if e.phase.word() != "ready" => style.paint(Tone::Warn, line),
            Some(_) => line.clone(),
        };
        text.push_str(&(line + "\n"));
    }
    text
}

/// One environment, for programs: one object.
pub fn one_json(state: &State, last: Option<&LastRun>, now: Timestamp) -> Value {
    let env = &state.env;
    let node = |(name, entry): (&Name, &Entry)| {
        json!({
            "name": name, "kind": entry.kind, "phase": entry.phase.word(), "id": entry.phase.id().map(|id| &id.0),
            "since": entry.since, "trouble": entry.trouble,
        })
    };
    json!({
        "schema": SCHEMA, "pipeline": env.pipeline, "suffix": env.suffix, "region": env.region,
        "account": env.account, "lineage": env.lineage, "serial": state.serial, "created": state.created,
        "age_s": between(state.created, now).as_secs(), "phases": phases(state), "ready": ready(state),
        "total": state.entries.len(), "last_run": last.map(LastRun::json),
        "nodes": state.entries.iter().map(node).collect::<Vec<_>>(),
    })
}
