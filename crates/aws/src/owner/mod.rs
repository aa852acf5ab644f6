//! Whose the things are that carry tags: by each service's own words, one file per service. Kinds without tags of their own ask
//! for what they are a part or a setting of. It only looks, and decides nothing.
use crate::Cx;
use std::{cell::RefCell, collections::BTreeMap, rc::Rc, time::Duration};
use tokio::time::Instant;
use vidpipe_engine::{Gathered, Owned, Result};

pub(crate) mod apigateway;
pub(crate) mod ec2;
pub(crate) mod ecs;
pub(crate) mod efs;
pub(crate) mod elasticache;
pub(crate) mod elb;
pub(crate) mod iam;
pub(crate) mod kinesis;
pub(crate) mod kms;
pub(crate) mod logs;
pub(crate) mod messages;
pub(crate) mod monitoring;
#[cfg(test)]
mod page;
pub(crate) mod rds;
pub(crate) mod s3;
pub(crate) mod scaling;
pub(crate) mod secrets;

/// What was ours so long ago is ours still: the parts of one thing ask for it one after the other.
const LASTS: Duration = Duration::from_secs(5);

/// What was seen of whose things are, and who looks at that now.
#[derive(Default)]
pub(crate) struct Owners {
    seen: RefCell<BTreeMap<String, Instant>>,
    looks: RefCell<BTreeMap<String, Rc<Gathered<Owned>>>>,
}

/// Whose that thing is, as that look says. All who ask at the same time, or shortly after it was seen to be ours, are told the
/// same.
async fn once(cx: &Cx, what: &str, id: &str, look: impl AsyncFn() -> Result<Owned>) -> Result<Owned> {
    let (owners, of) = (&cx.cloud.owners, format!("{what} {id} of {}", cx.env.lineage));
    if owners.seen.borrow().get(&of).is_some_and(|at| at.elapsed() < LASTS) {
        return Ok(Owned::Ours);
    }
    let together = {
        let mut looks = owners.looks.borrow_mut();
        looks.entry(of.clone()).or_insert_with(|| Rc::new(Gathered::new(format!("owner of {of}"), 1))).clone()
    };
    let owned = (*together.look(id, async |_| look().await).await?).clone();
    if owned == Owned::Ours {
        owners.seen.borrow_mut().insert(of, Instant::now());
    }
    Ok(owned)
}

/// An ARN of the environment's account and region.
fn arn(cx: &Cx, service: &str, resource: &str) -> String {
    let (region, account) = (&cx.env.region, &cx.env.account);
    format!("arn:{}:{service}:{region}:{account}:{resource}", crate::partition::of(region))
}
