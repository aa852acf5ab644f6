//! CloudWatch Logs: refusals, and the log groups that RDS creates by itself.

use std::time::Duration;

use tokio::time::advance;
use vidpipe_sandbox::{Clock, Sandbox};

use crate::aws::{client, code, sandbox};
use crate::{kms, rds};

#[tokio::test]
async fn a_log_group_has_a_good_name_and_keeps_for_certain_days() {
    let sandbox = sandbox();
    let logs = client!(aws_sdk_cloudwatchlogs, sandbox);
    let create = |name: &str| logs.create_log_group().log_group_name(name).send();
    for bad in ["aws/ours", "a b", &"x".repeat(513)] {
        assert_eq!(code(create(bad).await), "InvalidParameterException", "{bad}");
    }
    create("/ecs/a").await.unwrap();
    assert_eq!(code(create("/ecs/a").await), "ResourceAlreadyExistsException");
    let keep = |days| logs.put_retention_policy().log_group_name("/ecs/a").retention_in_days(days).send();
    assert_eq!(code(keep(8).await), "InvalidParameterException");
    keep(7).await.unwrap();
    let unknown = logs.put_retention_policy().log_group_name("none").retention_in_days(7).send().await;
    assert_eq!(code(unknown), "ResourceNotFoundException");
    assert_eq!(code(logs.delete_log_group().log_group_name("none").send().await), "ResourceNotFoundException");
}

#[tokio::test]
async fn a_protected_group_cannot_be_deleted_until_that_is_switched_off() {
    let sandbox = sandbox();
    let logs = client!(aws_sdk_cloudwatchlogs, sandbox);
    logs.create_log_group().log_group_name("/ecs/a").send().await.unwrap();
    let protect = async |on: bool| {
        let call = logs.put_log_group_deletion_protection().log_group_identifier("/ecs/a");
        call.deletion_protection_enabled(on).send().await.unwrap();
        let seen = logs.describe_log_groups().log_group_name_prefix("/ecs/a").send().await.unwrap();
        assert_eq!(seen.log_groups()[0].deletion_protection_enabled(), Some(on));
    };
    let delete = || logs.delete_log_group().log_group_name("/ecs/a").send();
    protect(true).await;
    assert_eq!(code(delete().await), "ValidationException");
    protect(false).await;
    delete().await.unwrap();
}

#[tokio::test]
async fn a_key_must_let_the_service_use_it() {
    let sandbox = sandbox();
    let (logs, keys) = (client!(aws_sdk_cloudwatchlogs, sandbox), client!(aws_sdk_kms, sandbox));
    let key = kms::key(&sandbox).await;
    let default = keys.create_key().send().await.unwrap();
    let default = default.key_metadata().unwrap().arn().unwrap().to_owned();
    let elsewhere = kms::POLICY.replace("logs.eu-west-1", "logs.us-east-1");
    let elsewhere = keys.create_key().policy(elsewhere).send().await.unwrap();
    let elsewhere = elsewhere.key_metadata().unwrap().arn().unwrap().to_owned();
    let create = |key: &str| logs.create_log_group().log_group_name("g").kms_key_id(key).send();
    for bad in [&default, &elsewhere] {
        assert_eq!(code(create(bad).await), "AccessDeniedException");
    }
    create(&key).await.unwrap();
    let change = |key: &str| logs.associate_kms_key().log_group_name("g").kms_key_id(key).send();
    assert_eq!(code(change(&default).await), "AccessDeniedException");
    change(&key).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_database_makes_its_log_groups_again_and_leaves_them() {
    let sandbox = Sandbox::in_memory(Clock::Real);
    let db = client!(aws_sdk_rds, sandbox);
    let (_, group) = rds::ground(&sandbox, &db).await;
    let logs = client!(aws_sdk_cloudwatchlogs, sandbox);
    let logs_of = "/aws/rds/instance/db-demo/postgresql";
    let there = async || {
        let seen = logs.describe_log_groups().log_group_name_prefix(logs_of).send().await.unwrap();
        !seen.log_groups().is_empty()
    };
    let remove = || logs.delete_log_group().log_group_name(logs_of).send();
    rds::asked(&db, &group).send().await.unwrap();
    assert!(!there().await, "nothing runs yet");
    advance(Duration::from_secs(3600)).await;
    assert!(there().await);
    remove().await.unwrap();
    assert!(!there().await);
    advance(Duration::from_secs(61)).await;
    assert!(there().await, "the next lines make it again");
    let delete = db.delete_db_instance().db_instance_identifier("db-demo").skip_final_snapshot(true);
    delete.send().await.unwrap();
    advance(Duration::from_secs(3600)).await;
    assert!(there().await, "it stays");
    remove().await.unwrap();
    advance(Duration::from_secs(3600)).await;
    assert!(!there().await, "nobody writes any more");
}
