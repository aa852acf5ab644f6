//! Shared by the probes: the environment's lineage and names, the calls, and the resources found. Decides nothing.
pub(crate) use crate::error::complete;
use crate::{Aws, OrFail, tags};
use aws_sdk_ec2::types::Filter;
use aws_smithy_runtime_api::client::{orchestrator::HttpResponse, result::SdkError};
use aws_smithy_types::DateTime;
use futures::future::LocalBoxFuture;
use jiff::Timestamp;
use std::{
    cell::{Cell, RefCell},
    collections::BTreeSet,
};
use vidpipe_engine::{
    Class, Entry, Error, Name, PhysicalId, Resource, Result, State, Stop, Token,
    sweep::{Found, Remains, Verdict, patiently},
};

/// One request, or one listing and the requests that confirm its candidates.
pub(crate) struct Probe<'a> {
    pub(crate) what: &'static str,
    pub(crate) ask: LocalBoxFuture<'a, Result<()>>,
}

pub(crate) fn probe<'a>(what: &'static str, ask: impl Future<Output = Result<()>> + 'a) -> Probe<'a> {
    Probe { what, ask: Box::pin(ask) }
}

/// The probes of a service.
pub(crate) type Probes = for<'a> fn(&'a SweepCx<'a>) -> Vec<Probe<'a>>;

/// The reason most resources found are known to be ours.
pub(crate) const TAGGED: &str = "it carries this environment's tags";

/// The node and intent of a resource, from its tags.
#[derive(Clone, Debug, Default)]
pub(crate) struct Mark {
    node: Option<Name>,
    token: Option<Token>,
}

/// The sweep of one service.
pub(crate) struct SweepCx<'a> {
    pub(crate) aws: &'a Aws,
    pub(crate) service: &'a str,
    state: &'a State,
    stop: &'a Stop,
    found: RefCell<Vec<Found>>,
    asked: Cell<usize>,
}

impl<'a> SweepCx<'a> {
    pub(crate) fn new(aws: &'a Aws, state: &'a State, stop: &'a Stop, service: &'a str) -> Self {
        Self { aws, service, state, stop, found: RefCell::default(), asked: Cell::default() }
    }

    /// The resources found, and the number of requests.
    pub(crate) fn seen(self) -> (Vec<Found>, usize) {
        (self.found.into_inner(), self.asked.get())
    }

    /// Makes a call, with a few retries.
    pub(crate) async fn ask<T, E>(
        &self,
        doing: &str,
        call: impl AsyncFn() -> Result<T, SdkError<E, HttpResponse>>,
    ) -> Result<T>
    where
        Result<T, SdkError<E, HttpResponse>>: OrFail<T>,
    {
        self.asked.set(self.asked.get() + 1);
        patiently(self.stop, async || call().await.or_fail(doing)).await
    }

    /// Makes a call for several resources, with a few retries, until `are_told` accepts the answer as complete. An
    /// item reported as absent counts as answered.
    pub(crate) async fn ask_all<T, E>(
        &self,
        doing: &str,
        call: impl AsyncFn() -> Result<T, SdkError<E, HttpResponse>>,
        are_told: impl Fn(&T) -> bool,
    ) -> Result<T>
    where
        Result<T, SdkError<E, HttpResponse>>: OrFail<T>,
    {
        self.asked.set(self.asked.get() + 1);
        let whole = async || {
            let answer = call().await.or_fail(doing)?;
            complete(Some(answer).filter(|answer| are_told(answer)), doing)
        };
        patiently(self.stop, whole).await
    }

    /// Makes a call for one resource; `None` if it does not exist, or no longer.
    pub(crate) async fn ask_one<T, E>(
        &self,
        doing: &str,
        call: impl AsyncFn() -> Result<T, SdkError<E, HttpResponse>>,
    ) -> Result<Option<T>>
    where
        Result<T, SdkError<E, HttpResponse>>: OrFail<T>,
    {
        match self.ask(doing, call).await {
            Err(e) if e.class == Class::NotFound => Ok(None),
            other => other.map(Some),
        }
    }

