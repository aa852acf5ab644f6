//! From any spec to any other: resources that hold data are not touched without consent by name.
use crate::{
    harness::{Harness, PIPELINES, PLENTY, SUFFIX, suffix},
    load,
};
use jiff::Timestamp;
use proptest::{prelude::*, sample::Index};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use vidpipe_aws::{Aws, Facts, KINDS, timings};
use vidpipe_engine::{
    Action, Consent, Entry, Environment, Graph, Name, Phase, PhysicalId, Plan, State, Token, kind_of, plan,
};
use vidpipe_pipelines::{
    graph, requirements,
    spec::{Spec, SpecErrors},
};
use vidpipe_sandbox::Clock;

/// A setting, and alternatives to its default.
type Setting = (&'static str, &'static [&'static str]);

const EVERYWHERE: &[Setting] = &[
    ("protect", &["true"]),
    ("tags.owner", &["\"media\""]),
    ("network.cidr", &["\"10.9.0.0/16\"", "\"172.16.0.0/16\""]),
    ("network.availability_zones", &["3"]),
    ("network.nat_gateways", &["1"]),
    ("network.subnet_prefix", &["22", "26"]),
    ("database.name", &["\"videos\"", "\"films\""]),
    ("database.username", &["\"keeper\""]),
    ("database.engine_version", &["\"16\"", "\"17\""]),
    ("database.backup_retention_days", &["1", "30"]),
    ("logs.retention_days", &["1", "365"]),
    ("logs.container_insights", &["false"]),
    ("encryption.customer_managed_key", &["true", "false"]),
    ("encryption.key_rotation", &["false"]),
];

const STREAMTECH: &[Setting] = &[
    ("database.instance_class", &["\"db.r6g.large\""]),
    ("database.storage_gib", &["20", "500"]),
    ("database.multi_az", &["false"]),
    ("database.password_length", &["40"]),
    ("cache.engine_version", &["\"6.2\"", "\"7.1\""]),
    ("cache.node_type", &["\"cache.r6g.large\""]),
    ("cache.nodes", &["3"]),
    ("files.performance_mode", &["\"max_io\""]),
    ("files.throughput_mode", &["\"elastic\""]),
    ("files.uid", &["1500"]),
    ("worker.image", &["\"registry.example.com/worker:2\""]),
    ("api.port", &["9000"]),
    ("api.stage", &["\"v2\""]),
    ("metadata.migrations", &["\"off\""]),
];

const STREAMFLIX: &[Setting] = &[
    ("stream.mode", &["\"on_demand\""]),
    ("stream.shards", &["8"]),
    ("stream.encryption", &["false"]),
    ("stream.retention_hours", &["168"]),
    ("database.reader", &["false"]),
    ("database.max_acu", &["8"]),
    ("queue.retention_days", &["2"]),
    ("queue.visibility_timeout_seconds", &["60"]),
    ("audit.enabled", &["false"]),
    ("audit.log_retention_days", &["30"]),
    ("alerts.email", &["\"ops@example.com\""]),
];

fn settings(pipeline: usize) -> impl Iterator<Item = &'static Setting> {
    EVERYWHERE.iter().chain(if pipeline == 2 { STREAMFLIX } else { STREAMTECH })
}

/// A spec of that pipeline with some of its settings changed, if they are compatible.
fn spec(pipeline: usize, changed: &[(Index, Index)]) -> Result<Spec, SpecErrors> {
    let all: Vec<&Setting> = settings(pipeline).collect();
    let chosen = changed.iter().map(|(which, value)| (which.get(&all), value));
    let lines: BTreeMap<&str, &str> = chosen.map(|((key, values), value)| (*key, *value.get(values))).collect();
    let lines: String = lines.iter().map(|(key, value)| format!("{key} = {value}\n")).collect();
    load(&format!("{lines}{}", PIPELINES[pipeline]))
}

fn drawn(spec: &Spec) -> Graph<Aws> {
    graph(spec, &suffix(SUFFIX), &Facts::placeholders(&spec.region, &requirements(spec)))
}

/// A node's output after creation, without symbols of nodes created later.
fn real(value: &Value) -> Value {
    match value {
        Value::String(text) => Value::String(text.replace("${", "").replace('}', "")),
        Value::Array(list) => list.iter().map(real).collect(),
        Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), real(value))).collect(),
        other => other.clone(),
    }
}

