//! The power goes at some save of `up` and of `down`: the same command again finishes, makes nothing twice, and in the
//! end nothing is left.
use crate::{
    calls::Counts,
    world::{PLENTY, World},
};
use vidpipe_engine::Graph;
use vidpipe_sandbox::Clock;

/// So many cuts are tried in each test, spread over the run.
const CUTS: usize = 6;

/// How many saves a run of that takes, and what it makes.
async fn undisturbed(world: &World, down: bool) -> (usize, Counts) {
    world.calls.take();
    let before = *world.saves.borrow();
    if down {
        world.down().await
    } else {
        world.up("").await
    };
    let saves = *world.saves.borrow() - before;
    (saves, world.calls.take_creates())
}

fn cuts(saves: usize) -> impl Iterator<Item = usize> {
    assert!(saves > CUTS, "a run saves often enough to be worth cutting: {saves}");
    // The first and the last save are among them.
    (0..CUTS).map(move |i| i * (saves - 1) / (CUTS - 1))
}

#[tokio::test(start_paused = true)]
async fn up_is_cut() {
    let (saves, made) = undisturbed(&World::new(Clock::Instant, "").await, false).await;
    for fuse in cuts(saves) {
        let world = World::new(Clock::Instant, "").await;
        let want = world.graph("");
        let at = format!("up cut after {fuse} of {saves} saves");
        assert!(!world.go(&want, fuse).await.is_complete(), "{at}");
        world.up("").await;
        world.assert_whole(&want, &at);
        assert_eq!(world.calls.take_creates(), made, "{at}: made once");
        world.down().await;
        world.assert_nothing_left(&at);
    }
}

#[tokio::test(start_paused = true)]
async fn up_is_cut_and_given_up() {
    let (saves, _) = undisturbed(&World::new(Clock::Instant, "").await, false).await;
    for fuse in cuts(saves) {
        let world = World::new(Clock::Instant, "").await;
        let at = format!("up cut after {fuse} of {saves} saves, then down");
        world.go(&world.graph(""), fuse).await;
        world.calls.take();
        world.down().await;
        world.assert_nothing_left(&at);
        assert_eq!(world.calls.take_creates(), Counts::new(), "{at}: down makes nothing");
    }
}

#[tokio::test(start_paused = true)]
async fn down_is_cut() {
    let world = World::new(Clock::Instant, "").await;
    world.up("").await;
    let (saves, _) = undisturbed(&world, true).await;
    for fuse in cuts(saves) {
        let at = format!("down cut after {fuse} of {saves} saves");
        world.up("").await;
        world.calls.take();
        assert!(!world.go(&Graph::default(), fuse).await.is_complete(), "{at}");
        world.go(&Graph::default(), PLENTY).await;
        world.assert_nothing_left(&at);
        assert_eq!(world.calls.take_creates(), Counts::new(), "{at}: down makes nothing");
    }
}

#[tokio::test(start_paused = true)]
async fn down_is_cut_and_everything_is_wanted_again() {
    let world = World::new(Clock::Instant, "").await;
    world.up("").await;
    let (saves, _) = undisturbed(&world, true).await;
    for fuse in cuts(saves).step_by(3) {
        let at = format!("down cut after {fuse} of {saves} saves, then up");
        world.up("").await;
        world.go(&Graph::default(), fuse).await;
        world.up("").await;
        world.assert_whole(&world.graph(""), &at);
        world.down().await;
        world.assert_nothing_left(&at);
    }
}
