//! Durations measured in earlier runs.
use crate::{
    event::{Event, Op, Planned},
    graph::Name,
};
use std::{collections::BTreeMap, time::Duration};

/// The number of most recent durations to learn from, per kind, size and operation.
const KEPT: usize = 12;

/// Measured durations, by the timing key that [`crate::Kind::timing`] returns, and the operation.
#[derive(Clone, Debug, Default)]
pub struct Measured(BTreeMap<(String, Op), Vec<Duration>>);

impl Measured {
    /// Add the events of a run; the newest run must come first. A run against an emulated endpoint is ignored.
    pub fn note<'a>(&mut self, events: impl IntoIterator<Item = &'a Event>) {
        let mut timings = BTreeMap::<(&Name, Op), &str>::new();
        for event in events {
            match event {
                Event::Began { emulated: true, .. } => return,
                Event::Planned { tasks, .. } => {
                    let named = |t: &&'a Planned| !t.timing.is_empty();
                    timings.extend(tasks.iter().filter(named).map(|t| ((&t.node, t.op), t.timing.as_str())));
                }
                Event::Finished { node, op, waited: Some(waited), .. } => {
                    let Some(timing) = timings.get(&(node, *op)) else { continue };
                    let times = self.0.entry(((*timing).to_owned(), *op)).or_default();
                    if times.len() < KEPT {
                        times.push(*waited);
                    }
                }
                _ => {}
            }
        }
    }

    pub(super) fn times(&self) -> impl Iterator<Item = (&(String, Op), &[Duration])> {
        self.0.iter().map(|(of, times)| (of, times.as_slice()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Action, pace::Timings};

    fn run(emulated: bool, seconds: u64) -> Vec<Event> {
        let text = String::new;
        let (command, pipeline, suffix, region) = (text(), text(), text(), text());
        let (node, op) = (Name::from("db"), Op::Ensure);
        let planned = Planned {
            node: node.clone(),
            op,
            kind: "rds:instance".into(),
            action: Action::Create,
            usual: Duration::ZERO,
            late: Duration::ZERO,
            timing: "db large".into(),
            after: Vec::new(),
        };
        let (took, waited) = (Duration::from_secs(1_000), Some(Duration::from_secs(seconds)));
        vec![
            Event::Began { command, pipeline, suffix, region, emulated },
            Event::Planned { tasks: vec![planned], kept: 0 },
            Event::Finished { node: node.clone(), op, changed: true, took, waited },
            Event::Finished { node, op: Op::Remove, changed: true, took, waited },
        ]
    }

    #[test]
    fn what_the_provider_took_is_learned_but_not_what_an_emulator_took() {
        let mut measured = Measured::default();
        (1..=20).for_each(|_| measured.note(&run(false, 100)));
        measured.note(&run(true, 1));
        let timings = Timings::default().taught(&measured);
        assert_eq!(measured.times().map(|(_, times)| times.len()).collect::<Vec<_>>(), [KEPT]);
        assert!(timings.of("db large").create.typical > 75.0);
        assert_eq!(timings.of("db large").delete, timings.of("").delete);
    }
}
