//! How long AWS takes, by kind: the table in `data/aws_timing.json`, which names its sources row by row.
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use vidpipe_engine::pace::{Span, Timing, Timings};

const TABLE: &str = include_str!("../data/aws_timing.json");

#[derive(Deserialize)]
struct Table {
    resources: BTreeMap<String, Row>,
}

#[derive(Deserialize)]
struct Row {
    #[serde(flatten)]
    timing: Timing,
    /// From the create call until the desired number of tasks runs. Where present, this is what vidpipe waits for.
    steady_s: Option<Span>,
    /// After deletion, until the network interfaces are deleted too. The kind waits for that as well, or the kind of
    /// its parent does.
    eni_release_s: Option<Span>,
    #[serde(flatten)]
    _notes: BTreeMap<String, Value>,
}

/// The timing table of AWS.
pub fn timings() -> Timings {
    let table: Table = serde_json::from_str(TABLE).expect("the table is part of this build, and a test reads it");
    let rows = table.resources.into_iter().map(|(name, row)| {
        let create = row.steady_s.unwrap_or(row.timing.create);
        let delete = row.eni_release_s.map_or(row.timing.delete, |release| row.timing.delete.and_then(&release));
        (name, Timing { create, delete })
    });
    Timings::new(rows.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::KINDS;

    #[test]
    fn every_kind_has_a_row() {
        let table: Table = serde_json::from_str(TABLE).expect("the table can be read");
        for kind in KINDS {
            let row = kind.timing(&Value::Null);
            assert!(table.resources.contains_key(&row), "{} has no row {row}", kind.name());
        }
    }

    #[test]
    fn a_service_is_waited_for_until_it_is_steady() {
        assert!(timings().of("ecs_service").create.typical > 60.0);
    }

    #[test]
    fn a_load_balancer_is_waited_for_until_its_interfaces_are_gone() {
        assert!(timings().of("elbv2_nlb").delete.typical > 30.0);
    }
}
