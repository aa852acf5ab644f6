//! Shared by the checks: the node, the calls, and the conversion of answers to verdicts. Independent of kinds.
use crate::{Aws, Cx, error::OrFail, tags};
use aws_smithy_runtime_api::client::{orchestrator::HttpResponse, result::SdkError};
use futures::future::LocalBoxFuture;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, BTreeSet},
    io,
    net::IpAddr,
};
use vidpipe_engine::{
    Class, Entry, Error, Kind, Name, Observed, PhysicalId, Result, State, Stop, kind_of,
    sweep::patiently,
    verify::{Check, Section, Verdict},
};

/// One request: `ask!(check, "DescribeVpcs", call)`.
macro_rules! ask {
    ($check:expr, $named:expr, $call:expr) => {{
        let call = $call;
        $check.ask($named, async || call.clone().send().await).await
    }};
}

/// Resolves a host name to its addresses.
pub type Resolve = dyn Fn(String) -> LocalBoxFuture<'static, io::Result<Vec<IpAddr>>>;

/// The target of the requests.
pub enum Target {
    /// AWS itself, whose host names are in the DNS.
    Aws(Box<Resolve>),
    /// The emulated AWS inside this process.
    Sandbox,
    /// An emulated endpoint at this address.
    Endpoint(String),
}

impl Target {
    /// The name of the target in a report.
    pub fn label(&self) -> String {
        match self {
            Self::Aws(_) => "AWS".into(),
            Self::Sandbox => "the sandbox inside vidpipe: no evidence of anything on AWS".into(),
            Self::Endpoint(at) => format!("the endpoint {at}: no evidence of anything on AWS"),
        }
    }
}

/// The check of one node.
pub(crate) struct CheckCx<'a> {
    pub(crate) aws: &'a Aws,
    /// The AWS id of the node.
    pub(crate) id: &'a PhysicalId,
    pub(crate) target: &'a Target,
    pub(crate) state: &'a State,
    kinds: &'static [&'static dyn Kind<Aws>],
    cx: Cx,
    entry: &'a Entry,
    stop: &'a Stop,
    call: RefCell<String>,
    checks: RefCell<Vec<Check>>,
    asked: Cell<usize>,
}

impl<'a> CheckCx<'a> {
    pub(crate) fn new(cx: Cx, aws: &'a Aws, node: (&'a Entry, &'a PhysicalId), of: Of<'a>) -> Self {
        let ((entry, id), Of { state, stop, target, kinds }) = (node, of);
        let (call, checks, asked) = Default::default();
        Self { aws, id, target, state, kinds, cx, entry, stop, call, checks, asked }
    }

    /// The recorded spec of the node.
    pub(crate) fn spec<R: DeserializeOwned>(&self) -> Result<R> {
        read(&self.entry.spec)
    }

    /// Every check, and the number of requests.
    pub(crate) fn seen(self) -> (Vec<Check>, usize) {
        (self.checks.into_inner(), self.asked.get())
    }

    /// The node's name.
    pub(crate) fn node(&self) -> &Name {
        &self.cx.node
    }

    /// Makes a call, with a few retries. The checks that follow name this call as their source.
    pub(crate) async fn ask<T, E>(
        &self,
        call: &str,
        question: impl AsyncFn() -> Result<T, SdkError<E, HttpResponse>>,
    ) -> Result<T>
    where
        Result<T, SdkError<E, HttpResponse>>: OrFail<T>,
    {
        self.asking(call);
        let doing = format!("ask {call}");
        // Drops the cause: it could hold the answer, and so a secret.
        patiently(self.stop, async || question().await.or_fail(&doing)).await.map_err(|e| Error { source: None, ..e })
    }

    /// Runs any request, with a few retries.
    pub(crate) async fn patiently<T>(&self, ask: impl AsyncFnMut() -> Result<T>) -> Result<T> {
        patiently(self.stop, ask).await
    }

    /// Sets the call that the checks that follow name as their source.
    pub(crate) fn asking(&self, call: &str) {
        self.asked.set(self.asked.get() + 1);
        call.clone_into(&mut self.call.borrow_mut());
    }

    /// Returns the resource, or `NotFound`.
    pub(crate) fn there<T>(&self, seen: Option<T>) -> Result<T> {
        seen.ok_or_else(|| Error::new(Class::NotFound, format!("find {}", self.id)))
    }

    /// Checks the node with its kind's own observation, for nodes without checks of individual fields.
    pub(crate) async fn settled(&self, section: Section, what: &str, call: &str) -> Result<()> {
        self.asking(call);
        let kind = kind_of(self.kinds, &self.entry.kind)?;
        let check = async || kind.observe(&self.cx, &self.entry.spec, self.id).await;
        let outcome = match patiently(self.stop, check).await? {
            Observed::Ready(_) => Ok("as recorded in the spec".to_owned()),
            Observed::Absent => Err("it is not there".to_owned()),
            Observed::Pending { why, .. } | Observed::Differs { why, .. } | Observed::Broken(why) => Err(why),
        };
        self.add_result(section, what, outcome);
        Ok(())
    }

    /// Checks that a field has the desired value.
    pub(crate) fn is(
        &self,
        section: Section,
        what: &str,
        field: &str,
        seen: impl Into<Value>,
        expected: impl Into<Value>,
    ) {
        let (seen, expected) = (seen.into(), expected.into());
        let evidence = format!("{field} = {}", plain(&seen));
        let verdict = match seen == expected {
            true => Verdict::Passed,
            false => Verdict::Failed { why: format!("{field} is {}, not {}", plain(&seen), plain(&expected)) },
        };
        self.add(section, what, verdict, evidence);
    }

