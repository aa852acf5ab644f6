//! ECS and its scaling: refusals and their end, failures, and resources that appear by themselves.

use std::time::Duration;

use aws_sdk_ecs::Client;
use aws_sdk_ecs::types::{
    AwsVpcConfiguration, DeploymentRolloutState, DesiredStatus, LaunchType, LoadBalancer, NetworkConfiguration, Task,
};
use tokio::time::advance;
use vidpipe_sandbox::{Clock, Conditions, Incident, Sandbox};

use crate::aws::{client, code, sandbox};
use crate::compute::{Ground, ground, target_group};
use crate::{autoscaling, ecs};

const MINUTE: Duration = Duration::from_secs(60);

/// A cluster, a task definition, and the prerequisites of its service.
async fn stage(sandbox: &Sandbox) -> (Client, String, Ground) {
    let ground = ground(sandbox).await;
    let client = client!(aws_sdk_ecs, *sandbox);
    ecs::cluster(&client).await;
    let task = ecs::definition(&client, "image:1").await;
    (client, task, ground)
}

/// The same, with the service.
async fn serving(sandbox: &Sandbox) -> (Client, String, Ground) {
    let (client, task, ground) = stage(sandbox).await;
    ecs::service(&client, &task, &ground).await.unwrap();
    (client, task, ground)
}

fn network(subnet: &str, group: &str) -> NetworkConfiguration {
    let vpc = AwsVpcConfiguration::builder().subnets(subnet).security_groups(group).build().unwrap();
    NetworkConfiguration::builder().awsvpc_configuration(vpc).build()
}

/// A service is refused with this code and message if a resource it names is missing or unsuitable.
#[tokio::test]
async fn a_service_needs_what_it_names() {
    let sandbox = sandbox();
    let (client, task, ground) = stage(&sandbox).await;
    let loose = target_group(&sandbox, &ground.vpc, "loose").await;
    let here = || network(&ground.subnets[0], &ground.group);
    let create = |task: &str, network, targets: &[(&str, &str, i32)]| {
        let balancers = targets.iter().map(|(arn, name, port)| {
            LoadBalancer::builder().target_group_arn(*arn).container_name(*name).container_port(*port).build()
        });
        let call = client.create_service().cluster("demo").service_name("other").task_definition(task);
        let call = call.desired_count(1).launch_type(LaunchType::Fargate).set_network_configuration(network);
        call.set_load_balancers(Some(balancers.collect()))
    };
    let group = ground.targets.as_str();
    let unknown_group = Some(network(&ground.subnets[0], "sg-none"));
    let cases = [
        (create("none:1", Some(here()), &[]), "ClientException", "not found"),
        (create(&task, None, &[]), "InvalidParameterException", "Network Configuration"),
        (create(&task, Some(network("subnet-none", "x")), &[]), "InvalidParameterException", "InvalidSubnetID"),
        (create(&task, unknown_group, &[]), "InvalidParameterException", "InvalidGroup"),
        (create(&task, Some(here()), &[("arn:none", "worker", 8080)]), "InvalidParameterException", "does not exist"),
        (create(&task, Some(here()), &[(&loose, "worker", 8080)]), "InvalidParameterException", "associated load"),
        (create(&task, Some(here()), &[(group, "other", 8080)]), "InvalidParameterException", "container other"),
        (create(&task, Some(here()), &[(group, "worker", 1)]), "InvalidParameterException", "container port 1"),
        (
            create(&task, Some(here()), &[]).health_check_grace_period_seconds(9),
            "InvalidParameterException",
            "grace period",
        ),
    ];
    for (call, expected, words) in cases {
        let refused = call.send().await;
        let message = format!("{refused:?}");
        assert_eq!(code(refused), expected, "{message}");
        assert!(message.contains(words), "{words}: {message}");
    }
    create(&task, Some(here()), &[(group, "worker", 8080)]).send().await.unwrap();
    client.deregister_task_definition().task_definition(&task).send().await.unwrap();
    let old = create(&task, Some(here()), &[]).service_name("third").send().await;
    assert_eq!(code(old), "ClientException");
    let update = || client.update_service().cluster("demo").service("other");
    assert_eq!(code(update().task_definition(&task).send().await), "ClientException");
    assert_eq!(
        code(update().network_configuration(network("subnet-none", "x")).send().await),
        "InvalidParameterException"
    );
    let next = ecs::definition(&client, "image:2").await;
    update().task_definition(next).send().await.unwrap();
}

#[tokio::test]
async fn a_service_is_made_once() {
    let sandbox = sandbox();
    let (client, task, ground) = serving(&sandbox).await;
    ecs::service(&client, &task, &ground).await.expect("the same call again");
    let next = ecs::definition(&client, "image:2").await;
    let other = ecs::service(&client, &next, &ground).await;
    assert_eq!(other.unwrap_err(), "InvalidParameterException", "the same token for another service");
}

