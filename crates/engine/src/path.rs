//! The critical path of a run: from the task that ended last back to the start, at each step the task that delayed the
//! next.
use crate::{
    Name,
    event::{After, Event, Leg, Op, Point},
};
use jiff::Timestamp;
use std::{collections::BTreeMap, time::Duration};

/// A step of a critical path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The node.
    pub node: Name,
    /// The operation.
    pub op: Op,
    /// When the task began.
    pub from: Timestamp,
    /// When it reached the point the next step needed; for the last step, when it ended.
    pub to: Timestamp,
}

impl Link {
    /// How long the run waited for it.
    pub fn took(&self) -> Duration {
        self.to.duration_since(self.from).try_into().unwrap_or_default()
    }

    /// The same, without its times.
    pub fn leg(&self) -> Leg {
        Leg { node: self.node.clone(), op: self.op, took: self.took() }
    }
}

type Task<'a> = (&'a Name, Op);

#[derive(Default)]
struct Times<'a> {
    began: BTreeMap<Task<'a>, Timestamp>,
    known: BTreeMap<&'a Name, Timestamp>,
    ended: BTreeMap<Task<'a>, Timestamp>,
    after: BTreeMap<Task<'a>, &'a [After]>,
}

impl<'a> Times<'a> {
    fn of(events: impl IntoIterator<Item = (Timestamp, &'a Event)>) -> Self {
        let mut times = Self::default();
        for (at, event) in events {
            match event {
                Event::Planned { tasks, .. } => {
                    times.after.extend(tasks.iter().map(|t| ((&t.node, t.op), t.after.as_slice())));
                }
                Event::Started { node, op } => drop(times.began.insert((node, *op), at)),
                Event::Known { node } => drop(times.known.entry(node).or_insert(at)),
                Event::Finished { node, op, .. } | Event::Failed { node, op, .. } => {
                    times.ended.insert((node, *op), at);
                }
                _ => {}
            }
        }
        times
    }

    /// When that point was reached, and the task that reached it.
    fn point(&self, after: &'a After) -> Option<(Timestamp, Task<'a>)> {
        let op = if after.what == Point::Gone { Op::Remove } else { Op::Ensure };
        let task = (&after.node, op);
        let known = self.known.get(&after.node).filter(|_| after.what == Point::Known);
        Some((*known.or_else(|| self.ended.get(&task))?, task))
    }
}

/// The critical path of the run with these events, in chronological order. For an interrupted run it covers the tasks
/// that ended.
pub fn critical<'a>(events: impl IntoIterator<Item = (Timestamp, &'a Event)>) -> Vec<Link> {
    let times = Times::of(events);
    let mut links = Vec::new();
    let mut next = times.ended.iter().map(|(task, at)| (*at, *task)).max();
    while let Some((to, task)) = next {
        let Some(from) = times.began.get(&task).copied() else { break };
        if links.len() == times.began.len() {
            // An edited history, whose tasks wait for each other in a cycle.
            break;
        }
        links.push(Link { node: task.0.clone(), op: task.1, from, to });
        let before = times.after.get(&task).copied().unwrap_or_default();
        next = before.iter().filter_map(|a| times.point(a)).filter(|(at, _)| *at <= from).max();
    }
    links.reverse();
    links
}
