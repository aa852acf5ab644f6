//! One contract for every kind, checked in the sandbox: a resource is found only if it exists and is ours, is created
//! once however often its creation is requested, and is deleted however often its deletion is requested.
use crate::{
    graphs::{GRAPHS, Walk},
    harness::Harness,
};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    ops::ControlFlow,
    rc::Rc,
    time::Duration,
};
use tokio::time::advance;
use vidpipe_aws::{Aws, KINDS};
use vidpipe_engine::{
    Class, Cx, Edge, Environment, Graph, Identity, Kind, Name, Observed, Outputs, PhysicalId, Removal, Result, Token,
};
use vidpipe_sandbox::{Clock, Conditions};

/// Maximum number of polls, and the pause between two of them: no operation takes AWS longer.
const LOOKS: u32 = 700;
const STEP: Duration = Duration::from_secs(5);

/// A created node.
struct Made {
    name: Name,
    kind: &'static dyn Kind<Aws>,
    edges: Vec<Edge>,
    spec: Value,
    cx: Cx<Aws>,
    id: PhysicalId,
}

fn cx(harness: &Harness, lineage: &str, node: &str, generation: u64) -> Cx<Aws> {
    let env = Environment { lineage: lineage.into(), ..harness.disk.borrow().env.clone() };
    let (node, cloud) = (Name::from(node), harness.aws.clone());
    let token = Token::new(lineage, &node, generation);
    Cx { cloud, env: Rc::new(env), node, token }
}

/// Does what the executor would do: polls, and repeats what is refused temporarily.
async fn patiently<T>(what: &str, mut ask: impl AsyncFnMut() -> Result<ControlFlow<T, String>>) -> T {
    let mut message = String::new();
    for _ in 0..LOOKS {
        message = match ask().await {
            Ok(ControlFlow::Break(done)) => return done,
            Ok(ControlFlow::Continue(why)) => why,
            Err(e) if e.class.retry().is_some() => e.to_string(),
            Err(e) => panic!("{what}: {e:?}"),
        };
        advance(STEP).await;
    }
    panic!("{what}: it never came to that: {message}")
}

impl Made {
    async fn find(&self, cx: &Cx<Aws>) -> Option<PhysicalId> {
        self.kind.find(cx, &self.spec).await.unwrap_or_else(|e| panic!("find {}: {e:?}", self.name))
    }

    async fn ready(&self) -> Value {
        let what = format!("get {} ready", self.name);
        patiently(&what, async || {
            Ok(match self.kind.observe(&self.cx, &self.spec, &self.id).await? {
                Observed::Ready(output) => ControlFlow::Break(output),
                Observed::Broken(why) => panic!("{what}: broken: {why}"),
                seen => ControlFlow::Continue(format!("{seen:?}")),
            })
        })
        .await
    }

    async fn gone(&self) {
        patiently(&format!("see {} gone", self.name), async || {
            Ok(match self.kind.observe(&self.cx, &self.spec, &self.id).await? {
                Observed::Absent => ControlFlow::Break(()),
                // A finished job stays visible for a while.
                Observed::Ready(_) | Observed::Broken(_) if self.kind.is_one_shot() => ControlFlow::Break(()),
                seen => ControlFlow::Continue(format!("{seen:?}")),
            })
        })
        .await;
    }

    /// Deletes the resource; returns whether a call deletes it. A setting without such a call is deleted with its
    /// owner.
    async fn remove(&self) -> bool {
        let setting = self.kind.identity() == Identity::Setting;
        patiently(&format!("remove {}", self.name), async || {
            match self.kind.delete(&self.cx, &self.spec, &self.id).await {
                Ok(Removal::Partly) => Ok(ControlFlow::Continue("partly removed".into())),
                Ok(Removal::Asked) => Ok(ControlFlow::Break(true)),
                Ok(Removal::Ending) => Ok(ControlFlow::Break(!setting)),
                Err(e) if e.class == Class::NotFound => Ok(ControlFlow::Break(!setting)),
                Err(e) => Err(e),
            }
        })
        .await
    }

    async fn asked_for_again(&self) {
        let (name, identity) = (&self.name, self.kind.identity());
        if identity == Identity::Tagged {
            return;
        }
        match self.kind.create(&self.cx, &self.spec).await {
            Ok(id) => assert_eq!(id, self.id, "{name}: created again"),
            // EFS returns this for its creation token; then, as for names, the owner is checked.
            Err(e) if e.class == Class::AlreadyExists && identity != Identity::Setting => {}
            Err(e) => panic!("{name}: created again: {e:?}"),
        }
        self.ready().await;
    }

