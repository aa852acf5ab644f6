//! What no patience helps against: AWS says so at once and for good. The run ends soon, the words are AWS's, and once the
//! cause is gone the next run goes on.

use super::{Subject, Tally, calls::undisturbed, finish_down, finish_up, troubles};
use std::time::Duration;
use vidpipe_engine::{Name, called_for};
use vidpipe_sandbox::{Answer, Fault, answers};

/// Longer than any call of a day on which nothing takes time, and shorter than any patience.
const SOON: Duration = Duration::from_secs(30);

/// Each definite answer that AWS is known to have given to a call for one of these nodes, in the part of the pipeline that
/// the node stands on.
pub async fn definite_each(subject: &Subject, nodes: &[Name]) -> Tally {
    let mut tally = Tally::new("every definite answer given for good");
    let mut known: Vec<&'static Answer> = answers().iter().filter(|answer| !answer.passes).collect();
    for node in nodes {
        let subject = subject.around(node);
        let life = undisturbed(&subject).await;
        let calls = |answer: &Answer| life.up.of(node).any(|(_, call)| call.operation == answer.operation);
        for answer in known.extract_if(.., |answer| calls(answer)) {
            let world = subject.world().await;
            let of = node.clone();
            world.day(subject.day.clone().with_weather(move |asked| {
                let is_its = asked.operation == answer.operation && called_for().as_ref() == Some(&of);
                is_its.then_some(Fault::Said(answer))
            }));
            let began = world.now();
            let mut wrong = Vec::new();
            if world.up().await.is_complete() {
                wrong.push("`up` is complete".into());
            }
            if began.elapsed() > SOON {
                wrong.push(format!("it was asked again for {:?}", began.elapsed()));
            }
            if !troubles(&world).iter().any(|said| said.contains(&answer.message)) {
                wrong.push(format!("AWS's words are not told: {:?}", troubles(&world)));
            }
            world.day(subject.day.clone());
            wrong.extend(finish_up(&world, &life.once).await);
            wrong.extend(finish_down(&world).await);
            tally.case(&format!("{} for {node}, {answer:?}", answer.operation), wrong);
        }
    }
    tally
}
