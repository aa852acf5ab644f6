//! Look at everything recorded: what is gone is forgotten, so that the next plan makes it again; what somebody changed is
//! put back by it. One answer that something is gone is not believed: what is made again though it is there is there twice.
use crate::{
    Class, Cx, Kind, Kinds, Name, Observed, Owned, PhysicalId, Result, State, Stop, kind_of, patiently,
    resource::{Identity, LOOK_AGAIN},
    state::{Entry, Phase, Transition},
    youth::YOUNG,
};
use futures::{StreamExt, stream};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use std::rc::Rc;

/// What a look at one node found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Drift {
    /// It is gone.
    Gone,
    /// It is there, but what it gives to others differs.
    Differs,
    /// It is not as it was made, in the provider's words.
    Changed(String),
    /// It will not be ready again by itself.
    Broken(String),
    /// It is gone, and there is another of its name or id, of that lineage.
    Theirs(String),
    /// There is something of its name or id that carries no lineage: whose it is cannot be said.
    Unmarked,
}

/// Observe everything recorded as ready, and change the state to what was seen. Nothing is called that changes anything.
///
/// # Errors
/// When a look fails: what was not seen is not known, never gone.
pub async fn refresh<C: 'static>(
    cloud: &Rc<C>,
    kinds: Kinds<C>,
    state: &mut State,
    now: Timestamp,
) -> Result<Vec<(Name, Drift)>> {
    let env = Rc::new(state.env.clone());
    let looks = state.entries.iter().filter_map(|(name, e)| match &e.phase {
        Phase::Ready { id, output } => Some((name.clone(), e.clone(), id.clone(), output.clone())),
        _ => None,
    });
    let seen: Vec<Result<Option<(Name, Drift)>>> = stream::iter(looks)
        .map(|(name, entry, id, output)| {
            let cx = Cx { cloud: cloud.clone(), env: env.clone(), node: name.clone(), token: entry.token.clone() };
            async move {
                let kind = kind_of(kinds, &entry.kind)?;
                // Nobody looks into what is somebody else's.
                match whose(kind, &cx, &entry, &id, now).await? {
                    Owned::Theirs(lineage) => return Ok(Some((name, Drift::Theirs(lineage)))),
                    Owned::Unmarked => return Ok(Some((name, Drift::Unmarked))),
                    Owned::Ours | Owned::Absent => {}
                }
                let drift = match look(kind, &cx, &entry.spec, &id).await? {
                    // What was done stays done, also when the provider has forgotten it.
                    Observed::Absent if kind.ends() => return Ok(None),
                    Observed::Absent => Drift::Gone,
                    Observed::Broken(why) => Drift::Broken(why),
                    Observed::Ready(now) if now != output => Drift::Differs,
                    Observed::Differs { why, .. } if kind.updates() => Drift::Changed(why),
                    // What is busy is left to it: backups and maintenance are everyday, and no change of anybody's.
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
            // It is looked at again by the next `up`, which does no more with it as long as nobody says whose it is.
            Drift::Unmarked => {
                let why = "nobody can say whose it is: it carries no tag `vidpipe:lineage`".to_owned();
                state.apply(&name, Transition::Failed { why: why.into(), broken: false }, now)?;
            }
            // It is asked for once more to be as it was made.
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

/// One look; two where the first shows nothing of what may be there all the same.
async fn look<C: 'static>(
    kind: &'static dyn Kind<C>,
    cx: &Cx<C>,
    spec: &Value,
    id: &PhysicalId,
) -> Result<Observed<Value>> {
    let stop = Stop::default();
    let once = async || kind.observe(cx, spec, id).await;
    match patiently(&stop, once).await? {
        Observed::Absent if !kind.ends() => {
            stop.pause(LOOK_AGAIN).await?;
            patiently(&stop, once).await
        }
        seen => Ok(seen),
    }
}

/// Whose that is. Of a young thing the tags may not show yet.
async fn whose<C: 'static>(
    kind: &'static dyn Kind<C>,
    cx: &Cx<C>,
    entry: &Entry,
    id: &PhysicalId,
    now: Timestamp,
) -> Result<Owned> {
    if kind.ends() || kind.identity() == Identity::Shared {
        return Ok(Owned::Ours);
    }
    let ask = async || match kind.owned(cx, &entry.spec, id).await {
        // What is busy may not tell. Nothing is changed here, and whoever changes it asks again.
        Err(e) if e.class == Class::Busy => Ok(Owned::Ours),
        owned => owned,
    };
    let owned = patiently(&Stop::default(), ask).await?;
    let is_young = YOUNG.try_into().is_ok_and(|young: SignedDuration| now.duration_since(entry.since) < young);
    Ok(if owned == Owned::Unmarked && is_young { Owned::Ours } else { owned })
}
