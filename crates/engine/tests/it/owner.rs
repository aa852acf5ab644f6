//! The owner of a resource is checked before it is touched; another owner's is left alone, reported, and not waited
//! for.
use crate::world::{FOREVER, Machine, PLENTY, SMALL, Sizes, machine, pipeline};
use jiff::Timestamp;
use std::time::Duration;
use tokio::time::{Instant, advance};
use vidpipe_engine::{Graph, Name, Phase, event::Event, refresh};

/// Longer than any resource is young.
const OLD: Duration = Duration::from_secs(600);
const NODES: [&str; 4] = ["net", "gate", "disk", "app"];

/// An environment that has existed for a while, with the call and event logs cleared.
async fn up() -> Machine {
    let mut m = machine();
    m.clock = Some(vidpipe_engine::Clock::start());
    m.done(&pipeline(SMALL)).await;
    advance(OLD).await;
    m.cloud.calls.borrow_mut().clear();
    m.events.borrow_mut().clear();
    m
}

/// From now on the resource of that node has another lineage; an empty one means no lineage tag.
fn becomes(m: &Machine, node: &str, lineage: &str) {
    m.cloud.things.borrow_mut().values_mut().filter(|t| t.node == node).for_each(|t| t.lineage = lineage.into());
}

/// The nodes reported to belong to another lineage.
fn reported(m: &Machine) -> Vec<(String, String)> {
    let theirs = |e: &Event| match e {
        Event::Theirs { node, theirs, .. } => Some((node.0.clone(), theirs.clone())),
        _ => None,
    };
    m.events.borrow().iter().filter_map(theirs).collect()
}

fn failures(m: &Machine) -> Vec<(String, String)> {
    let failed = |e: &Event| match e {
        Event::Failed { node, error, .. } => Some((node.0.clone(), format!("{error:?}"))),
        _ => None,
    };
    m.events.borrow().iter().filter_map(failed).collect()
}

fn touched(m: &Machine, node: &str) -> bool {
    m.cloud.calls.borrow().iter().any(|call| call.ends_with(&format!(" {node}")))
}

