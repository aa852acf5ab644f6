//! Runs with a deadline.
use crate::world::{Machine, PLENTY, SMALL, machine, pipeline};
use std::time::Duration;
use tokio::time::Instant;
use vidpipe_engine::{
    Limits, Stop, Summary,
    event::{Event, Halt},
};

async fn within(m: &Machine, seconds: u64) -> Summary {
    let limits = Limits { deadline: Some(Duration::from_secs(seconds)), ..Limits::default() };
    m.limited(PLENTY, Stop::default(), limits).run(&m.plan(&pipeline(SMALL))).await.unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_run_stops_before_its_deadline_and_the_next_goes_on() {
    for seconds in [5, 20, 40, 60, 80] {
        let (m, began) = (machine(), Instant::now());
        let summary = within(&m, seconds).await;
        assert!(began.elapsed() <= Duration::from_secs(seconds), "{seconds}: {:?}", began.elapsed());
        assert!(summary.stopped && summary.late && !summary.is_complete(), "{seconds}: {summary:?}");
        assert_eq!(m.events.borrow().iter().filter(|e| **e == Event::Stopping { why: Halt::Deadline }).count(), 1);
        m.done(&pipeline(SMALL)).await;
        assert_eq!(m.cloud.made.borrow().len(), 4, "{seconds}: {:?}", m.cloud.made);
    }
}

#[tokio::test(start_paused = true)]
async fn a_run_that_fits_is_not_kept_from_its_end() {
    let m = machine();
    let summary = within(&m, 200).await;
    assert!(summary.is_complete() && !summary.late, "{summary:?}");
}