#[tokio::test(start_paused = true)]
async fn a_cluster_stays_as_long_as_its_services_and_their_tasks() {
    let sandbox = Sandbox::in_memory(Clock::Real);
    let (client, task, ground) = serving(&sandbox).await;
    advance(10 * MINUTE).await;
    ecs::describe(&client).await;
    let remove = || client.delete_cluster().cluster("demo").send();
    assert_eq!(code(remove().await), "ClusterContainsServicesException");
    client.delete_service().cluster("demo").service("worker").force(true).send().await.unwrap();
    let update = client.update_service().cluster("demo").service("worker").desired_count(1).send().await;
    assert_eq!(code(update), "ServiceNotActiveException");
    assert_eq!(code(remove().await), "ClusterContainsServicesException");
    advance(Duration::from_secs(316)).await;
    assert_eq!(ecs::describe(&client).await.status(), Some("INACTIVE"));
    assert_eq!(code(remove().await), "ClusterContainsTasksException");
    advance(Duration::from_secs(9)).await;
    remove().await.unwrap();
    // The tasks are deleted, but their interfaces are not yet. The load balancer holds interfaces too, so it is deleted
    // first.
    let elb = client!(aws_sdk_elasticloadbalancingv2, sandbox);
    elb.delete_load_balancer().load_balancer_arn(&ground.balancer).send().await.unwrap();
    let ec2 = client!(aws_sdk_ec2, sandbox);
    let clear = || ec2.delete_subnet().subnet_id(&ground.subnets[0]).send();
    assert_eq!(code(clear().await), "DependencyViolation");
    advance(MINUTE).await;
    clear().await.unwrap();
    // A deleted definition is shown for an hour.
    client.deregister_task_definition().task_definition(&task).send().await.unwrap();
    client.delete_task_definitions().task_definitions(&task).send().await.unwrap();
    let read = || client.describe_task_definition().task_definition(&task).send();
    read().await.unwrap();
    advance(61 * MINUTE).await;
    assert_eq!(code(read().await), "ClientException");
}

async fn stopped(client: &Client) -> Vec<Task> {
    let call = client.list_tasks().cluster("demo").service_name("worker").desired_status(DesiredStatus::Stopped);
    let arns = call.send().await.unwrap().task_arns;
    let Some(arns) = arns.filter(|arns| !arns.is_empty()) else {
        return Vec::new();
    };
    let seen = client.describe_tasks().cluster("demo").set_tasks(Some(arns)).send().await.unwrap();
    seen.tasks().to_vec()
}

#[tokio::test(start_paused = true)]
async fn tasks_that_crash_fail_their_deployment_and_the_next_may_do_better() {
    let sandbox = Sandbox::in_memory(Clock::Real);
    sandbox.set(Conditions::default().with_incident(Incident::TasksCrash, 1));
    let (client, ..) = serving(&sandbox).await;
    advance(5 * MINUTE).await;
    let seen = ecs::describe(&client).await;
    let deployment = &seen.deployments()[0];
    assert_eq!(deployment.rollout_state(), Some(&DeploymentRolloutState::Failed), "{deployment:?}");
    assert_eq!(deployment.failed_tasks(), 4);
    let tasks = stopped(&client).await;
    assert_eq!(tasks.len(), 4);
    for task in tasks {
        assert_eq!(task.stopped_reason(), Some("Essential container in task exited"));
        assert_eq!(task.containers()[0].exit_code(), Some(1));
        assert_eq!(task.started_by(), deployment.id());
    }
    let update = client.update_service().cluster("demo").service("worker").force_new_deployment(true);
    update.send().await.unwrap();
    for _ in 0..10 {
        advance(MINUTE).await;
        ecs::describe(&client).await;
    }
    let seen = ecs::describe(&client).await;
    assert_eq!(seen.deployments()[0].rollout_state(), Some(&DeploymentRolloutState::Completed));
    advance(60 * MINUTE).await;
    assert!(stopped(&client).await.is_empty(), "forgotten after an hour");
}

