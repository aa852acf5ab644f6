//! Only differences are sent: an update without differences sends nothing, one differing setting is all that is sent,
//! and the read before an update overlooks no setting that the update may change.
use crate::harness::{Harness, PIPELINES, STREAMFLIX, STREAMTECH};
use jiff::Timestamp;
use serde_json::{Value, json};
use std::{collections::BTreeSet, rc::Rc};
use vidpipe_aws::KINDS;
use vidpipe_engine::{Change, Cx, Entry, Name, Observed, PhysicalId, Transition, kind_of};
use vidpipe_sandbox::{Clock, is_read};

/// Marks the nodes that support updates as an earlier run would have that intended to update all of them.
fn to_be_updated(harness: &Harness) {
    let mut state = harness.disk.borrow().clone();
    for (name, entry) in harness.disk.borrow().entries.clone() {
        if kind_of(KINDS, &entry.kind).unwrap().updates() {
            let update = Transition::WillUpdate { spec: entry.spec, edges: entry.edges };
            state.apply(&name, update, Timestamp::UNIX_EPOCH).unwrap();
        }
    }
    *harness.disk.borrow_mut() = state;
}

/// The mutating calls sent. The Data API has a single call, which also reads.
fn sent(harness: &Harness) -> Vec<String> {
    let calls = harness
        .sandbox
        .take_calls()
        .into_iter()
        .filter(|call| !is_read(&call.operation) && call.operation != "ExecuteStatement");
    calls.map(|call| format!("{} {}", call.service, call.operation)).collect()
}

#[tokio::test(start_paused = true)]
async fn an_update_of_what_is_as_wanted_sends_nothing() {
    for spec in PIPELINES {
        let harness = Harness::new(Clock::Instant, spec).await;
        harness.up(spec).await;
        to_be_updated(&harness);
        sent(&harness);
        harness.up(spec).await;
        assert_eq!(sent(&harness), Vec::<String>::new(), "{spec}");
        harness.assert_whole(&harness.graph(spec), spec);
    }
}

/// Settings that an update cannot change or a read cannot see, each with its reason.
const UNSEEN: &[(&str, &str, &str)] = &[
    ("apigateway:routes", "/title", "the API's own name, which its own node changes"),
    ("apigateway:routes", "/description", "the API's own description, which its own node changes"),
    ("apigateway:routes", "/version", "the document's, which nothing shows"),
    ("elasticache:replication-group", "/engine_version", "no version: it is compared in a test of its own"),
    ("kms:key", "/deletion_window_days", "used when it is removed"),
    ("rds:migration", "/name", "it is known by its checksum"),
    ("rds:migration", "/sql", "it is known by its checksum"),
];

/// Every spec that differs from this one in one value.
fn others(spec: &Value, at: &str, out: &mut Vec<(String, Value)>) {
    let here = spec.pointer(at).unwrap();
    match here {
        Value::Object(fields) => fields
            .keys()
            .for_each(|key| others(spec, &format!("{at}/{}", key.replace('~', "~0").replace('/', "~1")), out)),
        Value::Array(items) => (0..items.len()).for_each(|i| others(spec, &format!("{at}/{i}"), out)),
        leaf => out.extend(otherwise(leaf).into_iter().map(|other| {
            let mut changed = spec.clone();
            *changed.pointer_mut(at).unwrap() = other;
            (at.to_owned(), changed)
        })),
    }
}

/// Other values than this one; the kind may not accept some of them.
fn otherwise(leaf: &Value) -> Vec<Value> {
    const WORDS: [&str; 8] = ["above", "below", "ignore", "breaching", "sum", "minimum", "bursting", "elastic"];
    match leaf {
        Value::Bool(on) => vec![json!(!on)],
        Value::Number(n) if n.is_f64() => vec![json!(n.as_f64().unwrap() + 0.5)],
        Value::Number(n) => vec![json!(n.as_i64().unwrap() + 1)],
        Value::String(text) => {
            let words = WORDS.iter().filter(|word| *word != text).map(|word| json!(word));
            [json!(format!("{text}x"))].into_iter().chain(words).collect()
        }
        _ => vec![],
    }
}

