//! Wire rules: functions before, after, or on refusal of one operation of one service.

use std::collections::HashMap;

use serde_json::Value;

use super::Ask;
use crate::context::{Context, Removal};
use crate::refusal::Refusal;

/// The decision of a wire rule before the call to the backend.
#[derive(Debug)]
pub(crate) enum Verdict {
    /// Leaves the answer to the next rule, and at the end to the backend.
    Pass,
    /// Answers with this JSON body, without calling the backend.
    Answer(Value),
    /// Refuses with AWS's error code.
    Refuse(Refusal),
    /// Answers with this JSON body now, and sends the request when the removal is due.
    Postpone(Removal, Value),
}

type Before = fn(&mut Context<'_>, &mut Ask) -> Verdict;
type After = fn(&mut Context<'_>, &Ask, &mut Value);
type Text = fn(&Ask, &str) -> Option<Refusal>;
type Refused = fn(&Ask, &mut Refusal) -> Corrected;

impl From<Result<Value, Refusal>> for Verdict {
    fn from(outcome: Result<Value, Refusal>) -> Self {
        match outcome {
            Ok(body) => Self::Answer(body),
            Err(refusal) => Self::Refuse(refusal),
        }
    }
}

/// The outcome of a rule on a refusal.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Corrected {
    /// The refusal stands, as the rule left it.
    Stands,
    /// AWS would have accepted the call: the answer is an empty success.
    Done,
}

pub(crate) enum Moment {
    Before(Before),
    After(After),
    Text(Text),
    Refused(Refused),
}

/// A rule of the wire layer.
pub(crate) struct WireRule {
    pub(super) service: &'static str,
    /// The operation's name, or `*` for every operation of the service.
    pub(super) operation: &'static str,
    pub(super) moment: Moment,
}

impl WireRule {
    /// Decides, or changes the form, before the call to the backend.
    pub(crate) fn before(service: &'static str, operation: &'static str, rule: Before) -> Self {
        let moment = Moment::Before(rule);
        Self { service, operation, moment }
    }

    /// Changes or records a successful JSON answer.
    pub(crate) fn after(service: &'static str, operation: &'static str, rule: After) -> Self {
        let moment = Moment::After(rule);
        Self { service, operation, moment }
    }

    /// Turns a successful answer, read as text, into a refusal.
    pub(crate) fn text(service: &'static str, operation: &'static str, rule: Text) -> Self {
        let moment = Moment::Text(rule);
        Self { service, operation, moment }
    }

    /// Corrects the backend's refusal, or turns it into success.
    pub(crate) fn refused(service: &'static str, operation: &'static str, rule: Refused) -> Self {
        let moment = Moment::Refused(rule);
        Self { service, operation, moment }
    }

    fn is_about(&self, service: &str, operation: &str) -> bool {
        self.service == service && (self.operation == operation || self.operation == EVERY)
    }
}

/// The operation name that matches all operations.
const EVERY: &str = "*";

/// The rules, indexed by operation: every call looks them up several times.
pub(crate) struct RuleIndex {
    all: Vec<WireRule>,
    about: HashMap<&'static str, HashMap<&'static str, Vec<usize>>>,
}

impl RuleIndex {
    pub(crate) fn new(all: Vec<WireRule>) -> Self {
        let mut about: HashMap<_, HashMap<_, _>> = HashMap::new();
        for WireRule { service, operation, .. } in &all {
            let places = |operation| (0..all.len()).filter(|n| all[*n].is_about(service, operation)).collect();
            let of_service = about.entry(*service).or_default();
            of_service.entry(*operation).or_insert_with(|| places(operation));
            of_service.entry(EVERY).or_insert_with(|| places(EVERY));
        }
        Self { all, about }
    }

    /// The rules for an operation, in the order of the list.
    pub(crate) fn about(&self, service: &str, operation: &str) -> impl Iterator<Item = &Moment> {
        let of_service = self.about.get(service);
        let places = of_service.and_then(|of_service| of_service.get(operation).or_else(|| of_service.get(EVERY)));
        places.into_iter().flatten().map(|place| &self.all[*place].moment)
    }
}
