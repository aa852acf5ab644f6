//! A resource type with its types erased to JSON, as the state file and the executor use it.
use super::{Change, Cx, Drawn, Identity, Observed, PhysicalId, Removal, Resource};
use crate::{Class, Error, Holder, Name, Owned, Owner, Result, symbol::symbolic};
use futures::future::LocalBoxFuture;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use std::{marker::PhantomData, time::Duration};

/// `Resource` with its types erased to JSON, as the state file and the executor use it.
pub trait Kind<C> {
    /// `Resource::KIND`.
    fn name(&self) -> &'static str;
    /// `Resource::IDENTITY`.
    fn identity(&self) -> Identity;
    /// `Resource::OWNER`.
    fn owner(&self) -> Owner;
    /// `Resource::DATA_LOSS`.
    fn data_loss(&self) -> Option<&'static str>;
    /// [`Resource::DRAWN`].
    fn drawn(&self) -> Drawn {
        Drawn::Detail
    }
    /// `Resource::ONE_SHOT`.
    fn is_one_shot(&self) -> bool;
    /// `Resource::UPDATES`.
    fn updates(&self) -> bool;
    /// `Resource::SPENT`.
    fn spent(&self) -> bool {
        false
    }
    /// `Resource::READS_AFTER_UPDATE`.
    fn reads_after_update(&self) -> u32;
    /// `Resource::BROKEN_AFTER`.
    fn broken_after(&self) -> Duration;
    /// `Resource::timing`, followed by a space and `Resource::size` where it has one.
    fn timing(&self, spec: &Value) -> String;
    /// The symbolic output of a node of this kind.
    fn symbolic(&self, node: &Name) -> Result<Value>;
    /// `Resource::change`.
    fn change(&self, new: &Value, old: &Value) -> Result<Change>;
    /// `Resource::create`.
    fn create<'a>(&'a self, cx: &'a Cx<C>, spec: &'a Value) -> LocalBoxFuture<'a, Result<PhysicalId>>;
    /// `Resource::find`.
    fn find<'a>(&'a self, cx: &'a Cx<C>, spec: &'a Value) -> LocalBoxFuture<'a, Result<Option<PhysicalId>>>;
    /// `Resource::observe`, with `NotFound` turned into `Absent`.
    fn observe<'a>(
        &'a self,
        cx: &'a Cx<C>,
        spec: &'a Value,
        id: &'a PhysicalId,
    ) -> LocalBoxFuture<'a, Result<Observed<Value>>>;
    /// `Resource::owner`, with `NotFound` turned into `Absent`.
    fn owned<'a>(&'a self, cx: &'a Cx<C>, spec: &'a Value, id: &'a PhysicalId) -> LocalBoxFuture<'a, Result<Owned>>;
    /// `Resource::update`, unless `observe` already reports the resource as ready.
    fn update<'a>(&'a self, cx: &'a Cx<C>, spec: &'a Value, id: &'a PhysicalId) -> LocalBoxFuture<'a, Result<()>>;
    /// `Resource::delete`.
    fn delete<'a>(&'a self, cx: &'a Cx<C>, spec: &'a Value, id: &'a PhysicalId) -> LocalBoxFuture<'a, Result<Removal>>;
    /// `Resource::holders`.
    fn holders<'a>(
        &'a self,
        _cx: &'a Cx<C>,
        _spec: &'a Value,
        _id: &'a PhysicalId,
    ) -> LocalBoxFuture<'a, Result<Vec<Holder>>> {
        Box::pin(async { Ok(Vec::new()) })
    }
    /// `Resource::dismiss`.
    fn dismiss<'a>(&'a self, _cx: &'a Cx<C>, _spec: &'a Value, _guest: &'a Holder) -> LocalBoxFuture<'a, Result<()>> {
        Box::pin(async { Ok(()) })
    }
}

/// All the kinds of a provider.
pub type Kinds<C> = &'static [&'static dyn Kind<C>];

/// The kind with the given name.
///
/// # Errors
/// When this build has no such kind: the state was written by a newer build.
pub fn kind_of<C>(kinds: Kinds<C>, name: &str) -> Result<&'static dyn Kind<C>> {
    kinds.iter().copied().find(|k| k.name() == name).ok_or_else(|| {
        Error::new(Class::Invalid, format!("this build does not know the kind {name}"))
            .hint("the state was written by a newer vidpipe: use that one")
    })
}

/// The type-erased form of a resource type.
pub struct Of<R>(PhantomData<fn() -> R>);
impl<R> Of<R> {
    /// The only value of this type.
    pub const KIND: Self = Self(PhantomData);
}

pub(crate) fn decode<T: DeserializeOwned>(what: &str, v: &Value) -> Result<T> {
    T::deserialize(v).map_err(|e| Error::new(Class::Invalid, format!("read the recorded {what}: {e}")).caused_by(e))
}

pub(crate) fn encode<T: Serialize>(what: &str, v: &T) -> Result<Value> {
    serde_json::to_value(v).map_err(|e| Error::new(Class::Invalid, format!("write down a {what}: {e}")).caused_by(e))
}

fn erase<R: Resource>(seen: Observed<R::Output>) -> Result<Observed<Value>> {
    seen.try_map(|output| encode(R::KIND, &output))
}

