//! The action on each node, and the reason.
use super::{Action, Step};
use crate::{
    Result,
    graph::{Edge, Graph, Name, Outputs},
    resource::{Change, Identity, Kind, Kinds, kind_of},
    state::{Entry, Phase, State},
};
use indexmap::IndexMap;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

pub(super) type Steps = IndexMap<Name, Step>;
pub(super) type Users<'a> = BTreeMap<&'a Name, Vec<(&'a Name, &'a Edge)>>;

pub(super) fn users_of(have: &State) -> Users<'_> {
    let mut users = Users::new();
    for (name, entry) in &have.entries {
        for edge in &entry.edges {
            users.entry(&edge.on).or_default().push((name, edge));
        }
    }
    users
}

pub(super) fn of_wanted<C: 'static>(want: &Graph<C>, have: &State) -> Result<Steps> {
    let mut steps = Steps::new();
    // The outputs of each node, recorded or else symbolic; and the nodes whose outputs are certain.
    let (mut certain, mut given) = (BTreeSet::new(), Outputs::new());
    for (name, node) in &want.nodes {
        let entry = have.entries.get(name);
        let recorded = |d: &Name| have.entries.get(d).is_some_and(|u| u.phase.output().is_some());
        let uses = || node.edges.iter().filter(|e| e.needs.is_some()).map(|e| &e.on);
        // A dependency that is not recorded and was not used before contributes nothing to the recorded spec.
        let is_new = |d: &Name, e: &Entry| !have.entries.contains_key(d) && e.edges.iter().all(|edge| edge.on != *d);
        let (action, fixed) = match entry {
            None => (Action::Create, Vec::new()),
            Some(e) if uses().all(|d| recorded(d) || is_new(d, e)) => match compare(node.kind, e, &node.spec(&given)?)?
            {
                (Action::Keep, _) if !uses().all(|d| certain.contains(d)) => (Action::Decide, Vec::new()),
                sure => sure,
            },
            Some(e) if must_go(node.kind, e) => (Action::Replace, Vec::new()),
            Some(e) if matches!(e.phase, Phase::Ready { .. }) => (Action::Decide, Vec::new()),
            Some(_) => (Action::Resume, Vec::new()),
        };
        if matches!(action, Action::Keep | Action::Recheck) {
            certain.insert(name);
        }
        let output = entry.and_then(|e| e.phase.output()).cloned();
        given.insert(name.clone(), output.map_or_else(|| node.kind.symbolic(name), Ok)?);
        let old = entry.map(|e| e.spec.clone());
        steps.insert(name.clone(), Step { old, fixed, ..Step::new(name, node.kind.name(), action) });
    }
    Ok(steps)
}

/// Recorded nodes that are not desired are removed, except those of the account.
pub(super) fn unwanted<C: 'static>(steps: &mut Steps, want: &Graph<C>, have: &State, kinds: Kinds<C>) -> Result<()> {
    for (name, entry) in have.entries.iter().filter(|(n, _)| !want.nodes.contains_key(*n)) {
        let old = Some(entry.spec.clone());
        let shared = kind_of(kinds, &entry.kind)?.identity() == Identity::Shared;
        let action = if shared { Action::Leave } else { Action::Delete };
        steps.insert(name.clone(), Step { old, ..Step::new(name, &entry.kind, action) });
    }
    Ok(())
}

/// The spec of every desired node. Outputs of nodes that will be created or recreated are symbolic until then.
pub(super) fn fill_specs<C: 'static>(steps: &mut Steps, want: &Graph<C>, have: &State) -> Result<()> {
    let mut given = Outputs::new();
    for (name, node) in &want.nodes {
        let Some(step) = steps.get_mut(name) else { continue };
        step.spec = Some(node.spec(&given)?);
        let stays = matches!(step.action, Action::Keep | Action::Update | Action::Decide | Action::Recheck);
        let output = have.entries.get(name).and_then(|e| e.phase.output()).filter(|_| stays).cloned();
        given.insert(name.clone(), output.map_or_else(|| node.kind.symbolic(name), Ok)?);
    }
    Ok(())
}

