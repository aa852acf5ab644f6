//! RDS: subnet group, parameter group, instance.

use std::time::Duration;

use aws_sdk_rds::Client;
use aws_sdk_rds::operation::create_db_instance::builders::CreateDBInstanceFluentBuilder;
use aws_sdk_rds::types::{ApplyMethod, DbInstance, Parameter, Tag};
use vidpipe_sandbox::{Clock, Sandbox};

use crate::aws::{Kept, client, code, sandbox};
use crate::network;

#[tokio::test]
async fn engine_versions_are_listed() {
    let sandbox = sandbox();
    let rds = client!(aws_sdk_rds, sandbox);
    for (asked, family) in [("15", "postgres15"), ("16", "postgres16")] {
        let found = rds.describe_db_engine_versions().engine("postgres").engine_version(asked).send().await.unwrap();
        let versions = found.db_engine_versions();
        assert!(versions.len() > 1);
        assert!(versions.iter().all(|one| one.engine_version().unwrap().starts_with(&format!("{asked}."))));
        assert!(versions.iter().all(|one| one.db_parameter_group_family() == Some(family)));
    }
    let all = rds.describe_db_engine_versions().engine("postgres").send().await.unwrap();
    assert!(all.db_engine_versions().len() > 6);
    let one = rds
        .describe_db_engine_versions()
        .engine("postgres")
        .db_parameter_group_family("postgres15")
        .default_only(true)
        .send()
        .await
        .unwrap();
    assert_eq!(one.db_engine_versions().len(), 1);
}

#[tokio::test]
async fn a_parameter_group_keeps_its_parameters() {
    let kept = Kept::new();
    let sandbox = kept.open(Clock::Instant);
    let rds = client!(aws_sdk_rds, sandbox);
    let before = sandbox.inventory().unwrap();
    let create = || {
        rds.create_db_parameter_group()
            .db_parameter_group_name("pg-demo")
            .db_parameter_group_family("postgres15")
            .description("forces TLS")
            .tags(Tag::builder().key("suffix").value("demo").build())
            .send()
    };
    let made = create().await.unwrap();
    let arn = made.db_parameter_group().unwrap().db_parameter_group_arn().unwrap().to_owned();
    assert_eq!(code(create().await), "DBParameterGroupAlreadyExists");
    let forced = Parameter::builder()
        .parameter_name("rds.force_ssl")
        .parameter_value("1")
        .apply_method(ApplyMethod::PendingReboot)
        .build();
    rds.modify_db_parameter_group().db_parameter_group_name("pg-demo").parameters(forced).send().await.unwrap();
    let sandbox = kept.again(sandbox, Clock::Instant);
    let rds = client!(aws_sdk_rds, sandbox);
    let response = rds.describe_db_parameters().db_parameter_group_name("pg-demo").send().await.unwrap();
    let forced = response.parameters().iter().find(|one| one.parameter_name() == Some("rds.force_ssl")).unwrap();
    assert_eq!((forced.parameter_value(), forced.source()), (Some("1"), Some("user")));
    let user = rds.describe_db_parameters().db_parameter_group_name("pg-demo").source("user").send().await.unwrap();
    assert_eq!(user.parameters().len(), 1);
    let reset = rds.reset_db_parameter_group().db_parameter_group_name("pg-demo").parameters(forced.clone());
    reset.send().await.unwrap();
    let user = rds.describe_db_parameters().db_parameter_group_name("pg-demo").source("user").send().await.unwrap();
    assert!(user.parameters().is_empty());
    let tags = rds.list_tags_for_resource().resource_name(&arn).send().await.unwrap();
    assert_eq!(tags.tag_list()[0].value(), Some("demo"));
    let response = rds.describe_db_parameter_groups().db_parameter_group_name("pg-demo").send().await.unwrap();
    assert_eq!(response.db_parameter_groups()[0].db_parameter_group_family(), Some("postgres15"));
    let delete = || rds.delete_db_parameter_group().db_parameter_group_name("pg-demo").send();
    delete().await.unwrap();
    assert_eq!(code(delete().await), "DBParameterGroupNotFound");
    let gone = rds.describe_db_parameter_groups().db_parameter_group_name("pg-demo").send().await;
    assert_eq!(code(gone), "DBParameterGroupNotFound");
    assert_eq!(sandbox.inventory().unwrap()["regions"], before["regions"]);
}

