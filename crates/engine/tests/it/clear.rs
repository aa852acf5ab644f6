//! Leftovers found after a removal are removed too.
use crate::{
    cloud::Cloud,
    world::{KINDS, Machine, PLENTY, SMALL, machine, pipeline},
};
use std::{cell::Cell, time::Duration};
use tokio::time::sleep;
use vidpipe_engine::{
    Class, Error, Graph, Name, Phase, PhysicalId, Result, State, Stop, Summary,
    event::Event,
    sweep::{Found, Remains, Swept, Verdict, read_again},
};

/// Every resource with our lineage tag, whether recorded or not.
fn by_lineage(cloud: &Cloud, state: &State) -> Swept {
    let mut swept = Swept::default();
    for (id, thing) in cloud.things.borrow().iter().filter(|(_, thing)| thing.node != "foreign") {
        let node = Name::from(thing.node.as_str());
        let remains = state.removed.get(&node).map(|entry| Remains::of(&node, entry, PhysicalId(id.clone())));
        let verdict = Verdict::Left { why: "it is there".into() };
        let (service, what) = ("fake".into(), thing.node.clone());
        swept.found.push(Found { service, what, id: id.clone(), name: id.clone(), verdict, remains });
    }
    swept
}

async fn clear(m: &Machine, fuse: usize) -> Result<(Summary, Option<Swept>)> {
    let runner = m.runner(fuse, Stop::default());
    let ask = async |state: &State| -> Result<Swept> {
        let known = read_again(&m.cloud, KINDS, state, &Stop::default()).await?;
        Ok(by_lineage(&m.cloud, state).and(known))
    };
    runner.clear(&m.plan(&Graph::default()), ask).await
}

async fn up() -> Machine {
    let m = machine();
    m.done(&pipeline(SMALL)).await;
    sleep(Duration::from_secs(300)).await;
    m
}

fn failed(m: &Machine) -> Vec<String> {
    let failed = |e: &Event| match e {
        Event::Failed { node, .. } => Some(node.0.clone()),
        _ => None,
    };
    m.events.borrow().iter().filter_map(failed).collect()
}

#[tokio::test(start_paused = true)]
async fn nothing_is_put_back_if_nothing_is_found() {
    let m = up().await;
    let (summary, swept) = clear(&m, PLENTY).await.unwrap();
    assert!(summary.is_complete() && swept.unwrap().is_clean());
    assert_eq!(m.events.borrow().iter().filter(|e| matches!(e, Event::Swept(_))).count(), 1);
}

#[tokio::test(start_paused = true)]
async fn what_was_made_twice_goes() {
    let m = up().await;
    m.cloud.another("gate", "id-98");
    m.cloud.another("gate", "id-99");
    let (summary, swept) = clear(&m, PLENTY).await.unwrap();
    assert!(summary.is_complete(), "{summary:?}");
    assert_eq!((swept.unwrap().is_clean(), m.cloud.alive()), (true, vec![]));
    assert!(m.disk.borrow().entries.is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_was_forgotten_wrongly_and_holds_the_rest_goes_in_the_same_run() {
    let m = up().await;
    // The network cannot be deleted while the disk exists, and five reads of the disk return "not found".
    m.cloud.blind.borrow_mut().insert("disk".into(), 5);
    let (summary, swept) = clear(&m, PLENTY).await.unwrap();
    assert!(failed(&m).contains(&"net".to_owned()), "it was believed");
    assert!(summary.is_complete() && swept.is_some_and(|s| s.is_clean()), "{summary:?}");
    assert_eq!(m.cloud.alive(), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn it_is_recorded_before_it_is_deleted() {
    for fuse in 0.. {
        let m = up().await;
        m.done(&Graph::default()).await;
        m.cloud.another("gate", "id-99");
        m.cloud.calls.borrow_mut().clear();
        let complete = clear(&m, fuse).await.is_ok_and(|(summary, _)| summary.is_complete());
        let recorded = m.disk.borrow().entries.values().any(|e| matches!(e.phase, Phase::Deleting { .. }));
        assert!(m.cloud.called("delete gate") == 0 || recorded || complete, "{fuse}");
        // The next run continues from there.
        let (summary, swept) = clear(&m, PLENTY).await.unwrap();
        assert!(summary.is_complete() && swept.unwrap().is_clean(), "{fuse}");
        assert_eq!(m.cloud.alive(), [""; 0], "{fuse}");
        if complete {
            assert!(fuse > 1, "a removal takes an intent and an outcome");
            break;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_comes_again_every_time_is_told_after_some_rounds() {
    let (m, asked) = (up().await, Cell::new(0));
    let runner = m.runner(PLENTY, Stop::default());
    let ask = async |state: &State| -> Result<Swept> {
        asked.set(asked.get() + 1);
        m.cloud.another("gate", &format!("id-{}", 100 + asked.get()));
        Ok(by_lineage(&m.cloud, state))
    };
    let (summary, swept) = runner.clear(&m.plan(&Graph::default()), ask).await.unwrap();
    assert!(summary.is_complete());
    assert_eq!((swept.unwrap().left().count(), asked.get()), (1, 4));
    assert_eq!(m.cloud.alive(), ["gate"]);
}

#[tokio::test(start_paused = true)]
async fn a_sweep_that_is_stopped_leaves_the_run_stopped() {
    let m = up().await;
    let runner = m.runner(PLENTY, Stop::default());
    let ask = async |_: &State| -> Result<Swept> { Err(Error::new(Class::Interrupted, "ask on")) };
    let (summary, swept) = runner.clear(&m.plan(&Graph::default()), ask).await.unwrap();
    assert!(summary.stopped && swept.is_none() && m.cloud.alive().is_empty());
}
