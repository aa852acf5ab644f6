//! An in-memory cloud. It is slow, refuses to delete resources in use, and logs every resource ever created. Leaks and
//! duplicates are found in this log, not by the engine's state.
use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};
use tokio::time::{Instant, sleep};
use vidpipe_engine::{Batcher, Class, Cx, Error, Holder, Observed, PhysicalId, Result, acquire, acquire_read};

// `path` is explicit because other crates include this file by path.
#[path = "cloud/change.rs"]
mod change;
pub(crate) use change::{delete, dismiss, holders, is_sized, owner, resize, set_flag};

/// The latency of a request, and of its response.
const TRAVEL: Duration = Duration::from_secs(1);
pub(crate) const COMING: Duration = Duration::from_secs(30);
const GOING: Duration = Duration::from_secs(10);
/// A newly created resource is not found for this long.
const LAG: Duration = Duration::from_secs(4);

/// The error returned instead of a response, and until when; `None` means forever.
pub(crate) type Objection = (fn() -> Error, Option<Instant>);

#[derive(Default)]
pub(crate) struct Cloud {
    pub(crate) things: RefCell<BTreeMap<String, Thing>>,
    tokens: RefCell<BTreeMap<String, String>>,
    counter: Cell<u32>,
    /// The node of every resource ever created, once per resource.
    pub(crate) made: RefCell<Vec<String>>,
    /// Every mutating call, as `verb node`.
    pub(crate) calls: RefCell<Vec<String>>,
    /// The creates, counted from 0, whose responses are lost after the work was done.
    pub(crate) lose: RefCell<BTreeSet<usize>>,
    creates: Cell<usize>,
    /// The nodes whose creates are refused.
    pub(crate) refuse: RefCell<BTreeSet<String>>,
    /// The errors returned instead of the work, by `verb node`, for a time or forever.
    pub(crate) objects: RefCell<BTreeMap<String, Objection>>,
    /// How long resources of these nodes are hidden, from `read` and from `find`.
    pub(crate) hidden: RefCell<BTreeMap<String, (Duration, Duration)>>,
    /// The nodes whose next resource never becomes ready.
    pub(crate) break_next: RefCell<BTreeSet<String>>,
    /// How long resources of these nodes take to become ready.
    pub(crate) slow: RefCell<BTreeMap<String, Duration>>,
    /// How long creates of these nodes wait for a rate-limit slot.
    pub(crate) turns: RefCell<BTreeMap<String, Duration>>,
    /// Whether reads wait for a read permit.
    pub(crate) counts_reads: Cell<bool>,
    /// How long deletions of these nodes take.
    pub(crate) going: RefCell<BTreeMap<String, Duration>>,
    /// How long a deleted resource still shows remnants, by node.
    pub(crate) lingers: RefCell<BTreeMap<String, Duration>>,
    /// How many deletes of these nodes return "not found".
    pub(crate) denies: RefCell<BTreeMap<String, usize>>,
    /// How many reads of these nodes, by id, by intent and of the owner, find nothing.
    pub(crate) blind: RefCell<BTreeMap<String, usize>>,
    /// Whether a tag query for a missing resource returns an empty list, and no error.
    pub(crate) tagless: Cell<bool>,
    /// The holders of these nodes, apart from our own resources.
    pub(crate) held: RefCell<BTreeMap<String, Vec<Holder>>>,
    gone: RefCell<BTreeMap<String, Instant>>,
    /// Batches the reads, which then wait for a slot of their API.
    pub(crate) together: Option<Batcher<()>>,
    /// The nodes whose owner was queried.
    pub(crate) asked: RefCell<Vec<String>>,
    /// When a resource was read, and its node.
    pub(crate) reads: RefCell<Vec<(Instant, String)>>,
}

#[derive(Debug)]
pub(crate) struct Thing {
    pub(crate) node: String,
    token: String,
    pub(crate) lineage: String,
    pub(crate) born: Instant,
    dying: Option<Instant>,
    pub(crate) on: Vec<String>,
    pub(crate) size: u32,
    pub(crate) flag: bool,
    broken: bool,
}

