//! A mutating call fails for fifteen seconds with a transient error: the run retries until it succeeds. One `up` and
//! one `down` are enough, whatever the call.

use super::{Subject, Tally, calls::undisturbed, in_one_run};
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::time::Instant;
use vidpipe_engine::{Name, called_for};
use vidpipe_sandbox::{Conditions, Fault, answers};

/// Duration of the fault.
const LASTING: Duration = Duration::from_secs(15);

/// Transient errors that any service may return.
const ANY: [Fault; 4] = [Fault::Throttled, Fault::Internal, Fault::Unavailable, Fault::Refused];

/// Covers every mutating call for each of these nodes, in the part of the pipeline that the node depends on: with an
/// error that any service may return and, for one of the nodes, with each error AWS is known to return for such a call.
pub async fn held_each(subject: &Subject, nodes: &[Name]) -> Tally {
    let mut tally = Tally::new("every changing call refused for 15 s");
    let (mut any, mut known) = (ANY.into_iter().cycle(), answers().iter().filter(|a| a.passes).collect::<Vec<_>>());
    for node in nodes {
        let subject = subject.around(node);
        let life = undisturbed(&subject).await;
        let calls = life.up.of(node).chain(life.down.of(node)).map(|(_, call)| call.operation.clone());
        let mut operations: Vec<String> = calls.collect();
        operations.sort_unstable();
        operations.dedup();
        for operation in operations {
            let known_faults = known.extract_if(.., |answer| answer.operation == operation).map(Fault::Said);
            for fault in any.next().into_iter().chain(known_faults) {
                let harness = subject.harness().await;
                harness.day(subject.holding(node, &operation, fault));
                tally.case(&format!("{operation} for {node}, {fault:?}"), in_one_run(&harness, &life.once).await);
            }
        }
    }
    tally
}

impl Subject {
    /// The subject's conditions, plus that fault on each such call for that node, for a while from the first one on.
    fn holding(&self, node: &Name, operation: &str, fault: Fault) -> Conditions {
        let (node, operation, began) = (node.clone(), operation.to_owned(), Arc::<Mutex<Option<Instant>>>::default());
        self.day.clone().with_weather(move |asked| {
            if asked.operation != operation || called_for().as_ref() != Some(&node) {
                return None;
            }
            let began = *began.lock().expect("nobody panics while looking at a clock").get_or_insert_with(Instant::now);
            (began.elapsed() < LASTING).then_some(fault)
        })
    }
}
