//! Computes the steps from the current to the desired number of shards, one call each. This module makes no calls.
use aws_sdk_kinesis::types::{StreamDescriptionSummary as Seen, StreamMode};

/// One call.
#[derive(Debug, PartialEq)]
pub(super) enum Step {
    /// [UpdateStreamMode](https://docs.aws.amazon.com/kinesis/latest/APIReference/API_UpdateStreamMode.html)
    Mode(StreamMode),
    /// [UpdateShardCount](https://docs.aws.amazon.com/kinesis/latest/APIReference/API_UpdateShardCount.html)
    Shards(i32),
}

impl Step {
    /// Whether this is the last step.
    pub(super) fn arrives(&self, desired: Option<u16>, seen: &Seen) -> bool {
        let shards = match self {
            Self::Mode(_) => seen.open_shard_count,
            Self::Shards(shards) => *shards,
        };
        desired.is_none_or(|desired| shards == i32::from(desired))
    }
}

/// The next step; `None` if the stream matches the spec.
pub(super) fn next(desired: Option<u16>, seen: &Seen) -> Option<Step> {
    let on_demand = seen.stream_mode_details().is_some_and(|d| *d.stream_mode() == StreamMode::OnDemand);
    match (desired, on_demand) {
        (None, true) => None,
        (None, false) => Some(Step::Mode(StreamMode::OnDemand)),
        // A stream that was on demand keeps its current shards.
        (Some(_), true) => Some(Step::Mode(StreamMode::Provisioned)),
        (Some(desired), false) => toward(desired.into(), seen.open_shard_count).map(Step::Shards),
    }
}

/// The number of shards nearest to the desired one that one call can reach: at most double, at least half.
fn toward(desired: i32, there: i32) -> Option<i32> {
    let (least, most) = (there.div_euclid(2) + there.rem_euclid(2), there.saturating_mul(2));
    (desired != there).then(|| if there < 1 { desired } else { desired.clamp(least, most) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_sdk_kinesis::types::{StreamModeDetails, StreamStatus};

    fn seen(mode: StreamMode, shards: i32) -> Seen {
        let details = StreamModeDetails::builder().stream_mode(mode).build().expect("it has a mode");
        let seen = Seen::builder().stream_name("s").stream_arn("arn:s").stream_status(StreamStatus::Active);
        let seen = seen.stream_mode_details(details).open_shard_count(shards).retention_period_hours(24);
        let seen = seen.stream_creation_timestamp(aws_smithy_types::DateTime::from_secs(0));
        seen.set_enhanced_monitoring(Some(vec![])).build().expect("it has all it needs")
    }

    /// The numbers of shards after each step.
    fn way(from: i32, desired: u16) -> Vec<i32> {
        let mut at = vec![from];
        while let Some(Step::Shards(to)) = next(Some(desired), &seen(StreamMode::Provisioned, at[at.len() - 1])) {
            assert_eq!(
                Step::Shards(to).arrives(Some(desired), &seen(StreamMode::Provisioned, 0)),
                to == i32::from(desired)
            );
            at.push(to);
        }
        at
    }

    #[test]
    fn shards_are_doubled_and_halved_until_they_are_as_many_as_wanted() {
        assert_eq!(way(2, 2), [2]);
        assert_eq!(way(2, 9), [2, 4, 8, 9]);
        assert_eq!(way(9, 1), [9, 5, 3, 2, 1]);
        assert_eq!(way(100, 60), [100, 60]);
    }

    #[test]
    fn the_mode_changes_first() {
        let on_demand = seen(StreamMode::OnDemand, 4);
        let step = next(Some(2), &on_demand).expect("its mode is another one");
        assert_eq!(step, Step::Mode(StreamMode::Provisioned));
        assert!(!step.arrives(Some(2), &on_demand) && step.arrives(Some(4), &on_demand));
        assert_eq!(next(None, &on_demand), None);
        let step = next(None, &seen(StreamMode::Provisioned, 2)).expect("its mode is another one");
        assert!(step.arrives(None, &on_demand));
        assert_eq!(step, Step::Mode(StreamMode::OnDemand));
    }
}
