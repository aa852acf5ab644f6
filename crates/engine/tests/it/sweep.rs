//! The entries kept in the state after a removal.
use crate::world::{SMALL, machine, pipeline};
use vidpipe_engine::{Graph, State};

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
    // A state written before this field existed can still be read.
    let mut old: serde_json::Value = serde_json::from_str(&text).unwrap();
    old.as_object_mut().unwrap().remove("removed");
    assert!(serde_json::from_value::<State>(old).unwrap().removed.is_empty());
}
