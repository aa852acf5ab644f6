//! What the probes share: whose things are looked for, under which names, and how a question is asked. It decides nothing.
use super::super::{Aws, error::OrFail, tags};
use aws_sdk_ec2::types::Filter;
use aws_smithy_runtime_api::client::{orchestrator::HttpResponse, result::SdkError};
use aws_smithy_types::DateTime;
use jiff::Timestamp;
use std::{
    cell::{Cell, RefCell},
    collections::BTreeSet,
};
use vidpipe_engine::{
    Class, Result, State, Stop,
    sweep::{Found, Verdict, patiently},
};

/// Why most of what is found is known to be ours.
pub(super) const TAGGED: &str = "it carries this environment's tags";

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

    /// Whether these are tags of the environment.
    pub(super) fn is_ours<'t>(&self, tags: impl IntoIterator<Item = (&'t str, &'t str)>) -> bool {
        tags::lineage(tags) == Some(&self.state.env.lineage)
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

    /// Something is there, and stays.
    pub(super) fn left(&self, what: &str, id: Option<&str>, name: Option<&str>, why: impl Into<String>) {
        self.add(what, id, name, Verdict::Left { why: why.into() });
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
        self.add(what, id, name, Verdict::Expiring { when, why: why.into() });
    }

    fn add(&self, what: &str, id: Option<&str>, name: Option<&str>, verdict: Verdict) {
        let id = id.or(name).unwrap_or_default().to_owned();
        let name = name.map_or_else(|| id.clone(), str::to_owned);
        let (service, what) = (self.service.to_owned(), what.to_owned());
        self.found.borrow_mut().push(Found { service, what, id, name, verdict });
    }
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
