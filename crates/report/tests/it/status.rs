//! The status of environments.
use crate::world::{at, fault};
use jiff::Timestamp;
use serde_json::json;
use std::time::Duration;
use vidpipe_engine::{
    Environment, Name, PhysicalId, State, Transition as T,
    event::{Event, Fault},
};
use vidpipe_report::{
    TermStyle,
    status::{LastRun, Row, all_human, all_json, one_human, one_json},
};

fn now() -> Timestamp {
    at(7_500_000)
}

fn last() -> LastRun {
    let ended = Event::Ended { done: 3, failed: 1, skipped: 1, took: Duration::from_secs(300) };
    LastRun { command: "up".into(), at: at(0), last: Some(ended) }
}

fn state() -> State {
    let env = Environment {
        pipeline: "streamtech".into(),
        suffix: "staging".into(),
        account: "111122223333".into(),
        region: "us-east-1".into(),
        lineage: "0f0e0d0c0b0a09080706050403020100".into(),
    };
    let mut state = State::new(env, "0.1.0", at(-90_000_000));
    let create = |kind: &str| T::WillCreate { kind: kind.into(), spec: json!({}), edges: vec![] };
    let created = |id: &str| T::Created { id: PhysicalId(id.into()) };
    let story = [
        ("vpc", create("ec2:vpc")),
        ("vpc", created("vpc-0a1b2c3d4e5f")),
        ("vpc", T::Became { output: json!({}) }),
        ("nat-a", create("ec2:nat-gateway")),
        (
            "nat-a",
            T::Refused {
                why: Fault {
                    call: Some("EC2 AllocateAddress".into()),
                    hint: Some("raise the quota".into()),
                    ..fault(
                        "create NAT gateway: the limit\nof Elastic IPs \u{1b}[31mis reached",
                        "AddressLimitExceeded",
                    )
                },
            },
        ),
        ("database", create("rds:instance")),
        ("database", created("db-staging")),
        ("cache", create("elasticache:replication-group")),
        ("cache", created("cache-staging")),
        ("cache", T::Failed { why: "create-failed: insufficient capacity".into(), broken: true }),
        ("files", create("efs:file-system")),
        ("files", created("fs-0123456789")),
        ("files", T::Became { output: json!({}) }),
        ("files", T::WillDelete { id: PhysicalId("fs-0123456789".into()) }),
    ];
    for (n, (name, transition)) in story.into_iter().enumerate() {
        let when = at(i64::try_from(n).unwrap() * 60_000);
        state.apply(&Name::from(name), transition, when).unwrap();
    }
    state
}

fn rows() -> Vec<Row> {
    let whole = {
        let mut state = state();
        state.entries.retain(|n, _| n.0 == "vpc");
        state.env.suffix = "dev".into();
        Row::of(&state, Some(LastRun { command: "down".into(), at: at(7_000_000), last: None }))
    };
    let empty = Row { suffix: "a-longer-suffix".into(), phases: [].into(), last: None, ..whole.clone() };
    let problem = Some("read the state: state.json ends in the middle".into());
    let unreadable = Row { suffix: "prod".into(), created: None, problem, ..empty.clone() };
    vec![whole, empty, Row::of(&state(), Some(last())), unreadable]
}

#[test]
fn every_environment() {
    insta::assert_snapshot!(all_human(&rows(), now(), &TermStyle::default()));
    insta::assert_snapshot!(format!("{:#}", all_json(&rows(), now())));
}

#[test]
fn no_environment() {
    assert_eq!(all_human(&[], now(), &TermStyle::default()), "no environments\n");
    assert_eq!(all_json(&[], now()), json!({ "schema": 1, "environments": [] }));
}

#[test]
fn one_environment() {
    insta::assert_snapshot!(one_human(&state(), Some(&last()), now(), &TermStyle::default()));
    insta::assert_snapshot!(format!("{:#}", one_json(&state(), Some(&last()), now())));
}

#[test]
fn an_environment_with_nothing_in_it() {
    let mut state = state();
    state.entries.clear();
    insta::assert_snapshot!(one_human(&state, None, now(), &TermStyle::default()), @"
    streamtech-staging  us-east-1  account 111122223333  made 1d 03h ago
    0 of 0 nodes ready
    ");
}

#[test]
fn what_went_wrong_stands_out_and_is_harmless() {
    let text = one_human(&state(), None, now(), &TermStyle { colour: true, ..TermStyle::default() });
    let allowed = ["\u{1b}[1m", "\u{1b}[31m", "\u{1b}[33m", "\u{1b}[0m"];
    let rest = allowed.iter().fold(text.clone(), |text, code| text.replace(code, ""));
    assert!(!rest.contains('\u{1b}'), "{rest:?}");
    assert_ne!(rest, text);
}
