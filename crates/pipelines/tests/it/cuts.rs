//! A power cut at some save of `up` and of `down`: the same command again completes, creates nothing twice, and in the
//! end nothing is left.
use crate::{
    calls::Counts,
    harness::{Harness, PLENTY},
};
use vidpipe_engine::Graph;
use vidpipe_sandbox::Clock;

/// Number of cuts per test, spread over the run.
const CUTS: usize = 6;

/// Number of saves in a run, and the resources it creates.
async fn undisturbed(harness: &Harness, down: bool) -> (usize, Counts) {
    harness.calls.take();
    let before = *harness.saves.borrow();
    if down {
        harness.down().await
    } else {
        harness.up("").await
    };
    let saves = *harness.saves.borrow() - before;
    (saves, harness.calls.take_creates())
}

fn cuts(saves: usize) -> impl Iterator<Item = usize> {
    assert!(saves > CUTS, "a run saves often enough to be worth cutting: {saves}");
    // Includes the first and the last save.
    (0..CUTS).map(move |i| i * (saves - 1) / (CUTS - 1))
}

#[tokio::test(start_paused = true)]
async fn up_is_cut() {
    let (saves, made) = undisturbed(&Harness::new(Clock::Instant, "").await, false).await;
    for fuse in cuts(saves) {
        let harness = Harness::new(Clock::Instant, "").await;
        let want = harness.graph("");
        let at = format!("up cut after {fuse} of {saves} saves");
        assert!(!harness.go(&want, fuse).await.is_complete(), "{at}");
        harness.up("").await;
        harness.assert_whole(&want, &at);
        assert_eq!(harness.calls.take_creates(), made, "{at}: made once");
        harness.down().await;
        harness.assert_nothing_left(&at);
    }
}

#[tokio::test(start_paused = true)]
async fn up_is_cut_and_given_up() {
    let (saves, _) = undisturbed(&Harness::new(Clock::Instant, "").await, false).await;
    for fuse in cuts(saves) {
        let harness = Harness::new(Clock::Instant, "").await;
        let at = format!("up cut after {fuse} of {saves} saves, then down");
        harness.go(&harness.graph(""), fuse).await;
        harness.calls.take();
        harness.down().await;
        harness.assert_nothing_left(&at);
        assert_eq!(harness.calls.take_creates(), Counts::new(), "{at}: down makes nothing");
    }
}

#[tokio::test(start_paused = true)]
async fn down_is_cut() {
    let harness = Harness::new(Clock::Instant, "").await;
    harness.up("").await;
    let (saves, _) = undisturbed(&harness, true).await;
    for fuse in cuts(saves) {
        let at = format!("down cut after {fuse} of {saves} saves");
        harness.up("").await;
        harness.calls.take();
        assert!(!harness.go(&Graph::default(), fuse).await.is_complete(), "{at}");
        harness.go(&Graph::default(), PLENTY).await;
        harness.assert_nothing_left(&at);
        assert_eq!(harness.calls.take_creates(), Counts::new(), "{at}: down makes nothing");
    }
}

#[tokio::test(start_paused = true)]
async fn down_is_cut_and_everything_is_wanted_again() {
    let harness = Harness::new(Clock::Instant, "").await;
    harness.up("").await;
    let (saves, _) = undisturbed(&harness, true).await;
    for fuse in cuts(saves).step_by(3) {
        let at = format!("down cut after {fuse} of {saves} saves, then up");
        harness.up("").await;
        harness.go(&Graph::default(), fuse).await;
        harness.up("").await;
        harness.assert_whole(&harness.graph(""), &at);
        harness.down().await;
        harness.assert_nothing_left(&at);
    }
}
