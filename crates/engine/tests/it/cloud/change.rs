//! Reads the owner of a resource, and updates and deletes resources.
use super::{Cloud, TRAVEL, once};
use tokio::time::{Instant, sleep};
use vidpipe_engine::{Class, Cx, Error, Holder, Owned, PhysicalId, Removal, Result, acquire_read};

/// The owner of the resource.
pub(crate) async fn owner(cx: &Cx<Cloud>, id: &PhysicalId) -> Result<Owned> {
    if cx.cloud.counts_reads.get() {
        acquire_read(None).await;
    }
    cx.cloud.asked.borrow_mut().push(cx.node.0.clone());
    cx.cloud.sweep();
    if once(&cx.cloud.blind, &cx.node.0) {
        return Ok(Owned::Absent);
    }
    let things = cx.cloud.things.borrow();
    Ok(match things.get(&id.0) {
        None if cx.cloud.tagless.get() => Owned::Unmarked,
        None => Owned::Absent,
        Some(t) if cx.cloud.hides(t, |(read, _)| *read) => Owned::Absent,
        Some(t) if t.lineage == cx.env.lineage => Owned::Ours,
        Some(t) if t.lineage.is_empty() => Owned::Unmarked,
        Some(t) => Owned::Theirs(t.lineage.clone()),
    })
}

/// Whether it has that size.
pub(crate) fn is_sized(cx: &Cx<Cloud>, id: &PhysicalId, size: u32) -> bool {
    cx.cloud.things.borrow().get(&id.0).is_some_and(|t| t.size == size)
}

pub(crate) async fn resize(cx: &Cx<Cloud>, id: &PhysicalId, size: u32) -> Result<()> {
    sleep(TRAVEL).await;
    cx.cloud.calls.borrow_mut().push(format!("update {}", cx.node));
    cx.cloud.things.borrow_mut().get_mut(&id.0).ok_or_else(|| Error::new(Class::NotFound, "gone"))?.size = size;
    sleep(TRAVEL).await;
    Ok(())
}

pub(crate) async fn set_flag(cx: &Cx<Cloud>, of: &str, flag: bool) -> Result<()> {
    sleep(TRAVEL).await;
    cx.cloud.calls.borrow_mut().push(format!("flag {}", cx.node));
    let mut things = cx.cloud.things.borrow_mut();
    things.get_mut(of).ok_or_else(|| Error::new(Class::NotFound, "gone"))?.flag = flag;
    Ok(())
}

pub(crate) async fn delete(cx: &Cx<Cloud>, id: &PhysicalId) -> Result<Removal> {
    sleep(TRAVEL).await;
    cx.cloud.sweep();
    let call = format!("delete {}", cx.node);
    cx.cloud.calls.borrow_mut().push(call.clone());
    if let Some(error) = cx.cloud.objection(&call) {
        return Err(error);
    }
    if once(&cx.cloud.denies, &cx.node.0) {
        return Err(Error::new(Class::NotFound, "there is no such thing"));
    }
    if cx.cloud.held.borrow().get(&cx.node.0).is_some_and(|held| !held.is_empty()) {
        return Err(Error::new(Class::Busy, format!("{} has a dependent object", id.0)).code("DependencyViolation"));
    }
    {
        let mut things = cx.cloud.things.borrow_mut();
        if let Some(user) = things.values().find(|t| t.on.contains(&id.0)) {
            return Err(Error::new(Class::Busy, format!("{} is in use by {}", id.0, user.node)));
        }
        let thing = things.get_mut(&id.0).ok_or_else(|| Error::new(Class::NotFound, "gone"))?;
        assert_eq!(thing.lineage, cx.env.lineage, "{id} is somebody else's");
        thing.dying.get_or_insert_with(Instant::now);
    }
    sleep(TRAVEL).await;
    Ok(Removal::Asked)
}

pub(crate) fn holders(cx: &Cx<Cloud>) -> Vec<Holder> {
    cx.cloud.calls.borrow_mut().push(format!("holders {}", cx.node));
    cx.cloud.held.borrow().get(&cx.node.0).cloned().unwrap_or_default()
}

pub(crate) async fn dismiss(cx: &Cx<Cloud>, guest: &Holder) -> Result<()> {
    sleep(TRAVEL).await;
    cx.cloud.calls.borrow_mut().push(format!("dismiss {}", guest.id));
    cx.cloud.held.borrow_mut().values_mut().for_each(|held| held.retain(|h| h.id != guest.id));
    Ok(())
}
