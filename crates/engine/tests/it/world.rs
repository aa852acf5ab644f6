//! The kinds of the in-memory cloud, a small pipeline of them, and a machine that can lose its power.
use crate::cloud::{self, Ask, Cloud};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::{cell::RefCell, collections::BTreeMap, rc::Rc, time::Duration};
use tokio::time::timeout;
use vidpipe_engine::{
    Change, Class, Clock, Consent, Cx, Environment, Error, Graph, Holder, Identity, Kind, Ledger, Limits, Observed, Of,
    Owned, Owner, PhysicalId, Plan, Removal, Resource, Result, Runner, State, Stop, Store, Summary,
    event::{Event, Report},
    pace::Timings,
    plan,
};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Out {
    pub(crate) id: Option<String>,
}

macro_rules! kind { ($R:ident $identity:ident, name: $name:expr, changes: $change:ident { $($field:ident),* }) => {
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    pub(crate) struct $R { pub(crate) size: u32, $(pub $field: Option<String>),* }
    impl $R {
        fn name<'a>(&self, cx: &'a Cx<Cloud>) -> Option<&'a str> {
            let named: bool = $name;
            named.then_some(cx.node.0.as_str())
        }
    }
    impl Resource for $R {
        type Cloud = Cloud;
        type Output = Out;
        const KIND: &'static str = concat!("fake:", stringify!($R));
        const IDENTITY: Identity = Identity::$identity;
        const OWNER: Owner = if matches!(Self::IDENTITY, Identity::Shared) { Owner::Account } else { Owner::Tags };
        const UPDATES: bool = true;
        const TIMING: &'static str = stringify!($R);
        const LOSES: Option<&'static str> = Some("everything");
        async fn create(&self, cx: &Cx<Cloud>) -> Result<PhysicalId> {
            let on: [&Option<String>; _] = [$(&self.$field),*];
            let on = on.into_iter().flatten().collect();
            let token = Self::IDENTITY == Identity::Token;
            cloud::create(cx, Ask { name: self.name(cx), token, on, size: self.size }).await
        }
        async fn find(&self, cx: &Cx<Cloud>) -> Result<Option<PhysicalId>> {
            cloud::find(cx, self.name(cx)).await
        }
        async fn owner(&self, cx: &Cx<Cloud>, id: &PhysicalId) -> Result<Owned> {
            cloud::owner(cx, id).await
        }
        async fn observe(&self, cx: &Cx<Cloud>, id: &PhysicalId) -> Result<Observed<Out>> {
            Ok(match cloud::look(cx, id).await {
                Observed::Ready(now) if !cloud::is_sized(cx, id, self.size) => {
                    Observed::differs("it has another size", Some(Out { id: now }))
                }
                Observed::Ready(id) => Observed::Ready(Out { id }),
                Observed::Pending { why, known } => Observed::Pending { why, known: known.map(|id| Out { id }) },
                Observed::Differs { why, known } => Observed::Differs { why, known: known.map(|id| Out { id }) },
                Observed::Absent => Observed::Absent,
                Observed::Broken(why) => Observed::Broken(why),
            })
        }
        async fn update(&self, cx: &Cx<Cloud>, id: &PhysicalId) -> Result<()> {
            cloud::resize(cx, id, self.size).await
        }
        async fn delete(&self, cx: &Cx<Cloud>, id: &PhysicalId) -> Result<Removal> {
            cloud::delete(cx, id).await
        }
        async fn holders(&self, cx: &Cx<Cloud>, _: &PhysicalId) -> Result<Vec<Holder>> {
            Ok(cloud::holders(cx))
        }
        async fn dismiss(&self, cx: &Cx<Cloud>, guest: &Holder) -> Result<()> {
            cloud::dismiss(cx, guest).await
        }
        fn change(&self, old: &Self) -> Change {
            let same = $(self.$field == old.$field &&)* true;
            match (same, self.size == old.size) {
                (true, true) => Change::None,
                (true, false) => Change::$change,
                (false, _) => Change::Replace,
            }
        }
    }
} }
kind!(Permit Shared, name: true, changes: Replace {});
kind!(Net Tagged, name: false, changes: Replace {});
kind!(Gate Token, name: false, changes: Update { net });
kind!(Disk Named, name: true, changes: Replace { net });
kind!(App Named, name: true, changes: Update { net, gate });