impl<R: Resource> Kind<R::Cloud> for Of<R> {
    fn name(&self) -> &'static str {
        R::KIND
    }
    fn identity(&self) -> Identity {
        R::IDENTITY
    }
    fn owner(&self) -> Owner {
        R::OWNER
    }
    fn drawn(&self) -> Drawn {
        R::DRAWN
    }
    fn data_loss(&self) -> Option<&'static str> {
        R::DATA_LOSS
    }
    fn is_one_shot(&self) -> bool {
        R::ONE_SHOT
    }
    fn updates(&self) -> bool {
        R::UPDATES
    }
    fn spent(&self) -> bool {
        R::SPENT
    }
    fn reads_after_update(&self) -> u32 {
        R::READS_AFTER_UPDATE
    }
    fn broken_after(&self) -> Duration {
        R::BROKEN_AFTER
    }
    fn timing(&self, spec: &Value) -> String {
        let Ok(r) = decode::<R>(R::KIND, spec) else { return R::TIMING.into() };
        r.size().map_or_else(|| r.timing().into(), |size| format!("{} {size}", r.timing()))
    }
    fn symbolic(&self, node: &Name) -> Result<Value> {
        encode(R::KIND, &symbolic::<R::Output>(node)?)
    }
    fn change(&self, new: &Value, old: &Value) -> Result<Change> {
        // Equal JSON needs no typed comparison, and the planner compares every node in every plan.
        if new == old {
            return Ok(Change::None);
        }
        Ok(decode::<R>(R::KIND, new)?.change(&decode(R::KIND, old)?))
    }
    fn create<'a>(&'a self, cx: &'a Cx<R::Cloud>, spec: &'a Value) -> LocalBoxFuture<'a, Result<PhysicalId>> {
        Box::pin(async move { decode::<R>(R::KIND, spec)?.create(cx).await })
    }
    fn find<'a>(&'a self, cx: &'a Cx<R::Cloud>, spec: &'a Value) -> LocalBoxFuture<'a, Result<Option<PhysicalId>>> {
        Box::pin(async move {
            match decode::<R>(R::KIND, spec)?.find(cx).await {
                Err(e) if e.class == Class::NotFound => Ok(None),
                other => other,
            }
        })
    }
    fn observe<'a>(
        &'a self,
        cx: &'a Cx<R::Cloud>,
        spec: &'a Value,
        id: &'a PhysicalId,
    ) -> LocalBoxFuture<'a, Result<Observed<Value>>> {
        Box::pin(async move {
            match decode::<R>(R::KIND, spec)?.observe(cx, id).await {
                Ok(seen) => erase::<R>(seen),
                Err(e) if e.class == Class::NotFound => Ok(Observed::Absent),
                Err(e) => Err(e),
            }
        })
    }
    fn owned<'a>(
        &'a self,
        cx: &'a Cx<R::Cloud>,
        spec: &'a Value,
        id: &'a PhysicalId,
    ) -> LocalBoxFuture<'a, Result<Owned>> {
        Box::pin(async move {
            let of = decode::<R>(R::KIND, spec)?;
            match of.owner(cx, id).await {
                Err(e) if e.class == Class::NotFound => Ok(Owned::Absent),
                // A service may return an empty tag list for a resource that does not exist.
                Ok(Owned::Unmarked) => match of.observe(cx, id).await {
                    Ok(Observed::Absent) => Ok(Owned::Absent),
                    Err(e) if e.class == Class::NotFound => Ok(Owned::Absent),
                    Err(e) => Err(e),
                    Ok(_) => Ok(Owned::Unmarked),
                },
                other => other,
            }
        })
    }
    fn update<'a>(
        &'a self,
        cx: &'a Cx<R::Cloud>,
        spec: &'a Value,
        id: &'a PhysicalId,
    ) -> LocalBoxFuture<'a, Result<()>> {
        Box::pin(async move {
            let desired = decode::<R>(R::KIND, spec)?;
            match desired.observe(cx, id).await {
                Ok(Observed::Ready(_)) => Ok(()),
                Err(e) if e.class != Class::NotFound => Err(e),
                _ => desired.update(cx, id).await,
            }
        })
    }
    fn delete<'a>(
        &'a self,
        cx: &'a Cx<R::Cloud>,
        spec: &'a Value,
        id: &'a PhysicalId,
    ) -> LocalBoxFuture<'a, Result<Removal>> {
        Box::pin(async move { decode::<R>(R::KIND, spec)?.delete(cx, id).await })
    }
    fn holders<'a>(
        &'a self,
        cx: &'a Cx<R::Cloud>,
        spec: &'a Value,
        id: &'a PhysicalId,
    ) -> LocalBoxFuture<'a, Result<Vec<Holder>>> {
        Box::pin(async move { decode::<R>(R::KIND, spec)?.holders(cx, id).await })
    }
    fn dismiss<'a>(
        &'a self,
        cx: &'a Cx<R::Cloud>,
        spec: &'a Value,
        guest: &'a Holder,
    ) -> LocalBoxFuture<'a, Result<()>> {
        Box::pin(async move { decode::<R>(R::KIND, spec)?.dismiss(cx, guest).await })
    }
}
