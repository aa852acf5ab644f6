//! The new resources of a run are removed; earlier ones stay.
use crate::{
    cloud::Cloud,
    world::{App, Disk, FOREVER, KINDS, Machine, Net, Out, PLENTY, machine},
};
use vidpipe_engine::{Action, Consent, Graph, Name, Plan, State, Stop, undo};

/// A network with an app; and, with `more`, a disk, another network, and an app in that one.
fn parts(more: bool, app: u32) -> Graph<Cloud> {
    let mut g = Graph::default();
    let net = g.add("net", (), |()| Net { size: 1 });
    g.add("app", &net, move |net: Out| App { size: app, net: net.id, gate: None });
    if more {
        let other = g.add("other-net", (), |()| Net { size: 1 });
        let disk = g.add("disk", &other, |net: Out| Disk { size: 1, net: net.id });
        g.add("late", &disk, |disk: Out| App { size: 1, net: disk.id, gate: None });
    }
    g
}

async fn undone(m: &Machine, before: &State) -> Plan<Cloud> {
    let now = m.disk.borrow().clone();
    let plan = undo(before, &now, KINDS, &m.timings).unwrap();
    assert!(m.runner(PLENTY, Stop::default()).run(&plan).await.unwrap().is_complete());
    plan
}

fn of(plan: &Plan<Cloud>, action: Action) -> Vec<&str> {
    plan.steps.iter().filter(|s| s.action == action).map(|s| s.name.0.as_str()).collect()
}

#[tokio::test(start_paused = true)]
async fn only_what_is_new_goes_in_the_order_of_removal() {
    let m = machine();
    m.done(&parts(false, 1)).await;
    let before = m.disk.borrow().clone();
    m.cloud.refuse.borrow_mut().insert("late".into());
    assert!(!m.go(&parts(true, 2), PLENTY, FOREVER).await.unwrap().is_complete());
    assert_eq!(m.cloud.alive(), ["app", "disk", "net", "other-net"]);
    m.cloud.calls.borrow_mut().clear();
    let plan = undone(&m, &before).await;
    assert_eq!(of(&plan, Action::Delete), ["disk", "late", "other-net"]);
    assert_eq!(*m.cloud.calls.borrow(), ["delete disk", "delete other-net"]);
    assert_eq!(m.cloud.alive(), ["app", "net"]);
    assert_eq!(m.cloud.things.borrow()["app"].size, 2, "what was changed stays as it is");
    assert_eq!(m.phases().keys().collect::<Vec<_>>(), ["app", "net"]);
}

#[tokio::test(start_paused = true)]
async fn all_of_it_goes_where_nothing_stood() {
    let m = machine();
    let before = m.disk.borrow().clone();
    m.cloud.refuse.borrow_mut().insert("late".into());
    m.go(&parts(true, 1), PLENTY, FOREVER).await.unwrap();
    undone(&m, &before).await;
    assert_eq!((m.cloud.alive(), m.disk.borrow().entries.len()), (vec![], 0));
}

/// A network with an app in it; with `second`, the app also uses another network.
fn moved(second: bool) -> Graph<Cloud> {
    let mut g = Graph::default();
    let net = g.add("net", (), |()| Net { size: 1 });
    let gate = second.then(|| g.add("second", (), |()| Net { size: 1 }));
    match gate {
        None => drop(g.add("app", &net, |net: Out| App { size: 1, net: net.id, gate: None })),
        Some(second) => {
            drop(g.add("app", (&net, second.value()), |(net, _): (Out, Out)| App { size: 2, net: net.id, gate: None }))
        }
    }
    g.add("lone", (), move |()| Net { size: if second { 2 } else { 1 } });
    g
}

#[tokio::test(start_paused = true)]
async fn what_is_new_stays_while_something_old_uses_it() {
    let mut m = machine();
    m.done(&moved(false)).await;
    let before = m.disk.borrow().clone();
    m.consent = Consent::default();
    // The lone network would have to be replaced, which needs consent: the run fails.
    assert!(!m.go(&moved(true), PLENTY, FOREVER).await.unwrap().is_complete());
    let plan = undone(&m, &before).await;
    let kept = plan.steps.iter().find(|s| s.name == Name::from("second")).unwrap();
    assert_eq!((kept.action, kept.because.as_ref()), (Action::Keep, Some(&Name::from("app"))));
    assert_eq!(m.cloud.alive(), ["app", "lone", "net", "second"]);
}

#[tokio::test(start_paused = true)]
async fn what_an_earlier_run_began_is_not_taken_back() {
    let m = machine();
    m.cloud.refuse.borrow_mut().insert("app".into());
    m.go(&parts(false, 1), PLENTY, FOREVER).await.unwrap();
    m.cloud.refuse.borrow_mut().clear();
    let before = m.disk.borrow().clone();
    // The app was refused before, and is created now: it belongs to this run, and the network does not.
    m.done(&parts(false, 1)).await;
    undone(&m, &before).await;
    assert_eq!(m.cloud.alive(), ["net"]);
}
