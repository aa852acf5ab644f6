//! Pace: how long operations usually take. Only durations; it never calls anything.
use crate::event::Op;
use serde::Deserialize;
use std::{collections::BTreeMap, time::Duration};

mod measured;

pub use measured::Measured;

/// The duration of an operation, in seconds, as a triangular distribution over the three values.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
pub struct Span {
    /// The minimum.
    pub min: f64,
    /// The typical duration.
    pub typical: f64,
    /// The maximum, except in rare cases.
    pub max: f64,
}

impl Span {
    /// The typical duration.
    pub fn typical(&self) -> Duration {
        seconds(self.typical)
    }

    /// The maximum duration.
    pub fn most(&self) -> Duration {
        seconds(self.max)
    }

    /// The duration that the given share of all cases (0 to 1) does not exceed.
    pub fn within(&self, share: f64) -> Duration {
        let (low, high) = (self.typical - self.min, self.max - self.typical);
        let whole = low + high;
        seconds(match share.clamp(0.0, 1.0) {
            _ if whole <= 0.0 => self.typical,
            share if share * whole < low => self.min + (share * whole * low).sqrt(),
            share => self.max - ((1.0 - share) * whole * high).sqrt(),
        })
    }

    /// This duration followed by the other.
    #[must_use]
    pub fn and_then(&self, other: &Self) -> Self {
        let (min, typical, max) = (self.min + other.min, self.typical + other.typical, self.max + other.max);
        Self { min, typical, max }
    }

    /// Adjust to measured durations: each of them weighs a third as much as the prior.
    fn taught(self, measured: &[Duration]) -> Self {
        let mut measured: Vec<f64> = measured.iter().map(Duration::as_secs_f64).collect();
        measured.sort_by(f64::total_cmp);
        let (Some(least), Some(most)) = (measured.first(), measured.last()) else { return self };
        let middle = measured[measured.len() / 2];
        #[allow(clippy::cast_precision_loss, reason = "a few dozen at most")]
        let weight = measured.len() as f64 / (measured.len() as f64 + PRIOR);
        let towards = |from: f64, to: f64| from + (to - from) * weight;
        let typical = towards(self.typical, middle);
        Self {
            min: towards(self.min, least * (1.0 - SLACK)).min(typical),
            typical,
            max: towards(self.max, most * (1.0 + SLACK)).max(typical),
        }
    }

    /// The time before which another poll is not worthwhile: the mean minus two standard deviations of a beta (PERT)
    /// distribution.
    pub fn earliest(&self) -> Duration {
        let mean = (self.min + 4.0 * self.typical + self.max) / 6.0;
        let deviation = (self.max - self.min) / 6.0;
        seconds((mean - 2.0 * deviation).max(self.min))
    }
}

/// The weight of the table's own durations, in measured ones.
const PRIOR: f64 = 3.0;
/// How far beyond the shortest and the longest of a few measured durations the next one may be.
const SLACK: f64 = 0.15;

fn seconds(s: f64) -> Duration {
    Duration::try_from_secs_f64(s).unwrap_or_default()
}

/// The known durations of a kind.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
pub struct Timing {
    /// From the create call until it is usable.
    #[serde(rename = "create_s")]
    pub create: Span,
    /// From the delete call until it is deleted.
    #[serde(rename = "delete_s")]
    pub delete: Span,
}

impl Timing {
    /// The duration of that operation.
    pub fn of(&self, op: Op) -> &Span {
        match op {
            Op::Ensure => &self.create,
            Op::Remove => &self.delete,
        }
    }
}

/// The default for a kind without a row.
const UNKNOWN: Timing =
    Timing { create: Span { min: 0.3, typical: 1.0, max: 5.0 }, delete: Span { min: 0.3, typical: 1.0, max: 5.0 } };

/// The timing table.
#[derive(Clone, Debug, Default)]
pub struct Timings {
    rows: BTreeMap<String, Timing>,
    emulated: bool,
}

impl Timings {
    /// A table of these rows.
    pub fn new(rows: BTreeMap<String, Timing>) -> Self {
        Self { rows, emulated: false }
    }

    /// The same table for an emulated endpoint, whose timing differs. Only the spacing of the polls changes: even, from
    /// the start.
    pub fn emulated(mut self) -> Self {
        self.emulated = true;
        self
    }

    /// Whether this is for an emulated endpoint.
    pub fn is_emulated(&self) -> bool {
        self.emulated
    }

    /// The durations for the given key, as [`crate::Kind::timing`] returns it: a row of the table, and a size. Falls
    /// back to the row, if nothing was learned for that size.
    pub fn of(&self, timing: &str) -> &Timing {
        let row = || self.rows.get(timing.split_once(' ')?.0);
        self.rows.get(timing).or_else(row).unwrap_or(&UNKNOWN)
    }

    /// The same table, adjusted to the durations of earlier runs.
    pub fn taught(mut self, by: &Measured) -> Self {
        for ((timing, op), measured) in by.times() {
            self.learn(timing, *op, measured);
        }
        self
    }

    fn learn(&mut self, timing: &str, op: Op, measured: &[Duration]) {
        let mut learned = *self.of(timing);
        match op {
            Op::Ensure => learned.create = learned.create.taught(measured),
            Op::Remove => learned.delete = learned.delete.taught(measured),
        }
        self.rows.insert(timing.into(), learned);
    }

    /// The time before which a second poll is not worthwhile.
    pub(crate) fn patience(&self, span: &Span) -> Duration {
        if self.emulated { Duration::ZERO } else { span.earliest() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_begin_two_deviations_before_the_mean_but_not_before_the_minimum() {
        let skewed = Span { min: 480.0, typical: 720.0, max: 1200.0 };
        assert_eq!(skewed.earliest(), Duration::from_secs(520));
        let tight = Span { min: 60.0, typical: 61.0, max: 90.0 };
        assert_eq!(tight.earliest(), Duration::from_secs(60));
    }

    #[test]
    fn a_triangle_has_its_shares() {
        let span = Span { min: 0.0, typical: 1.0, max: 4.0 };
        let shares = [0.0, 0.25, 0.5, 1.0].map(|share| span.within(share).as_secs_f64());
        assert_eq!(shares.map(|s| (s * 100.0).round()), [0.0, 100.0, 155.0, 400.0]);
        let fixed = Span { min: 2.0, typical: 2.0, max: 2.0 };
        assert_eq!(fixed.within(0.9), Duration::from_secs(2));
    }

    #[test]
    fn what_is_measured_outweighs_the_table_the_more_often_it_is() {
        let mut timings = Timings::new(BTreeMap::from([("db".into(), UNKNOWN)]));
        let measured = [Duration::from_secs(9); 27];
        timings.learn("db large", Op::Ensure, &measured[..3]);
        let (half_way, row) = (timings.of("db large").create.typical, timings.of("db").create.typical);
        assert_eq!((half_way, row), (5.0, 1.0));
        assert_eq!(timings.of("db small").create.typical, 1.0, "another size is another matter");
        timings.learn("db", Op::Ensure, &measured);
        assert!(timings.of("db").create.typical > 8.0);
        assert_eq!(timings.of("db").delete, UNKNOWN.delete);
    }
}
