//! A changed spec: the plan reports the change of each node, `up` applies it, and everything else stays unchanged.
use crate::harness::Harness;
use std::{collections::BTreeMap, fmt::Write};
use vidpipe_engine::{Action, Plan};
use vidpipe_sandbox::Clock;

const CHANGED: &str = r#"
[worker]
image = "registry.example.com/worker:2"
[cache]
node_type = "cache.t3.small"
[database]
name = "videos"
"#;

fn describe<C>(plan: &Plan<C>) -> String {
    let mut out = String::new();
    for step in plan.steps.iter().filter(|s| s.action != Action::Keep) {
        write!(out, "{:?} {}", step.action, step.name).unwrap();
        for (word, what) in [("because of", step.because.as_ref().map(|n| n.0.as_str())), ("loses", step.data_loss)] {
            write!(out, "{}", what.map(|what| format!(", {word} {what}")).unwrap_or_default()).unwrap();
        }
        out.push('\n');
    }
    out
}

#[tokio::test(start_paused = true)]
async fn image_node_type_and_database_name() {
    let harness = Harness::new(Clock::Instant, "").await;
    harness.up("").await;
    let (before, want) = (harness.nodes(), harness.graph(CHANGED));
    let plan = harness.plan(&want);
    insta::assert_snapshot!("plan", describe(&plan));
    let of = |name: &str| plan.steps.iter().find(|s| s.name.0 == name).unwrap();
    assert_eq!(of("video-processor-task-definition").action, Action::Update);
    assert_eq!(of("cache").action, Action::Update);
    assert_eq!((of("database").action, of("database").data_loss.is_some()), (Action::Replace, true));

    harness.calls.take();
    harness.done(&want).await;
    let calls: Vec<String> = harness.calls.take().iter().map(|(call, n)| format!("{n} {call}")).collect();
    insta::assert_snapshot!("calls", calls.join("\n"));
    assert_eq!(harness.plan(&want).steps.iter().find(|s| s.action != Action::Keep).map(|s| &s.name), None);
    // Families, groups and instances keep their names, and thus their ids; only the migration task ran again.
    let without_tables = |mut nodes: BTreeMap<_, _>| nodes.remove("tables").map(|tables| (tables, nodes)).unwrap();
    let ((had, before), (has, after)) = (without_tables(before), without_tables(harness.nodes()));
    assert_eq!(after, before);
    assert_ne!(has, had);
    is_done(&harness).await;

    harness.down().await;
    harness.assert_nothing_left("after a change");
}

/// Asserts the result as AWS reports it.
async fn is_done(harness: &Harness) {
    let seen = harness.aws.rds.describe_db_instances().send().await.unwrap();
    assert_eq!(seen.db_instances()[0].db_name(), Some("videos"));
    let seen = harness.aws.elasticache.describe_replication_groups().send().await.unwrap();
    assert_eq!(seen.replication_groups()[0].cache_node_type(), Some("cache.t3.small"));
    let call = harness.aws.ecs.describe_services().cluster("video-processing-demo").services("video-processor-demo");
    let service = call.send().await.unwrap().services()[0].clone();
    let call = harness.aws.ecs.describe_task_definition().task_definition(service.task_definition().unwrap());
    let task = call.send().await.unwrap().task_definition.unwrap();
    assert_eq!(task.container_definitions()[0].image(), Some("registry.example.com/worker:2"));
    let call = harness.aws.secrets.get_secret_value().secret_id("db-secret-demo").send().await.unwrap();
    let secret: serde_json::Value = serde_json::from_str(call.secret_string().unwrap()).unwrap();
    assert_eq!(secret["dbname"], "videos");
}

#[tokio::test(start_paused = true)]
async fn an_option_is_turned_off_and_on_again() {
    let harness = Harness::new(Clock::Instant, "").await;
    harness.up("").await;
    for text in ["[encryption]\nkey_rotation = false\n", "[logs]\ncontainer_insights = false\n", ""] {
        harness.up(text).await;
        harness.assert_whole(&harness.graph(text), text);
        assert!(!harness.plan(&harness.graph(text)).changes(), "{text}: done is done");
    }
    harness.down().await;
    harness.assert_nothing_left("after turning options off and on");
}
