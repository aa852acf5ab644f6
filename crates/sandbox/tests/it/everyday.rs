//! Everyday behaviour of AWS that a tool must handle: busy resources, late reads, and changes without effect.

use std::fmt::Debug;
use std::time::Duration;

use aws_sdk_ecs::types::ContainerDefinition;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use vidpipe_sandbox::{Clock, Conditions, Incident, Sandbox};

use crate::aws::{client, code, sandbox};
use crate::{aurora, compute, ecs, elasticache, network, rds};

fn real(conditions: Conditions) -> Sandbox {
    let sandbox = Sandbox::in_memory(Clock::Real);
    sandbox.set(conditions);
    sandbox
}

/// Conditions under which new and changed resources show late.
fn late() -> Conditions {
    Conditions { lag: true, ..Conditions::default() }
}

async fn wait(seconds: u64) {
    tokio::time::advance(Duration::from_secs(seconds)).await;
}

/// The error message.
#[track_caller]
fn error_message<T: Debug, E: ProvideErrorMetadata + Debug, R: Debug>(result: Result<T, SdkError<E, R>>) -> String {
    let error = result.expect_err("the call is refused");
    error.as_service_error().and_then(ProvideErrorMetadata::message).unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_cache_is_not_changed_into_what_it_is_nor_back_to_an_earlier_version() {
    let sandbox = sandbox();
    let cache = client!(aws_sdk_elasticache, sandbox);
    let group = elasticache::ground(&sandbox, &cache).await;
    elasticache::create(&cache, &group).await.unwrap();
    let modify = || cache.modify_replication_group().replication_group_id("redis-demo").apply_immediately(true);
    let has = elasticache::describe(&cache).await.cache_node_type().unwrap().to_owned();
    assert_eq!(error_message(modify().cache_node_type(&has).send().await), "No modifications were requested");
    modify().cache_node_type("cache.r6g.large").send().await.unwrap();
    modify().engine_version("7.1").send().await.unwrap();
    assert!(error_message(modify().engine_version("7.0").send().await).contains("downgraded"));
    let again = cache.modify_cache_subnet_group().cache_subnet_group_name("cache-demo");
    assert_eq!(error_message(again.send().await), "No modifications were requested");
}

#[tokio::test(start_paused = true)]
async fn a_cache_that_is_gone_shows_deleted_for_a_moment_and_one_that_is_backed_up_is_busy() {
    let sandbox = real(Conditions::default());
    let cache = client!(aws_sdk_elasticache, sandbox);
    let group = elasticache::ground(&sandbox, &cache).await;
    elasticache::create(&cache, &group).await.unwrap();
    wait(7200).await;
    cache.create_snapshot().replication_group_id("redis-demo").snapshot_name("s").send().await.unwrap();
    assert_eq!(elasticache::describe(&cache).await.status(), Some("snapshotting"));
    let modify = cache.modify_replication_group().replication_group_id("redis-demo").multi_az_enabled(false);
    assert_eq!(code(modify.send().await), "InvalidReplicationGroupState");
    wait(7200).await;
    cache.delete_replication_group().replication_group_id("redis-demo").send().await.unwrap();
    let mut seen = Vec::new();
    while let Ok(response) = cache.describe_replication_groups().replication_group_id("redis-demo").send().await {
        let status = response.replication_groups()[0].status().unwrap().to_owned();
        if seen.last() != Some(&status) {
            seen.push(status);
        }
        wait(1).await;
    }
    assert_eq!(seen, ["deleting", "deleted"]);
}

#[tokio::test(start_paused = true)]
async fn storage_grows_once_in_six_hours() {
    let sandbox = real(Conditions::default());
    let client = client!(aws_sdk_rds, sandbox);
    let (_, group) = rds::ground(&sandbox, &client).await;
    rds::asked(&client, &group).send().await.unwrap();
    wait(3600).await;
    let grow = |gib| client.modify_db_instance().db_instance_identifier("db-demo").allocated_storage(gib).send();
    grow(200).await.unwrap();
    wait(5 * 3600).await;
    assert_eq!(rds::describe(&client).await.db_instance_status(), Some("available"));
    assert!(error_message(grow(300).await).contains("previous storage change is being optimized"));
    wait(3600).await;
    grow(300).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_stopped_instance_is_started_before_it_is_changed() {
    let sandbox = real(Conditions::default());
    let client = client!(aws_sdk_rds, sandbox);
    let (_, group) = rds::ground(&sandbox, &client).await;
    rds::asked(&client, &group).send().await.unwrap();
    wait(3600).await;
    let start = || client.start_db_instance().db_instance_identifier("db-demo").send();
    assert_eq!(code(start().await), "InvalidDBInstanceState");
    client.stop_db_instance().db_instance_identifier("db-demo").send().await.unwrap();
    let status = async || rds::describe(&client).await.db_instance_status().unwrap().to_owned();
    let modify = || client.modify_db_instance().db_instance_identifier("db-demo").backup_retention_period(3).send();
    assert_eq!(status().await, "stopping");
    assert_eq!(code(modify().await), "InvalidDBInstanceState");
    wait(3600).await;
    assert_eq!(status().await, "stopped");
    assert_eq!(code(modify().await), "InvalidDBInstanceState");
    start().await.unwrap();
    assert_eq!(status().await, "starting");
    wait(3600).await;
    modify().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn an_instance_is_backed_up_every_day() {
    let sandbox = real(Conditions::default());
    let client = client!(aws_sdk_rds, sandbox);
    let (_, group) = rds::ground(&sandbox, &client).await;
    rds::asked(&client, &group).send().await.unwrap();
    wait(3600).await;
    let snapshot = client.create_db_snapshot().db_instance_identifier("db-demo").db_snapshot_identifier("s");
    snapshot.send().await.unwrap();
    assert_eq!(rds::describe(&client).await.db_instance_status(), Some("backing-up"));
    wait(3600).await;
    assert_eq!(rds::describe(&client).await.db_instance_status(), Some("available"));
}

#[tokio::test(start_paused = true)]
async fn a_change_is_pending_before_the_status_says_so() {
    let sandbox = real(Conditions::default());
    let client = client!(aws_sdk_rds, sandbox);
    let (_, group) = rds::ground(&sandbox, &client).await;
    rds::asked(&client, &group).deletion_protection(true).send().await.unwrap();
    wait(3600).await;
    sandbox.set(late());
    let before = rds::describe(&client).await;
    let modify = client.modify_db_instance().db_instance_identifier("db-demo").db_instance_class("db.r6g.large");
    modify.deletion_protection(false).send().await.unwrap();
    let response = rds::describe(&client).await;
    assert_eq!(response.db_instance_status(), Some("available"));
    assert_eq!(response.db_instance_class(), before.db_instance_class());
    let pending = response.pending_modified_values().and_then(|pending| pending.db_instance_class());
    assert_eq!(pending, Some("db.r6g.large"));
    let delete = || client.delete_db_instance().db_instance_identifier("db-demo").skip_final_snapshot(true).send();
    assert!(error_message(delete().await).contains("disable deletion protection"));
    wait(3600).await;
    assert_eq!(rds::describe(&client).await.db_instance_class(), Some("db.r6g.large"));
    delete().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn the_secret_of_a_cluster_waits_for_its_first_instance() {
    let sandbox = real(Conditions::default());
    let client = client!(aws_sdk_rds, sandbox);
    let secrets = client!(aws_sdk_secretsmanager, sandbox);
    let (_, group) = aurora::ground(&sandbox, &client).await;
    aurora::asked(&client, &group).send().await.unwrap();
    wait(3600).await;
    let response = aurora::describe(&client).await;
    let secret = response.master_user_secret().unwrap();
    assert_eq!((response.status(), secret.secret_status()), (Some("available"), Some("creating")));
    let read = || secrets.get_secret_value().secret_id(secret.secret_arn().unwrap()).send();
    assert_eq!(code(read().await), "ResourceNotFoundException");
    aurora::member(&client, "aurora-1").send().await.unwrap();
    wait(60).await;
    read().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn ecs_is_late_and_takes_one_revision_at_a_time() {
    let sandbox = real(late());
    let ecs = client!(aws_sdk_ecs, sandbox);
    ecs::cluster(&ecs).await;
    let put = || {
        let call = ecs.put_cluster_capacity_providers().cluster("demo").capacity_providers("FARGATE");
        call.set_default_capacity_provider_strategy(Some(vec![])).send()
    };
    assert!(error_message(put().await).starts_with("Cluster was not ACTIVE"));
    wait(60).await;
    put().await.unwrap();
    let register = || {
        let container = ContainerDefinition::builder().name("c").image("i").build();
        ecs.register_task_definition().family("f").container_definitions(container).send()
    };
    register().await.unwrap();
    assert!(error_message(register().await).starts_with("Too many concurrent attempts"));
    wait(3).await;
    register().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_service_whose_deployments_go_on_is_deleted_by_force_only() {
    let sandbox = real(Conditions::default());
    let client = client!(aws_sdk_ecs, sandbox);
    let ground = compute::ground(&sandbox).await;
    wait(3600).await;
    ecs::cluster(&client).await;
    let task = ecs::definition(&client, "image").await;
    ecs::service(&client, &task, &ground).await.unwrap();
    let delete = || client.delete_service().cluster("demo").service("worker");
    assert!(error_message(delete().send().await).contains("deployments are active"));
    delete().force(true).send().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn the_name_of_a_deleted_secret_and_a_removed_subscription_stay_for_a_while() {
    let sandbox = real(late());
    let (secrets, sns) = (client!(aws_sdk_secretsmanager, sandbox), client!(aws_sdk_sns, sandbox));
    let create = || secrets.create_secret().name("s").secret_string("a-secret").send();
    create().await.unwrap();
    wait(60).await;
    secrets.delete_secret().secret_id("s").force_delete_without_recovery(true).send().await.unwrap();
    assert!(error_message(create().await).contains("because it was deleted"));
    wait(60).await;
    create().await.unwrap();
    let topic = sns.create_topic().name("t").send().await.unwrap().topic_arn.unwrap();
    wait(60).await;
    let subscribe = || sns.subscribe().topic_arn(&topic).protocol("sqs").endpoint("arn:q").send();
    let first = subscribe().await.unwrap().subscription_arn.unwrap();
    sns.unsubscribe().subscription_arn(first).send().await.unwrap();
    subscribe().await.unwrap();
    let listed = sns.list_subscriptions_by_topic().topic_arn(&topic).send().await.unwrap();
    let arns: Vec<_> = listed.subscriptions().iter().map(|s| s.subscription_arn().unwrap() == "Deleted").collect();
    assert_eq!(arns, [true, false]);
}

#[tokio::test(start_paused = true)]
async fn a_load_balancer_may_show_a_failure_that_passes() {
    let sandbox = real(Conditions::default());
    let elb = client!(aws_sdk_elasticloadbalancingv2, sandbox);
    let (vpc, subnets) = network::two_subnets(&sandbox).await;
    let group = compute::security_group(&sandbox, &vpc).await;
    sandbox.set(Conditions::default().with_incident(Incident::BalancerStumbles, 1));
    compute::balancer(&sandbox, "nlb", &subnets, &group).await;
    let mut seen = Vec::new();
    for _ in 0..600 {
        let response = elb.describe_load_balancers().send().await.unwrap();
        let state = response.load_balancers()[0].state().unwrap().code().unwrap().as_str().to_owned();
        if seen.last() != Some(&state) {
            seen.push(state);
        }
        wait(1).await;
    }
    assert_eq!(seen, ["provisioning", "failed", "active"]);
}