/// The whole graph, ready.
fn standing(want: &Graph<Aws>) -> State {
    let text = String::new;
    let env = Environment { pipeline: text(), suffix: text(), account: text(), region: text(), lineage: text() };
    let mut state = State::new(env, "test", Timestamp::UNIX_EPOCH);
    for (name, node) in &want.nodes {
        let (id, output) = (PhysicalId(name.0.clone()), real(&node.kind.symbolic(name).unwrap()));
        let entry = Entry {
            kind: node.kind.name().into(),
            spec: node.spec(&state.known()).unwrap(),
            edges: node.edges.clone(),
            token: Token(name.0.clone()),
            phase: Phase::Ready { id, output },
            since: Timestamp::UNIX_EPOCH,
            trouble: None,
            never_ready: false,
        };
        state.entries.insert(name.clone(), entry);
    }
    state
}

fn planned(want: &Graph<Aws>, have: &State) -> Plan<Aws> {
    plan(want, have, KINDS, &timings()).unwrap()
}

/// The nodes whose data would be lost, by the plan's steps and the kinds' own definitions.
fn losing(plan: &Plan<Aws>, have: &State) -> BTreeSet<Name> {
    let goes = plan.steps.iter().filter(|s| matches!(s.action, Action::Replace | Action::Delete));
    let holds = |name: &Name| {
        have.entries.get(name).is_some_and(|e| kind_of(KINDS, &e.kind).is_ok_and(|kind| kind.data_loss().is_some()))
    };
    goes.map(|s| s.name.clone()).filter(holds).collect()
}

fn refused(plan: &Plan<Aws>, consent: &Consent) -> BTreeSet<Name> {
    plan.unconsented(consent).iter().map(|s| s.name.clone()).collect()
}

fn some() -> impl Strategy<Value = Vec<(Index, Index)>> {
    prop::collection::vec(any::<(Index, Index)>(), 0..8)
}

proptest! {
    #[test]
    fn a_plan_says_of_everything_that_goes_with_data_that_it_needs_consent(
        pipeline in 0..PIPELINES.len(), from in some(), to in some(),
    ) {
        let (Ok(from), Ok(to)) = (spec(pipeline, &from), spec(pipeline, &to)) else { return Ok(()) };
        let have = standing(&drawn(&from));
        let plan = planned(&drawn(&to), &have);
        let losing = losing(&plan, &have);
        prop_assert_eq!(&refused(&plan, &Consent::default()), &losing);
        prop_assert!(refused(&plan, &Consent::To(losing.clone())).is_empty());
        prop_assert!(refused(&plan, &Consent::Everything).is_empty());
        for name in &losing {
            let others = losing.iter().filter(|n| *n != name).cloned().collect();
            prop_assert_eq!(refused(&plan, &Consent::To(others)), BTreeSet::from([name.clone()]));
        }
        let again = plan.allowing(&Consent::To(losing));
        prop_assert!(again.steps.iter().all(|s| !s.needs_consent));
    }
}

/// The specs that risk losing data most: each is applied to a pipeline's defaults.
const RISKY: [(usize, &str); 6] = [
    (0, "database.name = \"videos\"\nprotect = true\n"),
    (0, "database.storage_gib = 20\ncache.engine_version = \"6.2\"\nfiles.performance_mode = \"max_io\"\n"),
    (0, "encryption.customer_managed_key = false\n"),
    (1, "database.username = \"keeper\"\nnetwork.subnet_prefix = 26\n"),
    (2, "network.cidr = \"10.9.0.0/16\"\n"),
    (2, "audit.enabled = false\ndatabase.name = \"films\"\n"),
];