/// A property of a network.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Flag {
    pub(crate) net: Option<String>,
}
impl Resource for Flag {
    type Cloud = Cloud;
    type Output = ();
    const KIND: &'static str = "fake:Flag";
    const IDENTITY: Identity = Identity::Setting;
    const OWNER: Owner = Owner::Of("fake:Net");
    const TIMING: &'static str = "Flag";
    async fn create(&self, cx: &Cx<Cloud>) -> Result<PhysicalId> {
        let net = self.net.clone().unwrap_or_default();
        cloud::set_flag(cx, &net, true).await?;
        Ok(PhysicalId(net))
    }
    async fn find(&self, cx: &Cx<Cloud>) -> Result<Option<PhysicalId>> {
        let net = self.net.clone().unwrap_or_default();
        Ok(cx.cloud.things.borrow().get(&net).filter(|t| t.flag).map(|_| PhysicalId(net.clone())))
    }
    async fn owner(&self, cx: &Cx<Cloud>, id: &PhysicalId) -> Result<Owned> {
        cloud::owner(cx, id).await
    }
    async fn observe(&self, cx: &Cx<Cloud>, id: &PhysicalId) -> Result<Observed<()>> {
        let set = cx.cloud.things.borrow().get(&id.0).is_some_and(|t| t.flag);
        Ok(if set { Observed::Ready(()) } else { Observed::Absent })
    }
    async fn delete(&self, cx: &Cx<Cloud>, id: &PhysicalId) -> Result<Removal> {
        cloud::set_flag(cx, &id.0, false).await?;
        Ok(Removal::Asked)
    }
}

/// Something that is done once.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Deed {
    /// Another one is done again.
    pub(crate) digest: u32,
}

impl Resource for Deed {
    type Cloud = Cloud;
    type Output = Out;
    const KIND: &'static str = "fake:Deed";
    const IDENTITY: Identity = Identity::Token;
    const OWNER: Owner = Owner::Tags;
    const TIMING: &'static str = "Deed";
    const ENDS: bool = true;
    async fn create(&self, cx: &Cx<Cloud>) -> Result<PhysicalId> {
        cloud::create(cx, Ask { name: None, token: true, on: vec![], size: self.digest }).await
    }
    async fn find(&self, cx: &Cx<Cloud>) -> Result<Option<PhysicalId>> {
        cloud::find(cx, None).await
    }
    async fn owner(&self, cx: &Cx<Cloud>, id: &PhysicalId) -> Result<Owned> {
        cloud::owner(cx, id).await
    }
    async fn observe(&self, cx: &Cx<Cloud>, id: &PhysicalId) -> Result<Observed<Out>> {
        Ok(match cloud::look(cx, id).await {
            Observed::Ready(id) => Observed::Ready(Out { id }),
            Observed::Pending { why, .. } | Observed::Differs { why, .. } => Observed::pending(why),
            Observed::Absent => Observed::Absent,
            Observed::Broken(why) => Observed::Broken(why),
        })
    }
    /// There is nothing to take back.
    async fn delete(&self, _: &Cx<Cloud>, _: &PhysicalId) -> Result<Removal> {
        Ok(Removal::Asked)
    }
}

pub(crate) const KINDS: &[&dyn Kind<Cloud>] = &[
    &Of::<Permit>::KIND,
    &Of::<Net>::KIND,
    &Of::<Gate>::KIND,
    &Of::<Disk>::KIND,
    &Of::<App>::KIND,
    &Of::<Flag>::KIND,
    &Of::<Deed>::KIND,
];

/// How large each part of the pipeline is wanted.
#[derive(Clone, Copy)]
pub(crate) struct Sizes {
    pub(crate) net: u32,
    pub(crate) gate: u32,
    pub(crate) disk: u32,
    pub(crate) app: u32,
}
pub(crate) const SMALL: Sizes = Sizes { net: 1, gate: 1, disk: 1, app: 1 };
pub(crate) const NODES: [&str; 5] = ["app", "disk", "flag", "gate", "net"];

/// A network with a flag; a gate in it; a disk; and an app that needs the gate known, and reads the disk's id.
pub(crate) fn pipeline(s: Sizes) -> Graph<Cloud> {
    let mut g = Graph::default();
    let net = g.add("net", (), move |()| Net { size: s.net });
    g.add("flag", &net, |net| Flag { net: net.id });
    let gate = g.add("gate", &net, move |net: Out| Gate { size: s.gate, net: net.id });
    let disk = g.add("disk", &net, move |net: Out| Disk { size: s.disk, net: net.id });
    let app = g.add("app", (&net, gate.known(), disk.value()), move |(net, gate, _)| App {
        size: s.app,
        net: net.id,
        gate: gate.id,
    });
    g.output("AppId", &app, |app| app.id.unwrap_or_default());
    g
}

