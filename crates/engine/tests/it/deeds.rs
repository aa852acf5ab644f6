//! One-shot jobs: they run once, end by themselves, and are not run again because the provider has dropped them.
use crate::{
    cloud::Cloud,
    world::{Deed, FOREVER, KINDS, Machine, PLENTY, machine},
};
use jiff::Timestamp;
use std::time::Duration;
use tokio::time::Instant;
use vidpipe_engine::{Graph, Stop, refresh, sweep::read_again};

fn deed(digest: u32) -> Graph<Cloud> {
    let mut g = Graph::default();
    g.add("deed", (), move |()| Deed { digest });
    g
}

async fn left(m: &Machine) -> usize {
    let state = m.disk.borrow().clone();
    read_again(&m.cloud, KINDS, &state, &Stop::default()).await.unwrap().left().count()
}

#[tokio::test(start_paused = true)]
async fn what_is_over_needs_no_removal_and_is_not_left() {
    let m = machine();
    m.done(&deed(1)).await;
    let began = Instant::now();
    m.done(&Graph::default()).await;
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    assert_eq!(m.cloud.alive(), ["deed"], "the provider shows it for a while longer");
    assert_eq!(left(&m).await, 0);
}

#[tokio::test(start_paused = true)]
async fn what_is_not_over_is_still_there() {
    let m = machine();
    m.go(&deed(1), PLENTY, Duration::from_secs(10)).await;
    assert_eq!(left(&m).await, 1);
    m.go(&Graph::default(), PLENTY, FOREVER).await.unwrap();
    assert_eq!((m.phases().len(), left(&m).await), (0, 0), "it was waited for");
}

#[tokio::test(start_paused = true)]
async fn what_is_forgotten_was_done_all_the_same() {
    let m = machine();
    m.done(&deed(1)).await;
    m.cloud.things.borrow_mut().clear();
    let mut state = m.disk.borrow().clone();
    assert_eq!(refresh(&m.cloud, KINDS, &mut state, Timestamp::UNIX_EPOCH).await.unwrap(), []);
    assert_eq!(m.done(&deed(1)).await.changed, 0);
    m.done(&deed(2)).await;
    assert_eq!(m.cloud.made.borrow().len(), 2, "another one is done");
    m.cloud.things.borrow_mut().clear();
    m.done(&Graph::default()).await;
}

#[tokio::test(start_paused = true)]
async fn what_failed_is_done_again() {
    let m = machine();
    m.cloud.break_next.borrow_mut().insert("deed".into());
    let summary = m.go(&deed(1), PLENTY, FOREVER).await.unwrap();
    assert_eq!((summary.failed, left(&m).await), (1, 0));
    m.done(&deed(1)).await;
    assert_eq!(m.cloud.made.borrow().len(), 2);
}