/// The nodes that hold data, with their creation tokens.
fn holders(harness: &Harness) -> BTreeMap<Name, String> {
    let state = harness.disk.borrow();
    let holds = |e: &Entry| kind_of(KINDS, &e.kind).is_ok_and(|kind| kind.data_loss().is_some());
    let ready = |e: &Entry| matches!(e.phase, Phase::Ready { .. } | Phase::Waiting { .. } | Phase::Updating { .. });
    let all = state.entries.iter().filter(|(_, e)| holds(e) && ready(e));
    all.map(|(name, e)| (name.clone(), e.token.0.clone())).collect()
}

/// The calls that delete data.
const DESTROYS: [&str; 10] = [
    "DeleteBucket",
    "DeleteDBCluster",
    "DeleteDBInstance",
    "DeleteFileSystem",
    "DeleteLogGroup",
    "DeleteQueue",
    "DeleteReplicationGroup",
    "DeleteSecret",
    "DeleteStream",
    "ScheduleKeyDeletion",
];

/// The plan is run without a prior check: the resources that hold data still exist, with the same tokens.
#[tokio::test(start_paused = true)]
async fn a_run_without_consent_leaves_everything_that_holds_data() {
    for (pipeline, text) in RISKY {
        let harness = Harness::new(Clock::Instant, PIPELINES[pipeline]).await;
        harness.up(PIPELINES[pipeline]).await;
        let before = holders(&harness);
        assert!(before.len() > 5, "{before:?}");
        *harness.consent.borrow_mut() = Consent::default();
        let want = harness.graph(&format!("{text}{}", PIPELINES[pipeline]));
        assert_ne!(refused(&harness.plan(&want), &Consent::default()), BTreeSet::new(), "{text}");
        harness.go(&want, PLENTY).await;
        assert_eq!(holders(&harness), before, "{text}");
        let calls = harness.calls.take();
        let called = |destroys: &&&str| calls.keys().any(|call| call.split(' ').next_back() == Some(**destroys));
        // An instance of a cluster holds no data: its cluster does.
        let destroys = DESTROYS.iter().filter(|call| pipeline != 2 || **call != "DeleteDBInstance");
        assert_eq!(destroys.filter(called).collect::<Vec<_>>(), [&""; 0], "{text}");
    }
}

/// Adds a third zone, and removes it: subnets are created and deleted, and the resources in the others are changed in
/// place.
#[tokio::test(start_paused = true)]
async fn a_zone_more_or_less_moves_nothing_that_holds_data() {
    for pipeline in PIPELINES {
        let three = format!("network.availability_zones = 3\n{pipeline}");
        // The two zones of an environment are among its three possible zones.
        let harness = Harness::new(Clock::Instant, &three).await;
        let two = {
            let spec = load(pipeline).unwrap();
            let facts = Facts { zones: harness.facts.zones[..2].to_vec(), ..harness.facts.clone() };
            graph(&spec, &suffix(SUFFIX), &facts)
        };
        harness.done(&two).await;
        *harness.consent.borrow_mut() = Consent::default();
        let before = holders(&harness);
        let subnets = |harness: &Harness| -> BTreeMap<String, String> {
            let state = harness.disk.borrow();
            let all = state.entries.iter().filter(|(_, e)| e.kind == "ec2:subnet");
            all.map(|(name, e)| (name.0.clone(), e.spec["cidr"].as_str().unwrap().to_owned())).collect()
        };
        let had = subnets(&harness);
        harness.done(&harness.graph(&three)).await;
        let has = subnets(&harness);
        assert!(had.iter().all(|(name, cidr)| has[name] == *cidr), "{had:?} {has:?}");
        assert_eq!(has.values().collect::<BTreeSet<_>>().len(), 9, "{has:?}");
        assert_eq!(holders(&harness), before);
        harness.done(&two).await;
        assert_eq!((subnets(&harness), holders(&harness)), (had, before));
    }
}