/// What survives a power cut.
pub(crate) struct Machine {
    pub(crate) cloud: Rc<Cloud>,
    pub(crate) disk: Rc<RefCell<State>>,
    pub(crate) saves: Rc<RefCell<usize>>,
    pub(crate) events: Rc<RefCell<Vec<Event>>>,
    pub(crate) timings: Timings,
    /// The clock that all runs share, if they do.
    pub(crate) clock: Option<Clock>,
    /// What its runs may lose: everything, where that is not what is tested.
    pub(crate) consent: Consent,
}

pub(crate) fn machine() -> Machine {
    let env = Environment {
        pipeline: "p".into(),
        suffix: "s".into(),
        account: "1".into(),
        region: "r".into(),
        lineage: "ours".into(),
    };
    Machine {
        cloud: Rc::default(),
        disk: Rc::new(RefCell::new(State::new(env, "test", Timestamp::UNIX_EPOCH))),
        saves: Rc::default(),
        events: Rc::default(),
        timings: timings(),
        clock: None,
        consent: Consent::Everything,
    }
}

struct Disks {
    disk: Rc<RefCell<State>>,
    saves: Rc<RefCell<usize>>,
    fuse: usize,
}
impl Store for Disks {
    fn save(&mut self, s: &State) -> Result<()> {
        if self.fuse == 0 {
            return Err(Error::new(Class::Store, "power cut"));
        }
        self.fuse -= 1;
        *self.saves.borrow_mut() += 1;
        // As text and back, as a real disk keeps it.
        let text = serde_json::to_string(s).unwrap();
        *self.disk.borrow_mut() = serde_json::from_str(&text).unwrap();
        Ok(())
    }
}

struct Tape(Rc<RefCell<Vec<Event>>>);
impl Report for Tape {
    fn on(&mut self, _: Timestamp, event: &Event) {
        self.0.borrow_mut().push(event.clone());
    }
}

/// Nothing here is slow.
pub(crate) fn timings() -> Timings {
    Timings::default()
}

/// Enough saves for any run.
pub(crate) const PLENTY: usize = 10_000;
/// Longer than any run.
pub(crate) const FOREVER: Duration = Duration::from_secs(100_000);

impl Machine {
    pub(crate) fn plan(&self, want: &Graph<Cloud>) -> Plan<Cloud> {
        plan(want, &self.disk.borrow(), KINDS, &self.timings).unwrap()
    }

    pub(crate) fn runner(&self, fuse: usize, stop: Stop) -> Runner<Cloud> {
        self.limited(fuse, stop, Limits { consent: self.consent.clone(), ..Limits::default() })
    }

    pub(crate) fn limited(&self, fuse: usize, stop: Stop, limits: Limits) -> Runner<Cloud> {
        let store = Disks { disk: self.disk.clone(), saves: self.saves.clone(), fuse };
        let have = self.disk.borrow().clone();
        let reports: Vec<Box<dyn Report>> = vec![Box::new(Tape(self.events.clone()))];
        let ledger = Rc::new(Ledger::new(have, Box::new(store), reports, self.clock.unwrap_or_else(Clock::start)));
        Runner::new(self.cloud.clone(), KINDS, ledger, self.timings.clone(), limits, stop)
    }

    /// Run until it ends, the disk fails after so many saves, or the power goes after so long.
    pub(crate) async fn go(&self, want: &Graph<Cloud>, fuse: usize, power: Duration) -> Option<Summary> {
        let runner = self.runner(fuse, Stop::default());
        let plan = self.plan(want);
        timeout(power, runner.run(&plan)).await.ok().map(Result::unwrap)
    }

    /// Run to the end, which must be a complete one.
    pub(crate) async fn done(&self, want: &Graph<Cloud>) -> Summary {
        let summary = self.go(want, PLENTY, FOREVER).await.unwrap();
        let failures: Vec<_> =
            self.events.borrow().iter().filter(|e| matches!(e, Event::Failed { .. })).cloned().collect();
        assert!(summary.is_complete(), "{summary:?} {failures:?}");
        summary
    }

    pub(crate) fn phases(&self) -> BTreeMap<String, &'static str> {
        self.disk.borrow().entries.iter().map(|(n, e)| (n.0.clone(), e.phase.word())).collect()
    }
}
