//! ECS: cluster, task definitions, services.

use std::time::Duration;

use aws_sdk_ecs::Client;
use aws_sdk_ecs::types::{
    AssignPublicIp, AwsVpcConfiguration, ClusterField, ClusterSetting, ClusterSettingName, Compatibility,
    ContainerDefinition, DeploymentCircuitBreaker, DeploymentConfiguration, DeploymentRolloutState,
    EfsAuthorizationConfig, EfsAuthorizationConfigIam, EfsVolumeConfiguration, LaunchType, LoadBalancer,
    LogConfiguration, LogDriver, NetworkConfiguration, NetworkMode, PortMapping, Secret, Service, ServiceField,
    SortOrder, Tag, TaskDefinitionField, TaskDefinitionStatus, Volume,
};
use vidpipe_sandbox::{Clock, Sandbox};

use crate::aws::{Kept, client, code, sandbox};
use crate::compute::{Ground, ground};

fn tag() -> Tag {
    Tag::builder().key("suffix").value("demo").build()
}

pub(crate) async fn cluster(ecs: &Client) -> String {
    let insights = ClusterSetting::builder().name(ClusterSettingName::ContainerInsights).value("enabled").build();
    let made = ecs.create_cluster().cluster_name("demo").settings(insights).tags(tag()).send().await.unwrap();
    made.cluster().unwrap().cluster_arn().unwrap().to_owned()
}

#[tokio::test]
async fn a_cluster_keeps_its_settings_and_tags() {
    let kept = Kept::new();
    let sandbox = kept.open(Clock::Instant);
    let ecs = client!(aws_sdk_ecs, sandbox);
    let before = sandbox.inventory().unwrap();
    let arn = cluster(&ecs).await;
    let again = ecs.create_cluster().cluster_name("demo").send().await.unwrap();
    assert_eq!(again.cluster().unwrap().cluster_arn(), Some(arn.as_str()));
    let sandbox = kept.again(sandbox, Clock::Instant);
    let ecs = client!(aws_sdk_ecs, sandbox);
    let include = [ClusterField::Tags, ClusterField::Settings].to_vec();
    let describe = || ecs.describe_clusters().clusters("demo").set_include(Some(include.clone())).send();
    let response = describe().await.unwrap();
    let cluster = &response.clusters()[0];
    assert_eq!(cluster.status(), Some("ACTIVE"));
    assert_eq!(cluster.settings()[0].value(), Some("enabled"));
    assert_eq!(cluster.tags()[0].value(), Some("demo"));
    let bare = ecs.describe_clusters().clusters(&arn).send().await.unwrap();
    assert!(bare.clusters()[0].tags().is_empty());
    let delete = || ecs.delete_cluster().cluster("demo").send();
    delete().await.unwrap();
    assert_eq!(describe().await.unwrap().clusters()[0].status(), Some("INACTIVE"));
    assert_eq!(code(delete().await), "ClusterNotFoundException");
    let missing = ecs.describe_clusters().clusters("other").send().await.unwrap();
    assert_eq!(missing.failures()[0].reason(), Some("MISSING"));
    assert_eq!(sandbox.inventory().unwrap()["regions"], before["regions"]);
}

fn worker(image: &str, secret: &str) -> ContainerDefinition {
    ContainerDefinition::builder()
        .name("worker")
        .image(image)
        .port_mappings(PortMapping::builder().container_port(8080).build())
        .secrets(Secret::builder().name("DB_HOST").value_from(secret).build().unwrap())
        .log_configuration(
            LogConfiguration::builder()
                .log_driver(LogDriver::Awslogs)
                .options("awslogs-group", "/vidpipe/demo")
                .build()
                .unwrap(),
        )
        .build()
}

pub(crate) async fn definition(ecs: &Client, image: &str) -> String {
    definition_with(ecs, image, "arn:secret:host::").await
}

pub(crate) async fn definition_with(ecs: &Client, image: &str, secret: &str) -> String {
    let files = EfsVolumeConfiguration::builder()
        .file_system_id("fs-1")
        .transit_encryption(aws_sdk_ecs::types::EfsTransitEncryption::Enabled)
        .authorization_config(
            EfsAuthorizationConfig::builder().access_point_id("fsap-1").iam(EfsAuthorizationConfigIam::Enabled).build(),
        )
        .build()
        .unwrap();
    let made = ecs
        .register_task_definition()
        .family("worker")
        .network_mode(NetworkMode::Awsvpc)
        .requires_compatibilities(Compatibility::Fargate)
        .cpu("1024")
        .memory("2048")
        .task_role_arn("arn:aws:iam::123456789012:role/task")
        .execution_role_arn("arn:aws:iam::123456789012:role/execution")
        .container_definitions(worker(image, secret))
        .volumes(Volume::builder().name("files").efs_volume_configuration(files).build())
        .tags(tag())
        .send()
        .await
        .unwrap();
    made.task_definition().unwrap().task_definition_arn().unwrap().to_owned()
}

