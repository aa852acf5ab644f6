//! What earlier runs say of how long things take.
use crate::{
    event::{Event, Half, Planned},
    graph::Name,
};
use std::{collections::BTreeMap, time::Duration};

/// So many of the newest times of each kind, size and half of a life are learned from.
const KEPT: usize = 12;

/// Times that were measured, by what they are told of, as [`crate::Kind::timing`] gives it, and the half of a life.
#[derive(Clone, Debug, Default)]
pub struct Measured(BTreeMap<(String, Half), Vec<Duration>>);

impl Measured {
    /// Add what a run told; the newest run first. Nothing is learned from one against an endpoint that keeps its own time.
    pub fn note<'a>(&mut self, events: impl IntoIterator<Item = &'a Event>) {
        let mut timings = BTreeMap::<(&Name, Half), &str>::new();
        for event in events {
            match event {
                Event::Began { elsewhere: true, .. } => return,
                Event::Planned { tasks, .. } => {
                    let named = |t: &&'a Planned| !t.timing.is_empty();
                    timings.extend(tasks.iter().filter(named).map(|t| ((&t.node, t.half), t.timing.as_str())));
                }
                Event::Finished { node, half, waited: Some(waited), .. } => {
                    let Some(timing) = timings.get(&(node, *half)) else { continue };
                    let times = self.0.entry(((*timing).to_owned(), *half)).or_default();
                    if times.len() < KEPT {
                        times.push(*waited);
                    }
                }
                _ => {}
            }
        }
    }

    pub(super) fn times(&self) -> impl Iterator<Item = (&(String, Half), &[Duration])> {
        self.0.iter().map(|(of, times)| (of, times.as_slice()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Action, pace::Timings};

    fn run(elsewhere: bool, seconds: u64) -> Vec<Event> {
        let text = String::new;
        let (command, pipeline, suffix, region) = (text(), text(), text(), text());
        let (node, half) = (Name::from("db"), Half::Ensure);
        let planned = Planned {
            node: node.clone(),
            half,
            kind: "rds:instance".into(),
            action: Action::Create,
            usual: Duration::ZERO,
            late: Duration::ZERO,
            timing: "db large".into(),
            after: Vec::new(),
        };
        let (took, waited) = (Duration::from_secs(1_000), Some(Duration::from_secs(seconds)));
        vec![
            Event::Began { command, pipeline, suffix, region, elsewhere },
            Event::Planned { tasks: vec![planned], kept: 0 },
            Event::Finished { node: node.clone(), half, changed: true, took, waited },
            Event::Finished { node, half: Half::Remove, changed: true, took, waited },
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
