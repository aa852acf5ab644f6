//! A provider of which nothing is known but how long everything takes there.
use crate::{
    Action, Change, Cx, Error, Identity, Kind, Kinds, Name, Observed, Owned, Owner, PhysicalId, Removal, Result,
    event::Half,
    in_turn_to_look,
    pace::{Span, Timing, Timings},
};
use futures::future::{LocalBoxFuture, ready};
use serde_json::{Value, json};
use std::{cell::RefCell, collections::BTreeMap, time::Duration};
use tokio::time::Instant;

type Task = (Half, Name);

/// The provider.
pub(super) struct Imagined {
    takes: BTreeMap<Task, Duration>,
    /// What is gone only when these are: see [`Use::follows`](crate::Use::follows).
    followed_by: BTreeMap<Name, Vec<Name>>,
    asked: RefCell<BTreeMap<Task, Instant>>,
}

impl Imagined {
    /// One where each half of a node's life takes so long, and some are gone only when others are.
    pub(super) fn new(takes: BTreeMap<Task, Duration>, followed_by: BTreeMap<Name, Vec<Name>>) -> Self {
        Self { takes, followed_by, asked: RefCell::default() }
    }

    /// What the engine may expect of it: as it does of the real one, but without more looks than are needed to see the end.
    pub(super) fn timings(&self) -> Timings {
        let of = |half, name: &Name| {
            let takes = self.takes.get(&(half, name.clone())).map_or(0.0, Duration::as_secs_f64);
            Span { min: takes, typical: takes, max: takes }
        };
        let row =
            |name: &Name| (name.0.clone(), Timing { create: of(Half::Ensure, name), delete: of(Half::Remove, name) });
        Timings::new(self.takes.keys().map(|(_, name)| row(name)).collect())
    }

    /// Asking for what was asked for already changes nothing.
    fn ask(&self, half: Half, name: &Name) {
        self.asked.borrow_mut().entry((half, name.clone())).or_insert_with(Instant::now);
    }

    /// Whether that was asked for, and is done.
    fn is_done(&self, half: Half, name: &Name) -> Option<bool> {
        let task = (half, name.clone());
        let since = self.asked.borrow().get(&task)?.elapsed();
        Some(since >= self.takes.get(&task).copied().unwrap_or_default())
    }

    /// Whether it is asked to go, and gone.
    fn is_gone(&self, name: &Name) -> Option<bool> {
        let mut followers = self.followed_by.get(name).into_iter().flatten();
        Some(self.is_done(Half::Remove, name)? && followers.all(|f| self.is_done(Half::Remove, f) != Some(false)))
    }
}

/// What a node is made from: what is done to it, and its name, by which its times are found.
pub(super) fn spec(name: &Name, action: Action) -> Value {
    json!({ "name": name, "action": action })
}

/// The only kind there is.
pub(super) struct Thing;

pub(super) static THING: Thing = Thing;
pub(super) const KINDS: Kinds<Imagined> = &[&THING];

impl Kind<Imagined> for Thing {
    fn name(&self) -> &'static str {
        "imagined:thing"
    }
    fn identity(&self) -> Identity {
        Identity::Token
    }
    fn owner(&self) -> Owner {
        Owner::Tags
    }
    fn loses(&self) -> Option<&'static str> {
        None
    }
    fn ends(&self) -> bool {
        false
    }
    fn updates(&self) -> bool {
        true
    }
    fn looks_after_update(&self) -> u32 {
        1
    }
    fn broken_after(&self) -> Duration {
        Duration::ZERO
    }
    fn timing(&self, spec: &Value) -> String {
        spec["name"].as_str().unwrap_or_default().into()
    }
    fn symbolic(&self, _: &Name) -> Result<Value> {
        Ok(Value::Null)
    }
    fn change(&self, new: &Value, _: &Value) -> Result<Change> {
        let is = |action| new["action"] == json!(action);
        Ok(match () {
            () if is(Action::Update) => Change::Update,
            () if is(Action::Replace) => Change::Replace,
            () => Change::None,
        })
    }
    fn create<'a>(&'a self, cx: &'a Cx<Imagined>, _: &'a Value) -> LocalBoxFuture<'a, Result<PhysicalId>> {
        cx.cloud.ask(Half::Ensure, &cx.node);
        cx.cloud.asked.borrow_mut().remove(&(Half::Remove, cx.node.clone()));
        Box::pin(ready(Ok(PhysicalId(cx.node.0.clone()))))
    }
    fn find<'a>(&'a self, cx: &'a Cx<Imagined>, _: &'a Value) -> LocalBoxFuture<'a, Result<Option<PhysicalId>>> {
        Box::pin(ready(Ok(Some(PhysicalId(cx.node.0.clone())))))
    }
    fn observe<'a>(
        &'a self,
        cx: &'a Cx<Imagined>,
        _: &'a Value,
        _: &'a PhysicalId,
    ) -> LocalBoxFuture<'a, Result<Observed<Value>>> {
        Box::pin(async {
            in_turn_to_look(None).await;
            Ok(match (cx.cloud.is_gone(&cx.node), cx.cloud.is_done(Half::Ensure, &cx.node)) {
                (Some(true), _) => Observed::Absent,
                (Some(false), _) => Observed::pending("going"),
                (None, Some(false)) => Observed::Pending { why: "coming".into(), known: Some(Value::Null) },
                (None, _) => Observed::Ready(Value::Null),
            })
        })
    }
    /// It is imagined by whoever asks, and costs no look: in a run such looks are made together.
    fn owned<'a>(&'a self, _: &'a Cx<Imagined>, _: &'a Value, _: &'a PhysicalId) -> LocalBoxFuture<'a, Result<Owned>> {
        Box::pin(ready(Ok(Owned::Ours)))
    }
    fn update<'a>(&'a self, cx: &'a Cx<Imagined>, _: &'a Value, _: &'a PhysicalId) -> LocalBoxFuture<'a, Result<()>> {
        cx.cloud.ask(Half::Ensure, &cx.node);
        Box::pin(ready(Ok::<_, Error>(())))
    }
    fn delete<'a>(
        &'a self,
        cx: &'a Cx<Imagined>,
        _: &'a Value,
        _: &'a PhysicalId,
    ) -> LocalBoxFuture<'a, Result<Removal>> {
        cx.cloud.ask(Half::Remove, &cx.node);
        Box::pin(ready(Ok(Removal::Asked)))
    }
}