#[tokio::test]
async fn revisions_are_counted_for_ever() {
    let kept = Kept::new();
    let sandbox = kept.open(Clock::Instant);
    let ecs = client!(aws_sdk_ecs, sandbox);
    let before = sandbox.inventory().unwrap();
    let first = definition(&ecs, "image:1").await;
    let second = definition(&ecs, "image:2").await;
    assert!(first.ends_with("task-definition/worker:1") && second.ends_with("worker:2"));
    let sandbox = kept.again(sandbox, Clock::Instant);
    let ecs = client!(aws_sdk_ecs, sandbox);
    let response = ecs.describe_task_definition().task_definition("worker").include(TaskDefinitionField::Tags);
    let response = response.send().await.unwrap();
    assert_eq!(response.tags()[0].value(), Some("demo"));
    let task = response.task_definition().unwrap();
    assert_eq!((task.revision(), task.cpu()), (2, Some("1024")));
    let volume = task.volumes()[0].efs_volume_configuration().unwrap();
    let access = volume.authorization_config().unwrap();
    assert_eq!(access.access_point_id(), Some("fsap-1"));
    assert_eq!(access.iam(), Some(&EfsAuthorizationConfigIam::Enabled));
    let container = &task.container_definitions()[0];
    assert_eq!(container.secrets()[0].name(), "DB_HOST");
    assert_eq!(container.log_configuration().unwrap().options().unwrap()["awslogs-group"], "/vidpipe/demo");

    let list = async |status: TaskDefinitionStatus| {
        let found = ecs.list_task_definitions().family_prefix("worker").status(status).sort(SortOrder::Desc);
        found.send().await.unwrap().task_definition_arns().to_vec()
    };
    assert_eq!(list(TaskDefinitionStatus::Active).await, [second.clone(), first.clone()]);
    let early = ecs.delete_task_definitions().task_definitions(&first).send().await.unwrap();
    assert_eq!(early.failures().len(), 1);
    for arn in [&first, &second] {
        ecs.deregister_task_definition().task_definition(arn).send().await.unwrap();
    }
    assert!(list(TaskDefinitionStatus::Active).await.is_empty());
    assert_eq!(list(TaskDefinitionStatus::Inactive).await.len(), 2);
    let gone = ecs.delete_task_definitions().task_definitions(&first).task_definitions(&second);
    assert!(gone.send().await.unwrap().failures().is_empty());
    assert!(list(TaskDefinitionStatus::Inactive).await.is_empty());
    assert_eq!(list(TaskDefinitionStatus::DeleteInProgress).await.len(), 2);
    let unknown = ecs.describe_task_definition().task_definition("worker").send().await;
    assert_eq!(code(unknown), "ClientException");
    assert_eq!(sandbox.inventory().unwrap()["regions"], before["regions"]);
    assert!(definition(&ecs, "image:3").await.ends_with("worker:3"));
}

/// A service of two tasks behind a load balancer.
pub(crate) async fn service(ecs: &Client, task: &str, ground: &Ground) -> Result<Service, String> {
    let network = AwsVpcConfiguration::builder()
        .set_subnets(Some(ground.subnets.clone()))
        .security_groups(&ground.group)
        .assign_public_ip(AssignPublicIp::Disabled)
        .build()
        .unwrap();
    let breaker = DeploymentCircuitBreaker::builder().enable(true).rollback(true).build();
    let made = ecs
        .create_service()
        .cluster("demo")
        .service_name("worker")
        .client_token("token")
        .task_definition(task)
        .desired_count(2)
        .launch_type(LaunchType::Fargate)
        .network_configuration(NetworkConfiguration::builder().awsvpc_configuration(network).build())
        .load_balancers(
            LoadBalancer::builder()
                .target_group_arn(&ground.targets)
                .container_name("worker")
                .container_port(8080)
                .build(),
        )
        .deployment_configuration(DeploymentConfiguration::builder().deployment_circuit_breaker(breaker).build())
        .tags(tag())
        .send()
        .await;
    match made {
        Ok(made) => Ok(made.service().unwrap().clone()),
        refused => Err(code(refused)),
    }
}

pub(crate) async fn describe(ecs: &Client) -> Service {
    let response = ecs.describe_services().cluster("demo").services("worker").include(ServiceField::Tags);
    response.send().await.unwrap().services()[0].clone()
}

