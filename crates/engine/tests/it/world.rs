//! The kinds of the in-memory cloud, and a small pipeline of them.
use crate::cloud::{self, Ask, Cloud};
use serde::{Deserialize, Serialize};
use vidpipe_engine::{
    Change, Cx, Graph, Holder, Identity, Kind, Observed, Of, Owned, Owner, PhysicalId, Removal, Resource, Result,
};

// `path` is explicit because other crates include this file by path.
#[path = "world/machine.rs"]
mod machine;
pub(crate) use machine::{FOREVER, Machine, PLENTY, machine};

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
        const DATA_LOSS: Option<&'static str> = Some("everything");
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
            Ok(match cloud::read(cx, id).await {
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

/// A one-shot job.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Deed {
    /// Another digest runs the job again.
    pub(crate) digest: u32,
}

impl Resource for Deed {
    type Cloud = Cloud;
    type Output = Out;
    const KIND: &'static str = "fake:Deed";
    const IDENTITY: Identity = Identity::Token;
    const OWNER: Owner = Owner::Tags;
    const TIMING: &'static str = "Deed";
    const ONE_SHOT: bool = true;
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
        Ok(match cloud::read(cx, id).await {
            Observed::Ready(id) => Observed::Ready(Out { id }),
            Observed::Pending { why, .. } | Observed::Differs { why, .. } => Observed::pending(why),
            Observed::Absent => Observed::Absent,
            Observed::Broken(why) => Observed::Broken(why),
        })
    }
    /// Nothing to remove.
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

/// The desired size of each part of the pipeline.
#[derive(Clone, Copy)]
pub(crate) struct Sizes {
    pub(crate) net: u32,
    pub(crate) gate: u32,
    pub(crate) disk: u32,
    pub(crate) app: u32,
}
pub(crate) const SMALL: Sizes = Sizes { net: 1, gate: 1, disk: 1, app: 1 };
pub(crate) const NODES: [&str; 5] = ["app", "disk", "flag", "gate", "net"];

/// A network with a flag; a gate in it; a disk; and an app that needs the outputs of the gate, and reads the disk's id.
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
