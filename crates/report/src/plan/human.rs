//! A plan for people: by service, with every property of a new resource, and the changed properties of the others.
use super::{Change, TOTALS, changes, consent, count, loss::past, may_change, service};
use crate::{
    TermStyle, Tone, forecast,
    text::{clean, width},
};
use serde_json::Value;
use vidpipe_engine::{Action, Step, event::Forecast};

/// The plan as text. Unchanged nodes are counted, and listed only with `all`. The forecast comes last, if known.
pub fn human(steps: &[Step], forecast: Option<&Forecast>, all: bool, style: &TermStyle) -> String {
    let mut services: Vec<&str> = Vec::new();
    for step in steps.iter().filter(|s| all || s.action != Action::Keep) {
        if !services.contains(&service(&step.kind)) {
            services.push(service(&step.kind));
        }
    }
    let mut text = String::new();
    for name in services {
        text.push_str(&format!("{}\n", style.paint(Tone::Strong, &clean(name))));
        for step in steps.iter().filter(|s| service(&s.kind) == name && (all || s.action != Action::Keep)) {
            text.push_str(&step_text(step, style));
        }
        text.push('\n');
    }
    text.push_str(&totals(steps, style));
    if let Some(f) = forecast.filter(|f| may_change(steps) && !f.p50.is_zero()) {
        text.push_str(&format!("on AWS, this takes about {}\n", forecast::whole(f, "")));
    }
    text
}

const fn mark(action: Action) -> (&'static str, Option<Tone>) {
    match action {
        Action::Keep => ("  ", None),
        Action::Leave => ("= ", Some(Tone::Faint)),
        Action::Create | Action::Resume => ("+ ", Some(Tone::Good)),
        Action::Update => ("~ ", Some(Tone::Warn)),
        Action::Replace => ("-/+ ", Some(Tone::Bad)),
        Action::Delete => ("- ", Some(Tone::Bad)),
        Action::Decide => ("? ", Some(Tone::Faint)),
        Action::Recheck => ("? ", Some(Tone::Warn)),
    }
}

fn step_text(step: &Step, style: &TermStyle) -> String {
    let (mark, tone) = mark(step.action);
    let paint = |text: &str| tone.map_or_else(|| text.to_owned(), |t| style.paint(t, text));
    let why = match (step.action, &step.because) {
        (_, Some(on)) => format!(", because it depends on {}", clean(&on.0)),
        (Action::Resume, _) => ", which an earlier run began".into(),
        (Action::Leave, _) => ", which is the account's and stays".into(),
        (Action::Decide, _) => ", unchanged unless what it uses comes out different".into(),
        (Action::Recheck, _) => ", checked again: its last task failed".into(),
        (Action::Replace, _) if !step.fixed.is_empty() => {
            format!(", because of {}", clean(&step.fixed.join(", ")))
        }
        _ => String::new(),
    };
    let what = clean(&format!("{} ({})", step.name, step.kind));
    let mut text = format!("{}{what}{why}\n", paint(&format!("{mark:>6}")));
    if let Some(lost) = lost(step) {
        text.push_str(&format!("        {}\n", style.paint(Tone::Bad, &format!("! loses {lost}"))));
    }
    if let Some(trouble) = step.trouble.as_ref().filter(|_| step.action == Action::Recheck) {
        text.push_str(&format!("        {}\n", style.paint(Tone::Warn, &clean(trouble))));
    }
    text.push_str(&properties(&shown_changes(step), step.old.is_some(), style));
    text
}

/// The data that is lost permanently if the step deletes or replaces the node.
fn lost(step: &Step) -> Option<&'static str> {
    step.data_loss.filter(|_| matches!(step.action, Action::Replace | Action::Delete))
}

/// All properties of a node that is created or replaced; only the changed properties of a node that is updated.
fn shown_changes(step: &Step) -> Vec<Change> {
    match step.action {
        // A step that is decided later has unresolved references as values, so there is nothing to show yet.
        Action::Keep | Action::Delete | Action::Leave | Action::Decide | Action::Recheck => Vec::new(),
        Action::Create | Action::Resume => changes(None, step.spec.as_ref()),
        Action::Replace => changes(step.old.as_ref(), step.spec.as_ref()),
        Action::Update => {
            let mut changed = changes(step.old.as_ref(), step.spec.as_ref());
            changed.retain(|c| !c.is_same());
            changed
        }
    }
}

/// One line per property. `was` tells whether an old spec exists, so that an added property is shown as such.
fn properties(changes: &[Change], was: bool, style: &TermStyle) -> String {
    let column = changes.iter().map(|c| width(&c.path)).max().unwrap_or(0).min(36);
    let mut text = String::new();
    for change in changes {
        let path = format!("{}{}", clean(&change.path), " ".repeat(column.saturating_sub(width(&change.path))));
        let value = match (&change.old, &change.new) {
            (old, Some(new)) if old.as_ref() == Some(new) => value_text(new),
            (Some(old), Some(new)) => style.paint(Tone::Warn, &format!("{} -> {}", value_text(old), value_text(new))),
            (Some(old), None) => style.paint(Tone::Warn, &format!("{} -> (none)", value_text(old))),
            (None, Some(new)) if was => style.paint(Tone::Warn, &format!("(none) -> {}", value_text(new))),
            (None, Some(new)) => value_text(new),
            (None, None) => continue,
        };
        text.push_str(&format!("        {path}  {value}\n"));
    }
    text
}

/// A value on one line: a string verbatim unless that would be misleading, and everything else as JSON.
pub(super) fn value_text(value: &Value) -> String {
    match value {
        Value::String(s) if !s.is_empty() && *s == clean(s) => s.clone(),
        other => clean(&other.to_string()),
    }
}

fn totals(steps: &[Step], style: &TermStyle) -> String {
    let mut text = String::new();
    for (step, lost) in steps.iter().filter_map(|s| Some((s, lost(s)?))) {
        let warning = format!("warning: {} is {}: this loses {lost}", clean(&step.name.0), past(step.action));
        text.push_str(&format!("{}\n", style.paint(Tone::Bad, &warning)));
    }
    let unconsented: Vec<&Step> = steps.iter().filter(|s| s.needs_consent).collect();
    if !unconsented.is_empty() {
        let needed = format!("`up` does that only with {}; --yes is not enough", consent(&unconsented));
        text.push_str(&format!("{}\n", style.paint(Tone::Bad, &needed)));
    }
    if !may_change(steps) {
        let kept = count(steps, &[Action::Keep]);
        return text + &format!("no changes: {kept} to keep\n");
    }
    let parts: Vec<String> = TOTALS
        .iter()
        .map(|(actions, word)| (count(steps, actions), *word))
        .filter(|(n, _)| *n > 0)
        .map(|(n, word)| format!("{n} to {word}"))
        .collect();
    text + &format!("{}\n", style.paint(Tone::Strong, &parts.join(", ")))
}
