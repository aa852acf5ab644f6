//! After a removal: what is remembered, and how often a question is asked.
use crate::world::{SMALL, machine, pipeline};
use std::{cell::Cell, time::Duration};
use tokio::time::Instant;
use vidpipe_engine::{Class, Error, Graph, State, Stop, sweep::patiently};

async fn asked(class: Class, times: u32) -> (Result<u32, Class>, u32) {
    let (tried, stop) = (Cell::new(0), Stop::default());
    let answer = patiently(&stop, async || {
        tried.set(tried.get() + 1);
        if tried.get() <= times { Err(Error::new(class, "look")) } else { Ok(7) }
    });
    (answer.await.map_err(|e| e.class), tried.get())
}

#[tokio::test(start_paused = true)]
async fn a_lost_question_is_asked_again_but_not_for_ever() {
    let began = Instant::now();
    for class in [Class::Throttled, Class::NotSent, Class::Unclear, Class::Unrecognized] {
        assert_eq!(asked(class, 4).await, (Ok(7), 5));
        assert_eq!(asked(class, 5).await, (Err(class), 5));
    }
    assert!(began.elapsed() < Duration::from_secs(61), "{:?}", began.elapsed());
    for class in [Class::Denied, Class::Expired, Class::NotFound, Class::Invalid, Class::Busy] {
        assert_eq!(asked(class, 1).await, (Err(class), 1));
    }
}

#[tokio::test(start_paused = true)]
async fn a_wish_to_stop_ends_the_pause() {
    let stop = Stop::default();
    stop.ask();
    let answer: Result<(), Error> = patiently(&stop, async || Err(Error::new(Class::Throttled, "look"))).await;
    assert_eq!(answer.unwrap_err().class, Class::Interrupted);
}

#[tokio::test(start_paused = true)]
async fn what_was_removed_is_remembered_with_its_id_and_its_intent() {
    let m = machine();
    m.done(&pipeline(SMALL)).await;
    let before = m.disk.borrow().clone();
    m.done(&Graph::default()).await;
    let after = m.disk.borrow().clone();
    assert_eq!((after.entries.len(), after.removed.len()), (0, before.entries.len()));
    for (name, was) in &before.entries {
        let is = &after.removed[name];
        assert_eq!((&is.token, &is.spec, is.phase.id()), (&was.token, &was.spec, was.phase.id()), "{name}");
    }
    let text = serde_json::to_string(&after).unwrap();
    assert_eq!(serde_json::from_str::<State>(&text).unwrap(), after);
    // A state of before there was such a memory can be read.
    let mut old: serde_json::Value = serde_json::from_str(&text).unwrap();
    old.as_object_mut().unwrap().remove("removed");
    assert!(serde_json::from_value::<State>(old).unwrap().removed.is_empty());
}