#[tokio::test]
async fn a_service_runs_what_it_should_and_leaves() {
    let kept = Kept::new();
    let sandbox = kept.open(Clock::Instant);
    let ground = ground(&sandbox).await;
    let ecs = client!(aws_sdk_ecs, sandbox);
    assert_eq!(service(&ecs, "worker", &ground).await.unwrap_err(), "ClusterNotFoundException");
    let arn = cluster(&ecs).await;
    assert_eq!(service(&ecs, "worker", &ground).await.unwrap_err(), "ClientException");
    let task = definition(&ecs, "image:1").await;
    let made = service(&ecs, &task, &ground).await.unwrap();
    assert_eq!(service(&ecs, &task, &ground).await.unwrap().service_arn(), made.service_arn());
    let sandbox = kept.again(sandbox, Clock::Instant);
    let ecs = client!(aws_sdk_ecs, sandbox);
    let there = describe(&ecs).await;
    assert_eq!((there.desired_count(), there.running_count(), there.pending_count()), (2, 2, 0));
    let deployment = &there.deployments()[0];
    assert_eq!(deployment.status(), Some("PRIMARY"));
    assert_eq!(deployment.rollout_state(), Some(&DeploymentRolloutState::Completed));
    let breaker = there.deployment_configuration().unwrap().deployment_circuit_breaker().unwrap();
    assert!(breaker.enable() && breaker.rollback());
    assert_eq!(there.load_balancers()[0].target_group_arn(), Some(ground.targets.as_str()));
    assert_eq!(there.tags()[0].value(), Some("demo"));
    assert_eq!(there.task_definition(), Some(task.as_str()));
    let tasks = ecs.list_tasks().cluster("demo").service_name("worker").send().await.unwrap();
    assert_eq!(tasks.task_arns().len(), 2);

    let next = definition(&ecs, "image:2").await;
    ecs.update_service()
        .cluster(&arn)
        .service("worker")
        .task_definition("worker")
        .desired_count(3)
        .send()
        .await
        .unwrap();
    let there = describe(&ecs).await;
    assert_eq!((there.running_count(), there.task_definition()), (3, Some(next.as_str())));

    assert_eq!(code(ecs.delete_cluster().cluster("demo").send().await), "ClusterContainsServicesException");
    let gentle = ecs.delete_service().cluster("demo").service("worker").send().await;
    assert_eq!(code(gentle), "InvalidParameterException");
    let delete = || ecs.delete_service().cluster("demo").service("worker").force(true).send();
    assert_eq!(delete().await.unwrap().service().unwrap().status(), Some("DRAINING"));
    assert_eq!(describe(&ecs).await.status(), Some("INACTIVE"));
    assert_eq!(code(delete().await), "ServiceNotFoundException");
    let other = ecs.describe_services().cluster("demo").services("other").send().await.unwrap();
    assert_eq!(other.failures()[0].reason(), Some("MISSING"));
    ecs.delete_cluster().cluster("demo").send().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_service_starts_and_drains() {
    let sandbox = Sandbox::in_memory(Clock::Real);
    let ground = ground(&sandbox).await;
    // The load balancer is active, so that only the service takes time from now on.
    tokio::time::advance(Duration::from_secs(200)).await;
    let ecs = client!(aws_sdk_ecs, sandbox);
    cluster(&ecs).await;
    let task = definition(&ecs, "image:1").await;
    service(&ecs, &task, &ground).await.unwrap();
    let after = async |seconds| {
        tokio::time::advance(Duration::from_secs(seconds)).await;
        describe(&ecs).await
    };
    let there = after(53).await;
    assert_eq!((there.running_count(), there.pending_count()), (0, 2));
    // The tasks run, but are not healthy in their target group yet.
    let there = after(2).await;
    assert_eq!((there.running_count(), there.pending_count()), (2, 0));
    assert_eq!(there.deployments()[0].rollout_state(), Some(&DeploymentRolloutState::InProgress));
    let there = after(36).await;
    assert_eq!(there.deployments()[0].rollout_state(), Some(&DeploymentRolloutState::Completed));
    assert_eq!(there.events()[0].message(), Some("(service worker) has reached a steady state."));
    ecs.delete_service().cluster("demo").service("worker").force(true).send().await.unwrap();
    // The target group's deregistration delay of 300 s, and a margin.
    assert_eq!(after(310).await.status(), Some("DRAINING"));
    assert_eq!(service(&ecs, &task, &ground).await.unwrap_err(), "InvalidParameterException");
    assert_eq!(after(6).await.status(), Some("INACTIVE"));
}

#[tokio::test]
async fn tags_can_be_changed_by_arn() {
    let sandbox = sandbox();
    let ecs = client!(aws_sdk_ecs, sandbox);
    let arn = cluster(&ecs).await;
    let more = Tag::builder().key("owner").value("me").build();
    ecs.tag_resource().resource_arn(&arn).tags(more).send().await.unwrap();
    ecs.untag_resource().resource_arn(&arn).tag_keys("suffix").send().await.unwrap();
    let tags = ecs.list_tags_for_resource().resource_arn(&arn).send().await.unwrap();
    assert_eq!(tags.tags().len(), 1);
    assert_eq!(tags.tags()[0].key(), Some("owner"));
}