    /// The node and intent in these tags, if they are tags of the environment.
    pub(crate) fn ours<'t>(&self, tags: impl IntoIterator<Item = (&'t str, &'t str)>) -> Option<Mark> {
        let (mut ours, mut mark) = (false, Mark::default());
        for (key, value) in tags {
            match key {
                tags::LINEAGE => ours = value == self.state.env.lineage,
                tags::NODE => mark.node = Some(Name::from(value)),
                tags::INTENT => mark.token = Some(Token(value.into())),
                _ => {}
            }
        }
        ours.then_some(mark)
    }

    /// Returns whether these are tags of the environment.
    pub(crate) fn is_ours<'t>(&self, tags: impl IntoIterator<Item = (&'t str, &'t str)>) -> bool {
        self.ours(tags).is_some()
    }

    /// Returns whether these are tags of another environment.
    pub(crate) fn is_theirs<'t>(&self, tags: impl IntoIterator<Item = (&'t str, &'t str)>) -> bool {
        tags::lineage(tags).is_some_and(|other| other != self.state.env.lineage)
    }

    /// The filter for resources with the environment's tags, for services with filters.
    pub(crate) fn tagged(&self) -> Filter {
        tags::ec2_lineage(&self.state.env.lineage)
    }

    /// Returns whether this may be a name of ours: all of ours contain the suffix. Where reading tags takes a call
    /// for each resource, only these are read. The name alone does not make a resource ours.
    pub(crate) fn may_be(&self, name: &str) -> bool {
        name.contains(&self.state.env.suffix)
    }

    /// The strings in this field of all recorded specs of this kind, including removed nodes.
    pub(crate) fn recorded(&self, kind: &str, field: &str) -> BTreeSet<&'a str> {
        let had = self.state.removed.values().chain(self.state.entries.values());
        had.filter(|e| e.kind == kind).filter_map(|e| e.spec.get(field)?.as_str()).collect()
    }

    /// The recorded physical ids of this kind, including removed nodes.
    pub(crate) fn ids(&self, kind: &str) -> BTreeSet<&'a str> {
        let had = self.state.removed.values().chain(self.state.entries.values());
        had.filter(|e| e.kind == kind).filter_map(|e| Some(e.phase.id()?.0.as_str())).collect()
    }

    /// Adds a resource that remains: no kind can remove it, or none may.
    pub(crate) fn left(&self, what: &str, id: Option<&str>, name: Option<&str>, why: impl Into<String>) {
        self.add(what, id, name, Verdict::Left { why: why.into() }, None);
    }

    /// Adds a resource with our tags, which is removed as the node it is recorded as.
    pub(crate) fn left_of(
        &self,
        mark: &Mark,
        what: &str,
        id: Option<&str>,
        name: Option<&str>,
        why: impl Into<String>,
    ) {
        let remains = self.recorded_as(mark, what, id.or(name).unwrap_or_default(), name);
        self.add(what, id, name, Verdict::Left { why: why.into() }, remains);
    }

    /// Adds a resource of ours with a known specification, recorded or not.
    pub(crate) fn left_as<R: Resource>(
        &self,
        mark: &Mark,
        made_from: &R,
        id: Option<&str>,
        name: Option<&str>,
        why: impl Into<String>,
    ) -> Result<()> {
        let what = R::KIND.split_once(':').map_or(R::KIND, |(_, what)| what);
        let id = id.or(name).unwrap_or_default();
        let remains = self.recorded_as(mark, what, id, name);
        let remains = match remains {
            Some(known) => known,
            None => Remains {
                node: mark.node.clone().unwrap_or_else(|| Name::from(name.unwrap_or(id))),
                kind: R::KIND.into(),
                spec: serde_json::to_value(made_from).map_err(|e| {
                    Error::new(Class::Invalid, format!("write down what {id} was made from")).caused_by(e)
                })?,
                edges: Vec::new(),
                token: mark.token.clone().unwrap_or_else(|| Token(String::new())),
                id: PhysicalId(id.into()),
            },
        };
        self.add(what, Some(id), name, Verdict::Left { why: why.into() }, Some(remains));
        Ok(())
    }

    /// Adds a resource that expires by itself.
    pub(crate) fn expiring(
        &self,
        what: &str,
        id: Option<&str>,
        name: Option<&str>,
        when: Option<&DateTime>,
        why: impl Into<String>,
    ) {
        let when = when.and_then(|at| Timestamp::from_second(at.secs()).ok());
        self.add(what, id, name, Verdict::Expiring { when, why: why.into() }, None);
    }

    fn add(&self, what: &str, id: Option<&str>, name: Option<&str>, verdict: Verdict, remains: Option<Remains>) {
        let id = id.or(name).unwrap_or_default().to_owned();
        let name = name.map_or_else(|| id.clone(), str::to_owned);
        let (service, what) = (self.service.to_owned(), what.to_owned());
        self.found.borrow_mut().push(Found { service, what, id, name, verdict, remains });
    }

    /// The recorded node of a resource, if it is of that kind.
    fn recorded_as(&self, mark: &Mark, what: &str, id: &str, name: Option<&str>) -> Option<Remains> {
        let node = mark.node.as_ref()?;
        let entry = self.state.entries.get(node).or_else(|| self.state.removed.get(node))?;
        let (service, kind) = entry.kind.split_once(':')?;
        if service != self.service || !(kind.ends_with(what) || what.ends_with(kind)) {
            return None;
        }
        let own = entry.phase.id().map(|own| own.0.as_str());
        let remains = match own.filter(|own| is_same(own, id) || Some(*own) == name) {
            Some(own) => Remains::of(node, entry, PhysicalId(own.into())),
            None => Remains::of(node, &renamed(entry, id), PhysicalId(id.into())),
        };
        Some(Remains { token: mark.token.clone().unwrap_or(remains.token), ..remains })
    }
}

/// Compares ids: one may be an ARN that ends in the other.
fn is_same(id: &str, other: &str) -> bool {
    let last = |id: &str| id.rsplit(['/', ':']).next().map(str::to_owned);
    id == other || last(id) == last(other)
}

/// The entry for a resource with another id: fields of the spec that held the recorded id hold the new one.
fn renamed(entry: &Entry, id: &str) -> Entry {
    let mut entry = entry.clone();
    let own = entry.phase.id().map(|own| own.0.clone());
    for field in entry.spec.as_object_mut().into_iter().flat_map(|fields| fields.values_mut()) {
        if own.is_some() && field.as_str() == own.as_deref() {
            *field = id.into();
        }
    }
    entry
}

/// Tags of any service's type as keys and values: `pairs(vpc.tags(), |t| (t.key(), t.value()))`.
pub(crate) fn pairs<'t, T>(
    tags: &'t [T],
    pair: impl Fn(&'t T) -> (Option<&'t str>, Option<&'t str>) + 't,
) -> impl Iterator<Item = (&'t str, &'t str)> {
    tags.iter().filter_map(move |t| {
        let (key, value) = pair(t);
        key.zip(value)
    })
}
