//! What the checks share: which node is looked at, how a question is asked, and how what is seen becomes a verdict. It
//! knows no kind.
use super::Whence;
use crate::{Aws, Cx, KINDS, error::OrFail, tags};
use aws_smithy_runtime_api::client::{orchestrator::HttpResponse, result::SdkError};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, BTreeSet},
    net::IpAddr,
};
use vidpipe_engine::{
    Class, Entry, Error, Name, Observed, PhysicalId, Result, State, Stop, kind_of,
    sweep::patiently,
    verify::{Check, Section, Verdict},
};

/// One node, looked at.
pub(super) struct Look<'a> {
    pub(super) aws: &'a Aws,
    /// Its AWS id.
    pub(super) id: &'a PhysicalId,
    pub(super) whence: &'a Whence,
    pub(super) state: &'a State,
    cx: Cx,
    entry: &'a Entry,
    stop: &'a Stop,
    call: RefCell<String>,
    checks: RefCell<Vec<Check>>,
    asked: Cell<usize>,
}

impl<'a> Look<'a> {
    pub(super) fn new(cx: Cx, aws: &'a Aws, node: (&'a Entry, &'a PhysicalId), of: Of<'a>) -> Self {
        let ((entry, id), Of { state, stop, whence }) = (node, of);
        let (call, checks, asked) = Default::default();
        Self { aws, id, whence, state, cx, entry, stop, call, checks, asked }
    }

    /// What was wanted.
    pub(super) fn spec<R: DeserializeOwned>(&self) -> Result<R> {
        read(&self.entry.spec)
    }

    /// Every check made, and how many questions were asked.
    pub(super) fn seen(self) -> (Vec<Check>, usize) {
        (self.checks.into_inner(), self.asked.get())
    }

    /// The node's name.
    pub(super) fn node(&self) -> &Name {
        &self.cx.node
    }

    /// Ask until there is an answer, a few times. What is checked next is said by this call.
    pub(super) async fn ask<T, E>(
        &self,
        call: &str,
        question: impl AsyncFn() -> Result<T, SdkError<E, HttpResponse>>,
    ) -> Result<T>
    where
        Result<T, SdkError<E, HttpResponse>>: OrFail<T>,
    {
        self.asking(call);
        let doing = format!("ask {call}");
        // Without the cause: it could hold the answer, and so a secret.
        patiently(self.stop, async || question().await.or_fail(&doing)).await.map_err(|e| Error { source: None, ..e })
    }

    /// Ask anything until there is an answer, a few times.
    pub(super) async fn patiently<T>(&self, ask: impl AsyncFnMut() -> Result<T>) -> Result<T> {
        patiently(self.stop, ask).await
    }

    /// From now on that call says what is seen.
    pub(super) fn asking(&self, call: &str) {
        self.asked.set(self.asked.get() + 1);
        call.clone_into(&mut self.call.borrow_mut());
    }

    /// It is there at all, or the first of what was asked for is.
    pub(super) fn there<T>(&self, seen: Option<T>) -> Result<T> {
        seen.ok_or_else(|| Error::new(Class::NotFound, format!("find {}", self.id)))
    }

    /// The kind's own look says that all of it is as wanted: for what has no more to it.
    pub(super) async fn settled(&self, section: Section, what: &str, call: &str) -> Result<()> {
        self.asking(call);
        let kind = kind_of(KINDS, &self.entry.kind)?;
        let look = async || kind.observe(&self.cx, &self.entry.spec, self.id).await;
        let said = match patiently(self.stop, look).await? {
            Observed::Ready(_) => Ok("as recorded in the spec".to_owned()),
            Observed::Absent => Err("it is not there".to_owned()),
            Observed::Pending { why, .. } | Observed::Differs { why, .. } | Observed::Broken(why) => Err(why),
        };
        self.told(section, what, said);
        Ok(())
    }

    /// A field has the wanted value.
    pub(super) fn is(
        &self,
        section: Section,
        what: &str,
        field: &str,
        seen: impl Into<Value>,
        wanted: impl Into<Value>,
    ) {
        let (seen, wanted) = (seen.into(), wanted.into());
        let evidence = format!("{field} = {}", plain(&seen));
        let verdict = match seen == wanted {
            true => Verdict::Passed,
            false => Verdict::Failed { why: format!("{field} is {}, not {}", plain(&seen), plain(&wanted)) },
        };
        self.add(section, what, verdict, evidence);
    }

    /// These are the same, in any order.
    pub(super) fn are<S: AsRef<str>, W: AsRef<str>>(
        &self,
        section: Section,
        what: &str,
        field: &str,
        seen: impl IntoIterator<Item = S>,
        wanted: impl IntoIterator<Item = W>,
    ) {
        let seen: BTreeSet<String> = seen.into_iter().map(|s| s.as_ref().to_owned()).collect();
        let wanted: BTreeSet<String> = wanted.into_iter().map(|w| w.as_ref().to_owned()).collect();
        self.is(section, what, field, Vec::from_iter(seen), Vec::from_iter(wanted));
    }

