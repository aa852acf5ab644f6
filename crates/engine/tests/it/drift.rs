//! Drift is reverted; a busy resource is left alone; a resource that matches its spec is not updated.
use crate::{
    cloud::{COMING, Cloud},
    world::{KINDS, Machine, SMALL, Sizes, machine, pipeline},
};
use jiff::Timestamp;
use tokio::time::{Instant, advance};
use vidpipe_engine::{Drift, Name, Transition, refresh};

async fn refreshed(m: &Machine) -> Vec<(String, Drift)> {
    let mut state = m.disk.borrow().clone();
    let drifted = refresh(&m.cloud, KINDS, &mut state, Timestamp::UNIX_EPOCH).await.unwrap();
    *m.disk.borrow_mut() = state;
    drifted.into_iter().map(|(node, drift)| (node.0, drift)).collect()
}

fn updates(cloud: &Cloud) -> Vec<String> {
    cloud.calls.borrow_mut().drain(..).filter(|call| call.starts_with("update")).collect()
}

#[tokio::test(start_paused = true)]
async fn what_differs_is_put_back() {
    let m = machine();
    m.done(&pipeline(SMALL)).await;
    m.cloud.things.borrow_mut().values_mut().find(|t| t.node == "app").unwrap().size = 7;
    assert_eq!(refreshed(&m).await, [("app".into(), Drift::Changed("it has another size".into()))]);
    updates(&m.cloud);
    m.done(&pipeline(SMALL)).await;
    assert_eq!(updates(&m.cloud), ["update app"]);
    assert_eq!(refreshed(&m).await, []);
}

#[tokio::test(start_paused = true)]
async fn what_is_busy_is_no_drift() {
    let m = machine();
    m.done(&pipeline(SMALL)).await;
    m.cloud.things.borrow_mut().values_mut().for_each(|t| t.born = Instant::now());
    assert_eq!(refreshed(&m).await, []);
    advance(COMING).await;
    assert_eq!(refreshed(&m).await, []);
}

#[tokio::test(start_paused = true)]
async fn an_update_that_is_done_already_is_not_sent() {
    let m = machine();
    m.done(&pipeline(SMALL)).await;
    updates(&m.cloud);
    let app = Name::from("app");
    let mut state = m.disk.borrow().clone();
    let entry = state.entries[&app].clone();
    let again = Transition::WillUpdate { spec: entry.spec, edges: entry.edges };
    state.apply(&app, again, Timestamp::UNIX_EPOCH).unwrap();
    *m.disk.borrow_mut() = state;
    m.done(&pipeline(SMALL)).await;
    assert_eq!(updates(&m.cloud), Vec::<String>::new());
    m.done(&pipeline(Sizes { app: 2, ..SMALL })).await;
    assert_eq!(updates(&m.cloud), ["update app"]);
}

#[tokio::test(start_paused = true)]
async fn one_look_that_shows_nothing_makes_nothing_anew() {
    let m = machine();
    m.done(&pipeline(SMALL)).await;
    m.cloud.blind.borrow_mut().insert("app".into(), 1);
    assert_eq!(refreshed(&m).await, []);
    m.cloud.things.borrow_mut().retain(|_, t| t.node != "app");
    assert_eq!(refreshed(&m).await, [("app".into(), Drift::Gone)], "what is gone is said to be");
}
