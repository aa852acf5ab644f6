//! After the removal of an environment: what is still there of it, asked again of the provider by whoever did not remove it.
//!
//! Here is the half that knows only kinds: everything the environment ever had is asked for once more, by its intent and by
//! its recorded id. A provider adds its own half (by tag, by name, and what nobody ordered) in the same words. Nothing here
//! changes anything, and nothing is decided from silence: a question without an answer is [`Unknown`], never "gone". What is
//! found to be ours carries what it takes to remove it: [`Runner::clear`](crate::Runner::clear) does that.
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

/// Questions in flight at once.
const AT_ONCE: usize = 16;

/// What becomes of something that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum Verdict {
    /// It ends by itself.
    Expiring {
        /// When, if the provider says so.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        when: Option<Timestamp>,
        /// What it is until then.
        why: String,
    },
    /// It stays until somebody removes it.
    Left {
        /// How it was known to be ours, and what state it is in.
        why: String,
    },
}

/// What it takes to remove something that was found: as what it is put back into the state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remains {
    /// The node it is, or was, of.
    pub node: Name,
    /// Its kind.
    pub kind: String,
    /// What it was made from, as far as its removal needs that.
    pub spec: Value,
    /// What it used: that goes after it.
    pub edges: Vec<Edge>,
    /// The token of the intent under which it was made.
    pub token: Token,
    /// Its physical id.
    pub id: PhysicalId,
}

impl Remains {
    /// What is left of a node with that entry.
    pub fn of(node: &Name, entry: &Entry, id: PhysicalId) -> Self {
        let Entry { kind, spec, edges, token, .. } = entry.clone();
        Self { node: node.clone(), kind, spec, edges, token, id }
    }
}

/// Something of the environment that is still there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// The provider's service, such as `ec2`.
    pub service: String,
    /// What it is, such as `nat-gateway`.
    pub what: String,
    /// The provider's name for it.
    pub id: String,
    /// Its name, as people know it.
    pub name: String,
    /// What becomes of it.
    #[serde(flatten)]
    pub verdict: Verdict,
    /// What it takes to remove it; `None` if no kind of ours can, or may.
    #[serde(skip)]
    pub remains: Option<Remains>,
}

impl Found {
    /// Whether it stays until somebody removes it.
    pub fn is_left(&self) -> bool {
        matches!(self.verdict, Verdict::Left { .. })
    }

    /// Why it is there.
    pub fn why(&self) -> &str {
        let (Verdict::Expiring { why, .. } | Verdict::Left { why }) = &self.verdict;
        why
    }

    /// Two looks found one thing: one knew it by its id, the other may know it by its name or its ARN, and call it by a longer
    /// word.
    fn is_same(&self, other: &Self) -> bool {
        let last = |id: &str| id.rsplit(['/', ':']).next().map(str::to_owned);
        let ends = |long: &str, short: &str| long.strip_suffix(short).is_some_and(|rest| rest.ends_with(['/', ':']));
        let alike = self.what.ends_with(&other.what) || other.what.ends_with(&self.what);
        let same = self.id == other.id || self.id == other.name || self.name == other.id;
        let part = ends(&self.id, &other.id) || ends(&other.id, &self.id);
        // Two ids of one form are two things, however they end: `rtb-1/0.0.0.0/0`, `rtb-2/0.0.0.0/0`.
        let forms_differ = self.id.starts_with("arn:") != other.id.starts_with("arn:");
        self.service == other.service && alike && (same || part || forms_differ && last(&self.id) == last(&other.id))
    }
}

/// A question that was not answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unknown {
    /// The provider's service.
    pub service: String,
    /// What was asked for.
    pub what: String,
    /// Why there is no answer.
    pub why: String,
}

impl Unknown {
    /// That question, and what was said instead of an answer.
    pub fn new(service: &str, what: &str, error: &Error) -> Self {
        let why = format!("failed to {}", Fault::from(error).told());
        Self { service: service.into(), what: what.into(), why }
    }
}

/// What a sweep came to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Swept {
    /// What is still there.
    pub found: Vec<Found>,
    /// What could not be asked.
    pub unknown: Vec<Unknown>,
    /// How many questions were asked.
    pub asked: usize,
    /// Of how many services.
    pub services: usize,
}

impl Swept {
    /// What stays until somebody removes it.
    pub fn left(&self) -> impl Iterator<Item = &Found> {
        self.found.iter().filter(|f| f.is_left())
    }

    /// What ends by itself.
    pub fn expiring(&self) -> impl Iterator<Item = &Found> {
        self.found.iter().filter(|f| !f.is_left())
    }

    /// Whether nothing stays, for certain.
    pub fn is_clean(&self) -> bool {
        self.unknown.is_empty() && self.left().next().is_none()
    }

    /// What is left, and can be removed.
    pub fn remains(&self) -> impl Iterator<Item = &Remains> {
        self.left().filter_map(|f| f.remains.as_ref())
    }

    /// What both found, each thing once; of two looks at one thing the first is kept. Sorted.
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

/// Ask for everything the environment had, by its intent and by its recorded id. Settings go with their owner, and what is
/// the account's stays: neither is asked for.
///
/// # Errors
/// `Interrupted` when it is asked to stop. A question without an answer is no error: it is in the result.
pub async fn look_again<C: 'static>(cloud: &Rc<C>, kinds: Kinds<C>, state: &State, stop: &Stop) -> Result<Swept> {
    let env = Rc::new(state.env.clone());
    let had: Vec<(&Name, &Entry)> = state.removed.iter().chain(&state.entries).collect();
    let looks = had.into_iter().map(|(node, entry)| {
        let cx = Cx { cloud: cloud.clone(), env: env.clone(), node: node.clone(), token: entry.token.clone() };
        async move { one(kinds, cx, entry, stop).await }
    });
    let each: Vec<Result<Swept>> = stream::iter(looks).buffer_unordered(AT_ONCE).collect().await;
    let mut swept = Swept::default();
    for one in each {
        let one = one?;
        // Several nodes may share one physical id: each of them is told.
        swept.found.extend(one.found);
        swept.unknown.extend(one.unknown);
        swept.asked += one.asked;
    }
    Ok(swept)
}

async fn one<C: 'static>(kinds: Kinds<C>, cx: Cx<C>, entry: &Entry, stop: &Stop) -> Result<Swept> {
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

/// Whether it is there and ours; and what its service says of it.
async fn still_there<C: 'static>(
    kind: &'static dyn Kind<C>,
    cx: &Cx<C>,
    entry: &Entry,
    stop: &Stop,
    asked: &mut usize,
) -> Result<Option<(PhysicalId, String)>> {
    *asked += 1;
    let mut ids = Vec::from_iter(patiently(stop, async || kind.find(cx, &entry.spec).await).await?);
    // A name could be somebody else's by now: only what is found to be ours counts. An id is never given twice.
    if let Some(id) = entry.phase.id().filter(|id| kind.identity() != Identity::Named && !ids.contains(id)) {
        ids.push(id.clone());
    }
    for id in ids {
        *asked += 1;
        let seen = patiently(stop, async || kind.observe(cx, &entry.spec, &id).await).await?;
        // What is there may be somebody else's by now, whatever it is called. What lingers of ours has no tags any more.
        if seen != Observed::Absent {
            *asked += 1;
            let owned = patiently(stop, async || kind.owned(cx, &entry.spec, &id).await).await?;
            if matches!(owned, Owned::Theirs(_) | Owned::Unmarked) {
                continue;
            }
        }
        let why = match seen {
            Observed::Absent => continue,
            Observed::Ready(_) | Observed::Broken(_) if kind.ends() => continue,
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
