//! The store of our own layer: facts that winterbaume cannot hold, timed stages, and pending removals.
//!
//! It is plain data and must not know any service: only the rule that stores a fact knows its meaning.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::time::Instant;

/// A fact that a rule stores about an AWS resource.
pub(crate) trait Fact: Serialize + DeserializeOwned {
    /// The kind, as `service:thing`; region, kind and id name the fact.
    const KIND: &'static str;
}

/// The name of one resource in one region.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Name {
    pub(crate) region: String,
    pub(crate) kind: String,
    pub(crate) id: String,
}

impl Name {
    fn key(&self) -> String {
        format!("{} {} {}", self.region, self.kind, self.id)
    }

    fn parse(key: &str) -> Option<Self> {
        let mut parts = key.splitn(3, ' ').map(str::to_owned);
        Some(Self { region: parts.next()?, kind: parts.next()?, id: parts.next()? })
    }
}

/// A timed state of a resource.
#[derive(Debug, Clone)]
struct Stage {
    name: String,
    until: Instant,
}

/// A removal that is carried out when it is due.
#[derive(Debug, Clone)]
struct Postponed {
    /// The resource to remove.
    name: Name,
    due: Instant,
    /// The request to send when due; `None` if only our own layer keeps the resource.
    request: Option<SavedRequest>,
}

/// An HTTP request that can be saved to a file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SavedRequest {
    pub(crate) method: String,
    pub(crate) uri: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

/// When this process loaded the state, and the age of the state then.
#[derive(Debug)]
struct Age {
    since: Instant,
    before: f64,
}

impl Default for Age {
    fn default() -> Self {
        Self { since: Instant::now(), before: 0.0 }
    }
}

/// The format of the sandbox file that this version writes and reads.
pub(crate) const FORMAT: u64 = 1;

/// The state of our own layer.
#[derive(Debug, Default)]
pub(crate) struct Store {
    age: Age,
    facts: BTreeMap<Name, Value>,
    stages: BTreeMap<Name, Stage>,
    postponed: Vec<Postponed>,
    counters: BTreeMap<String, u64>,
    regions: BTreeSet<String>,
    draws: Cell<u64>,
    buckets: BTreeMap<String, (f64, Instant)>,
    /// When the stages and removals end, in the order in which they began. Not saved to a file.
    ends: Vec<(Name, Instant)>,
}

impl Store {
    /// The number of calls of [`Store::count`] under that name.
    pub(crate) fn counted(&self, what: &str) -> u64 {
        self.counters.get(what).copied().unwrap_or_default()
    }

    /// The age of the state in seconds on tokio's clock; it stands still while the state is in a file only.
    pub(crate) fn age(&self) -> f64 {
        self.age.before + self.age.since.elapsed().as_secs_f64()
    }

    /// The current level of a bucket; a new bucket is full.
    pub(crate) fn level(&mut self, bucket: &str, burst: f64, per_second: f64) -> f64 {
        let now = Instant::now();
        let (level, at) = self.buckets.entry(bucket.to_owned()).or_insert((burst, now));
        *level = burst.min(*level + now.saturating_duration_since(*at).as_secs_f64() * per_second);
        *at = now;
        *level
    }

    /// Takes a token out of a bucket.
    pub(crate) fn drain(&mut self, bucket: &str) {
        if let Some((level, _)) = self.buckets.get_mut(bucket) {
            *level -= 1.0;
        }
    }

    /// The next random number between 0 and 1 of the seed.
    pub(crate) fn chance(&self, seed: u64) -> f64 {
        let number = self.draws.get();
        self.draws.set(number + 1);
        // Seeds are hashed first, so that neighbouring seeds share no draws.
        let day = fastrand::Rng::with_seed(seed).u64(..);
        fastrand::Rng::with_seed(day ^ number.wrapping_mul(0x9E37_79B9_7F4A_7C15)).f64()
    }

    /// Counts a call under that name; returns the number of calls before it.
    pub(crate) fn count(&mut self, what: &str) -> u64 {
        self.next_number(what) - 1
    }

    /// Stores `fact`, replacing an earlier one.
    pub(crate) fn remember(&mut self, name: Name, fact: Value) {
        self.facts.insert(name, fact);
    }

    /// The fact stored under `name`.
    pub(crate) fn recall(&self, name: &Name) -> Option<&Value> {
        self.facts.get(name)
    }

    /// All facts.
    pub(crate) fn facts(&self) -> impl Iterator<Item = (&Name, &Value)> {
        self.facts.iter()
    }

    /// Removes the fact and the stage of a resource.
    pub(crate) fn forget(&mut self, name: &Name) {
        self.facts.remove(name);
        self.stages.remove(name);
    }