async fn subnet_group(sandbox: &Sandbox, rds: &Client) -> String {
    let (vpc, subnets) = network::two_subnets(sandbox).await;
    let made = rds
        .create_db_subnet_group()
        .db_subnet_group_name("subnets-demo")
        .db_subnet_group_description("isolated")
        .set_subnet_ids(Some(subnets))
        .tags(Tag::builder().key("suffix").value("demo").build())
        .send()
        .await
        .unwrap();
    assert_eq!(made.db_subnet_group().unwrap().vpc_id(), Some(vpc.as_str()));
    vpc
}

#[tokio::test]
async fn a_subnet_group_knows_its_vpc() {
    let sandbox = sandbox();
    let rds = client!(aws_sdk_rds, sandbox);
    let vpc = subnet_group(&sandbox, &rds).await;
    let describe = || rds.describe_db_subnet_groups().db_subnet_group_name("subnets-demo").send();
    let response = describe().await.unwrap();
    let group = &response.db_subnet_groups()[0];
    assert_eq!(group.vpc_id(), Some(vpc.as_str()));
    let zone = group.subnets()[1].subnet_availability_zone().unwrap().name();
    assert_eq!(zone, Some("eu-west-1b"));
    let tags = rds.list_tags_for_resource().resource_name(group.db_subnet_group_arn().unwrap()).send().await.unwrap();
    assert_eq!(tags.tag_list()[0].key(), Some("suffix"));
    let delete = || rds.delete_db_subnet_group().db_subnet_group_name("subnets-demo").send();
    delete().await.unwrap();
    assert_eq!(code(delete().await), "DBSubnetGroupNotFoundFault");
    assert_eq!(code(describe().await), "DBSubnetGroupNotFoundFault");
}

/// Creates the prerequisites of an instance: a subnet group, a parameter group, and a security group; returns the ids
/// of the VPC and the security group.
pub(crate) async fn ground(sandbox: &Sandbox, rds: &Client) -> (String, String) {
    let vpc = subnet_group(sandbox, rds).await;
    let parameters = rds.create_db_parameter_group().db_parameter_group_name("pg-demo").description("p");
    parameters.db_parameter_group_family("postgres15").send().await.unwrap();
    let group = network::group(sandbox, &vpc, "db").await;
    (vpc, group)
}

/// The create call of the instance in these tests.
pub(crate) fn asked(rds: &Client, group: &str) -> CreateDBInstanceFluentBuilder {
    rds.create_db_instance()
        .db_instance_identifier("db-demo")
        .db_instance_class("db.t3.medium")
        .engine("postgres")
        .engine_version("15.14")
        .db_name("videometadata")
        .master_username("postgres")
        .master_user_password("not-shown-anywhere")
        .allocated_storage(100)
        .storage_type("gp3")
        .storage_encrypted(true)
        .kms_key_id("alias/aws/rds")
        .multi_az(true)
        .db_subnet_group_name("subnets-demo")
        .db_parameter_group_name("pg-demo")
        .vpc_security_group_ids(group)
        .backup_retention_period(7)
        .enable_iam_database_authentication(true)
        .enable_cloudwatch_logs_exports("postgresql")
        .publicly_accessible(false)
        .copy_tags_to_snapshot(true)
        .tags(Tag::builder().key("suffix").value("demo").build())
}

async fn create(rds: &Client, group: &str) -> DbInstance {
    asked(rds, group).send().await.unwrap().db_instance().unwrap().clone()
}

pub(crate) async fn describe(rds: &Client) -> DbInstance {
    let response = rds.describe_db_instances().db_instance_identifier("db-demo").send().await.unwrap();
    response.db_instances()[0].clone()
}