    /// Whether the resource is identified as ours by its tags, rather than by its location only.
    async fn is_tagged(&self, harness: &Harness, generation: u64) -> bool {
        let elsewhere = cx(harness, "theirs", &self.name.0, generation);
        let other = cx(harness, "ours", "another-node", generation);
        let seen = (self.find(&elsewhere).await, self.find(&other).await);
        match seen {
            (None, None) => true,
            (Some(a), Some(b)) if a == self.id && b == self.id => false,
            seen => panic!("{}: found by another lineage, by another node: {seen:?}", self.name),
        }
    }
}

/// The last declared node that no remaining node holds.
fn next_to_go(made: &[Made]) -> usize {
    let held: BTreeSet<&Name> = made.iter().flat_map(|m| &m.edges).filter(|e| e.holds).map(|e| &e.on).collect();
    made.iter().rposition(|m| !held.contains(&m.name)).expect("no circle: the graph's own tests say so")
}

/// How a kind identifies our own resources, by kind.
type KnownBy = BTreeMap<&'static str, &'static str>;

/// Creates every node of the graph.
async fn made(harness: &Harness, graph: &Graph<Aws>, known_by: &mut KnownBy) -> Vec<Made> {
    let (mut made, mut outputs) = (Vec::<Made>::new(), Outputs::new());
    for (generation, (name, node)) in (1..).zip(&graph.nodes) {
        let (spec, cx) = (node.spec(&outputs).unwrap(), cx(harness, "ours", &name.0, generation));
        let (name, edges) = (name.clone(), node.edges.clone());
        let mut it = Made { name, kind: node.kind, edges, spec, cx, id: PhysicalId(String::new()) };
        assert_eq!(it.find(&it.cx).await, None, "{} before it is made", it.name);
        let what = format!("make {}", it.name);
        it.id = patiently(&what, async || it.kind.create(&it.cx, &it.spec).await.map(ControlFlow::Break)).await;
        outputs.insert(it.name.clone(), it.ready().await);
        assert_eq!(it.find(&it.cx).await.as_ref(), Some(&it.id), "{} once it is ready", it.name);
        it.asked_for_again().await;
        assert_eq!(it.find(&it.cx).await.as_ref(), Some(&it.id), "{} made twice", it.name);
        let by = if it.is_tagged(harness, generation + 1_000).await { "its tags" } else { "where it is" };
        let other = known_by.insert(it.kind.name(), by);
        assert!(other.is_none_or(|other| other == by), "{}: once {by}, once {other:?}", it.kind.name());
        made.push(it);
    }
    made
}

/// Creates all nodes of a graph, and deletes them.
async fn walk(Walk { spec, graph }: &Walk, known_by: &mut KnownBy) {
    let harness = Harness::new(Clock::Real, spec).await;
    // Account-wide resources are created here too.
    harness.sandbox.set(Conditions::default().in_fresh_account());
    let before = harness.live();
    let mut made = made(&harness, &graph(&harness), known_by).await;
    while !made.is_empty() {
        let it = made.remove(next_to_go(&made));
        if it.kind.identity() == Identity::Shared {
            assert!(it.kind.delete(&it.cx, &it.spec, &it.id).await.is_err(), "{}: it is the account's", it.name);
            continue;
        }
        if !it.remove().await {
            continue;
        }
        it.gone().await;
        it.remove().await;
        it.gone().await;
        if !it.kind.is_one_shot() {
            assert_eq!(it.find(&it.cx).await, None, "{} when it is gone", it.name);
        }
    }
    assert_eq!(harness.live(), before);
}

#[tokio::test(start_paused = true)]
async fn every_kind_keeps_the_contract() {
    let mut known_by = KnownBy::new();
    for graph in GRAPHS {
        walk(graph, &mut known_by).await;
    }
    assert_eq!(known_by.keys().copied().collect::<BTreeSet<_>>(), KINDS.iter().map(|k| k.name()).collect());
    let known_by: Vec<String> = known_by.iter().map(|(kind, by)| format!("{kind}: {by}")).collect();
    insta::assert_snapshot!(known_by.join("\n"));
}
