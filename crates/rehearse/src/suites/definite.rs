//! Definite errors, which no retry overcomes: the run ends soon, reports the message AWS returns, and after the cause
//! is removed the next run continues.

use super::{Subject, Tally, calls::undisturbed, finish_down, finish_up, troubles};
use std::time::Duration;
use vidpipe_engine::{Name, called_for};
use vidpipe_sandbox::{Answer, Fault, answers};

/// Longer than any call in a sandbox without delays, and shorter than any retry timeout.
const SOON: Duration = Duration::from_secs(30);

/// Injects each definite answer that AWS is known to give to a call for one of these nodes, in the part of the pipeline
/// that the node depends on.
pub async fn definite_each(subject: &Subject, nodes: &[Name]) -> Tally {
    let mut tally = Tally::new("every definite answer given for good");
    let mut known: Vec<&'static Answer> = answers().iter().filter(|answer| !answer.passes).collect();
    for node in nodes {
        let subject = subject.around(node);
        let life = undisturbed(&subject).await;
        let calls = |answer: &Answer| life.up.of(node).any(|(_, call)| call.operation == answer.operation);
        for answer in known.extract_if(.., |answer| calls(answer)) {
            let harness = subject.harness().await;
            let of = node.clone();
            harness.day(subject.day.clone().with_weather(move |asked| {
                let is_its = asked.operation == answer.operation && called_for().as_ref() == Some(&of);
                is_its.then_some(Fault::Said(answer))
            }));
            let began = harness.now();
            let mut wrong = Vec::new();
            if harness.up().await.is_complete() {
                wrong.push("`up` is complete".into());
            }
            if began.elapsed() > SOON {
                wrong.push(format!("it was asked again for {:?}", began.elapsed()));
            }
            if !troubles(&harness).iter().any(|trouble| trouble.contains(&answer.message)) {
                wrong.push(format!("AWS's words are not told: {:?}", troubles(&harness)));
            }
            harness.day(subject.day.clone());
            wrong.extend(finish_up(&harness, &life.once).await);
            wrong.extend(finish_down(&harness).await);
            tally.case(&format!("{} for {node}, {answer:?}", answer.operation), wrong);
        }
    }
    tally
}
