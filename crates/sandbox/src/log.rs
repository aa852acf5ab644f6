//! The log of calls with their outcome, and the ledger of the ids of created resources.
//!
//! The ledger is written where the call is performed, also when its answer is lost. It decides what was created twice
//! and what was left behind; the view of a client does not.

use std::collections::{BTreeMap, BTreeSet};

use tokio::time::Instant;

use crate::faults::Fault;

/// The outcome of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fate {
    /// The call was performed.
    Done,
    /// AWS refused the call with this code.
    Refused(String),
    /// A fault struck, before or after the work.
    Faulted(Fault),
}

/// A call that reached the sandbox.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Call {
    /// When it ended, on tokio's clock.
    pub at: Instant,
    /// The service, as the SDK names it.
    pub service: String,
    /// The operation.
    pub operation: String,
    /// Its outcome.
    pub fate: Fate,
}

/// A created resource.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Made {
    /// Its region.
    pub region: String,
    /// The operation that created it.
    pub operation: String,
    /// Its AWS id, or the names that identify it.
    pub id: String,
}

/// The log of one sandbox since it was opened.
#[derive(Debug, Default)]
pub(crate) struct Log {
    pub(crate) calls: Vec<Call>,
    pub(crate) made: BTreeSet<Made>,
}

/// The location of a new resource's id: a field of the answer or, where AWS assigns no id, fields of the request.
pub(crate) enum Id {
    Answer(&'static str),
    Request(&'static [&'static str]),
}

impl Log {
    /// Adds the resource that `operation` created to the ledger; request and answer are in their debug forms.
    pub(crate) fn note(&mut self, region: &str, operation: &str, place: &Id, request: &str, answer: &str) {
        let id = match place {
            Id::Answer(field) => value(answer, field),
            Id::Request(fields) => {
                let values: Option<Vec<String>> = fields.iter().map(|field| value(request, field)).collect();
                values.map(|values| values.join(" "))
            }
        };
        if let Some(id) = id {
            self.made.insert(Made { region: region.to_owned(), operation: operation.to_owned(), id });
        }
    }

    /// The number of resources each operation created.
    pub(crate) fn counts(&self) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for made in &self.made {
            *counts.entry(made.operation.clone()).or_default() += 1;
        }
        counts
    }
}

/// The first value of a field in the debug form of an SDK type: the SDK offers no other access to a field by its name.
fn value(debug: &str, field: &str) -> Option<String> {
    let marks = [format!(" {field}: Some("), format!(" {field}: ")];
    let rest = marks.iter().find_map(|mark| debug.split_once(mark.as_str()).map(|(_, rest)| rest))?;
    let rest = rest.strip_prefix('"').map_or_else(|| rest.split([',', ')', ' ']).next(), |rest| rest.split('"').next());
    rest.filter(|value| !value.is_empty() && *value != "None").map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::value;

    #[test]
    fn fields_are_read_from_the_debug_form() {
        let debug = r#"CreateVpcOutput { vpc: Some(Vpc { owner_id: None, vpc_id: Some("vpc-1"), kind: Http }) }"#;
        assert_eq!(value(debug, "vpc_id").as_deref(), Some("vpc-1"));
        assert_eq!(value(debug, "kind").as_deref(), Some("Http"));
        assert_eq!(value(debug, "owner_id"), None);
        assert_eq!(value(debug, "other"), None);
    }
}