    /// What was seen: well, or what is wrong with it.
    pub(super) fn told(&self, section: Section, what: &str, said: Result<String, String>) {
        match said {
            Ok(evidence) => self.add(section, what, Verdict::Passed, evidence),
            Err(why) => self.add(section, what, Verdict::Failed { why: why.clone() }, why),
        }
    }

    /// The same; or there was no answer.
    pub(super) fn told_or_unknown(&self, section: Section, what: &str, said: Result<Result<String, String>>) {
        match said {
            Ok(said) => self.told(section, what, said),
            Err(e) => self.add(section, what, Verdict::Unknown { why: unanswered(&e) }, String::new()),
        }
    }

    /// It cannot be asked from here.
    pub(super) fn not_asked(&self, section: Section, what: &str, why: &str) {
        self.add(section, what, Verdict::NotAsked { why: why.into() }, String::new());
    }

    /// The question was not answered, or what is asked about is not there.
    pub(super) fn failed(&self, e: &Error) {
        let why = unanswered(e);
        let verdict = match e.class {
            Class::NotFound => Verdict::Failed { why },
            _ => Verdict::Unknown { why },
        };
        self.add(Section::Availability, "is there, and can be looked at", verdict, String::new());
    }

    /// It carries our tags and the user's, each with its value, and that name.
    pub(super) fn tags<'t>(&self, name: &str, seen: impl IntoIterator<Item = (&'t str, &'t str)>) {
        let (seen, wanted) = (BTreeMap::from_iter(seen), tags::of(&self.cx, name));
        let wrong: Vec<String> = wanted.iter().filter_map(|(key, value)| differs(key, value, &seen)).collect();
        let said = match wrong.is_empty() {
            true => Ok(wanted.into_iter().map(|(k, v)| format!("{k}={v}")).collect::<Vec<_>>().join(", ")),
            false => Err(wrong.join("; ")),
        };
        self.told(Section::Tags, "carries its tags and name", said);
    }

    /// The physical ids and recorded specs of that kind.
    pub(super) fn all<R: DeserializeOwned>(&self, kind: &str) -> Result<Vec<(&'a str, R)>> {
        let of_kind = self.state.entries.values().filter(|e| e.kind == kind);
        let made = of_kind.filter_map(|e| Some((e.phase.id()?.0.as_str(), e)));
        made.map(|(id, e)| Ok((id, read(&e.spec)?))).collect()
    }

    /// That host's name leads to addresses of a private network.
    pub(super) async fn resolves(&self, what: &str, host: &str) {
        let resolve = match self.whence {
            Whence::Aws(resolve) => resolve,
            Whence::Sandbox => return self.not_asked(Section::Availability, what, "the sandbox's names are in no DNS"),
            Whence::Endpoint(_) => {
                return self.not_asked(Section::Availability, what, "the names of another endpoint are in no DNS");
            }
        };
        // What is checked after it is not said by the DNS.
        let before = self.call.borrow().clone();
        self.asking("DNS");
        let said = match resolve(host.to_owned()).await {
            Err(e) => Err(format!("{host} does not resolve: {e}")),
            Ok(found) if found.is_empty() => Err(format!("{host} has no address")),
            Ok(found) => match found.iter().find(|address| !is_private(address)) {
                Some(public) => Err(format!("{host} leads to {public}, which is public")),
                None => {
                    Ok(format!("{host} is {}", found.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")))
                }
            },
        };
        self.told(Section::Availability, what, said);
        self.call.replace(before);
    }

    fn add(&self, section: Section, what: &str, verdict: Verdict, evidence: String) {
        let service = self.entry.kind.split(':').next().unwrap_or_default().to_owned();
        let (node, what, call) = (self.cx.node.0.clone(), what.to_owned(), self.call.borrow().clone());
        self.checks.borrow_mut().push(Check { service, node, what, section, verdict, evidence, call });
    }
}

/// Of which environment, asked by whom and from where.
#[derive(Clone, Copy)]
pub(super) struct Of<'a> {
    pub(super) state: &'a State,
    pub(super) stop: &'a Stop,
    pub(super) whence: &'a Whence,
}

fn unanswered(e: &Error) -> String {
    let code = e.code.as_ref().map(|code| format!(" ({code})")).unwrap_or_default();
    format!("failed to {}{code}", e.message)
}

fn read<R: DeserializeOwned>(spec: &Value) -> Result<R> {
    R::deserialize(spec).map_err(|e| Error::new(Class::Invalid, format!("read a recorded spec: {e}")).caused_by(e))
}

fn differs(key: &str, wanted: &str, seen: &BTreeMap<&str, &str>) -> Option<String> {
    match seen.get(key) {
        Some(value) if *value == wanted => None,
        Some(value) => Some(format!("the tag {key} is {value}, not {wanted}")),
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
        Value::Null => "not told".into(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
