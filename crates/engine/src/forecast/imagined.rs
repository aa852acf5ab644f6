//! A simulated provider of which only the durations are known.
use crate::{
    Action, Change, Cx, Error, Identity, Kind, Kinds, Name, Observed, Owned, Owner, PhysicalId, Removal, Result,
    acquire_read,
    event::Op,
    pace::{Span, Timing, Timings},
};
use futures::future::{LocalBoxFuture, ready};
use serde_json::{Value, json};
use std::{cell::RefCell, collections::BTreeMap, time::Duration};
use tokio::time::Instant;

type Task = (Op, Name);

/// The provider.
pub(super) struct Imagined {
    takes: BTreeMap<Task, Duration>,
    /// The followers after which a node is deleted: see [`Use::follows`](crate::Use::follows).
    followed_by: BTreeMap<Name, Vec<Name>>,
    asked: RefCell<BTreeMap<Task, Instant>>,
}

impl Imagined {
    /// A provider with these durations by operation, where some nodes are deleted only after others.
    pub(super) fn new(takes: BTreeMap<Task, Duration>, followed_by: BTreeMap<Name, Vec<Name>>) -> Self {
        Self { takes, followed_by, asked: RefCell::default() }
    }

    /// The durations the engine expects: as for the real provider, but with no more polls than needed to see the end.
    pub(super) fn timings(&self) -> Timings {
        let of = |op, name: &Name| {
            let takes = self.takes.get(&(op, name.clone())).map_or(0.0, Duration::as_secs_f64);
            Span { min: takes, typical: takes, max: takes }
        };
        let row = |name: &Name| (name.0.clone(), Timing { create: of(Op::Ensure, name), delete: of(Op::Remove, name) });
        Timings::new(self.takes.keys().map(|(_, name)| row(name)).collect())
    }

    /// Start the operation; a repeated request changes nothing.
    fn ask(&self, op: Op, name: &Name) {
        self.asked.borrow_mut().entry((op, name.clone())).or_insert_with(Instant::now);
    }

    /// Whether the operation is done; `None` if it was not requested.
    fn is_done(&self, op: Op, name: &Name) -> Option<bool> {
        let task = (op, name.clone());
        let since = self.asked.borrow().get(&task)?.elapsed();
        Some(since >= self.takes.get(&task).copied().unwrap_or_default())
    }

    /// Whether the node is deleted; `None` if its deletion was not requested.
    fn is_gone(&self, name: &Name) -> Option<bool> {
        let mut followers = self.followed_by.get(name).into_iter().flatten();
        Some(self.is_done(Op::Remove, name)? && followers.all(|f| self.is_done(Op::Remove, f) != Some(false)))
    }
}

/// The spec of a node: its action, and its name, which is the key of its durations.
pub(super) fn spec(name: &Name, action: Action) -> Value {
    json!({ "name": name, "action": action })
}

/// The only kind of this provider.
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
    fn data_loss(&self) -> Option<&'static str> {
        None
    }
    fn is_one_shot(&self) -> bool {
        false
    }
    fn updates(&self) -> bool {
        true
    }
    fn reads_after_update(&self) -> u32 {
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
        cx.cloud.ask(Op::Ensure, &cx.node);
        cx.cloud.asked.borrow_mut().remove(&(Op::Remove, cx.node.clone()));
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
            acquire_read(None).await;
            Ok(match (cx.cloud.is_gone(&cx.node), cx.cloud.is_done(Op::Ensure, &cx.node)) {
                (Some(true), _) => Observed::Absent,
                (Some(false), _) => Observed::pending("going"),
                (None, Some(false)) => Observed::Pending { why: "coming".into(), known: Some(Value::Null) },
                (None, _) => Observed::Ready(Value::Null),
            })
        })
    }
    /// Needs no call and no read permit: in a real run these reads are batched.
    fn owned<'a>(&'a self, _: &'a Cx<Imagined>, _: &'a Value, _: &'a PhysicalId) -> LocalBoxFuture<'a, Result<Owned>> {
        Box::pin(ready(Ok(Owned::Ours)))
    }
    fn update<'a>(&'a self, cx: &'a Cx<Imagined>, _: &'a Value, _: &'a PhysicalId) -> LocalBoxFuture<'a, Result<()>> {
        cx.cloud.ask(Op::Ensure, &cx.node);
        Box::pin(ready(Ok::<_, Error>(())))
    }
    fn delete<'a>(
        &'a self,
        cx: &'a Cx<Imagined>,
        _: &'a Value,
        _: &'a PhysicalId,
    ) -> LocalBoxFuture<'a, Result<Removal>> {
        cx.cloud.ask(Op::Remove, &cx.node);
        Box::pin(ready(Ok(Removal::Asked)))
    }
}
