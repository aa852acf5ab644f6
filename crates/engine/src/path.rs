//! What a run waited for: from the task that ended last back to its beginning, at each step the one that held up the next.
use crate::{
    Name,
    event::{After, Event, Half, Leg, Point},
};
use jiff::Timestamp;
use std::{collections::BTreeMap, time::Duration};

/// A step of a critical path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The node.
    pub node: Name,
    /// Which half of its life.
    pub half: Half,
    /// When the task began.
    pub from: Timestamp,
    /// When it had come as far as the next step needed; of the last step, when it ended.
    pub to: Timestamp,
}

impl Link {
    /// How long the run waited for it.
    pub fn took(&self) -> Duration {
        self.to.duration_since(self.from).try_into().unwrap_or_default()
    }

    /// The same, without its times.
    pub fn leg(&self) -> Leg {
        Leg { node: self.node.clone(), half: self.half, took: self.took() }
    }
}

type Task<'a> = (&'a Name, Half);

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
                    times.after.extend(tasks.iter().map(|t| ((&t.node, t.half), t.after.as_slice())));
                }
                Event::Started { node, half } => drop(times.began.insert((node, *half), at)),
                Event::Known { node } => drop(times.known.entry(node).or_insert(at)),
                Event::Finished { node, half, .. } | Event::Failed { node, half, .. } => {
                    times.ended.insert((node, *half), at);
                }
                _ => {}
            }
        }
        times
    }

    /// When that was so, and the task that made it so.
    fn point(&self, after: &'a After) -> Option<(Timestamp, Task<'a>)> {
        let half = if after.what == Point::Gone { Half::Remove } else { Half::Ensure };
        let task = (&after.node, half);
        let known = self.known.get(&after.node).filter(|_| after.what == Point::Known);
        Some((*known.or_else(|| self.ended.get(&task))?, task))
    }
}

/// The critical path of the run that told these events, in the order of time. A run that was cut short has that of what
/// ended.
pub fn critical<'a>(events: impl IntoIterator<Item = (Timestamp, &'a Event)>) -> Vec<Link> {
    let times = Times::of(events);
    let mut links = Vec::new();
    let mut next = times.ended.iter().map(|(task, at)| (*at, *task)).max();
    while let Some((to, task)) = next {
        let Some(from) = times.began.get(&task).copied() else { break };
        if links.len() == times.began.len() {
            // A history that somebody made: its tasks wait for each other in a circle.
            break;
        }
        links.push(Link { node: task.0.clone(), half: task.1, from, to });
        let before = times.after.get(&task).copied().unwrap_or_default();
        next = before.iter().filter_map(|a| times.point(a)).filter(|(at, _)| *at <= from).max();
    }
    links.reverse();
    links
}