    /// Checks that a field holds the desired items, in any order.
    pub(crate) fn are<S: AsRef<str>, W: AsRef<str>>(
        &self,
        section: Section,
        what: &str,
        field: &str,
        seen: impl IntoIterator<Item = S>,
        expected: impl IntoIterator<Item = W>,
    ) {
        let seen: BTreeSet<String> = seen.into_iter().map(|s| s.as_ref().to_owned()).collect();
        let expected: BTreeSet<String> = expected.into_iter().map(|w| w.as_ref().to_owned()).collect();
        self.is(section, what, field, Vec::from_iter(seen), Vec::from_iter(expected));
    }

    /// Adds a result: the evidence, or what is wrong.
    pub(crate) fn add_result(&self, section: Section, what: &str, outcome: Result<String, String>) {
        match outcome {
            Ok(evidence) => self.add(section, what, Verdict::Passed, evidence),
            Err(why) => self.add(section, what, Verdict::Failed { why: why.clone() }, why),
        }
    }

    /// Adds a result, or that there was no answer.
    pub(crate) fn add_result_or_unknown(&self, section: Section, what: &str, outcome: Result<Result<String, String>>) {
        match outcome {
            Ok(outcome) => self.add_result(section, what, outcome),
            Err(e) => self.add(section, what, Verdict::Unknown { why: unanswered(&e) }, String::new()),
        }
    }

    /// Adds a check that cannot be made from here.
    pub(crate) fn not_asked(&self, section: Section, what: &str, why: &str) {
        self.add(section, what, Verdict::NotAsked { why: why.into() }, String::new());
    }

    /// Adds a failed request, or that the resource does not exist.
    pub(crate) fn failed(&self, e: &Error) {
        let why = unanswered(e);
        let verdict = match e.class {
            Class::NotFound => Verdict::Failed { why },
            _ => Verdict::Unknown { why },
        };
        self.add(Section::Availability, "exists and can be read", verdict, String::new());
    }

    /// Checks that the resource carries our tags and the user's, each with its value, and this name.
    pub(crate) fn tags<'t>(&self, name: &str, seen: impl IntoIterator<Item = (&'t str, &'t str)>) {
        let (seen, expected) = (BTreeMap::from_iter(seen), tags::of(&self.cx, name));
        let wrong: Vec<String> = expected.iter().filter_map(|(key, value)| differs(key, value, &seen)).collect();
        let outcome = match wrong.is_empty() {
            true => Ok(expected.into_iter().map(|(k, v)| format!("{k}={v}")).collect::<Vec<_>>().join(", ")),
            false => Err(wrong.join("; ")),
        };
        self.add_result(Section::Tags, "has its tags and name", outcome);
    }

    /// The physical ids and recorded specs of this kind.
    pub(crate) fn all<R: DeserializeOwned>(&self, kind: &str) -> Result<Vec<(&'a str, R)>> {
        let of_kind = self.state.entries.values().filter(|e| e.kind == kind);
        let made = of_kind.filter_map(|e| Some((e.phase.id()?.0.as_str(), e)));
        made.map(|(id, e)| Ok((id, read(&e.spec)?))).collect()
    }

    /// Checks that the host name resolves to private addresses.
    pub(crate) async fn resolves(&self, what: &str, host: &str) {
        let resolve = match self.target {
            Target::Aws(resolve) => resolve,
            Target::Sandbox => return self.not_asked(Section::Availability, what, "the sandbox's names are in no DNS"),
            Target::Endpoint(_) => {
                return self.not_asked(Section::Availability, what, "the names of another endpoint are in no DNS");
            }
        };
        // The checks after this one do not come from the DNS.
        let before = self.call.borrow().clone();
        self.asking("DNS");
        let outcome = match resolve(host.to_owned()).await {
            Err(e) => Err(format!("{host} does not resolve: {e}")),
            Ok(found) if found.is_empty() => Err(format!("{host} has no address")),
            Ok(found) => match found.iter().find(|address| !is_private(address)) {
                Some(public) => Err(format!("{host} leads to {public}, which is public")),
                None => {
                    Ok(format!("{host} is {}", found.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")))
                }
            },
        };
        self.add_result(Section::Availability, what, outcome);
        self.call.replace(before);
    }

    fn add(&self, section: Section, what: &str, verdict: Verdict, evidence: String) {
        let service = self.entry.kind.split(':').next().unwrap_or_default().to_owned();
        let (node, what, call) = (self.cx.node.0.clone(), what.to_owned(), self.call.borrow().clone());
        self.checks.borrow_mut().push(Check { service, node, what, section, verdict, evidence, call });
    }
}

/// The environment and target of a check.
#[derive(Clone, Copy)]
pub(crate) struct Of<'a> {
    pub(crate) state: &'a State,
    pub(crate) stop: &'a Stop,
    pub(crate) target: &'a Target,
    /// Every kind.
    pub(crate) kinds: &'static [&'static dyn Kind<Aws>],
}

fn unanswered(e: &Error) -> String {
    let code = e.code.as_ref().map(|code| format!(" ({code})")).unwrap_or_default();
    format!("failed to {}{code}", e.message)
}

fn read<R: DeserializeOwned>(spec: &Value) -> Result<R> {
    R::deserialize(spec).map_err(|e| Error::new(Class::Invalid, format!("read a recorded spec: {e}")).caused_by(e))
}

fn differs(key: &str, expected: &str, seen: &BTreeMap<&str, &str>) -> Option<String> {
    match seen.get(key) {
        Some(value) if *value == expected => None,
        Some(value) => Some(format!("the tag {key} is {value}, not {expected}")),
        None => Some(format!("the tag {key} is missing")),
    }
}

fn is_private(address: &IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => v4.is_private(),
        IpAddr::V6(v6) => v6.is_unique_local(),
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::Null => "not returned".into(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
