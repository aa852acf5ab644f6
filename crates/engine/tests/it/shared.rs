//! Account-level resources: created if none exists, and never removed.
use crate::{
    cloud::Cloud,
    world::{KINDS, Machine, Net, Permit, machine},
};
use jiff::Timestamp;
use std::collections::BTreeMap;
use vidpipe_engine::{Action, Graph, Stop, pace::Timings, plan, refresh, sweep::read_again};

/// A network that is created once the account has a permit.
fn permitted() -> Graph<Cloud> {
    let mut g = Graph::default();
    let permit = g.add("permit", (), |()| Permit { size: 1 });
    g.add("net", permit.value(), |_| Net { size: 1 });
    g
}

fn actions(m: &Machine, want: &Graph<Cloud>) -> Vec<(String, Action)> {
    let plan = plan(want, &m.disk.borrow(), KINDS, &Timings::new(BTreeMap::new())).unwrap();
    plan.steps.iter().map(|step| (step.name.0.clone(), step.action)).collect()
}

#[tokio::test(start_paused = true)]
async fn it_stays_and_no_call_is_made_for_it() {
    let m = machine();
    m.done(&permitted()).await;
    let nothing = Graph::default();
    let expected = [("net".to_owned(), Action::Delete), ("permit".to_owned(), Action::Leave)];
    assert_eq!(actions(&m, &nothing), expected);
    m.done(&nothing).await;
    assert_eq!((m.phases().len(), m.cloud.alive()), (0, vec!["permit".to_owned()]));
    assert_eq!(m.cloud.called("delete permit"), 0);
    let state = m.disk.borrow().clone();
    let swept = read_again(&m.cloud, KINDS, &state, &Stop::default()).await.unwrap();
    assert!(swept.is_clean(), "it is not left over: {:?}", swept.found);
}

#[tokio::test(start_paused = true)]
async fn what_somebody_removed_is_made_again() {
    let m = machine();
    m.done(&permitted()).await;
    m.cloud.things.borrow_mut().retain(|_, thing| thing.node != "permit");
    let mut state = m.disk.borrow().clone();
    let drift = refresh(&m.cloud, KINDS, &mut state, Timestamp::UNIX_EPOCH).await.unwrap();
    assert_eq!(drift.len(), 1);
    *m.disk.borrow_mut() = state;
    m.done(&permitted()).await;
    assert_eq!(m.cloud.called("create permit"), 2);
    assert_eq!(m.cloud.called("create net"), 1, "what uses it stands");
}
