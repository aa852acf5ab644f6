//! A graph of any size in the shape of a pipeline, and an in-memory cloud that responds immediately unless configured
//! otherwise: the cost of a run is that of the engine and the store alone.
use serde::{Deserialize, Serialize};
use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, HashMap, HashSet},
    time::Duration,
};
use vidpipe_engine::{
    Class, Cx, Error, Graph, Handle, Identity, Kind, Kinds, Observed, Of, Owned, Owner, PhysicalId, Removal, Resource,
    Result,
    pace::{Span, Timing, Timings},
};

/// The number of layers from the first nodes to the last, as in the existing pipelines.
pub(crate) const LAYERS: usize = 10;
/// The number of first-layer nodes that are used throughout the graph, such as a network and a key.
const HUBS: usize = 5;

thread_local! {
    /// The number of specs built: the planner and the run each build a node's spec to process it.
    pub(crate) static BUILT: Cell<u64> = const { Cell::new(0) };
}

/// The cloud: its resources, by name.
#[derive(Default)]
pub(crate) struct Cloud {
    things: RefCell<HashMap<String, String>>,
    /// The nodes whose creates are refused.
    pub(crate) refuse: RefCell<HashSet<String>>,
    /// The maximum duration of a create.
    pub(crate) moment: Cell<Duration>,
    made: Cell<u64>,
}

impl Cloud {
    /// The number of resources.
    pub(crate) fn len(&self) -> usize {
        self.things.borrow().len()
    }
}

/// A node's spec, of a size typical for AWS resources.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Part {
    name: String,
    description: String,
    on: Vec<String>,
    encrypted: bool,
    retention_days: u32,
    tags: BTreeMap<String, String>,
}

/// The outputs of a node.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Out {
    id: String,
    arn: String,
    endpoint: String,
}

fn out(name: &str, id: &str) -> Out {
    Out {
        id: id.into(),
        arn: format!("arn:aws:elasticthing:us-east-1:111122223333:thing/{name}/{id}"),
        endpoint: format!("{name}.0123456789ab.us-east-1.elb.amazonaws.com"),
    }
}

#[allow(clippy::disallowed_methods, reason = "a cloud takes its time")]
impl Resource for Part {
    type Cloud = Cloud;
    type Output = Out;
    const KIND: &'static str = "scale:part";
    const IDENTITY: Identity = Identity::Named;
    const OWNER: Owner = Owner::Tags;
    const TIMING: &'static str = "part";
    async fn create(&self, cx: &Cx<Cloud>) -> Result<PhysicalId> {
        let moment = cx.cloud.moment.get();
        if !moment.is_zero() {
            // The duration of a node's create is deterministic.
            let share = cx.node.0.bytes().fold(0_u32, |sum, b| sum.wrapping_mul(31) + u32::from(b)) % 100;
            tokio::time::sleep(moment * share / 100).await;
        }
        if cx.cloud.refuse.borrow().contains(&self.name) {
            return Err(Error::new(Class::Denied, format!("create {}: you may not", self.name)));
        }
        cx.cloud.made.set(cx.cloud.made.get() + 1);
        let id = format!("thing-{:017x}", cx.cloud.made.get());
        cx.cloud.things.borrow_mut().insert(self.name.clone(), id.clone());
        Ok(PhysicalId(id))
    }
    async fn find(&self, cx: &Cx<Cloud>) -> Result<Option<PhysicalId>> {
        Ok(cx.cloud.things.borrow().get(&self.name).cloned().map(PhysicalId))
    }
    async fn owner(&self, cx: &Cx<Cloud>, _: &PhysicalId) -> Result<Owned> {
        let there = cx.cloud.things.borrow().contains_key(&self.name);
        Ok(if there { Owned::Ours } else { Owned::Absent })
    }
    async fn observe(&self, cx: &Cx<Cloud>, id: &PhysicalId) -> Result<Observed<Out>> {
        let there = cx.cloud.things.borrow().contains_key(&self.name);
        Ok(if there { Observed::Ready(out(&self.name, &id.0)) } else { Observed::Absent })
    }
    async fn delete(&self, cx: &Cx<Cloud>, _: &PhysicalId) -> Result<Removal> {
        cx.cloud.things.borrow_mut().remove(&self.name);
        Ok(Removal::Asked)
    }
}

pub(crate) const KINDS: Kinds<Cloud> = &[&Of::<Part>::KIND as &dyn Kind<Cloud>];

/// Every operation takes no time.
pub(crate) fn at_once() -> Timings {
    each(Span { min: 0.0, typical: 0.0, max: 0.0 })
}

/// Every operation takes a typical time, in seconds.
pub(crate) fn as_usual() -> Timings {
    each(Span { min: 2.0, typical: 20.0, max: 90.0 })
}

fn each(span: Span) -> Timings {
    Timings::new(BTreeMap::from([("part".into(), Timing { create: span, delete: span })]))
}

/// The name of node `n`.
pub(crate) fn name(n: usize) -> String {
    format!("part-of-the-pipeline-{n:05}")
}

/// A graph of that many nodes in [`LAYERS`] layers of equal size. Each node uses one to four earlier nodes, one of them
/// in the previous layer: of ten uses, seven hold the used node, two need only a value of it, and one needs it only
/// known.
pub(crate) fn graph(nodes: usize) -> Graph<Cloud> {
    // Seeded by size: the same size gives the same graph.
    let mut rng = fastrand::Rng::with_seed(nodes as u64);
    let (mut graph, width) = (Graph::default(), nodes.div_ceil(LAYERS));
    let mut parts: Vec<Handle<Part>> = Vec::with_capacity(nodes);
    for n in 0..nodes {
        let first = n - n % width;
        let (mut held, mut read, mut used) = (Vec::new(), Vec::new(), HashSet::new());
        for use_ in 0..if first == 0 { 0 } else { rng.usize(1..=4) } {
            let on = match use_ {
                0 => rng.usize(first - width..first),
                1 => rng.usize(..HUBS.min(first)),
                _ => rng.usize(..first),
            };
            if used.insert(on) {
                match rng.u8(..10) {
                    0 => read.push(parts[on].known()),
                    1 | 2 => read.push(parts[on].value()),
                    _ => held.push(&parts[on]),
                }
            }
        }
        let name = name(n);
        let part = graph.add(&name.clone(), (held, read), move |(held, read): (Vec<Out>, Vec<Out>)| {
            BUILT.set(BUILT.get() + 1);
            part(&name, held.into_iter().chain(read).map(|out| out.arn).collect())
        });
        parts.push(part);
    }
    graph
}

fn part(name: &str, on: Vec<String>) -> Part {
    let tags =
        [("vidpipe:environment", "scale"), ("vidpipe:pipeline", "streamtech"), ("owner", "platform@example.com")];
    Part {
        name: name.into(),
        description: format!("{name}: a part of a pipeline that is as large as the question asked of it"),
        on,
        encrypted: true,
        retention_days: 30,
        tags: tags.into_iter().map(|(key, value)| (key.into(), value.into())).collect(),
    }
}
