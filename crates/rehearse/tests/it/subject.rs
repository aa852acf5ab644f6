//! What is rehearsed: an environment of each pipeline, as its defaults have it.
use vidpipe_engine::Name;
use vidpipe_pipelines::{
    spec::{Pipeline, Spec},
    suffix::Suffix,
};
use vidpipe_rehearse::suites::{Subject, Tally};
use vidpipe_sandbox::{Clock, Conditions};

/// The share of calls that are faulted on a faulted day.
pub(crate) const SHARE: f64 = 0.3;

/// In which nothing takes time and everything shows at once.
pub(crate) fn calm(pipeline: Pipeline) -> Subject {
    Subject {
        spec: Spec::defaults(pipeline),
        suffix: Suffix::parse("demo").expect("a suffix"),
        pace: Clock::Instant,
        day: Conditions::default(),
        only: Vec::new(),
    }
}

/// In which things take their time, show late, and too many calls are throttled.
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

/// One part of so many of a pipeline's nodes: those that are so far apart, so that each part has some of everything.
pub(crate) async fn share(subject: &Subject, part: usize, parts: usize) -> Vec<Name> {
    subject.nodes().await.into_iter().skip(part).step_by(parts).collect()
}

/// A node of every kind that the pipeline has and these have not.
pub(crate) async fn kinds(pipeline: Pipeline, beside: &[Pipeline]) -> Vec<Name> {
    let mut kinds = calm(pipeline).kinds().await;
    for other in beside {
        for kind in calm(*other).kinds().await.keys() {
            kinds.remove(kind);
        }
    }
    kinds.into_values().collect()
}
