//! Reconstructs the activities of a task over time from its events.
use super::{Activity, Segment};
use crate::text::clean;
use jiff::Timestamp;
use std::time::Duration;
use vidpipe_engine::event::Fault;

/// The time of one task, up to its last event.
pub(super) struct Strand {
    /// The activity when no other applies.
    base: Activity,
    /// The activity until that time, which takes precedence.
    hold: Option<(Activity, Timestamp)>,
    /// The end of the time accounted for; `None` before the task starts.
    since: Option<Timestamp>,
    segments: Vec<Segment>,
}

impl Strand {
    pub(super) fn new() -> Self {
        Self { base: Activity::Working, hold: None, since: None, segments: Vec::new() }
    }

    pub(super) fn begin(&mut self, at: Timestamp) {
        self.since = Some(at);
    }

    pub(super) fn wait(&mut self, at: Timestamp, why: &str) {
        self.account(at);
        self.base = Activity::Waiting { why: clean(why) };
    }

    /// A call returned at `at`, after `took`. Polls during a wait are part of the wait.
    pub(super) fn call(&mut self, at: Timestamp, call: &str, reads: bool, took: Duration) {
        if reads && matches!(self.base, Activity::Waiting { .. }) {
            return;
        }
        // A call is never sent before its permit is granted.
        let turn = self.hold.as_ref().map(|(_, until)| *until).filter(|until| *until < Timestamp::MAX);
        let sent = at.checked_sub(took).unwrap_or(at);
        let sent = turn.map_or(sent, |turn| sent.max(turn)).min(at);
        self.account(sent);
        self.push(at, Activity::Calling { call: clean(call) });
    }

    pub(super) fn queue(&mut self, at: Timestamp, budget: &str, pause: Duration) {
        self.account(at);
        self.hold = Some((Activity::Queued { budget: clean(budget) }, at.checked_add(pause).unwrap_or(at)));
    }

    /// The task waits for a read permit. During a wait for the provider, that is part of the wait.
    pub(super) fn read_queued(&mut self, at: Timestamp) {
        if !matches!(self.base, Activity::Waiting { .. }) {
            self.account(at);
            // Until the read is made, at an unknown time.
            self.hold = Some((Activity::Queued { budget: "reads of this run".into() }, Timestamp::MAX));
        }
    }

    pub(super) fn retry(&mut self, at: Timestamp, error: &Fault, pause: Duration) {
        self.account(at);
        let doing = Activity::Pausing { code: error.code.as_deref().map(clean), message: clean(&error.message) };
        self.hold = Some((doing, at.checked_add(pause).unwrap_or(at)));
    }

    /// Its segments, the last of which ends at `at`.
    pub(super) fn end(mut self, at: Timestamp) -> Vec<Segment> {
        self.account(at);
        self.segments
    }

    /// Accounts for the time up to `at`.
    fn account(&mut self, at: Timestamp) {
        if let Some((doing, until)) = self.hold.take() {
            self.push(until.min(at), doing);
        }
        self.push(at, self.base.clone());
    }

    fn push(&mut self, to: Timestamp, doing: Activity) {
        let Some(from) = self.since else { return };
        let to = to.max(from);
        self.since = Some(to);
        // Every queue wait and every pause counts, however short.
        let counts = matches!(doing, Activity::Queued { .. } | Activity::Pausing { .. });
        match self.segments.last_mut() {
            Some(last) if last.doing == doing && !counts => last.to = to,
            _ if from == to && !counts => {}
            _ => self.segments.push(Segment { from, to, doing }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + jiff::SignedDuration::from_millis(ms)
    }

    fn spans(segments: &[Segment]) -> Vec<(i64, i64, String)> {
        let word = |doing: &Activity| match doing {
            Activity::Working => "working".into(),
            Activity::Calling { call } => call.clone(),
            Activity::Waiting { why } => why.clone(),
            Activity::Queued { budget } => format!("queued {budget}"),
            Activity::Pausing { code, .. } => format!("pausing {}", code.as_deref().unwrap_or_default()),
        };
        segments.iter().map(|s| (s.from.as_millisecond(), s.to.as_millisecond(), word(&s.doing))).collect()
    }

    fn expected(segments: &[(i64, i64, &str)]) -> Vec<(i64, i64, String)> {
        segments.iter().map(|(from, to, word)| (*from, *to, (*word).to_owned())).collect()
    }

    const fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn calls_queues_pauses_and_waits_follow_each_other_without_gaps() {
        let mut strand = Strand::new();
        let fault = Fault { code: Some("Slow".into()), ..Fault::from("slow down") };
        strand.begin(at(0));
        strand.queue(at(10), "RDS Create", ms(40));
        strand.call(at(90), "RDS CreateDBInstance", false, ms(30));
        strand.retry(at(90), &fault, ms(100));
        strand.call(at(250), "RDS CreateDBInstance", false, ms(60));
        strand.call(at(280), "RDS DescribeDBInstances", true, ms(20));
        strand.wait(at(280), "creating");
        strand.call(at(900), "RDS DescribeDBInstances", true, ms(20));
        strand.retry(at(900), &fault, ms(50));
        strand.call(at(970), "RDS DescribeDBInstances", true, ms(20));
        strand.wait(at(970), "backing-up");
        assert_eq!(
            spans(&strand.end(at(1_000))),
            expected(&[
                (0, 10, "working"),
                (10, 50, "queued RDS Create"),
                (50, 60, "working"),
                (60, 90, "RDS CreateDBInstance"),
                (90, 190, "pausing Slow"),
                (190, 250, "RDS CreateDBInstance"),
                (250, 260, "working"),
                (260, 280, "RDS DescribeDBInstances"),
                (280, 900, "creating"),
                (900, 950, "pausing Slow"),
                (950, 970, "creating"),
                (970, 1_000, "backing-up"),
            ])
        );
    }

    #[test]
    fn a_turn_to_look_is_waited_for_only_before_the_provider_is() {
        let mut strand = Strand::new();
        strand.begin(at(0));
        strand.read_queued(at(10));
        strand.call(at(1_050), "RDS DescribeDBInstances", true, ms(30));
        strand.wait(at(1_050), "creating");
        strand.read_queued(at(3_000));
        strand.call(at(4_100), "RDS DescribeDBInstances", true, ms(30));
        let spans = spans(&strand.end(at(5_000)));
        let line = [(0, 10, "working"), (10, 1_020, "queued reads of this run")];
        let read = [(1_020, 1_050, "RDS DescribeDBInstances"), (1_050, 5_000, "creating")];
        assert_eq!(spans, expected(&[line.as_slice(), &read].concat()));
    }

    #[test]
    fn a_pause_that_the_end_cuts_short_ends_with_it() {
        let mut strand = Strand::new();
        strand.begin(at(0));
        strand.queue(at(0), "b", ms(500));
        assert_eq!(spans(&strand.end(at(200))), expected(&[(0, 200, "queued b")]));
    }

    #[test]
    fn no_call_is_longer_than_its_task_or_sent_before_its_turn() {
        let mut strand = Strand::new();
        strand.begin(at(100));
        strand.call(at(150), "a:Create", false, ms(90));
        strand.queue(at(150), "b", ms(30));
        strand.call(at(200), "a:Create", false, ms(50));
        assert_eq!(
            spans(&strand.end(at(200))),
            expected(&[(100, 150, "a:Create"), (150, 180, "queued b"), (180, 200, "a:Create")])
        );
    }

    #[test]
    fn what_never_began_has_no_time() {
        assert!(Strand::new().end(at(9)).is_empty());
    }
}
