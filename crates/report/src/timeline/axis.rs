//! The time axis: the position of a point in time, and the round times used as labels.
use std::time::Duration;

/// Round times, in milliseconds.
const ROUND: [u64; 23] = [
    100,
    200,
    500,
    1_000,
    2_000,
    5_000,
    10_000,
    15_000,
    30_000,
    60_000,
    120_000,
    300_000,
    600_000,
    900_000,
    1_800_000,
    3_600_000,
    7_200_000,
    10_800_000,
    21_600_000,
    43_200_000,
    86_400_000,
    172_800_000,
    604_800_000,
];

/// The round times, in ascending order.
pub(super) fn round() -> impl DoubleEndedIterator<Item = Duration> {
    ROUND.into_iter().map(Duration::from_millis)
}

/// An axis from zero to the end of a run.
#[derive(Clone, Copy)]
pub(super) struct Axis {
    span: Duration,
    step: Duration,
}

impl Axis {
    /// An axis over that span, with at most `most` ticks after zero.
    pub(super) fn new(span: Duration, most: usize) -> Self {
        let most = u32::try_from(most.max(1)).unwrap_or(u32::MAX);
        let step = round().find(|step| *step * most.saturating_add(1) > span).unwrap_or(span);
        Self { span, step }
    }

    /// The position of a time on the axis, from 0 to 1.
    pub(super) fn share(&self, d: Duration) -> f64 {
        if self.span.is_zero() { 0.0 } else { (d.as_secs_f64() / self.span.as_secs_f64()).min(1.0) }
    }

    /// The round times on the axis, starting with zero.
    pub(super) fn ticks(&self) -> Vec<Duration> {
        let ticks = (0..).map(|n| self.step * n);
        ticks.take_while(|t| *t <= self.span && (t.is_zero() || !self.step.is_zero())).take(100).collect()
    }
}

/// A compact label for a round time: `0`, `0.5s`, `30s`, `5m`, `1h 30m`.
pub(super) fn label(d: Duration) -> String {
    let s = d.as_secs();
    match (s, d.subsec_millis()) {
        (0, 0) => "0".into(),
        (0..60, ms) if ms > 0 => format!("{:.1}s", d.as_secs_f64()),
        (0..60, _) => format!("{s}s"),
        (60..3_600, _) if !s.is_multiple_of(60) => format!("{}m {:02}s", s / 60, s % 60),
        (60..3_600, _) => format!("{}m", s / 60),
        _ if !s.is_multiple_of(3_600) => format!("{}h {:02}m", s / 3_600, s / 60 % 60),
        _ => format!("{}h", s / 3_600),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(seconds: f64, most: usize) -> Vec<String> {
        Axis::new(Duration::from_secs_f64(seconds), most).ticks().into_iter().map(label).collect()
    }

    #[test]
    fn ticks_are_round_and_few() {
        assert_eq!(labels(0.35, 5), ["0", "0.1s", "0.2s", "0.3s"]);
        assert_eq!(labels(1_104.0, 6), ["0", "5m", "10m", "15m"]);
        assert_eq!(labels(73.0, 5), ["0", "15s", "30s", "45s", "1m"]);
        assert_eq!(labels(7_300.0, 4), ["0", "30m", "1h", "1h 30m", "2h"]);
        assert_eq!(labels(0.0, 4), ["0"]);
    }

    #[test]
    fn every_moment_is_between_the_ends() {
        let axis = Axis::new(Duration::from_secs(10), 4);
        assert!((axis.share(Duration::from_secs(5)) - 0.5).abs() < 1e-9);
        assert!((axis.share(Duration::from_secs(11)) - 1.0).abs() < 1e-9);
        assert!(Axis::new(Duration::ZERO, 4).share(Duration::from_secs(1)).abs() < 1e-9);
    }
}
