//! One-off ECS tasks, services without a load balancer, and capacity providers.

use std::time::Duration;

use aws_sdk_ecs::Client;
use aws_sdk_ecs::operation::run_task::RunTaskOutput;
use aws_sdk_ecs::types::{
    AwsVpcConfiguration, CapacityProviderStrategyItem, DeploymentRolloutState, DesiredStatus, LaunchType,
    NetworkConfiguration, Tag, Task, TaskField,
};
use tokio::time::advance;
use vidpipe_sandbox::{Clock, Conditions, Incident, Sandbox};

use crate::aws::{Kept, client, code, sandbox};
use crate::compute::{Ground, ground};
use crate::ecs;

const MINUTE: Duration = Duration::from_secs(60);

/// A cluster, a task definition, and the network of its tasks.
async fn stage(sandbox: &Sandbox) -> (Client, String, Ground) {
    let ground = ground(sandbox).await;
    let client = client!(aws_sdk_ecs, *sandbox);
    ecs::cluster(&client).await;
    (client.clone(), ecs::definition(&client, "postgres:16").await, ground)
}

fn network(ground: &Ground) -> NetworkConfiguration {
    let vpc = AwsVpcConfiguration::builder().subnets(&ground.subnets[0]).security_groups(&ground.group);
    NetworkConfiguration::builder().awsvpc_configuration(vpc.build().unwrap()).build()
}

async fn run(client: &Client, task: &str, ground: &Ground, token: &str) -> Result<RunTaskOutput, (String, String)> {
    let call = client.run_task().cluster("demo").task_definition(task).client_token(token).started_by(token);
    let call = call.launch_type(LaunchType::Fargate).network_configuration(network(ground));
    let answer = call.tags(Tag::builder().key("suffix").value("demo").build()).send().await;
    let words = format!("{answer:?}");
    answer.map_err(|e| (code::<(), _, _>(Err(e)), words))
}

async fn arn(client: &Client, task: &str, ground: &Ground, token: &str) -> String {
    let made = run(client, task, ground, token).await.unwrap();
    assert_eq!((made.tasks().len(), made.failures().len()), (1, 0));
    made.tasks()[0].task_arn().unwrap().to_owned()
}

async fn describe(client: &Client, arn: &str) -> Option<Task> {
    let call = client.describe_tasks().cluster("demo").tasks(arn).include(TaskField::Tags);
    call.send().await.unwrap().tasks.unwrap_or_default().into_iter().next()
}

async fn listed(client: &Client, status: DesiredStatus) -> Vec<String> {
    let call = client.list_tasks().cluster("demo").family("worker").desired_status(status);
    call.send().await.unwrap().task_arns.unwrap_or_default()
}

#[tokio::test(start_paused = true)]
async fn a_task_runs_once_and_is_forgotten_after_an_hour() {
    let sandbox = Sandbox::in_memory(Clock::Real);
    let (client, task, ground) = stage(&sandbox).await;
    let ec2 = client!(aws_sdk_ec2, sandbox);
    let interfaces = async || {
        let seen = ec2.describe_network_interfaces().send().await.unwrap();
        let of_tasks = |d: &str| d.contains(":ecs:");
        seen.network_interfaces().iter().filter(|i| i.description().is_some_and(of_tasks)).count()
    };
    let arn = arn(&client, &task, &ground, "one").await;
    let mut words = Vec::new();
    for _ in 0..12 {
        let seen = describe(&client, &arn).await.unwrap();
        words.push(seen.last_status().unwrap().to_owned());
        if seen.last_status() != Some("STOPPED") {
            assert_eq!(interfaces().await, 1);
        }
        advance(Duration::from_secs(5)).await;
    }
    words.dedup();
    assert_eq!(words, ["PROVISIONING", "PENDING", "RUNNING", "DEPROVISIONING", "STOPPED"]);
    let seen = describe(&client, &arn).await.unwrap();
    assert_eq!((seen.group(), seen.started_by()), (Some("family:worker"), Some("one")));
    assert_eq!(seen.tags()[0].value(), Some("demo"));
    assert_eq!((seen.containers()[0].name(), seen.containers()[0].exit_code()), (Some("worker"), Some(0)));
    assert!(seen.stopped_at().is_some());
    assert_eq!(listed(&client, DesiredStatus::Stopped).await, std::slice::from_ref(&arn));
    assert!(listed(&client, DesiredStatus::Running).await.is_empty());
    advance(2 * MINUTE).await;
    assert_eq!(interfaces().await, 0);
    client.delete_cluster().cluster("demo").send().await.expect("a stopped task keeps no cluster");
    assert_eq!(code(client.describe_tasks().cluster("none").tasks(&arn).send().await), "ClusterNotFoundException");

    ecs::cluster(&client).await;
    assert!(describe(&client, &arn).await.is_some());
    advance(61 * MINUTE).await;
    ecs::cluster(&client).await;
    assert!(describe(&client, &arn).await.is_none(), "ECS has forgotten it");
    let stop = client.stop_task().cluster("demo").task(&arn).send().await;
    assert_eq!(code(stop), "InvalidParameterException");
}

