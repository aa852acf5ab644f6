//! An environment that is well, until it is broken past vidpipe; and which checks of `verify` then fail.
use crate::world::World;
use std::collections::BTreeSet;
use vidpipe_aws::{
    Aws,
    verify::{Whence, verify},
};
use vidpipe_engine::{
    Graph, State, Stop,
    verify::{Check, Verified},
};
use vidpipe_sandbox::Clock;

pub(crate) const TAGS: &str = "[tags]\nowner = \"media\"\n";

pub(crate) fn told(check: &Check) -> String {
    format!("{} {}: {}", check.service, check.node, check.what)
}

pub(crate) fn troubled(verified: &Verified) -> BTreeSet<String> {
    verified.troubled().map(told).collect()
}

/// An environment that is well, until it is broken.
pub(crate) struct Sound {
    pub(crate) world: World,
    pub(crate) known: BTreeSet<String>,
}

impl Sound {
    /// StreamTech's.
    pub(crate) async fn new() -> Self {
        Self::of(|world| world.graph(TAGS)).await
    }

    /// The environment of that graph.
    pub(crate) async fn of(graph: impl Fn(&World) -> Graph<Aws>) -> Self {
        let world = World::new(Clock::Instant, TAGS).await;
        world.done(&graph(&world)).await;
        Self { world, known: BTreeSet::new() }
    }

    /// What is recorded of it, as after an `up` that went to its end.
    pub(crate) fn state(&self) -> State {
        let mut state = self.world.disk.borrow().clone();
        state.outputs.insert("VpcId".into(), "vpc".into());
        state
    }

    pub(crate) fn aws(&self) -> &Aws {
        &self.world.aws
    }

    pub(crate) fn id(&self, node: &str) -> String {
        self.world.nodes()[node].1.clone()
    }

    pub(crate) async fn verified(&self) -> Verified {
        verify(&self.world.aws, &self.state(), &Whence::Sandbox, &Stop::default()).await.unwrap()
    }

    /// What cannot be well, because the graph is only a part.
    pub(crate) fn known(mut self, verified: &Verified, wanted: &[&str]) -> Self {
        let now = troubled(verified);
        assert_eq!(
            now,
            wanted.iter().map(|w| (*w).to_owned()).collect(),
            "{:#?}",
            verified.troubled().collect::<Vec<_>>()
        );
        self.known = now;
        self
    }

    /// Since this was last asked, exactly these checks have begun to fail.
    #[track_caller]
    pub(crate) fn fails(&mut self, verified: Verified, wanted: &[&str]) {
        let now = troubled(&verified);
        let new: Vec<&String> = now.difference(&self.known).collect();
        assert_eq!(new, wanted, "{:#?}", verified.troubled().collect::<Vec<_>>());
        self.known = now;
    }
}

/// That call is made, and exactly these checks fail from then on.
macro_rules! breaks {
    ($sound:ident, $call:expr, $($what:literal),+ $(,)?) => {
        $call.send().await.unwrap();
        let verified = $sound.verified().await;
        $sound.fails(verified, &[$($what),+]);
    };
}

pub(crate) use breaks;
