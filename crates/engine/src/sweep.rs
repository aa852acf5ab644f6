//! A sweep after the removal of an environment: query the provider for leftovers, independently of the removal.
//!
//! This module covers the part that needs only the kinds: every resource the environment ever had is searched for by
//! its intent and by its recorded id. A provider adds its own part (by tag, by name, and resources that services
//! created by themselves) in the same types. A sweep changes nothing, and a query without a result is [`Unknown`],
//! never "deleted". A leftover of ours carries the data needed to remove it: see
//! [`Runner::clear`](crate::Runner::clear).
use crate::{
    Class, Cx, Edge, Entry, Error, Kind, Kinds, Name, Observed, Owned, PhysicalId, Result, State, Stop, Token,
    event::Fault, kind_of, resource::Identity,
};
use futures::{StreamExt, stream};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::rc::Rc;

pub use crate::patience::patiently;

/// The maximum number of queries in flight.
const AT_ONCE: usize = 16;

/// The verdict on a leftover.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum Verdict {
    /// It ends by itself.
    Expiring {
        /// When, if the provider reports it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        when: Option<Timestamp>,
        /// Its state until then.
        why: String,
    },
    /// It stays until it is removed.
    Left {
        /// How it was identified as ours, and its state.
        why: String,
    },
}

/// The data needed to remove a leftover, from which its state entry is restored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remains {
    /// The node it belongs or belonged to.
    pub node: Name,
    /// Its kind.
    pub kind: String,
    /// The specification of the resource, as far as its removal needs it.
    pub spec: Value,
    /// Its dependencies, which are removed after it.
    pub edges: Vec<Edge>,
    /// The token of the intent under which it was created.
    pub token: Token,
    /// Its physical id.
    pub id: PhysicalId,
}

impl Remains {
    /// The leftover of a node with that entry.
    pub fn of(node: &Name, entry: &Entry, id: PhysicalId) -> Self {
        let Entry { kind, spec, edges, token, .. } = entry.clone();
        Self { node: node.clone(), kind, spec, edges, token, id }
    }
}

/// A resource of the environment that still exists.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// The provider's service, such as `ec2`.
    pub service: String,
    /// The type of the resource, such as `nat-gateway`.
    pub what: String,
    /// The provider's identifier of the resource.
    pub id: String,
    /// Its display name.
    pub name: String,
    /// The verdict.
    #[serde(flatten)]
    pub verdict: Verdict,
    /// The data needed to remove it; `None` if no kind of ours can, or may, remove it.
    #[serde(skip)]
    pub remains: Option<Remains>,
}

impl Found {
    /// Whether it stays until it is removed.
    pub fn is_left(&self) -> bool {
        matches!(self.verdict, Verdict::Left { .. })
    }

    /// The reason why it still exists.
    pub fn why(&self) -> &str {
        let (Verdict::Expiring { why, .. } | Verdict::Left { why }) = &self.verdict;
        why
    }

    /// Whether two queries found the same resource: one may report its id, the other its name or ARN, and a longer type
    /// name.
    fn is_same(&self, other: &Self) -> bool {
        let last = |id: &str| id.rsplit(['/', ':']).next().map(str::to_owned);
        let ends = |long: &str, short: &str| long.strip_suffix(short).is_some_and(|rest| rest.ends_with(['/', ':']));
        let alike = self.what.ends_with(&other.what) || other.what.ends_with(&self.what);
        let same = self.id == other.id || self.id == other.name || self.name == other.id;
        let part = ends(&self.id, &other.id) || ends(&other.id, &self.id);
        // Two ids of the same form are different resources, whatever their suffix: `rtb-1/0.0.0.0/0`,
        // `rtb-2/0.0.0.0/0`.
        let forms_differ = self.id.starts_with("arn:") != other.id.starts_with("arn:");
        self.service == other.service && alike && (same || part || forms_differ && last(&self.id) == last(&other.id))
    }
}

/// A query that returned no result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unknown {
    /// The provider's service.
    pub service: String,
    /// The subject of the query.
    pub what: String,
    /// Why no result was returned.
    pub why: String,
}

impl Unknown {
    /// That query, and its error.
    pub fn new(service: &str, what: &str, error: &Error) -> Self {
        let why = format!("failed to {}", Fault::from(error).to_line());
        Self { service: service.into(), what: what.into(), why }
    }
}

/// The result of a sweep.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Swept {
    /// The resources that still exist.
    pub found: Vec<Found>,
    /// The queries without a result.
    pub unknown: Vec<Unknown>,
    /// The number of queries made.
    pub asked: usize,
    /// The number of services queried.
    pub services: usize,
}

impl Swept {
    /// The leftovers that stay until they are removed.
    pub fn left(&self) -> impl Iterator<Item = &Found> {
        self.found.iter().filter(|f| f.is_left())
    }

    /// The leftovers that end by themselves.
    pub fn expiring(&self) -> impl Iterator<Item = &Found> {
        self.found.iter().filter(|f| !f.is_left())
    }