#[tokio::test(start_paused = true)]
async fn the_same_token_runs_a_task_once() {
    let kept = Kept::new();
    let sandbox = kept.open(Clock::Real);
    let (client, task, ground) = stage(&sandbox).await;
    let first = arn(&client, &task, &ground, "one").await;
    let sandbox = kept.again(sandbox, Clock::Real);
    let client = client!(aws_sdk_ecs, sandbox);
    assert_eq!(arn(&client, &task, &ground, "one").await, first);
    let next = ecs::definition(&client, "postgres:17").await;
    let (refused, words) = run(&client, &next, &ground, "one").await.unwrap_err();
    assert!(refused == "ConflictException" && words.contains("already in use"), "{words}");
    assert_ne!(arn(&client, &task, &ground, "two").await, first);
    // The calls created two tasks in all.
    advance(5 * MINUTE).await;
    assert_eq!(listed(&client, DesiredStatus::Stopped).await.len(), 2);
}

#[tokio::test]
async fn a_task_that_fails_says_why_in_its_log() {
    let sandbox = sandbox();
    sandbox.set(Conditions::default().with_incident(Incident::OneOffFails, 1));
    let (client, task, ground) = stage(&sandbox).await;
    let logs = client!(aws_sdk_cloudwatchlogs, sandbox);
    for (token, exit, text) in [("one", 1, "ERROR:"), ("two", 0, "CREATE TABLE")] {
        let arn = arn(&client, &task, &ground, token).await;
        let seen = describe(&client, &arn).await.unwrap();
        assert_eq!((seen.last_status(), seen.containers()[0].exit_code()), (Some("STOPPED"), Some(exit)));
        assert_eq!(seen.stopped_reason(), Some("Essential container in task exited"));
        let stream = arn.rsplit('/').next().unwrap();
        let call = logs.get_log_events().log_group_name("/vidpipe/demo").log_stream_name(stream).limit(10);
        let seen = call.send().await.unwrap();
        assert!(seen.events()[0].message().unwrap().starts_with(text), "{seen:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_running_task_is_stopped_and_keeps_its_cluster_until_then() {
    let sandbox = Sandbox::in_memory(Clock::Real);
    let (client, task, ground) = stage(&sandbox).await;
    let arn = arn(&client, &task, &ground, "one").await;
    advance(Duration::from_secs(38)).await;
    assert_eq!(describe(&client, &arn).await.unwrap().last_status(), Some("RUNNING"));
    assert_eq!(code(client.delete_cluster().cluster("demo").send().await), "ClusterContainsTasksException");
    let stop = || client.stop_task().cluster("demo").task(&arn).reason("enough").send();
    stop().await.unwrap();
    stop().await.expect("a task that stops may be stopped");
    advance(MINUTE).await;
    let seen = describe(&client, &arn).await.unwrap();
    assert_eq!((seen.last_status(), seen.containers()[0].exit_code()), (Some("STOPPED"), Some(143)));
    assert_eq!(seen.stopped_reason(), Some("enough"));
}

#[tokio::test]
async fn a_task_needs_what_it_names() {
    let sandbox = sandbox();
    let (client, task, ground) = stage(&sandbox).await;
    let refused = async |cluster: &str, task: &str, network| {
        let call = client.run_task().cluster(cluster).task_definition(task).launch_type(LaunchType::Fargate);
        code(call.set_network_configuration(network).send().await)
    };
    let here = || Some(network(&ground));
    assert_eq!(refused("none", &task, here()).await, "ClusterNotFoundException");
    assert_eq!(refused("demo", "none:1", here()).await, "ClientException");
    assert_eq!(refused("demo", &task, None).await, "InvalidParameterException");
    let nowhere = Ground { subnets: vec!["subnet-none".into()], ..ground };
    assert_eq!(refused("demo", &task, Some(network(&nowhere))).await, "InvalidParameterException");
}

#[tokio::test]
async fn no_task_runs_before_its_role_can_be_assumed_nor_without_its_log_group() {
    let sandbox = sandbox();
    let (client, task, ground) = stage(&sandbox).await;
    let iam = client!(aws_sdk_iam, sandbox);
    iam.delete_role().role_name("task").send().await.unwrap();
    let (refused, words) = run(&client, &task, &ground, "one").await.unwrap_err();
    assert!(refused == "ClientException" && words.contains("ECS was unable to assume the role"), "{words}");
    iam.create_role().role_name("task").assume_role_policy_document(r#"{"Statement":[]}"#).send().await.unwrap();
    let logs = client!(aws_sdk_cloudwatchlogs, sandbox);
    logs.delete_log_group().log_group_name("/vidpipe/demo").send().await.unwrap();
    let arn = arn(&client, &task, &ground, "two").await;
    let seen = describe(&client, &arn).await.unwrap();
    assert_eq!((seen.last_status(), seen.containers()[0].exit_code()), (Some("STOPPED"), None));
    assert!(seen.stopped_reason().unwrap().contains("log group does not exist"), "{seen:?}");
}

#[tokio::test(start_paused = true)]
async fn a_service_without_targets_is_never_steady_while_its_tasks_crash() {
    let sandbox = Sandbox::in_memory(Clock::Real);
    sandbox.set(Conditions::default().with_incident(Incident::TasksCrash, 1));
    let (client, task, ground) = stage(&sandbox).await;
    let call = client.create_service().cluster("demo").service_name("worker").task_definition(&task).desired_count(1);
    call.launch_type(LaunchType::Fargate).network_configuration(network(&ground)).send().await.unwrap();
    for _ in 0..100 {
        advance(Duration::from_secs(3)).await;
        let seen = ecs::describe(&client).await;
        assert_eq!(seen.deployments()[0].rollout_state(), Some(&DeploymentRolloutState::InProgress));
    }
    let crashed = client.list_tasks().cluster("demo").desired_status(DesiredStatus::Stopped).send().await.unwrap();
    assert!(crashed.task_arns().len() >= 3, "ECS goes on trying");
}

fn share(provider: &str, weight: i32, base: i32) -> CapacityProviderStrategyItem {
    let share = CapacityProviderStrategyItem::builder().capacity_provider(provider);
    share.weight(weight).base(base).build().unwrap()
}

#[tokio::test]
async fn a_service_is_shared_out_over_the_providers_its_cluster_has() {
    let sandbox = sandbox();
    let (client, task, ground) = stage(&sandbox).await;
    let create = |shares: &[CapacityProviderStrategyItem]| {
        let call = client.create_service().cluster("demo").service_name("spot").task_definition(&task);
        let call = call.desired_count(5).network_configuration(network(&ground));
        call.set_capacity_provider_strategy(Some(shares.to_vec()))
    };
    let shares = [share("FARGATE_SPOT", 3, 0), share("FARGATE", 1, 1)];
    assert_eq!(code(create(&shares).send().await), "InvalidParameterException", "the cluster has none");
    let put = |providers: &[&str]| {
        let call = client.put_cluster_capacity_providers().cluster("demo");
        let call = call.set_capacity_providers(Some(providers.iter().map(|p| (*p).to_owned()).collect()));
        call.set_default_capacity_provider_strategy(Some(vec![])).send()
    };
    put(&["FARGATE", "FARGATE_SPOT"]).await.unwrap();
    let seen = client.describe_clusters().clusters("demo").send().await.unwrap();
    assert_eq!(seen.clusters()[0].capacity_providers(), ["FARGATE", "FARGATE_SPOT"]);
    let both = create(&shares).launch_type(LaunchType::Fargate).send().await;
    assert_eq!(code(both), "InvalidParameterException");
    let bases = create(&[share("FARGATE", 1, 1), share("FARGATE_SPOT", 1, 1)]).send().await;
    assert_eq!(code(bases), "InvalidParameterException");
    create(&shares).send().await.unwrap();
    let arns = client.list_tasks().cluster("demo").service_name("spot").send().await.unwrap().task_arns;
    let tasks = client.describe_tasks().cluster("demo").set_tasks(arns).send().await.unwrap().tasks.unwrap();
    let spot = tasks.iter().filter(|t| t.capacity_provider_name() == Some("FARGATE_SPOT")).count();
    assert_eq!((tasks.len(), spot), (5, 3), "one is the base, and one of four others is on demand");
    assert_eq!(code(put(&["FARGATE"]).await), "ResourceInUseException");

    let update = || client.update_service().cluster("demo").service("spot").force_new_deployment(true);
    let unknown = update().capacity_provider_strategy(share("other", 1, 0)).send().await;
    assert_eq!(code(unknown), "InvalidParameterException");
    update().set_capacity_provider_strategy(Some(vec![])).send().await.unwrap();
    let seen = client.describe_services().cluster("demo").services("spot").send().await.unwrap();
    assert_eq!(
        seen.services()[0].launch_type(),
        Some(&LaunchType::Fargate),
        "an empty strategy is the launch type again"
    );
    put(&[]).await.unwrap();
}
