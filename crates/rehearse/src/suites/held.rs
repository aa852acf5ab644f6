//! A call that changes something is answered for fifteen seconds as AWS answers when it is not well, or not yet: the run
//! waits it out. One `up` and one `down` are enough, whatever the call.

use super::{Subject, Tally, calls::undisturbed, in_one_run};
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::time::Instant;
use vidpipe_engine::{Name, called_for};
use vidpipe_sandbox::{Conditions, Fault, answers};

/// For so long.
const LASTING: Duration = Duration::from_secs(15);

/// How any service may answer.
const ANY: [Fault; 4] = [Fault::Throttled, Fault::Internal, Fault::Unavailable, Fault::Refused];

/// Every changing call for each of these nodes, in the part of the pipeline that the node stands on: answered as any service
/// may answer; and, for one of the nodes, with each of the answers that AWS is known to have given to such a call.
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
            let said = known.extract_if(.., |answer| answer.operation == operation).map(Fault::Said);
            for fault in any.next().into_iter().chain(said) {
                let world = subject.world().await;
                world.day(subject.holding(node, &operation, fault));
                tally.case(&format!("{operation} for {node}, {fault:?}"), in_one_run(&world, &life.once).await);
            }
        }
    }
    tally
}

impl Subject {
    /// Its day, on which each such call for that node is answered so, from the first on and for a while.
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
