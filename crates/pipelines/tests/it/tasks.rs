//! Tasks beyond a plain service, in a small graph: they are changed, fail, run once, and are removed.
use crate::{
    harness::{Harness, PLENTY},
    tasks_graph::{CHANGED, graph, wish},
};
use std::time::Duration;
use tokio::time::timeout;
use vidpipe_aws::sweep;
use vidpipe_engine::{Action, Stop, event::Event, refresh};
use vidpipe_sandbox::{Clock, Conditions, Incident};

/// Number of times a task was run.
fn runs(harness: &Harness) -> usize {
    harness.sandbox.made_by().get("RunTask").copied().unwrap_or_default()
}

async fn left(harness: &Harness) -> Vec<String> {
    let state = harness.disk.borrow().clone();
    let swept = sweep::sweep(&harness.aws, &state, &Stop::default()).await.unwrap();
    assert_eq!(swept.unknown, []);
    swept.left().map(|f| format!("{} {}", f.service, f.what)).collect()
}

#[tokio::test(start_paused = true)]
async fn up_change_and_down() {
    let harness = Harness::new(Clock::Real, "").await;
    let want = graph(&harness.facts);
    harness.done(&want).await;
    harness.assert_whole(&want, "after up");
    assert_eq!((harness.done(&want).await.changed, runs(&harness)), (0, 1));
    let shares = async || {
        let call = harness.aws.ecs.describe_services().cluster("tasks-demo").services("worker-demo");
        let seen = call.send().await.unwrap().services()[0].clone();
        seen.capacity_provider_strategy().iter().map(|s| s.capacity_provider().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(shares().await, ["FARGATE_SPOT", "FARGATE"]);
    let alarms = async |prefix: &str| {
        let seen = harness.aws.cloudwatch.describe_alarms().alarm_name_prefix(prefix).send().await.unwrap();
        seen.metric_alarms.unwrap_or_default()
    };
    assert_eq!(alarms("TargetTracking-service/tasks-demo/worker-demo-").await.len(), 2);
    let alarm = alarms("age-demo").await[0].clone();
    assert_eq!(
        (alarm.alarm_actions().len(), alarm.ok_actions().len()),
        (2, 1),
        "no policy is carried out when it is over"
    );

    let want = wish(&harness.facts, &CHANGED);
    let plan = harness.plan(&want);
    let of = |name: &str| plan.steps.iter().find(|s| s.name.0 == name).unwrap().action;
    assert_eq!(of("schema"), Action::Replace);
    assert!(["worker", "scaling-records", "alarm-age"].iter().all(|name| of(name) == Action::Update));
    // The target of the step policy may differ once the service is changed; it does not.
    assert_eq!((of("providers"), of("scaling-age")), (Action::Keep, Action::Decide));
    harness.calls.take();
    harness.done(&want).await;
    assert_eq!(harness.calls.take()["Application Auto Scaling PutScalingPolicy"], 1);
    assert_eq!((runs(&harness), shares().await), (2, vec!["FARGATE".to_owned()]));
    assert_eq!(alarms("TargetTracking-service/tasks-demo/worker-demo-").await.len(), 2, "the old ones went");
    assert_eq!(harness.done(&want).await.changed, 0);

    harness.down().await;
    harness.assert_nothing_left("after down");
    assert_eq!(left(&harness).await, [] as [String; 0], "tasks that stopped are no leftovers");
}

#[tokio::test(start_paused = true)]
async fn a_task_that_ecs_has_forgotten_is_not_run_again() {
    let harness = Harness::new(Clock::Real, "").await;
    let want = graph(&harness.facts);
    harness.done(&want).await;
    tokio::time::advance(Duration::from_secs(4_000)).await;
    let mut state = harness.disk.borrow().clone();
    let now = vidpipe_engine::Clock::start().now();
    let drifted = refresh(&harness.aws, vidpipe_aws::KINDS, &mut state, now).await.unwrap();
    assert_eq!(drifted, []);
    assert_eq!((harness.done(&want).await.changed, runs(&harness)), (0, 1));
    harness.down().await;
    harness.assert_nothing_left("after down");
}

#[tokio::test(start_paused = true)]
async fn its_failure_fails_up_with_the_end_of_its_log_and_the_next_up_runs_it_again() {
    for pace in [Clock::Real, Clock::Instant] {
        let harness = Harness::new(pace, "").await;
        harness.sandbox.set(Conditions::default().with_incident(Incident::OneOffFails, 1));
        let want = graph(&harness.facts);
        let summary = harness.go(&want, PLENTY).await;
        assert_eq!((summary.failed, summary.skipped), (1, 0));
        let failed = harness.events.borrow().iter().find_map(|e| match e {
            Event::Failed { node, error, .. } => Some((node.0.clone(), error.clone())),
            _ => None,
        });
        let (node, error) = failed.unwrap();
        assert_eq!(node, "schema");
        let expected =
            "Essential container in task exited (exit code 1); its log ends: ERROR: syntax error at or near \"TABEL\"";
        assert!(error.message.contains(expected), "{error:?}");
        assert_eq!(left(&harness).await.iter().filter(|what| what.ends_with("task")).count(), 0);
        harness.done(&want).await;
        assert_eq!(runs(&harness), 2);
        harness.down().await;
        harness.assert_nothing_left("after a failure");
    }
}

#[tokio::test(start_paused = true)]
async fn a_task_under_way_is_found_by_the_sweep_and_stopped_by_down() {
    let harness = Harness::new(Clock::Real, "").await;
    let want = graph(&harness.facts);
    // Long enough for the task to run, and short enough for it not to finish.
    timeout(Duration::from_secs(30), harness.go(&want, PLENTY)).await.unwrap_err();
    let phase = harness.nodes()["schema"].0;
    assert_eq!((phase, runs(&harness)), ("waiting", 1));
    assert_eq!(
        left(&harness).await.iter().filter(|what| *what == "ecs task" || *what == "ecs one-off-task").count(),
        1
    );
    let began = tokio::time::Instant::now();
    harness.down().await;
    assert!(began.elapsed() < Duration::from_secs(600), "{:?}", began.elapsed());
    assert!(harness.calls.take().contains_key("ECS StopTask"));
    harness.assert_nothing_left("after down");
    assert_eq!(left(&harness).await, [] as [String; 0]);
}
