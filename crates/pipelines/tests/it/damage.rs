//! StreamTech's state in the middle of a run, as a file, damaged in thousands of ways: refused with a hint, or
//! unchanged in meaning; never "no state", and never another state.
use crate::harness::Harness;
use jiff::Timestamp;
use serde_json::json;
use std::{collections::BTreeSet, rc::Rc};
use tempfile::TempDir;
use vidpipe_engine::{Name, Phase, State, Transition as T};
use vidpipe_sandbox::Clock;
use vidpipe_store::{
    EnvDir, ErrorKind, Folder,
    disk::{Disk, Local},
};

/// A state with nodes in every phase, and with refused, broken and failed nodes.
async fn halfway() -> State {
    let harness = Harness::new(Clock::Instant, "").await;
    let want = harness.graph("");
    harness.go(&want, 14).await;
    let mut state = harness.disk.borrow().clone();
    let ready: Vec<(Name, _)> = state
        .entries
        .iter()
        .filter_map(|(n, e)| Some((n.clone(), e.phase.id().cloned()?)).filter(|_| e.phase.output().is_some()))
        .collect();
    let mut go = |name: &Name, t: T| state.apply(name, t, Timestamp::UNIX_EPOCH).unwrap();
    for (i, (name, id)) in ready.into_iter().enumerate().take(12) {
        match i % 4 {
            0 => go(&name, T::WillDelete { id }),
            1 => go(&name, T::WillUpdate { spec: json!({ "size": 0.1 + 0.2 }), edges: vec![] }),
            2 => go(&name, T::Failed { why: "AccessDenied: \"no\"\n".into(), broken: true }),
            _ => {}
        }
    }
    // Adds the nodes that were not reached, so that the file has its full size.
    for (i, (name, node)) in want.nodes.iter().enumerate() {
        if state.entries.contains_key(name) {
            continue;
        }
        let (kind, edges) = (node.kind.name().into(), node.edges.clone());
        let mut go = |t: T| state.apply(name, t, Timestamp::UNIX_EPOCH).unwrap();
        go(T::WillCreate { kind, spec: json!({ "name": name, "cidr": "10.0.0.0/16" }), edges });
        match i % 3 {
            0 => go(T::Refused { why: "LimitExceeded".into() }),
            1 => go(T::Created { id: vidpipe_engine::PhysicalId(format!("id-{i:017x}")) }),
            _ => {}
        }
    }
    state
}

struct Kept {
    _dir: TempDir,
    place: EnvDir,
    state: State,
    bytes: Vec<u8>,
}

impl Kept {
    /// Saves twice, so that a backup exists.
    async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let mut state = halfway().await;
        let env = state.env.clone();
        let folder = Folder::on(&dir.path().join("state"), Rc::new(Local));
        let place = folder.environment(&env.pipeline, &env.account, &env.region, &env.suffix).unwrap();
        let mut store = place.lock("up", Timestamp::UNIX_EPOCH).unwrap().store();
        store.save(&state).unwrap();
        let last = state.entries.keys().next_back().unwrap().clone();
        let trouble = T::Failed { why: "the last one".into(), broken: false };
        state.apply(&last, trouble, Timestamp::UNIX_EPOCH).unwrap();
        store.save(&state).unwrap();
        let bytes = std::fs::read(place.state_file()).unwrap();
        Self { _dir: dir, place, state, bytes }
    }

    fn put(&self, bytes: &[u8]) {
        Local.remove(&self.place.state_file()).unwrap();
        Local.create(&self.place.state_file(), bytes).unwrap();
    }

    /// Asserts that the damaged file is refused, with a hint on how to continue.
    fn refused(&self, bytes: &[u8], at: &str) {
        self.put(bytes);
        match self.place.read() {
            Ok(read) => panic!("{at}: read as {:?}", read.map(|s| s.serial)),
            Err(e) => {
                assert_eq!(e.kind(), ErrorKind::Refused, "{at}: {e}");
                let command = format!("cp {}.bak ", self.place.state_file().display());
                assert!(e.hint().contains(&command) || e.hint().contains("newer vidpipe"), "{at}: {}", e.hint());
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_real_state_is_read_back_and_has_every_phase() {
    let kept = Kept::new().await;
    let read = kept.place.read().unwrap().unwrap();
    assert_eq!(read, kept.state);
    let phases: BTreeSet<&str> = read.entries.values().map(|e| e.phase.word()).collect();
    assert_eq!(phases.len(), 5, "{phases:?}");
    assert!(read.entries.values().any(|e| matches!(e.phase, Phase::Creating { refused: true })));
    assert!(read.entries.values().any(|e| e.trouble.as_ref().is_some_and(|t| t.broken)));
    assert!(read.entries.len() > 100 && kept.bytes.len() > 50_000, "{} bytes", kept.bytes.len());
}

#[tokio::test(start_paused = true)]
async fn cut_at_every_512_bytes_it_is_refused() {
    let kept = Kept::new().await;
    let ends: Vec<usize> = (0..kept.bytes.len()).step_by(512).chain([kept.bytes.len() - 1]).collect();
    for end in &ends {
        kept.refused(&kept.bytes[..*end], &format!("cut at {end} of {}", kept.bytes.len()));
    }
    println!("{} cuts of {} bytes, all refused", ends.len(), kept.bytes.len());
    // The suggested remedy works.
    std::fs::copy(kept.place.path().join("state.json.bak"), kept.place.state_file()).unwrap();
    let restored = kept.place.read().unwrap().unwrap();
    assert_eq!((restored.serial + 1, restored.entries.len()), (kept.state.serial, kept.state.entries.len()));
}

#[tokio::test(start_paused = true)]
async fn with_a_thousand_bits_flipped_in_turn_it_is_refused() {
    let kept = Kept::new().await;
    let mut rng = fastrand::Rng::with_seed(3);
    for _ in 0..1_000 {
        let (at, bit) = (rng.usize(..kept.bytes.len()), rng.u32(..8));
        let mut flipped = kept.bytes.clone();
        flipped[at] ^= 1 << bit;
        kept.refused(&flipped, &format!("bit {bit} of byte {at}"));
    }
    println!("1000 flipped bits in {} bytes, all refused", kept.bytes.len());
}

#[tokio::test(start_paused = true)]
async fn with_another_half_it_is_refused() {
    let kept = Kept::new().await;
    let before = std::fs::read(kept.place.path().join("state.json.bak")).unwrap();
    for at in (4096..kept.bytes.len()).step_by(4096) {
        // A torn write in place: impossible with a renamed file, but possible on a failing disk.
        let torn = [&kept.bytes[..at], &before[at.min(before.len())..]].concat();
        kept.refused(&torn, &format!("new up to {at}, old after it"));
    }
}