#[tokio::test]
async fn an_instance_shows_everything_that_was_asked() {
    let kept = Kept::new();
    let sandbox = kept.open(Clock::Instant);
    let rds = client!(aws_sdk_rds, sandbox);
    let (vpc, group) = ground(&sandbox, &rds).await;
    let other_group = network::group(&sandbox, &vpc, "other").await;
    let before = sandbox.inventory().unwrap();
    let made = create(&rds, &group).await;
    assert_eq!((made.db_instance_status(), made.endpoint()), (Some("creating"), None));
    let sandbox = kept.again(sandbox, Clock::Instant);
    let rds = client!(aws_sdk_rds, sandbox);
    let db = describe(&rds).await;
    assert_eq!(db.db_instance_status(), Some("available"));
    let endpoint = db.endpoint().unwrap();
    assert!(endpoint.address().unwrap().starts_with("db-demo."));
    assert_eq!(endpoint.port(), Some(5432));
    assert!(db.dbi_resource_id().unwrap().starts_with("db-"));
    assert_eq!(db.dbi_resource_id(), made.dbi_resource_id());
    assert_eq!(db.iam_database_authentication_enabled(), Some(true));
    assert_eq!((db.storage_encrypted(), db.multi_az()), (Some(true), Some(true)));
    assert_eq!(db.kms_key_id(), Some("alias/aws/rds"));
    assert_eq!((db.engine_version(), db.db_name()), (Some("15.14"), Some("videometadata")));
    assert_eq!((db.storage_type(), db.allocated_storage()), (Some("gp3"), Some(100)));
    assert_eq!(db.backup_retention_period(), Some(7));
    assert_eq!(db.db_parameter_groups()[0].db_parameter_group_name(), Some("pg-demo"));
    assert_eq!(db.vpc_security_groups()[0].vpc_security_group_id(), Some(group.as_str()));
    assert_eq!(db.db_subnet_group().unwrap().vpc_id(), Some(vpc.as_str()));
    assert_eq!(db.enabled_cloudwatch_logs_exports(), ["postgresql"]);
    assert_eq!(db.tag_list()[0].value(), Some("demo"));
    let tags = rds.list_tags_for_resource().resource_name(db.db_instance_arn().unwrap()).send().await.unwrap();
    assert_eq!(tags.tag_list()[0].value(), Some("demo"));

    let changed = rds
        .modify_db_instance()
        .db_instance_identifier("db-demo")
        .db_instance_class("db.t3.large")
        .enable_iam_database_authentication(false)
        .vpc_security_group_ids(&other_group)
        .deletion_protection(true)
        .apply_immediately(true);
    changed.send().await.unwrap();
    let db = describe(&rds).await;
    assert_eq!(db.db_instance_class(), Some("db.t3.large"));
    assert_eq!(db.iam_database_authentication_enabled(), Some(false));
    assert_eq!(db.vpc_security_groups()[0].vpc_security_group_id(), Some(other_group.as_str()));

    let delete = || rds.delete_db_instance().db_instance_identifier("db-demo").skip_final_snapshot(true).send();
    assert_eq!(code(delete().await), "InvalidParameterCombination");
    rds.modify_db_instance().db_instance_identifier("db-demo").deletion_protection(false).send().await.unwrap();
    let without_snapshot = rds.delete_db_instance().db_instance_identifier("db-demo").send().await;
    assert_eq!(code(without_snapshot), "InvalidParameterCombination");
    let gone = delete().await.unwrap();
    assert_eq!(gone.db_instance().unwrap().db_instance_status(), Some("deleting"));
    assert_eq!(code(delete().await), "DBInstanceNotFound");
    let describe = rds.describe_db_instances().db_instance_identifier("db-demo").send().await;
    assert_eq!(code(describe), "DBInstanceNotFound");
    // Its log group stays until it is deleted explicitly.
    let logs = client!(aws_sdk_cloudwatchlogs, sandbox);
    logs.delete_log_group().log_group_name("/aws/rds/instance/db-demo/postgresql").send().await.unwrap();
    assert_eq!(sandbox.inventory().unwrap()["regions"], before["regions"]);
}

#[tokio::test(start_paused = true)]
async fn an_instance_takes_its_time() {
    let sandbox = Sandbox::in_memory(Clock::Real);
    let rds = client!(aws_sdk_rds, sandbox);
    let (_, group) = ground(&sandbox, &rds).await;
    create(&rds, &group).await;
    let mut seen = Vec::new();
    for seconds in [350, 20, 200, 140, 11] {
        tokio::time::advance(Duration::from_secs(seconds)).await;
        let db = describe(&rds).await;
        seen.push((db.db_instance_status().unwrap().to_owned(), db.endpoint().is_some()));
    }
    let seen: Vec<(&str, bool)> = seen.iter().map(|(status, endpoint)| (status.as_str(), *endpoint)).collect();
    assert_eq!(
        seen,
        [("creating", false), ("modifying", true), ("backing-up", true), ("backing-up", true), ("available", true)]
    );

    let delete = || rds.delete_db_instance().db_instance_identifier("db-demo").skip_final_snapshot(true).send();
    delete().await.unwrap();
    tokio::time::advance(Duration::from_secs(260)).await;
    assert_eq!(describe(&rds).await.db_instance_status(), Some("deleting"));
    assert_eq!(code(delete().await), "InvalidDBInstanceState");
    tokio::time::advance(Duration::from_secs(11)).await;
    assert_eq!(code(delete().await), "DBInstanceNotFound");
}
