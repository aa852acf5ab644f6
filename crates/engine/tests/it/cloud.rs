//! A cloud in memory: slow, refusing what still is in use, forgetting nothing. Its ledger of everything ever made, not
//! the engine's state, decides what leaked and what was made twice.
use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};
use tokio::time::{Instant, sleep};
use vidpipe_engine::{Class, Cx, Error, Gathered, Holder, Observed, PhysicalId, Result, in_turn, in_turn_to_look};

// Also where other crates take this file by its path.
#[path = "cloud/change.rs"]
mod change;
pub(crate) use change::{delete, dismiss, holders, is_sized, owner, resize, set_flag};

/// A request is on its way for this long, and so is its answer.
const TRAVEL: Duration = Duration::from_secs(1);
pub(crate) const COMING: Duration = Duration::from_secs(30);
const GOING: Duration = Duration::from_secs(10);
/// What was just made is not found for this long.
const LAG: Duration = Duration::from_secs(4);

/// What is said instead of an answer, and until when; `None` is for ever.
pub(crate) type Objection = (fn() -> Error, Option<Instant>);

#[derive(Default)]
pub(crate) struct Cloud {
    pub(crate) things: RefCell<BTreeMap<String, Thing>>,
    tokens: RefCell<BTreeMap<String, String>>,
    counter: Cell<u32>,
    /// Every node of which a thing was ever made, once per thing.
    pub(crate) made: RefCell<Vec<String>>,
    /// Every call that changes something, as `verb node`.
    pub(crate) calls: RefCell<Vec<String>>,
    /// The answers to these calls, counted from 0 over all creates, get lost after the work was done.
    pub(crate) lose: RefCell<BTreeSet<usize>>,
    creates: Cell<usize>,
    /// Creates of these nodes are refused.
    pub(crate) refuse: RefCell<BTreeSet<String>>,
    /// What is said instead of doing something, by `verb node`, until then or for ever.
    pub(crate) objects: RefCell<BTreeMap<String, Objection>>,
    /// Things of these nodes are hidden for so long: from looks, and from being found.
    pub(crate) hidden: RefCell<BTreeMap<String, (Duration, Duration)>>,
    /// Things of these nodes never become ready.
    pub(crate) break_next: RefCell<BTreeSet<String>>,
    /// Things of these nodes take so long to become ready.
    pub(crate) slow: RefCell<BTreeMap<String, Duration>>,
    /// Creates of these nodes wait so long for their turn.
    pub(crate) turns: RefCell<BTreeMap<String, Duration>>,
    /// Whether looks wait for their turn.
    pub(crate) counts_looks: Cell<bool>,
    /// Things of these nodes take so long to go.
    pub(crate) going: RefCell<BTreeMap<String, Duration>>,
    /// Of what is gone something still shows for so long, by node.
    pub(crate) lingers: RefCell<BTreeMap<String, Duration>>,
    /// Deletes of these nodes are answered so often as if there were no such thing.
    pub(crate) denies: RefCell<BTreeMap<String, usize>>,
    /// Looks at these nodes, by id, by intent and for their owner, see nothing so often.
    pub(crate) blind: RefCell<BTreeMap<String, usize>>,
    /// Whoever asks for the tags of what is not there is shown none, and no error.
    pub(crate) tagless: Cell<bool>,
    /// What holds these nodes, though nothing of ours stands on them.
    pub(crate) held: RefCell<BTreeMap<String, Vec<Holder>>>,
    gone: RefCell<BTreeMap<String, Instant>>,
    /// Looks are made together, each when it is the turn of their API.
    pub(crate) together: Option<Gathered<()>>,
    /// Of which nodes somebody asked whose they are.
    pub(crate) asked: RefCell<Vec<String>>,
    /// When somebody looked at a thing of which node.
    pub(crate) looks: RefCell<Vec<(Instant, String)>>,
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

    /// The nodes that have a thing now, in order, one word per thing.
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

    /// Say that instead of doing it, for so long or for ever.
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

    /// From now on the things of that node will never become ready.
    pub(crate) fn fail(&self, node: &str) {
        self.things.borrow_mut().values_mut().filter(|t| t.node == node).for_each(|t| t.broken = true);
    }

    /// The things of that node are well again.
    pub(crate) fn mend(&self, node: &str) {
        self.things.borrow_mut().values_mut().filter(|t| t.node == node).for_each(|t| t.broken = false);
    }

    /// A thing of somebody else's.
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

    /// One more thing of a node, as a lost answer leaves it.
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

/// Whether one of so many times is left for that node; it is used up.
fn once(times: &RefCell<BTreeMap<String, usize>>, node: &str) -> bool {
    let mut times = times.borrow_mut();
    let left = times.get_mut(node).filter(|left| **left > 0);
    left.map(|left| *left -= 1).is_some()
}

/// What a create is asked for.
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
        in_turn("creates".into(), turn).await;
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

pub(crate) async fn look(cx: &Cx<Cloud>, id: &PhysicalId) -> Observed<Option<String>> {
    if cx.cloud.counts_looks.get() {
        in_turn_to_look(None).await;
    }
    if let Some(together) = &cx.cloud.together {
        let one = async |_| {
            in_turn("looks".into(), TRAVEL).await;
            Ok(())
        };
        let _ = together.look(&id.0, one).await;
    }
    cx.cloud.looks.borrow_mut().push((Instant::now(), cx.node.0.clone()));
    cx.cloud.sweep();
    if once(&cx.cloud.blind, &cx.node.0) {
        return Observed::Absent;
    }
    let things = cx.cloud.things.borrow();
    match things.get(&id.0) {
        None if cx.cloud.still_shows(&cx.node.0) => Observed::pending("an interface of it is being released"),
        None => Observed::Absent,
        Some(t) if cx.cloud.hides(t, |(look, _)| *look) => Observed::Absent,
        Some(t) if t.dying.is_some() => Observed::pending("DELETING"),
        Some(t) if t.broken => Observed::Broken("CREATE_FAILED".into()),
        Some(t) if t.born.elapsed() < cx.cloud.slow.borrow().get(&t.node).copied().unwrap_or(COMING) => {
            Observed::Pending { why: "CREATING".into(), known: Some(Some(id.0.clone())) }
        }
        Some(_) => Observed::Ready(Some(id.0.clone())),
    }
}
