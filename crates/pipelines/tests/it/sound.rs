//! A healthy environment, until it is broken outside vidpipe; and the checks of `verify` that then fail.
use crate::harness::Harness;
use std::collections::BTreeSet;
use vidpipe_aws::{
    Aws,
    verify::{Target, verify},
};
use vidpipe_engine::{
    Graph, State, Stop,
    verify::{Check, Verified},
};
use vidpipe_sandbox::Clock;

pub(crate) const TAGS: &str = "[tags]\nowner = \"media\"\n";

pub(crate) fn line(check: &Check) -> String {
    format!("{} {}: {}", check.service, check.node, check.what)
}

pub(crate) fn troubled(verified: &Verified) -> BTreeSet<String> {
    verified.troubled().map(line).collect()
}

/// A healthy environment, until it is broken.
pub(crate) struct Sound {
    pub(crate) harness: Harness,
    pub(crate) known: BTreeSet<String>,
}

impl Sound {
    /// An environment of StreamTech.
    pub(crate) async fn new() -> Self {
        Self::of(|harness| harness.graph(TAGS)).await
    }

    /// The environment of that graph.
    pub(crate) async fn of(graph: impl Fn(&Harness) -> Graph<Aws>) -> Self {
        let harness = Harness::new(Clock::Instant, TAGS).await;
        harness.done(&graph(&harness)).await;
        Self { harness, known: BTreeSet::new() }
    }

    /// The recorded state, as after a complete `up`.
    pub(crate) fn state(&self) -> State {
        let mut state = self.harness.disk.borrow().clone();
        state.outputs.insert("VpcId".into(), "vpc".into());
        state
    }

    pub(crate) fn aws(&self) -> &Aws {
        &self.harness.aws
    }

    pub(crate) fn id(&self, node: &str) -> String {
        self.harness.nodes()[node].1.clone()
    }

    pub(crate) async fn verified(&self) -> Verified {
        verify(&self.harness.aws, &self.state(), &Target::Sandbox, &Stop::default()).await.unwrap()
    }

    /// Accepts the checks that fail because the graph is only a part.
    pub(crate) fn known(mut self, verified: &Verified, expected: &[&str]) -> Self {
        let now = troubled(verified);
        assert_eq!(
            now,
            expected.iter().map(|w| (*w).to_owned()).collect(),
            "{:#?}",
            verified.troubled().collect::<Vec<_>>()
        );
        self.known = now;
        self
    }

    /// Asserts that exactly these checks have started to fail since the last call.
    #[track_caller]
    pub(crate) fn fails(&mut self, verified: Verified, expected: &[&str]) {
        let now = troubled(&verified);
        let new: Vec<&String> = now.difference(&self.known).collect();
        assert_eq!(new, expected, "{:#?}", verified.troubled().collect::<Vec<_>>());
        self.known = now;
    }
}

/// Makes that call, and asserts that exactly these checks fail from then on.
macro_rules! breaks {
    ($sound:ident, $call:expr, $($what:literal),+ $(,)?) => {
        $call.send().await.unwrap();
        let verified = $sound.verified().await;
        $sound.fails(verified, &[$($what),+]);
    };
}

pub(crate) use breaks;