/// The data lost by removals, and the recorded errors of all nodes that are read again or changed.
pub(super) fn add_losses<C: 'static>(steps: &mut Steps, have: &State, kinds: Kinds<C>) -> Result<()> {
    for step in steps.values_mut().filter(|s| !matches!(s.action, Action::Keep | Action::Create)) {
        let Some(entry) = have.entries.get(&step.name) else { continue };
        step.trouble = entry.trouble.as_ref().map(|t| t.fault.message.clone());
        if matches!(step.action, Action::Replace | Action::Delete) {
            let data_loss = kind_of(kinds, &entry.kind)?.data_loss();
            (step.data_loss, step.needs_consent) = (entry.data_loss(data_loss), entry.needs_consent(data_loss));
        }
    }
    Ok(())
}

fn must_go<C>(kind: &dyn Kind<C>, e: &Entry) -> bool {
    matches!(e.phase, Phase::Deleting { .. }) || e.is_hopeless(kind.data_loss())
}

/// The action on the node; if its spec requires a replacement, also the properties that cause it.
fn compare<C>(kind: &dyn Kind<C>, had: &Entry, spec: &Value) -> Result<(Action, Vec<String>)> {
    if must_go(kind, had) || kind.name() != had.kind {
        return Ok((Action::Replace, Vec::new()));
    }
    let change = kind.change(spec, &had.spec)?;
    let action = match (change, &had.phase) {
        (Change::None, Phase::Ready { .. }) if had.trouble.is_none() => Action::Keep,
        (Change::None, Phase::Ready { .. }) => Action::Recheck,
        (Change::None, Phase::Waiting { .. }) if had.is_broken() => Action::Recheck,
        // An intent that was refused, or got no response, is settled first; the result is compared then.
        (_, Phase::Creating { refused: true, .. }) => Action::Create,
        (Change::None | Change::Update, Phase::Creating { .. }) | (Change::None, _) => Action::Resume,
        (Change::Update, _) => Action::Update,
        (Change::Replace, _) => return Ok((Action::Replace, fixed(kind, spec, &had.spec))),
    };
    Ok((action, Vec::new()))
}

/// The differing properties that cannot be changed in place: each that alone would require a replacement; all differing
/// ones, if none does.
fn fixed<C>(kind: &dyn Kind<C>, new: &Value, old: &Value) -> Vec<String> {
    let (Value::Object(new), Value::Object(had)) = (new, old) else { return Vec::new() };
    let names: BTreeSet<&String> = new.keys().chain(had.keys()).collect();
    let differ: Vec<&String> = names.into_iter().filter(|name| new.get(*name) != had.get(*name)).collect();
    let alone = |name: &&&String| {
        let mut changed = had.clone();
        match new.get(**name) {
            Some(value) => changed.insert((**name).clone(), value.clone()),
            None => changed.remove(**name),
        };
        matches!(kind.change(&Value::Object(changed), old), Ok(Change::Replace))
    };
    let to_blame: Vec<&String> = differ.iter().filter(alone).copied().collect();
    let named = if to_blame.is_empty() { differ } else { to_blame };
    named.into_iter().cloned().collect()
}

/// Every node that depends on a replaced node through a holding or following edge is replaced too.
pub(super) fn spread(steps: &mut Steps, users: &Users<'_>) {
    let mut front: Vec<Name> = steps.values().filter(|s| s.action == Action::Replace).map(|s| s.name.clone()).collect();
    while let Some(from) = front.pop() {
        for (user, _) in users.get(&from).into_iter().flatten().filter(|(_, e)| e.holds || e.follows) {
            let Some(step) = steps.get_mut(*user) else { continue };
            if matches!(step.action, Action::Delete | Action::Leave) {
                continue;
            }
            if step.action != Action::Replace {
                step.action = Action::Replace;
                front.push((*user).clone());
            }
            // A node that is replaced anyway also records this dependency as the cause.
            step.because.get_or_insert_with(|| from.clone());
        }
    }
}
