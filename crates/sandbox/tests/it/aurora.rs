//! Aurora: clusters, their instances, their secret, their parameters.

use std::time::Duration;

use aws_sdk_rds::Client;
use aws_sdk_rds::operation::create_db_cluster::builders::CreateDBClusterFluentBuilder;
use aws_sdk_rds::operation::create_db_instance::builders::CreateDBInstanceFluentBuilder;
use aws_sdk_rds::types::{
    ApplyMethod, DbCluster, DbInstance, Filter, Parameter, ServerlessV2ScalingConfiguration, Tag,
};
use aws_sdk_secretsmanager::types::RotationRulesType;
use vidpipe_sandbox::{Clock, Sandbox};

use crate::aws::{Kept, client, code, sandbox};
use crate::rds;

/// Creates the prerequisites of a cluster: subnets, parameter groups, and a security group; returns the id of the
/// security group and of the VPC.
pub(crate) async fn ground(sandbox: &Sandbox, rds: &Client) -> (String, String) {
    let ground = rds::ground(sandbox, rds).await;
    let group = rds.create_db_cluster_parameter_group().db_cluster_parameter_group_name("cpg-demo").description("p");
    group.db_parameter_group_family("aurora-postgresql16").send().await.unwrap();
    ground
}

pub(crate) fn range(least: f64, most: f64) -> ServerlessV2ScalingConfiguration {
    ServerlessV2ScalingConfiguration::builder().min_capacity(least).max_capacity(most).build()
}

/// The create call of the cluster in these tests.
pub(crate) fn asked(rds: &Client, group: &str) -> CreateDBClusterFluentBuilder {
    rds.create_db_cluster()
        .db_cluster_identifier("aurora-demo")
        .engine("aurora-postgresql")
        .engine_version("16.8")
        .database_name("videometadata")
        .master_username("postgres")
        .manage_master_user_password(true)
        .master_user_secret_kms_key_id("arn:aws:kms:eu-west-1:123456789012:key/k")
        .serverless_v2_scaling_configuration(range(0.5, 1.0))
        .storage_encrypted(true)
        .enable_http_endpoint(true)
        .enable_iam_database_authentication(true)
        .enable_cloudwatch_logs_exports("postgresql")
        .backup_retention_period(7)
        .db_subnet_group_name("subnets-demo")
        .db_cluster_parameter_group_name("cpg-demo")
        .vpc_security_group_ids(group)
        .tags(Tag::builder().key("suffix").value("demo").build())
}

/// The create call of an instance of that cluster.
pub(crate) fn member(rds: &Client, name: &str) -> CreateDBInstanceFluentBuilder {
    let call = rds.create_db_instance().db_instance_identifier(name).db_cluster_identifier("aurora-demo");
    call.engine("aurora-postgresql").db_instance_class("db.serverless").promotion_tier(1)
}

pub(crate) async fn describe(rds: &Client) -> DbCluster {
    let response = rds.describe_db_clusters().db_cluster_identifier("aurora-demo").send().await.unwrap();
    response.db_clusters()[0].clone()
}

pub(crate) async fn instance(rds: &Client, name: &str) -> DbInstance {
    let response = rds.describe_db_instances().db_instance_identifier(name).send().await.unwrap();
    response.db_instances()[0].clone()
}

#[tokio::test]
async fn versions_and_classes_are_listed() {
    let sandbox = sandbox();
    let rds = client!(aws_sdk_rds, sandbox);
    let versions = rds.describe_db_engine_versions().engine("aurora-postgresql").engine_version("16").send().await;
    let versions = versions.unwrap();
    let range = versions.db_engine_versions()[0].serverless_v2_features_support().unwrap();
    assert_eq!((range.min_capacity(), range.max_capacity()), (Some(0.0), Some(256.0)));
    assert_eq!(versions.db_engine_versions()[0].db_parameter_group_family(), Some("aurora-postgresql16"));
    let ask = |version: &str, class: &str| {
        let call = rds.describe_orderable_db_instance_options().engine("aurora-postgresql").engine_version(version);
        call.db_instance_class(class).send()
    };
    let options = ask("16.8", "db.serverless").await.unwrap();
    let zones = options.orderable_db_instance_options()[0].availability_zones();
    assert_eq!(zones.first().unwrap().name(), Some("eu-west-1a"));
    for (version, class) in [("16.1", "db.serverless"), ("16.8", "db.t3.micro")] {
        assert!(ask(version, class).await.unwrap().orderable_db_instance_options().is_empty());
    }
}