    /// Whether it is certain that nothing stays.
    pub fn is_clean(&self) -> bool {
        self.unknown.is_empty() && self.left().next().is_none()
    }

    /// The leftovers that can be removed.
    pub fn remains(&self) -> impl Iterator<Item = &Remains> {
        self.left().filter_map(|f| f.remains.as_ref())
    }

    /// The union of both results, sorted. A resource that both found appears once, as in the first.
    pub fn and(mut self, other: Self) -> Self {
        for found in other.found {
            match self.found.iter_mut().find(|f| f.is_same(&found)) {
                Some(known) => known.remains = known.remains.take().or(found.remains),
                None => self.found.push(found),
            }
        }
        self.unknown.extend(other.unknown);
        self.asked += other.asked;
        self.services = self.services.max(other.services);
        let order = |f: &Found| (!f.is_left(), f.service.clone(), f.id.clone(), f.what.clone());
        self.found.sort_by_key(order);
        self.unknown.sort_by(|a, b| (&a.service, &a.what).cmp(&(&b.service, &b.what)));
        self
    }
}

/// Search for every resource the environment had, by its intent and by its recorded id. Settings, which are deleted
/// with their owner, and resources of the account, which stay, are skipped.
///
/// # Errors
/// `Interrupted` when a stop is requested. A query without a result is not an error: it is part of the result.
pub async fn read_again<C: 'static>(cloud: &Rc<C>, kinds: Kinds<C>, state: &State, stop: &Stop) -> Result<Swept> {
    let env = Rc::new(state.env.clone());
    let had: Vec<(&Name, &Entry)> = state.removed.iter().chain(&state.entries).collect();
    let reads = had.into_iter().map(|(node, entry)| {
        let cx = Cx { cloud: cloud.clone(), env: env.clone(), node: node.clone(), token: entry.token.clone() };
        async move { query(kinds, cx, entry, stop).await }
    });
    let each: Vec<Result<Swept>> = stream::iter(reads).buffer_unordered(AT_ONCE).collect().await;
    let mut swept = Swept::default();
    for result in each {
        let result = result?;
        // Several nodes may share one physical id: each of them is reported.
        swept.found.extend(result.found);
        swept.unknown.extend(result.unknown);
        swept.asked += result.asked;
    }
    Ok(swept)
}

async fn query<C: 'static>(kinds: Kinds<C>, cx: Cx<C>, entry: &Entry, stop: &Stop) -> Result<Swept> {
    let (service, what) = entry.kind.split_once(':').unwrap_or(("", &entry.kind));
    let mut swept = Swept::default();
    let found = match kind_of(kinds, &entry.kind) {
        Ok(kind) if matches!(kind.identity(), Identity::Setting | Identity::Shared) => return Ok(swept),
        Ok(kind) => still_there(kind, &cx, entry, stop, &mut swept.asked).await,
        Err(e) => Err(e),
    };
    match found {
        Ok(None) => {}
        Ok(Some((id, why))) => swept.found.push(Found {
            service: service.into(),
            what: what.into(),
            id: id.0.clone(),
            name: cx.node.0.clone(),
            verdict: Verdict::Left { why },
            remains: Some(Remains::of(&cx.node, entry, id)),
        }),
        Err(e) if e.class == Class::Interrupted => return Err(e),
        Err(e) => swept.unknown.push(Unknown::new(service, &format!("{what} of {}", cx.node), &e)),
    }
    Ok(swept)
}

/// The resource's id and its status, if it exists and is ours.
async fn still_there<C: 'static>(
    kind: &'static dyn Kind<C>,
    cx: &Cx<C>,
    entry: &Entry,
    stop: &Stop,
    asked: &mut usize,
) -> Result<Option<(PhysicalId, String)>> {
    *asked += 1;
    let mut ids = Vec::from_iter(patiently(stop, async || kind.find(cx, &entry.spec).await).await?);
    // A name may belong to another owner by now: only a resource found to be ours counts. An id is never reused.
    if let Some(id) = entry.phase.id().filter(|id| kind.identity() != Identity::Named && !ids.contains(id)) {
        ids.push(id.clone());
    }
    for id in ids {
        *asked += 1;
        let seen = patiently(stop, async || kind.observe(cx, &entry.spec, &id).await).await?;
        // An existing resource may belong to another owner by now, whatever its name. A lingering one of ours has lost
        // its tags.
        if seen != Observed::Absent {
            *asked += 1;
            let owned = patiently(stop, async || kind.owned(cx, &entry.spec, &id).await).await?;
            if matches!(owned, Owned::Theirs(_) | Owned::Unmarked) {
                continue;
            }
        }
        let why = match seen {
            Observed::Absent => continue,
            Observed::Ready(_) | Observed::Broken(_) if kind.is_one_shot() => continue,
            Observed::Broken(_) if kind.spent() => continue,
            Observed::Ready(_) => "it is still there".into(),
            Observed::Pending { why, .. } | Observed::Differs { why, .. } | Observed::Broken(why) => {
                format!("it is still there: {why}")
            }
        };
        return Ok(Some((id, why)));
    }
    Ok(None)
}
