//! A graph of any size in the shape of a pipeline, and a cloud in memory that answers at once, unless it is told not to:
//! whatever a run of it costs is the engine's and the store's own.
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

/// How many steps lead from the first nodes to the last ones, as in the pipelines we have.
pub(crate) const LAYERS: usize = 10;
/// So many of the first nodes are used from everywhere, as a network and a key are.
const HUBS: usize = 5;

thread_local! {
    /// How many specs were made: each of them is one look of the planner, or of the run, at a node.
    pub(crate) static BUILT: Cell<u64> = const { Cell::new(0) };
}

/// The cloud: what is there, by name.
#[derive(Default)]
pub(crate) struct Cloud {
    things: RefCell<HashMap<String, String>>,
    /// Creates of these nodes are refused.
    pub(crate) refuse: RefCell<HashSet<String>>,
    /// A create takes anything up to this long.
    pub(crate) moment: Cell<Duration>,
    made: Cell<u64>,
}

impl Cloud {
    /// How many things there are.
    pub(crate) fn len(&self) -> usize {
        self.things.borrow().len()
    }
}

/// A node's spec, about as large as those of AWS resources are.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Part {
    name: String,
    description: String,
    on: Vec<String>,
    encrypted: bool,
    retention_days: u32,
    tags: BTreeMap<String, String>,
}

/// What it gives to others.
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
            // The same node takes as long every time.
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

/// Everything takes no time.
pub(crate) fn at_once() -> Timings {
    each(Span { min: 0.0, typical: 0.0, max: 0.0 })
}

/// Everything takes the time of much in a pipeline, in seconds.
pub(crate) fn as_usual() -> Timings {
    each(Span { min: 2.0, typical: 20.0, max: 90.0 })
}

fn each(span: Span) -> Timings {
    Timings::new(BTreeMap::from([("part".into(), Timing { create: span, delete: span })]))
}

/// The name of the nth node.
pub(crate) fn name(n: usize) -> String {
    format!("part-of-the-pipeline-{n:05}")
}

/// A graph of so many nodes in [`LAYERS`] layers of one size. Each node uses one to four earlier ones, one of them in the
/// layer before its own: seven in ten hold what they use, two need only a value of it, and one needs it only known.
pub(crate) fn graph(nodes: usize) -> Graph<Cloud> {
    // The same size is the same graph.
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
