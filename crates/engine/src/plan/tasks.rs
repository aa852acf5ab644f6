//! The tasks of a plan: what waits for what.
use super::{Action, Key, Step, Steps, Users, goes};
use crate::{
    Result,
    event::Half,
    graph::{Edge, Graph, Name, Needs, Node},
    pace::Timings,
    queue::Task,
    resource::{Kinds, kind_of},
    state::State,
};
use std::time::Duration;

pub(super) fn tasks<C: 'static>(
    steps: &Steps,
    want: &Graph<C>,
    have: &State,
    users: &Users<'_>,
    kinds: Kinds<C>,
    timings: &Timings,
) -> Result<Vec<Task<Key>>> {
    let mut tasks = Vec::new();
    let to_ensure = |name: &Name| steps.get(name).is_some_and(|s| is_ensured(s, want, have));
    for (name, entry) in have.entries.iter().filter(|(n, _)| goes(steps, n)) {
        let leaves = steps.get(name).is_some_and(|s| s.action == Action::Delete);
        let mut after = Vec::new();
        for (user, edge) in users.get(name).into_iter().flatten() {
            if goes(steps, user) && edge.holds {
                after.push(Key::Half(Half::Remove, (*user).clone()));
            } else if leaves && to_ensure(user) {
                // What stays must have let go of it first.
                after.push(Key::Half(Half::Ensure, (*user).clone()));
            }
        }
        let cost = timings.of(kind_of(kinds, &entry.kind)?.timing(&entry.spec)).delete.typical();
        tasks.push(Task { key: Key::Half(Half::Remove, name.clone()), after, cost, milestone_of: None });
    }
    for (name, node) in want.nodes.iter().filter(|(n, _)| to_ensure(n)) {
        let mut after: Vec<Key> = node.edges.iter().filter_map(waits_for).collect();
        if goes(steps, name) {
            after.push(Key::Half(Half::Remove, name.clone()));
        }
        let whole = Key::Half(Half::Ensure, name.clone());
        tasks.push(Task {
            key: whole.clone(),
            after,
            cost: ensure_cost(steps, name, node, timings),
            milestone_of: None,
        });
        let milestone_of = Some(whole);
        tasks.push(Task { key: Key::Known(name.clone()), after: Vec::new(), cost: Duration::ZERO, milestone_of });
    }
    Ok(tasks)
}

fn waits_for(edge: &Edge) -> Option<Key> {
    Some(match edge.needs? {
        Needs::Ready => Key::Half(Half::Ensure, edge.on.clone()),
        Needs::Known => Key::Known(edge.on.clone()),
    })
}

fn is_ensured<C: 'static>(step: &Step, want: &Graph<C>, have: &State) -> bool {
    let rewired = || {
        let (node, entry) = (want.nodes.get(&step.name), have.entries.get(&step.name));
        node.zip(entry).is_some_and(|(n, e)| n.edges != e.edges)
    };
    match step.action {
        Action::Delete => false,
        Action::Keep => rewired(),
        _ => true,
    }
}

fn ensure_cost<C: 'static>(steps: &Steps, name: &Name, node: &Node<C>, timings: &Timings) -> Duration {
    match steps.get(name) {
        Some(Step {
            action: Action::Create | Action::Resume | Action::Update | Action::Replace,
            spec: Some(spec),
            ..
        }) => timings.of(node.kind.timing(spec)).create.typical(),
        _ => Duration::ZERO,
    }
}