    /// All ids and facts of a kind in a region, ordered by id.
    pub(crate) fn all<'a>(&'a self, region: &'a str, kind: &'a str) -> impl Iterator<Item = (&'a str, &'a Value)> {
        // Names are sorted by region, kind and id, and the empty id comes first.
        let first = Name { region: region.to_owned(), kind: kind.to_owned(), id: String::new() };
        (self.facts.range(first..))
            .take_while(move |(name, _)| name.region == region && name.kind == kind)
            .map(|(name, fact)| (name.id.as_str(), fact))
    }

    /// Puts the resource into a timed stage.
    pub(crate) fn begin(&mut self, name: Name, stage: &str, lasting: Duration) {
        let stage = Stage { name: stage.to_owned(), until: Instant::now() + lasting };
        self.ends.push((name.clone(), stage.until));
        self.stages.insert(name, stage);
    }

    /// The current stage of the resource, if it has not ended.
    pub(crate) fn stage(&self, name: &Name) -> Option<&str> {
        let stage = self.stages.get(name)?;
        (Instant::now() < stage.until).then_some(stage.name.as_str())
    }

    /// Removes the resource, and sends `request`, after `lasting`.
    pub(crate) fn postpone(&mut self, name: Name, request: Option<SavedRequest>, lasting: Duration) {
        self.ends.push((name.clone(), Instant::now() + lasting));
        self.postponed.push(Postponed { name, due: Instant::now() + lasting, request });
    }

    /// Removes the facts of all due removals. Their requests stay until [`Store::due`] takes them.
    pub(crate) fn expire(&mut self) {
        let now = Instant::now();
        let due = self.postponed.iter().filter(|task| task.due <= now);
        let names: Vec<Name> = due.map(|task| task.name.clone()).collect();
        for name in names {
            self.forget(&name);
        }
        self.postponed.retain(|task| task.due > now || task.request.is_some());
    }

    /// Takes out the due requests, earliest first.
    pub(crate) fn due(&mut self) -> Vec<SavedRequest> {
        self.expire();
        let now = Instant::now();
        let (mut due, later): (Vec<_>, Vec<_>) = self.postponed.drain(..).partition(|task| task.due <= now);
        self.postponed = later;
        due.sort_by_key(|task| task.due);
        due.into_iter().filter_map(|task| task.request).collect()
    }

    /// Records that an operation on the resource ends after `lasting`.
    pub(crate) fn ends(&mut self, name: Name, lasting: Duration) {
        self.ends.push((name, Instant::now() + lasting));
    }

    /// The ends recorded since the last `take_ends`.
    pub(crate) fn take_ends(&mut self) -> Vec<(Name, Instant)> {
        std::mem::take(&mut self.ends)
    }

    /// The next number of a sequence without repetition.
    pub(crate) fn next_number(&mut self, sequence: &str) -> u64 {
        let counter = self.counters.entry(sequence.to_owned()).or_default();
        *counter += 1;
        *counter
    }

    /// Records that `region` was called.
    pub(crate) fn visit(&mut self, region: &str) {
        if !self.regions.contains(region) {
            self.regions.insert(region.to_owned());
        }
    }

    /// All regions that were called.
    pub(crate) fn regions(&self) -> Vec<String> {
        self.regions.iter().cloned().collect()
    }
}

/// The state in its saved form: points in time become remaining durations.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Saved {
    facts: BTreeMap<String, Value>,
    stages: BTreeMap<String, (String, f64)>,
    postponed: Vec<(String, f64, Option<SavedRequest>)>,
    counters: BTreeMap<String, u64>,
    regions: BTreeSet<String>,
    #[serde(default)]
    draws: u64,
    #[serde(default)]
    age: f64,
}

impl From<&Store> for Saved {
    fn from(store: &Store) -> Self {
        let now = Instant::now();
        let remaining = |until: Instant| until.saturating_duration_since(now).as_secs_f64();
        Self {
            facts: (store.facts.iter()).map(|(name, fact)| (name.key(), fact.clone())).collect(),
            stages: (store.stages.iter())
                .filter(|(_, stage)| stage.until > now)
                .map(|(name, stage)| (name.key(), (stage.name.clone(), remaining(stage.until))))
                .collect(),
            postponed: (store.postponed.iter())
                .map(|task| (task.name.key(), remaining(task.due), task.request.clone()))
                .collect(),
            counters: store.counters.clone(),
            regions: store.regions.clone(),
            draws: store.draws.get(),
            age: store.age(),
        }
    }
}

impl From<Saved> for Store {
    fn from(saved: Saved) -> Self {
        let now = Instant::now();
        let at = |seconds: f64| now + Duration::try_from_secs_f64(seconds).unwrap_or_default();
        Self {
            age: Age { since: now, before: saved.age },
            facts: (saved.facts.into_iter()).filter_map(|(key, fact)| Some((Name::parse(&key)?, fact))).collect(),
            stages: (saved.stages.into_iter())
                .filter_map(|(key, (name, seconds))| {
                    let until = at(seconds);
                    Some((Name::parse(&key)?, Stage { name, until }))
                })
                .collect(),
            postponed: (saved.postponed.into_iter())
                .filter_map(|(key, seconds, request)| {
                    let (name, due) = (Name::parse(&key)?, at(seconds));
                    Some(Postponed { name, due, request })
                })
                .collect(),
            counters: saved.counters,
            regions: saved.regions,
            draws: Cell::new(saved.draws),
            // Buckets refill within seconds, so they are not saved.
            ends: Vec::new(),
            buckets: BTreeMap::new(),
        }
    }
}
