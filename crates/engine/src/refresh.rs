//! Read every recorded resource: missing ones are dropped from the state, so that the next plan creates them again, and
//! drift is reverted by the next plan. A single "not found" is not accepted: recreating a resource that still exists
//! would duplicate it.
use crate::{
    Class, Cx, Kind, Kinds, Name, Observed, Owned, PhysicalId, Result, State, Stop, kind_of, patiently,
    resource::{BEFORE_RECHECK, Identity},
    state::{Entry, Phase, Transition},
    youth::YOUNG,
};
use futures::{StreamExt, stream};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use std::rc::Rc;

/// The drift that reading a node found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Drift {
    /// It is deleted.
    Gone,
    /// It exists, but its outputs differ.
    Differs,
    /// It differs from its spec, as the provider describes.
    Changed(String),
    /// It will not become ready again by itself.
    Broken(String),
    /// It is deleted, and a resource of the given lineage has its name or id.
    Theirs(String),
    /// A resource with its name or id has no lineage tag: its owner cannot be determined.
    Unmarked,
}

/// Read every resource recorded as ready, and update the state to match. Only read-only calls are made.
///
/// # Errors
/// When a read fails: a resource that was not read is unknown, never deleted.
pub async fn refresh<C: 'static>(
    cloud: &Rc<C>,
    kinds: Kinds<C>,
    state: &mut State,
    now: Timestamp,
) -> Result<Vec<(Name, Drift)>> {
    let env = Rc::new(state.env.clone());
    let reads = state.entries.iter().filter_map(|(name, e)| match &e.phase {
        Phase::Ready { id, output } => Some((name.clone(), e.clone(), id.clone(), output.clone())),
        _ => None,
    });
    let seen: Vec<Result<Option<(Name, Drift)>>> = stream::iter(reads)
        .map(|(name, entry, id, output)| {
            let cx = Cx { cloud: cloud.clone(), env: env.clone(), node: name.clone(), token: entry.token.clone() };
            async move {
                let kind = kind_of(kinds, &entry.kind)?;
                // A resource of another owner is not read.
                match whose(kind, &cx, &entry, &id, now).await? {
                    Owned::Theirs(lineage) => return Ok(Some((name, Drift::Theirs(lineage)))),
                    Owned::Unmarked => return Ok(Some((name, Drift::Unmarked))),
                    Owned::Ours | Owned::Absent => {}
                }
                let drift = match read(kind, &cx, &entry.spec, &id).await? {
                    // A completed one-shot job stays completed, even after the provider has dropped it.
                    Observed::Absent if kind.is_one_shot() => return Ok(None),
                    Observed::Absent => Drift::Gone,
                    Observed::Broken(why) => Drift::Broken(why),
                    Observed::Ready(now) if now != output => Drift::Differs,
                    Observed::Differs { why, .. } if kind.updates() => Drift::Changed(why),
                    // A busy resource is left alone: backups and maintenance are routine, not drift.
                    _ => return Ok(None),
                };
                Ok(Some((name, drift)))
            }
        })
        .buffer_unordered(16)
        .collect()
        .await;
    let mut drifted = Vec::new();
    for (name, drift) in seen.into_iter().collect::<Result<Vec<_>>>()?.into_iter().flatten() {
        match &drift {
            Drift::Gone => {
                state.apply(&name, Transition::Vanished, now)?;
            }
            Drift::Theirs(_) => {
                state.apply(&name, Transition::Theirs, now)?;
            }
            Drift::Broken(why) => {
                state.apply(&name, Transition::Failed { why: why.clone().into(), broken: true }, now)?;
            }
            // The next `up` reads it again, and does nothing else with it as long as its owner is undetermined.
            Drift::Unmarked => {
                let why = "its owner is unknown: it has no tag `vidpipe:lineage`".to_owned();
                state.apply(&name, Transition::Failed { why: why.into(), broken: false }, now)?;
            }
            // The update to its recorded spec is requested again.
            Drift::Changed(_) => {
                if let Some(Entry { spec, edges, .. }) = state.entries.get(&name).cloned() {
                    state.apply(&name, Transition::WillUpdate { spec, edges }, now)?;
                }
            }
            Drift::Differs => {}
        }
        drifted.push((name, drift));
    }
    drifted.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(drifted)
}

/// One read; a second one if the first finds nothing where a resource may still exist.
async fn read<C: 'static>(
    kind: &'static dyn Kind<C>,
    cx: &Cx<C>,
    spec: &Value,
    id: &PhysicalId,
) -> Result<Observed<Value>> {
    let stop = Stop::default();
    let once = async || kind.observe(cx, spec, id).await;
    match patiently(&stop, once).await? {
        Observed::Absent if !kind.is_one_shot() => {
            stop.pause(BEFORE_RECHECK).await?;
            patiently(&stop, once).await
        }
        seen => Ok(seen),
    }
}

/// The owner of the resource. The tags of a young resource may not be visible yet.
async fn whose<C: 'static>(
    kind: &'static dyn Kind<C>,
    cx: &Cx<C>,
    entry: &Entry,
    id: &PhysicalId,
    now: Timestamp,
) -> Result<Owned> {
    if kind.is_one_shot() || kind.identity() == Identity::Shared {
        return Ok(Owned::Ours);
    }
    let ask = async || match kind.owned(cx, &entry.spec, id).await {
        // A busy resource may not return its tags. No change is made here, and every later change checks the owner
        // again.
        Err(e) if e.class == Class::Busy => Ok(Owned::Ours),
        owned => owned,
    };
    let owned = patiently(&Stop::default(), ask).await?;
    let is_young = YOUNG.try_into().is_ok_and(|young: SignedDuration| now.duration_since(entry.since) < young);
    Ok(if owned == Owned::Unmarked && is_young { Owned::Ours } else { owned })
}