#[tokio::test]
async fn a_cluster_shows_everything_that_was_asked() {
    let kept = Kept::new();
    let sandbox = kept.open(Clock::Instant);
    let rds = client!(aws_sdk_rds, sandbox);
    let (_, group) = ground(&sandbox, &rds).await;
    let before = sandbox.inventory().unwrap();
    let made = asked(&rds, &group).send().await.unwrap();
    let made = made.db_cluster().unwrap();
    assert_eq!(made.status(), Some("creating"));
    assert!(made.endpoint().unwrap().starts_with("aurora-demo.cluster-"));
    assert!(made.master_user_secret().unwrap().secret_arn().is_some(), "known at once");
    for name in ["writer-demo", "reader-demo"] {
        member(&rds, name).send().await.unwrap();
    }
    let sandbox = kept.again(sandbox, Clock::Instant);
    let rds = client!(aws_sdk_rds, sandbox);
    let filter = Filter::builder().name("db-instance-id").values("reader-demo").values("gone-demo").build();
    let among = rds.describe_db_instances().filters(filter).send().await.unwrap();
    let among: Vec<_> = among.db_instances().iter().map(|i| i.db_instance_identifier()).collect();
    assert_eq!(among, [Some("reader-demo")], "what is not there is left out");
    let cluster = describe(&rds).await;
    assert_eq!((cluster.status(), cluster.port()), (Some("available"), Some(5432)));
    assert!(cluster.db_cluster_resource_id().unwrap().starts_with("cluster-"));
    assert_eq!(
        (cluster.http_endpoint_enabled(), cluster.iam_database_authentication_enabled()),
        (Some(true), Some(true))
    );
    let capacity = cluster.serverless_v2_scaling_configuration().unwrap();
    assert_eq!((capacity.min_capacity(), capacity.max_capacity()), (Some(0.5), Some(1.0)));
    let members: Vec<_> = cluster
        .db_cluster_members()
        .iter()
        .map(|m| (m.db_instance_identifier().unwrap(), m.is_cluster_writer()))
        .collect();
    assert_eq!(members, [("writer-demo", Some(true)), ("reader-demo", Some(false))]);
    assert_eq!(cluster.tag_list()[0].value(), Some("demo"));
    let writer = instance(&rds, "writer-demo").await;
    assert_eq!((writer.engine_version(), writer.db_cluster_identifier()), (Some("16.8"), Some("aurora-demo")));
    assert_eq!((writer.promotion_tier(), writer.availability_zone()), (Some(1), Some("eu-west-1a")));
    assert_eq!(writer.vpc_security_groups()[0].vpc_security_group_id(), Some(group.as_str()));
    let logs = client!(aws_sdk_cloudwatchlogs, sandbox);
    let groups = logs.describe_log_groups().log_group_name_prefix("/aws/rds/").send().await.unwrap();
    assert_eq!(groups.log_groups()[0].log_group_name(), Some("/aws/rds/cluster/aurora-demo/postgresql"));

    for name in ["writer-demo", "reader-demo"] {
        rds.delete_db_instance().db_instance_identifier(name).send().await.unwrap();
    }
    let delete = || rds.delete_db_cluster().db_cluster_identifier("aurora-demo").skip_final_snapshot(true).send();
    assert_eq!(delete().await.unwrap().db_cluster().unwrap().status(), Some("deleting"));
    assert_eq!(code(delete().await), "DBClusterNotFoundFault");
    let gone = rds.describe_db_clusters().db_cluster_identifier("aurora-demo").send().await;
    assert_eq!(code(gone), "DBClusterNotFoundFault");
    logs.delete_log_group().log_group_name("/aws/rds/cluster/aurora-demo/postgresql").send().await.unwrap();
    assert_eq!(sandbox.inventory().unwrap()["regions"], before["regions"], "its secret and backups went with it");
}

