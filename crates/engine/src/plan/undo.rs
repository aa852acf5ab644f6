//! Undo the changes of a run, and nothing else.
use super::{Action, Plan, Step, Steps, forgotten, tasks, users_of};
use crate::{
    Graph, Result,
    graph::Name,
    pace::Timings,
    resource::{Identity, Kinds, kind_of},
    state::{Entry, Phase, State},
};
use indexmap::IndexMap;
use std::collections::BTreeMap;

/// The plan to get back to the resources that existed `before`. Resources created since are removed in dependency
/// order; earlier ones stay as they are now. A new resource that an earlier one uses by now is kept, because of its
/// user.
///
/// # Errors
/// When the state holds a kind this build does not know.
pub fn undo<C: 'static>(before: &State, have: &State, kinds: Kinds<C>, timings: &Timings) -> Result<Plan<C>> {
    let used = used_by_what_stays(before, have);
    let mut steps = Steps::new();
    for (name, entry) in have.entries.iter().filter(|(name, entry)| is_new(before, name, entry)) {
        let (action, because) = match used.get(name) {
            Some(user) => (Action::Keep, Some((*user).clone())),
            // A resource of the account stays, and is dropped from the state.
            None if kind_of(kinds, &entry.kind)?.identity() == Identity::Shared => (Action::Leave, None),
            None => (Action::Delete, None),
        };
        let old = Some(entry.spec.clone());
        steps.insert(name.clone(), Step { old, because, ..Step::new(name, &entry.kind, action) });
    }
    let forgotten = forgotten(&steps, have, kinds)?;
    let (tasks, times) = tasks(&steps, &Graph::default(), have, &users_of(have), kinds, timings)?;
    Ok(Plan { steps: steps.into_values().collect(), tasks, times, desired: IndexMap::new(), forgotten })
}

/// Whether the resource is new: it was not recorded before, or the earlier intent under its name created nothing.
fn is_new(before: &State, name: &Name, now: &Entry) -> bool {
    let came_to_nothing = |e: &Entry| matches!(e.phase, Phase::Creating { .. }) && e.token != now.token;
    before.entries.get(name).is_none_or(came_to_nothing)
}

/// The new nodes that earlier ones use, each with one user.
fn used_by_what_stays<'a>(before: &State, have: &'a State) -> BTreeMap<&'a Name, &'a Name> {
    let mut used = BTreeMap::new();
    let mut front: Vec<(&Name, &Entry)> = have.entries.iter().filter(|(n, e)| !is_new(before, n, e)).collect();
    while let Some((user, entry)) = front.pop() {
        for edge in &entry.edges {
            let Some((on, upstream)) = have.entries.get_key_value(&edge.on) else { continue };
            if is_new(before, on, upstream) && !used.contains_key(on) {
                used.insert(on, user);
                front.push((on, upstream));
            }
        }
    }
    used
}