impl Cloud {
    fn sweep(&self) {
        let going = |t: &Thing| self.going.borrow().get(&t.node).copied().unwrap_or(GOING);
        self.things.borrow_mut().retain(|_, t| match t.dying.map(|d| d + going(t)) {
            Some(gone) if gone <= Instant::now() => {
                self.gone.borrow_mut().insert(t.node.clone(), gone);
                false
            }
            _ => true,
        });
    }

    fn still_shows(&self, node: &str) -> bool {
        let (gone, lingers) = (self.gone.borrow(), self.lingers.borrow());
        gone.get(node).zip(lingers.get(node)).is_some_and(|(gone, after)| gone.elapsed() < *after)
    }

    /// The nodes of all existing resources, sorted, one entry per resource.
    pub(crate) fn alive(&self) -> Vec<String> {
        self.sweep();
        let mut alive: Vec<String> = self.things.borrow().values().map(|t| t.node.clone()).collect();
        alive.sort();
        alive
    }

    pub(crate) fn flags(&self) -> usize {
        self.things.borrow().values().filter(|t| t.flag).count()
    }

    pub(crate) fn called(&self, call: &str) -> usize {
        self.calls.borrow().iter().filter(|c| *c == call).count()
    }

    /// Return this error instead of doing the call, for a time or forever.
    pub(crate) fn object(&self, call: &str, error: fn() -> Error, lasts: Option<Duration>) {
        let until = lasts.map(|lasts| Instant::now() + lasts);
        self.objects.borrow_mut().insert(call.into(), (error, until));
    }

    fn objection(&self, call: &str) -> Option<Error> {
        let (error, until) = *self.objects.borrow().get(call)?;
        until.is_none_or(|until| Instant::now() < until).then(error)
    }

    fn hides(&self, thing: &Thing, from: fn(&(Duration, Duration)) -> Duration) -> bool {
        self.hidden.borrow().get(&thing.node).is_some_and(|hidden| thing.born.elapsed() < from(hidden))
    }

    /// From now on the resources of that node are broken.
    pub(crate) fn fail(&self, node: &str) {
        self.things.borrow_mut().values_mut().filter(|t| t.node == node).for_each(|t| t.broken = true);
    }

    /// The resources of that node are repaired.
    pub(crate) fn repair(&self, node: &str) {
        self.things.borrow_mut().values_mut().filter(|t| t.node == node).for_each(|t| t.broken = false);
    }

    /// A resource of another owner.
    pub(crate) fn foreign(&self, name: &str) {
        let thing = Thing {
            node: "foreign".into(),
            token: "theirs".into(),
            lineage: "theirs".into(),
            born: Instant::now(),
            dying: None,
            on: vec![],
            size: 1,
            flag: false,
            broken: false,
        };
        self.things.borrow_mut().insert(name.into(), thing);
    }

    /// A duplicate resource of a node, as a lost response leaves it.
    pub(crate) fn another(&self, node: &str, id: &str) {
        self.foreign(id);
        let mut things = self.things.borrow_mut();
        let thing = things.get_mut(id).unwrap();
        (thing.node, thing.lineage) = (node.into(), "ours".into());
    }

    fn next(&self, prefix: &str) -> String {
        self.counter.set(self.counter.get() + 1);
        format!("{prefix}-{}", self.counter.get())
    }
}

/// Whether the node has one of its counted failures left; uses it up.
fn once(times: &RefCell<BTreeMap<String, usize>>, node: &str) -> bool {
    let mut times = times.borrow_mut();
    let left = times.get_mut(node).filter(|left| **left > 0);
    left.map(|left| *left -= 1).is_some()
}

/// The input of a create.
pub(crate) struct Ask<'a> {
    pub(crate) name: Option<&'a str>,
    pub(crate) token: bool,
    pub(crate) on: Vec<&'a String>,
    pub(crate) size: u32,
}