/// The settings of that node that an update would change although a read reports no difference.
async fn overlooked(
    harness: &Harness,
    name: &Name,
    entry: &Entry,
    id: &PhysicalId,
) -> BTreeSet<(&'static str, String)> {
    let kind = kind_of(KINDS, &entry.kind).unwrap();
    let env = Rc::new(harness.disk.borrow().env.clone());
    let cx = Cx { cloud: harness.aws.clone(), env, node: name.clone(), token: entry.token.clone() };
    let (mut specs, mut overlooked) = (Vec::new(), BTreeSet::new());
    others(&entry.spec, "", &mut specs);
    for (at, spec) in specs {
        let updates = matches!(kind.change(&spec, &entry.spec), Ok(Change::Update));
        if updates && matches!(kind.observe(&cx, &spec, id).await, Ok(Observed::Ready(_))) {
            overlooked.insert((kind.name(), at));
        }
    }
    overlooked
}

#[tokio::test(start_paused = true)]
async fn no_setting_that_an_update_changes_is_overlooked() {
    let known: BTreeSet<_> = UNSEEN.iter().map(|(kind, at, _)| (*kind, (*at).to_owned())).collect();
    let mut found = BTreeSet::new();
    for spec in PIPELINES {
        let harness = Harness::new(Clock::Instant, spec).await;
        harness.up(spec).await;
        let entries = harness.disk.borrow().entries.clone();
        for (name, entry) in &entries {
            if let (Some(id), true) = (entry.phase.id(), kind_of(KINDS, &entry.kind).unwrap().updates()) {
                found.extend(overlooked(&harness, name, entry, id).await);
            }
        }
    }
    assert_eq!(found, known);
}

/// The fields set in the calls of that operation, including those that identify the resource.
fn fields(harness: &Harness, operation: &str) -> Vec<Vec<String>> {
    let asked = harness.calls.take_asked().into_iter().filter(|(asked, _)| asked == operation);
    asked.map(|(_, fields)| fields).collect()
}

#[tokio::test(start_paused = true)]
async fn only_what_differs_is_asked_for() {
    let cases: &[(&str, &str, &str, &[&str])] = &[
        (
            STREAMTECH,
            "[database]\nbackup_retention_days = 9\n",
            "ModifyDBInstance",
            &["db_instance_identifier", "apply_immediately", "backup_retention_period"],
        ),
        (
            STREAMTECH,
            "[database]\nstorage_gib = 250\n",
            "ModifyDBInstance",
            &["db_instance_identifier", "allocated_storage", "apply_immediately"],
        ),
        (
            STREAMTECH,
            "[cache]\nnode_type = \"cache.t3.small\"\n",
            "ModifyReplicationGroup",
            &["replication_group_id", "apply_immediately", "cache_node_type"],
        ),
        (
            STREAMTECH,
            "[worker]\nimage = \"registry.example.com/worker:2\"\n",
            "UpdateService",
            &["cluster", "service", "task_definition"],
        ),
        (
            STREAMFLIX,
            "[database]\nmax_acu = 2.0\n",
            "ModifyDBCluster",
            &["db_cluster_identifier", "apply_immediately", "serverless_v2_scaling_configuration"],
        ),
    ];
    for (pipeline, change, operation, expected) in cases {
        let harness = Harness::new(Clock::Instant, pipeline).await;
        harness.up(pipeline).await;
        harness.calls.take_asked();
        let spec = format!("{pipeline}{change}");
        harness.up(&spec).await;
        let asked = fields(&harness, operation);
        let asked: Vec<BTreeSet<&str>> = asked.iter().map(|f| f.iter().map(String::as_str).collect()).collect();
        assert_eq!(asked, [expected.iter().copied().collect::<BTreeSet<_>>()], "{change}");
    }
}
