//! Reads the owner of tagged resources, one file in each service's folder. Kinds without tags of their own read the resource they
//! are a part or a setting of. Only reads; the engine decides.
use crate::Cx;
use std::{cell::RefCell, collections::BTreeMap, rc::Rc, time::Duration};
use tokio::time::Instant;
use vidpipe_engine::{Batcher, Owned, Result};

#[cfg(test)]
mod page;

/// How long a resource read as ours is taken to be ours: the parts of a resource read its owner one after the other.
const LASTS: Duration = Duration::from_secs(5);

/// The resources recently read as ours, and the reads in progress.
#[derive(Default)]
pub(crate) struct Owners {
    seen: RefCell<BTreeMap<String, Instant>>,
    reads: RefCell<BTreeMap<String, Rc<Batcher<Owned>>>>,
}

/// The owner of a resource, as `read` returns it. Simultaneous reads share one call, and a read shortly after one that
/// returned `Ours` is answered from memory.
pub(crate) async fn once(cx: &Cx, what: &str, id: &str, read: impl AsyncFn() -> Result<Owned>) -> Result<Owned> {
    let (owners, of) = (&cx.cloud.owners, format!("{what} {id} of {}", cx.env.lineage));
    if owners.seen.borrow().get(&of).is_some_and(|at| at.elapsed() < LASTS) {
        return Ok(Owned::Ours);
    }
    let together = {
        let mut reads = owners.reads.borrow_mut();
        reads.entry(of.clone()).or_insert_with(|| Rc::new(Batcher::new(format!("owner of {of}"), 1))).clone()
    };
    let owned = (*together.read(id, async |_| read().await).await?).clone();
    if owned == Owned::Ours {
        owners.seen.borrow_mut().insert(of, Instant::now());
    }
    Ok(owned)
}

/// An ARN in the environment's account and region.
pub(crate) fn arn(cx: &Cx, service: &str, resource: &str) -> String {
    let (region, account) = (&cx.env.region, &cx.env.account);
    format!("arn:{}:{service}:{region}:{account}:{resource}", crate::partition::of(region))
}