#[tokio::test(start_paused = true)]
async fn what_another_lineage_has_is_gone_for_us_and_not_removed() {
    for node in NODES {
        let m = up().await;
        becomes(&m, node, "theirs");
        let began = Instant::now();
        let summary = m.go(&Graph::default(), PLENTY, FOREVER).await.unwrap();
        assert!(!touched(&m, node), "{node}: {:?}", m.cloud.calls.borrow());
        assert_eq!(reported(&m), [(node.to_owned(), "theirs".to_owned())]);
        assert!(!m.phases().contains_key(node), "{node} is recorded as gone");
        // A resource that another owner's blocks stays; the rest is deleted.
        assert!(summary.failed == 0 || node != "net", "{node}: {summary:?}");
        if node == "net" || summary.is_complete() {
            assert!(began.elapsed() < Duration::from_secs(90), "{node} is waited for: {:?}", began.elapsed());
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_carries_no_lineage_is_neither_removed_nor_forgotten() {
    for node in NODES {
        let m = up().await;
        becomes(&m, node, "");
        m.go(&Graph::default(), PLENTY, FOREVER).await.unwrap();
        assert!(!touched(&m, node), "{node}: {:?}", m.cloud.calls.borrow());
        assert!(m.phases().contains_key(node), "{node} may be ours, and stays recorded");
        let failed = failures(&m);
        let messages =
            failed.iter().find(|(failed, _)| failed == node).map(|(_, messages)| messages.clone()).unwrap_or_default();
        assert!(messages.contains("vidpipe:lineage=ours"), "what to do is said of {node}: {failed:?}");
        // Once its lineage tag is back, it is removed.
        becomes(&m, node, "ours");
        m.done(&Graph::default()).await;
        assert_eq!(m.cloud.alive(), [""; 0], "{node}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_tags_of_a_young_thing_may_show_late() {
    let mut m = machine();
    m.clock = Some(vidpipe_engine::Clock::start());
    m.done(&pipeline(SMALL)).await;
    becomes(&m, "gate", "");
    let nothing = Graph::default();
    let (summary, ()) = tokio::join!(m.go(&nothing, PLENTY, FOREVER), async {
        tokio::time::sleep(Duration::from_secs(30)).await;
        becomes(&m, "gate", "ours");
    });
    assert!(summary.unwrap().is_complete(), "{:?}", failures(&m));
    assert_eq!(m.cloud.alive(), [""; 0]);
}

/// Some APIs return an empty tag list for the ARN of a resource that does not exist.
#[tokio::test(start_paused = true)]
async fn no_tags_of_what_is_not_there_are_no_mark() {
    for (node, young) in NODES.into_iter().flat_map(|node| [(node, true), (node, false)]) {
        let mut m = machine();
        m.clock = Some(vidpipe_engine::Clock::start());
        m.done(&pipeline(SMALL)).await;
        if !young {
            advance(OLD).await;
        }
        m.cloud.tagless.set(true);
        m.cloud.things.borrow_mut().retain(|_, t| t.node != node);
        let began = Instant::now();
        let summary = m.go(&Graph::default(), PLENTY, FOREVER).await.unwrap();
        assert!(summary.is_complete(), "{node}: {:?}", failures(&m));
        assert!(began.elapsed() < Duration::from_secs(90), "{node} is waited for: {:?}", began.elapsed());
        assert_eq!(m.cloud.alive(), [""; 0], "{node}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_setting_of_somebody_elses_is_left_as_it_is() {
    let m = up().await;
    becomes(&m, "net", "theirs");
    // Only the setting is removed, so it is not dropped together with its owner.
    let mut want = pipeline(SMALL);
    want.nodes.shift_remove(&Name::from("flag"));
    let summary = m.go(&want, PLENTY, FOREVER).await.unwrap();
    assert!(summary.is_complete(), "{:?}", failures(&m));
    assert_eq!((touched(&m, "flag"), reported(&m).len(), m.cloud.flags()), (false, 1, 1));
    // The setting is not set again either.
    let summary = m.go(&pipeline(SMALL), PLENTY, FOREVER).await.unwrap();
    assert_eq!((summary.failed, touched(&m, "flag")), (1, false), "{:?}", failures(&m));
    assert!(failures(&m).iter().any(|(node, messages)| node == "flag" && messages.contains("up --refresh")));
}

#[tokio::test(start_paused = true)]
async fn nothing_of_somebody_elses_is_changed() {
    let larger = Sizes { gate: 2, app: 2, ..SMALL };
    for node in ["gate", "app"] {
        for (lineage, stays) in [("theirs", false), ("", true)] {
            let m = up().await;
            becomes(&m, node, lineage);
            let summary = m.go(&pipeline(larger), PLENTY, FOREVER).await.unwrap();
            assert!(
                !summary.is_complete() && !touched(&m, node),
                "{node} of {lineage:?}: {:?}",
                m.cloud.calls.borrow()
            );
            assert_eq!(m.phases().contains_key(node), stays, "{node} of {lineage:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn nothing_of_somebody_elses_is_waited_for() {
    let m = up().await;
    becomes(&m, "gate", "theirs");
    let gate = Name::from("gate");
    {
        let state = &mut *m.disk.borrow_mut();
        let entry = state.entries.get_mut(&gate).unwrap();
        let id = entry.phase.id().unwrap().clone();
        entry.phase = Phase::Waiting { id, known: None };
    }
    let began = Instant::now();
    m.go(&pipeline(SMALL), PLENTY, FOREVER).await.unwrap();
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    assert_eq!((reported(&m).len(), m.phases().contains_key("gate")), (1, false));
}

#[tokio::test(start_paused = true)]
async fn what_is_asked_for_anew_while_it_goes_is_not_removed_again() {
    let m = up().await;
    m.cloud.going.borrow_mut().insert("disk".into(), Duration::from_secs(20));
    let nothing = Graph::default();
    let (summary, ()) = tokio::join!(m.go(&nothing, PLENTY, FOREVER), async {
        while m.cloud.alive().contains(&"disk".to_owned()) {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        m.cloud.foreign("disk");
    });
    assert!(summary.unwrap().is_complete());
    assert_eq!((m.cloud.called("delete disk"), reported(&m).len()), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn a_refresh_says_whose_it_is() {
    for (lineage, gone) in [("theirs", true), ("", false)] {
        let m = up().await;
        becomes(&m, "disk", lineage);
        let mut state = m.disk.borrow().clone();
        for entry in state.entries.values_mut() {
            entry.since = Timestamp::UNIX_EPOCH;
        }
        let now = Timestamp::from_second(3600).unwrap();
        let drifted = refresh(&m.cloud, crate::world::KINDS, &mut state, now).await.unwrap();
        assert_eq!((drifted.len(), state.entries.contains_key(&Name::from("disk"))), (1, !gone), "{drifted:?}");
        *m.disk.borrow_mut() = state;
        let summary = m.go(&pipeline(SMALL), PLENTY, FOREVER).await.unwrap();
        assert!(!summary.is_complete() && !m.cloud.calls.borrow().contains(&"delete disk".to_owned()));
        assert!(failures(&m).iter().any(|(node, _)| node == "disk"), "it is named: {:?}", failures(&m));
    }
}

#[tokio::test(start_paused = true)]
async fn a_first_up_asks_nobody_whose_it_is() {
    let m = machine();
    m.done(&pipeline(SMALL)).await;
    assert_eq!(*m.cloud.asked.borrow(), [""; 0]);
    m.done(&pipeline(SMALL)).await;
    assert_eq!(*m.cloud.asked.borrow(), [""; 0], "nor one that changes nothing");
}