pub(crate) async fn create(cx: &Cx<Cloud>, ask: Ask<'_>) -> Result<PhysicalId> {
    let cloud = &cx.cloud;
    let turn = cloud.turns.borrow().get(&cx.node.0).copied();
    if let Some(turn) = turn {
        acquire("creates".into(), turn).await;
    }
    sleep(TRAVEL).await;
    cloud.sweep();
    let call = format!("create {}", cx.node);
    cloud.calls.borrow_mut().push(call.clone());
    if let Some(error) = cloud.objection(&call) {
        return Err(error);
    }
    if cloud.refuse.borrow().contains(&cx.node.0) {
        return Err(Error::new(Class::Denied, "you may not"));
    }
    for on in &ask.on {
        assert!(cloud.things.borrow().contains_key(*on), "{} was created before {on}", cx.node);
    }
    let again = ask.token.then(|| cloud.tokens.borrow().get(&cx.token.0).cloned()).flatten();
    let id = match (again, ask.name) {
        (Some(id), _) => id,
        (None, Some(name)) if cloud.things.borrow().contains_key(name) => {
            return Err(Error::new(Class::AlreadyExists, format!("{name} exists")));
        }
        (None, name) => {
            let id = name.map_or_else(|| cloud.next("id"), str::to_owned);
            let thing = Thing {
                node: cx.node.0.clone(),
                token: cx.token.0.clone(),
                lineage: cx.env.lineage.clone(),
                born: Instant::now(),
                dying: None,
                on: ask.on.iter().map(|s| (*s).clone()).collect(),
                size: ask.size,
                flag: false,
                broken: cloud.break_next.borrow_mut().remove(&cx.node.0),
            };
            cloud.things.borrow_mut().insert(id.clone(), thing);
            cloud.tokens.borrow_mut().insert(cx.token.0.clone(), id.clone());
            cloud.made.borrow_mut().push(cx.node.0.clone());
            id
        }
    };
    let nth = cloud.creates.replace(cloud.creates.get() + 1);
    sleep(TRAVEL).await;
    match cloud.lose.borrow().contains(&nth) {
        true => Err(Error::new(Class::Unclear, "the connection was reset")),
        false => Ok(PhysicalId(id)),
    }
}

pub(crate) async fn find(cx: &Cx<Cloud>, name: Option<&str>) -> Result<Option<PhysicalId>> {
    cx.cloud.sweep();
    if once(&cx.cloud.blind, &cx.node.0) {
        return Ok(None);
    }
    let things = cx.cloud.things.borrow();
    let found = match name {
        Some(name) => things.get_key_value(name).filter(|(_, t)| t.lineage == cx.env.lineage && t.node == cx.node.0),
        None => things.iter().find(|(_, t)| t.token == cx.token.0 && t.born.elapsed() > LAG),
    };
    let found = found.filter(|(_, t)| !cx.cloud.hides(t, |(_, find)| *find));
    Ok(found.map(|(id, _)| PhysicalId(id.clone())))
}

pub(crate) async fn read(cx: &Cx<Cloud>, id: &PhysicalId) -> Observed<Option<String>> {
    if cx.cloud.counts_reads.get() {
        acquire_read(None).await;
    }
    if let Some(together) = &cx.cloud.together {
        let one = async |_| {
            acquire("reads".into(), TRAVEL).await;
            Ok(())
        };
        let _ = together.read(&id.0, one).await;
    }
    cx.cloud.reads.borrow_mut().push((Instant::now(), cx.node.0.clone()));
    cx.cloud.sweep();
    if once(&cx.cloud.blind, &cx.node.0) {
        return Observed::Absent;
    }
    let things = cx.cloud.things.borrow();
    match things.get(&id.0) {
        None if cx.cloud.still_shows(&cx.node.0) => Observed::pending("an interface of it is being released"),
        None => Observed::Absent,
        Some(t) if cx.cloud.hides(t, |(read, _)| *read) => Observed::Absent,
        Some(t) if t.dying.is_some() => Observed::pending("DELETING"),
        Some(t) if t.broken => Observed::Broken("CREATE_FAILED".into()),
        Some(t) if t.born.elapsed() < cx.cloud.slow.borrow().get(&t.node).copied().unwrap_or(COMING) => {
            Observed::Pending { why: "CREATING".into(), known: Some(Some(id.0.clone())) }
        }
        Some(_) => Observed::Ready(Some(id.0.clone())),
    }
}