#[tokio::test(start_paused = true)]
async fn no_task_starts_before_its_roles_can_be_assumed() {
    let sandbox = Sandbox::in_memory(Clock::Real);
    let (client, _, ground) = stage(&sandbox).await;
    let iam = client!(aws_sdk_iam, sandbox);
    iam.delete_role().role_name("task").send().await.unwrap();
    let task = ecs::definition(&client, "image:2").await;
    ecs::service(&client, &task, &ground).await.unwrap();
    advance(10 * MINUTE).await;
    let seen = ecs::describe(&client).await;
    assert_eq!(seen.running_count(), 0);
    let message = seen.events()[0].message().unwrap();
    assert!(message.contains("ECS was unable to assume the role") && message.contains("role/task"), "{message}");
    iam.create_role().role_name("task").assume_role_policy_document(r#"{"Statement":[]}"#).send().await.unwrap();
    for _ in 0..5 {
        advance(MINUTE).await;
        ecs::describe(&client).await;
    }
    assert_eq!(ecs::describe(&client).await.running_count(), 2);
}

#[tokio::test]
async fn a_secret_that_is_not_there_stops_its_tasks() {
    let sandbox = sandbox();
    let (client, _, ground) = stage(&sandbox).await;
    let secret = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:none-AbCdEf:host::";
    let task = ecs::definition_with(&client, "image:1", secret).await;
    ecs::service(&client, &task, &ground).await.unwrap();
    for _ in 0..3 {
        ecs::describe(&client).await;
    }
    assert_eq!(ecs::describe(&client).await.deployments()[0].rollout_state(), Some(&DeploymentRolloutState::Failed));
    let task = &stopped(&client).await[0];
    assert!(task.stopped_reason().unwrap().starts_with("ResourceInitializationError"), "{task:?}");
}

#[tokio::test]
async fn a_log_group_that_is_not_there_stops_its_tasks() {
    let sandbox = sandbox();
    let (client, task, ground) = stage(&sandbox).await;
    let logs = client!(aws_sdk_cloudwatchlogs, sandbox);
    logs.delete_log_group().log_group_name("/vidpipe/demo").send().await.unwrap();
    ecs::service(&client, &task, &ground).await.unwrap();
    for _ in 0..3 {
        ecs::describe(&client).await;
    }
    assert_eq!(ecs::describe(&client).await.deployments()[0].rollout_state(), Some(&DeploymentRolloutState::Failed));
    let task = &stopped(&client).await[0];
    assert!(task.stopped_reason().unwrap().contains("log group does not exist"), "{task:?}");
}

#[tokio::test(start_paused = true)]
async fn container_insights_makes_its_log_group_again() {
    let sandbox = Sandbox::in_memory(Clock::Real);
    let (client, ..) = serving(&sandbox).await;
    let logs = client!(aws_sdk_cloudwatchlogs, sandbox);
    let group = "/aws/ecs/containerinsights/demo/performance";
    let there = async || {
        ecs::describe(&client).await;
        let seen = logs.describe_log_groups().log_group_name_prefix(group).send().await.unwrap();
        !seen.log_groups().is_empty()
    };
    assert!(!there().await, "nothing runs yet");
    advance(10 * MINUTE).await;
    assert!(there().await);
    logs.delete_log_group().log_group_name(group).send().await.unwrap();
    assert!(!there().await);
    advance(MINUTE).await;
    assert!(there().await, "the next metrics make it again");
    client.delete_service().cluster("demo").service("worker").force(true).send().await.unwrap();
    advance(20 * MINUTE).await;
    logs.delete_log_group().log_group_name(group).send().await.unwrap();
    advance(10 * MINUTE).await;
    assert!(!there().await, "nothing runs any more");
}

#[tokio::test]
async fn what_scales_a_service_needs_it_and_goes_with_it() {
    let sandbox = sandbox();
    let (client, task, ground) = stage(&sandbox).await;
    let scaling = client!(aws_sdk_applicationautoscaling, sandbox);
    assert_eq!(code(autoscaling::try_register(&scaling, 2, 4).await), "ValidationException");
    ecs::service(&client, &task, &ground).await.unwrap();
    assert_eq!(code(autoscaling::try_register(&scaling, 5, 4).await), "ValidationException");
    assert_eq!(code(autoscaling::try_track(&scaling).await), "ObjectNotFoundException");
    let before = sandbox.inventory().unwrap();
    autoscaling::try_register(&scaling, 2, 4).await.unwrap();
    autoscaling::try_track(&scaling).await.unwrap();
    let watch = client!(aws_sdk_cloudwatch, sandbox);
    let alarms = async || {
        let seen = watch.describe_alarms().alarm_name_prefix("TargetTracking-service/demo/worker-Alarm").send().await;
        seen.unwrap().metric_alarms().iter().map(|one| one.alarm_name().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let names = alarms().await;
    assert_eq!(names.len(), 2);
    watch.delete_alarms().set_alarm_names(Some(names.clone())).send().await.unwrap();
    assert_eq!(alarms().await, names, "they are there again");
    assert_ne!(sandbox.inventory().unwrap(), before);
    client.delete_service().cluster("demo").service("worker").force(true).send().await.unwrap();
    assert!(alarms().await.is_empty());
    assert!(autoscaling::targets(&scaling).await.is_empty());
    assert!(autoscaling::policies(&scaling).await.is_empty());
    let after = sandbox.inventory().unwrap();
    assert!(after["regions"]["eu-west-1"]["applicationautoscaling"].is_null(), "{after:#}");
}

#[tokio::test(start_paused = true)]
async fn a_new_service_may_be_unknown_for_a_moment() {
    let sandbox = Sandbox::in_memory(Clock::Real);
    let (client, task, ground) = stage(&sandbox).await;
    sandbox.set(Conditions { lag: true, ..Conditions::default() });
    ecs::service(&client, &task, &ground).await.unwrap();
    let read = || client.describe_services().cluster("demo").services("worker").send();
    assert_eq!(read().await.unwrap().failures()[0].reason(), Some("MISSING"));
    ecs::service(&client, &task, &ground).await.expect("the same call again is answered all the same");
    advance(Duration::from_secs(3)).await;
    assert_eq!(read().await.unwrap().services().len(), 1);
}