#[tokio::test]
async fn a_cluster_is_changed_in_place() {
    let sandbox = sandbox();
    let rds = client!(aws_sdk_rds, sandbox);
    let (_, group) = ground(&sandbox, &rds).await;
    let made = asked(&rds, &group).send().await.unwrap();
    let arn = made.db_cluster().unwrap().db_cluster_arn().unwrap();
    rds.disable_http_endpoint().resource_arn(arn).send().await.unwrap();
    let change = rds.modify_db_cluster().db_cluster_identifier("aurora-demo").deletion_protection(true);
    let change = change.serverless_v2_scaling_configuration(range(1.0, 4.0)).backup_retention_period(14);
    change.apply_immediately(true).send().await.unwrap();
    let cluster = describe(&rds).await;
    assert_eq!((cluster.http_endpoint_enabled(), cluster.deletion_protection()), (Some(false), Some(true)));
    assert_eq!(cluster.backup_retention_period(), Some(14));
    assert_eq!(cluster.serverless_v2_scaling_configuration().unwrap().max_capacity(), Some(4.0));
}

#[tokio::test]
async fn the_secret_belongs_to_rds() {
    let sandbox = sandbox();
    let (rds, secrets) = (client!(aws_sdk_rds, sandbox), client!(aws_sdk_secretsmanager, sandbox));
    let (_, group) = ground(&sandbox, &rds).await;
    asked(&rds, &group).send().await.unwrap();
    member(&rds, "aurora-1").send().await.unwrap();
    let cluster = describe(&rds).await;
    let secret = cluster.master_user_secret().unwrap();
    assert_eq!(secret.secret_status(), Some("active"));
    let arn = secret.secret_arn().unwrap();
    let describe = || secrets.describe_secret().secret_id(arn).send();
    assert_eq!(describe().await.unwrap().rotation_rules().unwrap().automatically_after_days(), Some(7));
    let rules = |days| RotationRulesType::builder().automatically_after_days(days).build();
    let rotate = |days| secrets.rotate_secret().secret_id(arn).rotation_rules(rules(days)).rotate_immediately(false);
    rotate(30).send().await.unwrap();
    assert_eq!(describe().await.unwrap().rotation_rules().unwrap().automatically_after_days(), Some(30));
    assert_eq!(code(rotate(0).send().await), "InvalidParameterException");
    let by_us = rotate(30).rotation_lambda_arn("arn:aws:lambda:eu-west-1:123456789012:function:f");
    assert_eq!(code(by_us.send().await), "InvalidRequestException");
    assert_eq!(code(secrets.delete_secret().secret_id(arn).send().await), "InvalidRequestException");
    let put = secrets.put_secret_value().secret_id(arn).secret_string("x").send().await;
    assert_eq!(code(put), "InvalidRequestException");
    let value = secrets.get_secret_value().secret_id(arn).send().await.unwrap();
    assert!(value.secret_string().unwrap().contains("\"username\":\"postgres\""));
    let listed = secrets.list_secrets().send().await.unwrap();
    assert!(listed.secret_list()[0].tags().iter().any(|tag| tag.value() == cluster.db_cluster_arn()));
    rds.delete_db_instance().db_instance_identifier("aurora-1").send().await.unwrap();
    rds.delete_db_cluster().db_cluster_identifier("aurora-demo").skip_final_snapshot(true).send().await.unwrap();
    assert_eq!(code(describe().await), "ResourceNotFoundException");
}

