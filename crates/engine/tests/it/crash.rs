//! Interrupt every kind of run at every save and at every moment, and check that no resource is orphaned or created
//! twice, by the cloud's own log.
use crate::world::{FOREVER, Machine, NODES, PLENTY, SMALL, Sizes, machine, pipeline};
use std::time::Duration;
use vidpipe_engine::Graph;

const THINGS: [&str; 4] = ["app", "disk", "gate", "net"];

/// The command that follows an interrupted run.
#[derive(Clone, Copy, Debug)]
enum Finish {
    Down,
    Up,
    Changed,
}
const FINISHES: [Finish; 3] = [Finish::Down, Finish::Up, Finish::Changed];

/// The app is updated in place, the disk is replaced.
const CHANGED: Sizes = Sizes { app: 2, disk: 2, ..SMALL };

async fn finish(m: &Machine, how: Finish, at: &str) {
    let made_before = m.cloud.made.borrow().len();
    match how {
        Finish::Down => {
            m.done(&Graph::default()).await;
            assert!(m.cloud.alive().is_empty(), "{at}: left {:?}", m.cloud.alive());
            assert!(m.disk.borrow().entries.is_empty(), "{at}: {:?}", m.phases());
            assert_eq!(m.cloud.made.borrow().len(), made_before, "{at}: down made something");
        }
        Finish::Up => {
            m.done(&pipeline(SMALL)).await;
            whole(m, at);
        }
        Finish::Changed => {
            m.done(&pipeline(CHANGED)).await;
            whole(m, at);
            assert_eq!(m.cloud.things.borrow()["app"].size, 2, "{at}");
            assert_eq!(m.cloud.things.borrow()["disk"].size, 2, "{at}");
            m.done(&Graph::default()).await;
            assert!(m.cloud.alive().is_empty(), "{at}: left {:?}", m.cloud.alive());
        }
    }
}

/// Each resource exists exactly once.
fn whole(m: &Machine, at: &str) {
    assert_eq!(m.cloud.alive(), THINGS, "{at}");
    assert_eq!(m.cloud.flags(), 1, "{at}");
    assert!(m.phases().values().all(|p| *p == "ready") && m.phases().len() == NODES.len(), "{at}: {:?}", m.phases());
}

fn made_once(m: &Machine, at: &str) {
    let mut made = m.cloud.made.borrow().clone();
    made.sort();
    assert_eq!(made, THINGS, "{at}: each thing is made once");
}

/// The moments to try: every half second of a run of that length.
fn moments(run: Duration) -> impl Iterator<Item = Duration> {
    (0..run.as_millis() / 500 + 2).map(|i| Duration::from_millis(u64::try_from(i).unwrap() * 500 + 1))
}

async fn length(m: &Machine, want: &Graph<crate::cloud::Cloud>) -> (usize, Duration) {
    let (began, saves) = (tokio::time::Instant::now(), *m.saves.borrow());
    m.done(want).await;
    (*m.saves.borrow() - saves, began.elapsed())
}

#[tokio::test(start_paused = true)]
async fn up_cut_at_every_save() {
    let (saves, _) = length(&machine(), &pipeline(SMALL)).await;
    assert!(saves > 8, "an up saves often enough to be worth cutting: {saves}");
    for how in FINISHES {
        for fuse in 0..=saves {
            let m = machine();
            m.go(&pipeline(SMALL), fuse, FOREVER).await;
            let at = format!("{how:?} after {fuse} saves of up");
            finish(&m, how, &at).await;
            if matches!(how, Finish::Up) {
                made_once(&m, &at);
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn up_cut_at_every_moment() {
    let (_, run) = length(&machine(), &pipeline(SMALL)).await;
    for how in FINISHES {
        for moment in moments(run) {
            let m = machine();
            m.go(&pipeline(SMALL), PLENTY, moment).await;
            let at = format!("{how:?} after {moment:?} of up");
            finish(&m, how, &at).await;
            if matches!(how, Finish::Up) {
                made_once(&m, &at);
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn down_cut_at_every_save_and_moment() {
    let m = machine();
    m.done(&pipeline(SMALL)).await;
    let (saves, run) = length(&m, &Graph::default()).await;
    for how in FINISHES {
        for (fuse, moment) in (0..=saves).map(|f| (f, FOREVER)).chain(moments(run).map(|t| (PLENTY, t))) {
            let m = machine();
            m.done(&pipeline(SMALL)).await;
            m.go(&Graph::default(), fuse, moment).await;
            finish(&m, how, &format!("{how:?} after {fuse} saves, {moment:?} of down")).await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn update_and_replace_cut_at_every_save_and_moment() {
    let m = machine();
    m.done(&pipeline(SMALL)).await;
    let (saves, run) = length(&m, &pipeline(CHANGED)).await;
    for how in FINISHES {
        for (fuse, moment) in (0..=saves).map(|f| (f, FOREVER)).chain(moments(run).map(|t| (PLENTY, t))) {
            let m = machine();
            m.done(&pipeline(SMALL)).await;
            m.go(&pipeline(CHANGED), fuse, moment).await;
            let at = format!("{how:?} after {fuse} saves, {moment:?} of a change");
            finish(&m, how, &at).await;
            let made = m.cloud.made.borrow();
            let nets = made.iter().filter(|n| *n == "net").count();
            assert_eq!(nets, 1, "{at}: what does not change is not made again");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn the_recovery_is_cut_too() {
    let (_, run) = length(&machine(), &pipeline(SMALL)).await;
    for first in moments(run).step_by(5) {
        for second in moments(run + Duration::from_secs(70)).step_by(7) {
            let m = machine();
            m.go(&pipeline(SMALL), PLENTY, first).await;
            m.go(&pipeline(SMALL), PLENTY, second).await;
            let at = format!("{first:?} of up, {second:?} of the next");
            finish(&m, Finish::Up, &at).await;
            made_once(&m, &at);
            finish(&m, Finish::Down, &at).await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_to_any_create_makes_nothing_twice() {
    for lost in 0..THINGS.len() {
        let m = machine();
        m.cloud.lose.borrow_mut().insert(lost);
        m.done(&pipeline(SMALL)).await;
        let at = format!("the answer to create {lost} lost");
        whole(&m, &at);
        made_once(&m, &at);
    }
}
