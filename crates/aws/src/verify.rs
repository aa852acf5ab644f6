//! `verify`: checks that the environment is usable, not just available. Every node is read through AWS's own API and
//! compared with its recorded spec; answers recorded earlier do not count.
//!
//! Each kind has a check, in its service's folder. Checks only read, apart from one tiny marked record that they put into
//! each stream. A request without an answer is *unknown*, never *passed*. Secret values are read and never printed.
use crate::{
    Aws, Cx, KINDS,
    check::{CheckCx, Of},
    services,
};
use futures::{StreamExt, stream};
use std::rc::Rc;
use vidpipe_engine::{
    Class, Entry, Error, Name, Phase, Result, State, Stop, kind_of,
    verify::{Check, Section, Verdict, Verified},
};

pub use crate::check::{Resolve, Target};

/// The number of nodes checked concurrently.
const AT_ONCE: usize = 16;

/// Checks every node of the environment. Writes nothing but the record of the Kinesis check.
///
/// # Errors
/// `Interrupted` when a stop is requested. A request without an answer is not an error: it is part of the result.
pub async fn verify(aws: &Rc<Aws>, state: &State, target: &Target, stop: &Stop) -> Result<Verified> {
    let env = Rc::new(state.env.clone());
    let nodes = state.entries.iter().map(|(node, entry)| {
        let cx = Cx { cloud: aws.clone(), env: env.clone(), node: node.clone(), token: entry.token.clone() };
        async move { check_node(cx, entry, Of { state, target, stop, kinds: KINDS }).await }
    });
    let each: Vec<Result<Verified>> = stream::iter(nodes).buffer_unordered(AT_ONCE).collect().await;
    let mut verified = Verified::default();
    for node in each {
        let node = node?;
        verified.checks.extend(node.checks);
        verified.asked += node.asked;
    }
    if state.outputs.is_empty() {
        verified.checks.push(never_whole());
    }
    verified.checks.sort_by(|a, b| (&a.service, &a.node, &a.what).cmp(&(&b.service, &b.node, &b.what)));
    Ok(verified)
}

async fn check_node(cx: Cx, entry: &Entry, of: Of<'_>) -> Result<Verified> {
    let Phase::Ready { id, .. } = &entry.phase else { return Ok(unfinished(&cx.node, entry)) };
    let aws = cx.cloud.clone();
    let check = CheckCx::new(cx, &aws, (entry, id), of);
    let checked = match services::kinds().find(|declared| declared.kind.name() == entry.kind) {
        Some(declared) => (declared.check)(&check).await,
        None => Err(kind_of(KINDS, &entry.kind).err().unwrap_or_else(|| Error::new(Class::Unknown, "find its check"))),
    };
    match checked {
        Err(e) if e.class == Class::Interrupted => return Err(e),
        Err(e) => check.failed(&e),
        Ok(()) => {}
    }
    let (checks, asked) = check.seen();
    Ok(Verified { checks, asked })
}

/// The failed check of a node that no run has finished: there is nothing to compare.
fn unfinished(node: &Name, entry: &Entry) -> Verified {
    let service = entry.kind.split(':').next().unwrap_or_default();
    let why = format!("the last run left it {}: run `up` to the end first", entry.phase.word());
    Verified { checks: vec![lacking(service, &node.0, "exists and can be read", why)], asked: 0 }
}

/// The failed check of an environment that no run has finished: nodes not begun are not recorded, so no other check
/// covers them.
fn never_whole() -> Check {
    lacking("vidpipe", "environment", "an `up` has finished", "none has: run `up` to the end first".into())
}

fn lacking(service: &str, node: &str, what: &str, why: String) -> Check {
    let (service, node, what, call) = (service.into(), node.into(), what.into(), "none".into());
    let (section, evidence, verdict) = (Section::Availability, String::new(), Verdict::Failed { why });
    Check { service, node, what, section, verdict, evidence, call }
}
