//! Every call of a whole life cycle is in the list of calls whose errors are classified.
use crate::harness::{Harness, PIPELINES};
use serde_json::Value;
use std::collections::BTreeSet;
use vidpipe_aws::{sweep, verify};
use vidpipe_engine::Stop;
use vidpipe_sandbox::Clock;

fn listed() -> BTreeSet<String> {
    let file: Value = serde_json::from_str(include_str!("../../../aws/data/errors.json")).unwrap();
    let operations = |(service, has): (&String, &Value)| {
        let names: Vec<&String> = has["operations"].as_object().unwrap().keys().collect();
        names.into_iter().map(|name| format!("{service} {name}")).collect::<Vec<_>>()
    };
    file["services"].as_object().unwrap().iter().flat_map(operations).collect()
}

#[tokio::test(start_paused = true)]
async fn every_call_of_a_life_is_listed() {
    let (listed, stop) = (listed(), Stop::default());
    for spec in PIPELINES {
        let harness = Harness::new(Clock::Instant, spec).await;
        harness.up(spec).await;
        let state = harness.disk.borrow().clone();
        verify::verify(&harness.aws, &state, &verify::Target::Sandbox, &stop).await.unwrap();
        harness.down().await;
        let state = harness.disk.borrow().clone();
        sweep::sweep(&harness.aws, &state, &stop).await.unwrap();
        let called =
            harness.sandbox.take_calls().into_iter().map(|call| format!("{} {}", call.service, call.operation));
        let called: BTreeSet<String> = called.collect();
        assert!(called.len() > 100, "{}", called.len());
        let lost: Vec<_> = called.difference(&listed).collect();
        assert!(lost.is_empty(), "run crates/aws/data/errors.py: {lost:?}");
    }
}
