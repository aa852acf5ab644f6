//! The subjects of the rehearsals: an environment of each pipeline, with its defaults.
use vidpipe_engine::Name;
use vidpipe_pipelines::{
    spec::{Pipeline, Spec},
    suffix::Suffix,
};
use vidpipe_rehearse::suites::{Subject, Tally};
use vidpipe_sandbox::{Clock, Conditions};

/// The share of calls with injected faults.
pub(crate) const SHARE: f64 = 0.3;

/// A subject without delays, with immediate visibility.
pub(crate) fn calm(pipeline: Pipeline) -> Subject {
    Subject {
        spec: Spec::defaults(pipeline),
        suffix: Suffix::parse("demo").expect("a suffix"),
        pace: Clock::Instant,
        day: Conditions::default(),
        only: Vec::new(),
    }
}

/// A subject with delays, delayed visibility and throttling.
pub(crate) fn strict(pipeline: Pipeline) -> Subject {
    Subject { pace: Clock::Real, day: Conditions::strict(1), ..calm(pipeline) }
}

/// Runs a suite on a paused clock, prints its count, and expects no violation.
#[track_caller]
pub(crate) fn holds(suite: impl Future<Output = Tally>) {
    let tally = vidpipe_rehearse::runtime().expect("a runtime can be made").block_on(suite);
    println!("{tally}");
    assert!(tally.cases > 0 && tally.violations.is_empty(), "{tally}");
}

/// One of `parts` shares of a pipeline's nodes: every `parts`-th node, so that each share contains a bit of everything.
pub(crate) async fn share(subject: &Subject, part: usize, parts: usize) -> Vec<Name> {
    subject.nodes().await.into_iter().skip(part).step_by(parts).collect()
}

/// A node of every kind that the pipeline has and the others do not.
pub(crate) async fn kinds(pipeline: Pipeline, beside: &[Pipeline]) -> Vec<Name> {
    let mut kinds = calm(pipeline).kinds().await;
    for other in beside {
        for kind in calm(*other).kinds().await.keys() {
            kinds.remove(kind);
        }
    }
    kinds.into_values().collect()
}
