//! What the probes share: whose things are looked for, under which names, and how a question is asked. It decides nothing.
pub(super) use crate::error::told;
use crate::{Aws, OrFail, tags};
use aws_sdk_ec2::types::Filter;
use aws_smithy_runtime_api::client::{orchestrator::HttpResponse, result::SdkError};
use aws_smithy_types::DateTime;
use jiff::Timestamp;
use std::{
    cell::{Cell, RefCell},
    collections::BTreeSet,
};
use vidpipe_engine::{
    Class, Entry, Error, Name, PhysicalId, Resource, Result, State, Stop, Token,
    sweep::{Found, Remains, Verdict, patiently},
};

/// Why most of what is found is known to be ours.
pub(super) const TAGGED: &str = "it carries this environment's tags";

/// Which thing of the environment something is, as its tags say.
#[derive(Clone, Debug, Default)]
pub(super) struct Mark {
    node: Option<Name>,
    token: Option<Token>,
}

/// One service's part of a sweep.
pub(super) struct Look<'a> {
    pub(super) aws: &'a Aws,
    pub(super) service: &'a str,
    state: &'a State,
    stop: &'a Stop,
    found: RefCell<Vec<Found>>,
    asked: Cell<usize>,
}

impl<'a> Look<'a> {
    pub(super) fn new(aws: &'a Aws, state: &'a State, stop: &'a Stop, service: &'a str) -> Self {
        Self { aws, service, state, stop, found: RefCell::default(), asked: Cell::default() }
    }

    /// What was found, and how many questions were asked.
    pub(super) fn seen(self) -> (Vec<Found>, usize) {
        (self.found.into_inner(), self.asked.get())
    }

    /// Ask until there is an answer, a few times.
    pub(super) async fn ask<T, E>(
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

    /// Ask for several things at once, until all of them are told of, be it that they are not there.
    pub(super) async fn ask_all<T, E>(
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
            told(Some(answer).filter(|answer| are_told(answer)), doing)
        };
        patiently(self.stop, whole).await
    }

    /// Ask for one thing; `None` if it is not there, or not any more.
    pub(super) async fn ask_one<T, E>(
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

    /// Whether these are tags of the environment, and of what of it.
    pub(super) fn ours<'t>(&self, tags: impl IntoIterator<Item = (&'t str, &'t str)>) -> Option<Mark> {
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

    /// Whether these are tags of the environment.
    pub(super) fn is_ours<'t>(&self, tags: impl IntoIterator<Item = (&'t str, &'t str)>) -> bool {
        self.ours(tags).is_some()
    }

    /// Whether these are tags of another environment.
    pub(super) fn is_theirs<'t>(&self, tags: impl IntoIterator<Item = (&'t str, &'t str)>) -> bool {
        tags::lineage(tags).is_some_and(|other| other != self.state.env.lineage)
    }

    /// The filter for what carries the environment's tags, where the service knows filters.
    pub(super) fn tagged(&self) -> Filter {
        tags::ec2_lineage(&self.state.env.lineage)
    }

    /// Whether that could be a name of ours: all of them contain the suffix. Where tags cost a call for each thing, only
    /// these are asked for; the name alone makes nothing ours.
    pub(super) fn may_be(&self, name: &str) -> bool {
        name.contains(&self.state.env.suffix)
    }

    /// The texts in that field of all the specs of that kind the environment had.
    pub(super) fn recorded(&self, kind: &str, field: &str) -> BTreeSet<&'a str> {
        let had = self.state.removed.values().chain(self.state.entries.values());
        had.filter(|e| e.kind == kind).filter_map(|e| e.spec.get(field)?.as_str()).collect()
    }

    /// The physical ids of that kind the environment had.
    pub(super) fn ids(&self, kind: &str) -> BTreeSet<&'a str> {
        let had = self.state.removed.values().chain(self.state.entries.values());
        had.filter(|e| e.kind == kind).filter_map(|e| Some(e.phase.id()?.0.as_str())).collect()
    }

    /// Something is there, and stays: no kind of ours can remove it, or none may.
    pub(super) fn left(&self, what: &str, id: Option<&str>, name: Option<&str>, why: impl Into<String>) {
        self.add(what, id, name, Verdict::Left { why: why.into() }, None);
    }

    /// Something with our tags is there. It is removed as what it is recorded as.
    pub(super) fn left_of(
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

    /// Something of ours is there, of which it is known what it was made from, whether it is recorded or not.
    pub(super) fn left_as<R: Resource>(
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

    /// Something is there, and ends by itself.
    pub(super) fn expiring(
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

    /// What the tagged node is recorded as, if that is such a thing.
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

/// One may be called by its id, the other by an ARN that ends in it.
fn is_same(one: &str, other: &str) -> bool {
    let last = |id: &str| id.rsplit(['/', ':']).next().map(str::to_owned);
    one == other || last(one) == last(other)
}

/// The same entry for a thing of another name: where what it was made from holds its own.
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

/// Tags in any service's type, as keys and values: `pairs(vpc.tags(), |t| (t.key(), t.value()))`.
pub(super) fn pairs<'t, T>(
    tags: &'t [T],
    pair: impl Fn(&'t T) -> (Option<&'t str>, Option<&'t str>) + 't,
) -> impl Iterator<Item = (&'t str, &'t str)> {
    tags.iter().filter_map(move |t| {
        let (key, value) = pair(t);
        key.zip(value)
    })
}