#[tokio::test]
async fn a_cluster_parameter_group_keeps_its_parameters() {
    let sandbox = sandbox();
    let rds = client!(aws_sdk_rds, sandbox);
    let create = || {
        let call = rds.create_db_cluster_parameter_group().db_cluster_parameter_group_name("cpg-demo");
        call.db_parameter_group_family("aurora-postgresql16").description("forces TLS").send()
    };
    create().await.unwrap();
    assert_eq!(code(create().await), "DBParameterGroupAlreadyExists");
    let forced = Parameter::builder().parameter_name("rds.force_ssl").parameter_value("1");
    let forced = forced.apply_method(ApplyMethod::Immediate).build();
    let user =
        || rds.describe_db_cluster_parameters().db_cluster_parameter_group_name("cpg-demo").source("user").send();
    let modify = rds.modify_db_cluster_parameter_group().db_cluster_parameter_group_name("cpg-demo");
    modify.parameters(forced.clone()).send().await.unwrap();
    assert_eq!(user().await.unwrap().parameters()[0].parameter_value(), Some("1"));
    let reset = rds.reset_db_cluster_parameter_group().db_cluster_parameter_group_name("cpg-demo");
    reset.parameters(forced).send().await.unwrap();
    assert!(user().await.unwrap().parameters().is_empty());
    let delete = || rds.delete_db_cluster_parameter_group().db_cluster_parameter_group_name("cpg-demo").send();
    delete().await.unwrap();
    assert_eq!(code(delete().await), "DBParameterGroupNotFound");
    assert_eq!(code(user().await), "DBParameterGroupNotFound");
}

#[tokio::test(start_paused = true)]
async fn a_cluster_takes_its_time_and_goes_with_the_last_of_its_instances() {
    let sandbox = Sandbox::in_memory(Clock::Real);
    let rds = client!(aws_sdk_rds, sandbox);
    let (_, group) = ground(&sandbox, &rds).await;
    asked(&rds, &group).send().await.unwrap();
    member(&rds, "writer-demo").send().await.unwrap();
    let both = async || {
        let (cluster, instance) = (describe(&rds).await, instance(&rds, "writer-demo").await);
        (cluster.status.unwrap(), instance.db_instance_status.unwrap())
    };
    let mut seen = Vec::new();
    for seconds in [30, 10, 340, 15] {
        tokio::time::advance(Duration::from_secs(seconds)).await;
        seen.push(both().await);
    }
    let words = |words: [(&str, &str); 4]| words.map(|(a, b)| (a.to_owned(), b.to_owned()));
    let coming =
        [("creating", "creating"), ("available", "creating"), ("available", "creating"), ("available", "available")];
    assert_eq!(seen, words(coming));
    rds.delete_db_instance().db_instance_identifier("writer-demo").send().await.unwrap();
    rds.delete_db_cluster().db_cluster_identifier("aurora-demo").skip_final_snapshot(true).send().await.unwrap();
    tokio::time::advance(Duration::from_secs(410)).await;
    assert_eq!(both().await, ("deleting".to_owned(), "deleting".to_owned()));
    let subnets = || rds.delete_db_subnet_group().db_subnet_group_name("subnets-demo").send();
    assert_eq!(code(subnets().await), "InvalidDBSubnetGroupStateFault");
    tokio::time::advance(Duration::from_secs(11)).await;
    let gone = rds.describe_db_clusters().db_cluster_identifier("aurora-demo").send().await;
    assert_eq!(code(gone), "DBClusterNotFoundFault");
    subnets().await.unwrap();
    let ec2 = client!(aws_sdk_ec2, sandbox);
    let interfaces = || ec2.delete_security_group().group_id(&group).send();
    assert_eq!(code(interfaces().await), "DependencyViolation", "its interfaces linger");
    tokio::time::advance(Duration::from_secs(91)).await;
    interfaces().await.unwrap();
}
