//! The ledger is complete: its counts match the calls to AWS.
use crate::subject::calm;
use std::collections::BTreeMap;
use vidpipe_pipelines::spec::Pipeline;
use vidpipe_rehearse::Harness;

#[test]
fn every_call_that_makes_something_is_in_the_ledger() {
    for pipeline in Pipeline::ALL {
        let missed = missed(pipeline);
        assert!(missed.is_empty(), "{pipeline}: {missed:#?}");
    }
}

/// Operations whose number of calls differs from the ledger.
fn missed(pipeline: Pipeline) -> Vec<String> {
    vidpipe_rehearse::runtime().expect("a runtime can be made").block_on(async {
        let subject = calm(pipeline);
        let harness = Harness::new(subject.pace, &subject.spec, &subject.suffix).await.expect("a world");
        assert!(harness.up().await.is_complete());
        let mut called = BTreeMap::<String, usize>::new();
        for call in harness.sandbox().take_calls() {
            *called.entry(call.operation).or_default() += 1;
        }
        let counted = harness.made();
        let makes = |operation: &str| {
            ["Create", "Allocate", "Register", "Associate", "PutMetric", "PutScaling", "PutRole", "Attach", "Authorize"]
                .iter()
                .any(|verb| operation.starts_with(verb))
        };
        let missed = called.iter().filter(|(operation, _)| makes(operation) && *operation != "AttachInternetGateway");
        let missed = missed.filter(|(operation, n)| counted.get(*operation) != Some(n));
        missed
            .map(|(operation, n)| format!("{operation}: {n} calls, {:?} in the ledger", counted.get(operation)))
            .collect::<Vec<_>>()
    })
}
