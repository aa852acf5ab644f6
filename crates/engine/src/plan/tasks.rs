//! The tasks of a plan, and their dependencies.
use super::{Action, Key, Step, Steps, Users, goes};
use crate::{
    Result,
    event::Op,
    graph::{Edge, Graph, Name, Needs, Node},
    pace::{Span, Timings},
    queue::Task,
    resource::{Kinds, kind_of},
    state::State,
};
use serde_json::Value;
use std::{collections::BTreeMap, time::Duration};

/// How long the provider takes for an operation.
#[derive(Clone, Debug)]
pub(crate) struct Estimate {
    /// The key of the timing, as [`crate::Kind::timing`] returns it.
    pub(crate) timing: String,
    /// `None` if no call to the provider is expected: then it takes no time.
    pub(crate) span: Option<Span>,
}

impl Estimate {
    pub(crate) fn within(&self, share: f64) -> Duration {
        self.span.map_or(Duration::ZERO, |s| s.within(share))
    }

    pub(crate) fn typical(&self) -> Duration {
        self.span.map_or(Duration::ZERO, |s| s.typical())
    }
}

/// The estimates, by task.
pub(crate) type Times = BTreeMap<(Op, Name), Estimate>;

pub(super) fn tasks<C: 'static>(
    steps: &Steps,
    want: &Graph<C>,
    have: &State,
    users: &Users<'_>,
    kinds: Kinds<C>,
    timings: &Timings,
) -> Result<(Vec<Task<Key>>, Times)> {
    let (mut tasks, mut times) = (Vec::new(), Times::new());
    let to_ensure = |name: &Name| steps.get(name).is_some_and(|s| is_ensured(s, want, have));
    for (name, entry) in have.entries.iter().filter(|(n, _)| goes(steps, n)) {
        let left = steps.get(name).is_some_and(|s| s.action == Action::Leave);
        let leaves = left || steps.get(name).is_some_and(|s| s.action == Action::Delete);
        let mut after = Vec::new();
        for (user, edge) in users.get(name).into_iter().flatten() {
            if goes(steps, user) && edge.holds {
                after.push(Key::Op(Op::Remove, (*user).clone()));
            } else if leaves && to_ensure(user) {
                // The nodes that stay must stop using it first.
                after.push(Key::Op(Op::Ensure, (*user).clone()));
            }
        }
        let timing = kind_of(kinds, &entry.kind)?.timing(&entry.spec);
        let takes = Estimate { span: (!left).then(|| timings.of(&timing).delete), timing };
        let cost = takes.typical();
        times.insert((Op::Remove, name.clone()), takes);
        tasks.push(Task { key: Key::Op(Op::Remove, name.clone()), after, cost, milestone_of: None });
    }
    for (name, node) in want.nodes.iter().filter(|(n, _)| to_ensure(n)) {
        let mut after: Vec<Key> = node.edges.iter().filter_map(waits_for).collect();
        if goes(steps, name) {
            after.push(Key::Op(Op::Remove, name.clone()));
        }
        let whole = Key::Op(Op::Ensure, name.clone());
        let takes = making(steps, name, node, timings);
        tasks.push(Task { key: whole.clone(), after, cost: takes.typical(), milestone_of: None });
        times.insert((Op::Ensure, name.clone()), takes);
        let milestone_of = Some(whole);
        tasks.push(Task { key: Key::Known(name.clone()), after: Vec::new(), cost: Duration::ZERO, milestone_of });
    }
    Ok((tasks, times))
}

fn waits_for(edge: &Edge) -> Option<Key> {
    Some(match edge.needs? {
        Needs::Ready => Key::Op(Op::Ensure, edge.on.clone()),
        Needs::Known => Key::Known(edge.on.clone()),
    })
}

fn is_ensured<C: 'static>(step: &Step, want: &Graph<C>, have: &State) -> bool {
    let rewired = || {
        let (node, entry) = (want.nodes.get(&step.name), have.entries.get(&step.name));
        node.zip(entry).is_some_and(|(n, e)| n.edges != e.edges)
    };
    match step.action {
        Action::Delete | Action::Leave => false,
        Action::Keep => rewired(),
        _ => true,
    }
}

fn making<C: 'static>(steps: &Steps, name: &Name, node: &Node<C>, timings: &Timings) -> Estimate {
    let step = steps.get(name);
    let timing = node.kind.timing(step.and_then(|s| s.spec.as_ref()).unwrap_or(&Value::Null));
    let asks = |s: &Step| matches!(s.action, Action::Create | Action::Resume | Action::Update | Action::Replace);
    Estimate { span: step.filter(|s| asks(s)).map(|_| timings.of(&timing).create), timing }
}
