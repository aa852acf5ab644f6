//! The context of a rule: the state, the region of the call, and the clock.

use serde_json::Value;

use crate::account::{ACCOUNT_ID, GLOBAL};
use crate::clock::Clock;
use crate::conditions::{Conditions, Incident};
pub(crate) use crate::refusal::Refusal;
use crate::store::{Fact, Name, SavedRequest, Store};
use crate::timing::{self, Range};

/// A removal to carry out later, after the resource has spent `seconds` in `stage`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Removal {
    pub(crate) name: Name,
    pub(crate) stage: &'static str,
    pub(crate) seconds: f64,
}

/// The state as one call sees it.
pub(crate) struct Context<'a> {
    pub(crate) store: &'a mut Store,
    pub(crate) region: &'a str,
    pub(crate) clock: Clock,
    pub(crate) conditions: &'a Conditions,
}

/// The kind of a stage in which a resource does not show everywhere yet.
const LAG: &str = "lag";

impl Context<'_> {
    /// Seconds from a range of the timing table, at the speed of the conditions.
    pub(crate) fn draw(&self, range: Range) -> f64 {
        range.at(self.conditions.speed, || self.store.chance(self.conditions.seed))
    }

    /// Like [`draw`](Self::draw), but 0 on the instant clock.
    pub(crate) fn takes(&self, range: Range) -> f64 {
        let drawn = self.draw(range);
        self.clock.lasting(drawn).map_or(0.0, |_| drawn)
    }

    /// The age of the state in seconds.
    pub(crate) fn age(&self) -> f64 {
        self.store.age()
    }

    /// Sends a request to the backend after `seconds`; on the instant clock, before the next call.
    pub(crate) fn send_later(&mut self, id: &str, request: SavedRequest, seconds: f64) {
        let name = self.name("request", id);
        self.store.postpone(name, Some(request), self.clock.lasting(seconds).unwrap_or_default());
    }

    /// Whether a requested incident strikes now; uses up one of its times.
    pub(crate) fn goes_wrong(&mut self, incident: Incident) -> bool {
        let asked: u32 = (self.conditions.incidents.iter()).filter(|(i, _)| *i == incident).map(|(_, n)| n).sum();
        asked > 0 && self.store.next_number(&format!("incident {incident:?}")) <= u64::from(asked)
    }

    /// Whether the account's quota is reached; raised quotas never are.
    pub(crate) fn is_full(&self, there: usize, quota: usize) -> bool {
        there >= quota && !self.conditions.raised_quotas
    }

    /// Hides `id` from part of the reads for a while, at most twice the consistency time of the table's `row`.
    ///
    /// Reads after a write may miss it, and other services may not find it.
    /// <https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html>
    pub(crate) fn lags(&mut self, kind: &str, id: &str, row: &str) {
        self.lags_up_to(kind, id, timing::consistency(row) * 2.0);
    }

    /// Hides `id` from part of the reads for `most` seconds at most.
    pub(crate) fn lags_up_to(&mut self, kind: &str, id: &str, most: f64) {
        if self.conditions.lag {
            let seconds = most * self.store.chance(self.conditions.seed);
            self.begin(LAG, &format!("{kind} {id}"), "lagging", seconds);
        }
    }

    /// Whether `id` does not show everywhere yet.
    pub(crate) fn is_lagging(&self, kind: &str, id: &str) -> bool {
        self.stage(LAG, &format!("{kind} {id}")).is_some()
    }

    /// The state as a call to a global service sees it, whatever the region of this call.
    pub(crate) fn global(&mut self) -> Context<'_> {
        Context { store: self.store, region: GLOBAL, clock: self.clock, conditions: self.conditions }
    }

    fn name(&self, kind: &str, id: &str) -> Name {
        Name { region: self.region.to_owned(), kind: kind.to_owned(), id: id.to_owned() }
    }

    /// Stores the fact about `id`.
    pub(crate) fn remember<F: Fact>(&mut self, id: &str, fact: &F) {
        let name = self.name(F::KIND, id);
        // A fact is plain data with string keys, so it always serialises to JSON.
        if let Ok(fact) = serde_json::to_value(fact) {
            self.store.remember(name, fact);
        }
    }

    /// The fact stored about `id`.
    pub(crate) fn recall<F: Fact>(&self, id: &str) -> Option<F> {
        let fact = self.store.recall(&self.name(F::KIND, id))?;
        serde_json::from_value(fact.clone()).ok()
    }

    /// Changes the fact about `id`, if it exists.
    pub(crate) fn amend<F: Fact>(&mut self, id: &str, change: impl FnOnce(&mut F)) {
        if let Some(mut fact) = self.recall::<F>(id) {
            change(&mut fact);
            self.remember(id, &fact);
        }
    }

    /// Removes the fact about `id` and its stage.
    pub(crate) fn forget<F: Fact>(&mut self, id: &str) {
        let name = self.name(F::KIND, id);
        self.store.forget(&name);
    }

    /// All facts of a kind in this region, by id.
    pub(crate) fn all<F: Fact>(&self) -> Vec<(String, F)> {
        (self.store.all(self.region, F::KIND))
            .filter_map(|(id, fact)| Some((id.to_owned(), serde_json::from_value(fact.clone()).ok()?)))
            .collect()
    }

    /// Stores a JSON document about `id`.
    pub(crate) fn remember_document(&mut self, kind: &str, id: &str, document: Value) {
        let name = self.name(kind, id);
        self.store.remember(name, document);
    }

    /// The JSON document stored about `id`.
    pub(crate) fn document(&self, kind: &str, id: &str) -> Option<Value> {
        self.store.recall(&self.name(kind, id)).cloned()
    }

    /// All JSON documents of a kind in this region, by id.
    pub(crate) fn documents(&self, kind: &str) -> Vec<(String, Value)> {
        (self.store.all(self.region, kind)).map(|(id, document)| (id.to_owned(), document.clone())).collect()
    }

    /// Removes the JSON document about `id`.
    pub(crate) fn forget_document(&mut self, kind: &str, id: &str) {
        let name = self.name(kind, id);
        self.store.forget(&name);
    }

    /// Puts `id` into a stage for `seconds`; on the instant clock the stage is already over.
    pub(crate) fn begin(&mut self, kind: &str, id: &str, stage: &str, seconds: f64) {
        if let Some(lasting) = self.clock.lasting(seconds) {
            let name = self.name(kind, id);
            self.store.begin(name, stage, lasting);
        }
    }

    /// Deletes a resource that only our own layer keeps, after `seconds` in `stage`; on the instant clock, at once.
    pub(crate) fn vanish(&mut self, kind: &str, id: &str, stage: &str, seconds: f64) {
        let name = self.name(kind, id);
        match self.clock.lasting(seconds) {
            None => self.store.forget(&name),
            Some(lasting) => {
                self.store.begin(name.clone(), stage, lasting);
                self.store.postpone(name, None, lasting);
            }
        }
    }

    /// Records when an operation on `id` ends; on the instant clock it records nothing.
    pub(crate) fn ends(&mut self, kind: &str, id: &str, seconds: f64) {
        if let Some(lasting) = self.clock.lasting(seconds) {
            let name = self.name(kind, id);
            self.store.ends(name, lasting);
        }
    }

    /// The current stage of `id`, if any.
    pub(crate) fn stage(&self, kind: &str, id: &str) -> Option<String> {
        (self.store.stage(&self.name(kind, id))).map(str::to_owned)
    }

    /// A removal of `id` that takes `seconds`; `None` where it takes no time and can be carried out at once.
    pub(crate) fn removal(&self, kind: &str, id: &str, stage: &'static str, seconds: f64) -> Option<Removal> {
        self.clock.lasting(seconds).map(|_| Removal { name: self.name(kind, id), stage, seconds })
    }

    /// The next number of a sequence in this region.
    pub(crate) fn next_number(&mut self, sequence: &str) -> u64 {
        let sequence = format!("{} {sequence}", self.region);
        self.store.next_number(&sequence)
    }

    /// A new id in the form of a UUID.
    pub(crate) fn next_uuid(&mut self, sequence: &str) -> String {
        let number = self.next_number(sequence);
        format!("{:08x}-5eed-4000-8000-{:012x}", sequence.len(), number)
    }

    /// A new id in AWS's form: a prefix and 17 hexadecimal digits.
    pub(crate) fn next_id(&mut self, prefix: &str) -> String {
        format!("{prefix}-0{:016x}", self.next_number(prefix))
    }

    /// An ARN in this region and account.
    pub(crate) fn arn(&self, service: &str, rest: &str) -> String {
        format!("arn:aws:{service}:{}:{ACCOUNT_ID}:{rest}", self.region)
    }
}
