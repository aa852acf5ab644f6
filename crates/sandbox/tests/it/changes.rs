//! Changes in place that no other test file covers.

use aws_sdk_ec2::types::{IpPermission, SecurityGroupRuleDescription, UserIdGroupPair};
use aws_sdk_efs::types::ThroughputMode;

use crate::aws::{client, code, sandbox};
use crate::kms::{self, POLICY};
use crate::network;

#[tokio::test]
async fn a_rule_gets_another_description() {
    let sandbox = sandbox();
    let ec2 = client!(aws_sdk_ec2, sandbox);
    let (vpc, _) = network::two_subnets(&sandbox).await;
    let made = ec2.create_security_group().vpc_id(vpc).group_name("db").description("db").send().await.unwrap();
    let group = made.group_id().unwrap();
    let permission = |description: &str| {
        let peer = UserIdGroupPair::builder().group_id(group).description(description).build();
        IpPermission::builder().ip_protocol("tcp").from_port(1).to_port(1).user_id_group_pairs(peer).build()
    };
    let made = ec2.authorize_security_group_ingress().group_id(group).ip_permissions(permission("first"));
    let made = made.send().await.unwrap();
    let id = made.security_group_rules()[0].security_group_rule_id().unwrap();
    let describe = async || {
        let response = ec2.describe_security_group_rules().security_group_rule_ids(id).send().await.unwrap();
        response.security_group_rules()[0].description().map(str::to_owned)
    };
    let change = || ec2.update_security_group_rule_descriptions_ingress().group_id(group);
    change().ip_permissions(permission("second")).send().await.unwrap();
    assert_eq!(describe().await.as_deref(), Some("second"));
    let third = SecurityGroupRuleDescription::builder().security_group_rule_id(id).description("third").build();
    change().security_group_rule_descriptions(third).send().await.unwrap();
    assert_eq!(describe().await.as_deref(), Some("third"));
}

#[tokio::test]
async fn subnet_groups_move() {
    let sandbox = sandbox();
    let (_, first) = network::two_subnets(&sandbox).await;
    let (vpc, second) = network::two_subnets(&sandbox).await;
    let rds = client!(aws_sdk_rds, sandbox);
    let made = rds.create_db_subnet_group().db_subnet_group_name("g").db_subnet_group_description("d");
    made.set_subnet_ids(Some(first.clone())).send().await.unwrap();
    let moved = rds.modify_db_subnet_group().db_subnet_group_name("g").set_subnet_ids(Some(second.clone()));
    let moved = moved.send().await.unwrap();
    assert_eq!(moved.db_subnet_group().unwrap().vpc_id(), Some(vpc.as_str()));
    let cache = client!(aws_sdk_elasticache, sandbox);
    let made = cache.create_cache_subnet_group().cache_subnet_group_name("g").cache_subnet_group_description("d");
    made.set_subnet_ids(Some(first)).send().await.unwrap();
    let moved = cache.modify_cache_subnet_group().cache_subnet_group_name("g").set_subnet_ids(Some(second.clone()));
    let moved = moved.send().await.unwrap();
    let group = moved.cache_subnet_group().unwrap();
    assert_eq!(group.vpc_id(), Some(vpc.as_str()));
    assert_eq!(group.subnets()[0].subnet_identifier(), Some(second[0].as_str()));
}

#[tokio::test]
async fn a_database_has_events() {
    let sandbox = sandbox();
    let rds = client!(aws_sdk_rds, sandbox);
    let events = rds.describe_events().source_type(aws_sdk_rds::types::SourceType::DbInstance).source_identifier("db");
    assert!(events.duration(60).send().await.unwrap().events().is_empty());
}

#[tokio::test]
async fn a_file_system_changes_its_mind() {
    let sandbox = sandbox();
    let (vpc, subnets) = network::two_subnets(&sandbox).await;
    let (first, second) =
        (network::group(&sandbox, &vpc, "first").await, network::group(&sandbox, &vpc, "second").await);
    let efs = client!(aws_sdk_efs, sandbox);
    let made = efs.create_file_system().creation_token("t").send().await.unwrap();
    let id = made.file_system_id();
    efs.update_file_system().file_system_id(id).throughput_mode(ThroughputMode::Elastic).send().await.unwrap();
    let response = efs.describe_file_systems().file_system_id(id).send().await.unwrap();
    assert_eq!(response.file_systems()[0].throughput_mode(), Some(&ThroughputMode::Elastic));
    let none = efs.describe_file_system_policy().file_system_id(id).send().await;
    assert_eq!(code(none), "PolicyNotFound");
    efs.put_file_system_policy().file_system_id(id).policy("{}").send().await.unwrap();
    efs.delete_file_system_policy().file_system_id(id).send().await.unwrap();
    let none = efs.describe_file_system_policy().file_system_id(id).send().await;
    assert_eq!(code(none), "PolicyNotFound");
    efs.put_lifecycle_configuration().file_system_id(id).set_lifecycle_policies(Some(vec![])).send().await.unwrap();
    let none = efs.describe_lifecycle_configuration().file_system_id(id).send().await.unwrap();
    assert!(none.lifecycle_policies().is_empty());
    let target = efs.create_mount_target().file_system_id(id).subnet_id(&subnets[0]).security_groups(&first);
    let target = target.send().await.unwrap();
    let target = target.mount_target_id();
    let change = efs.modify_mount_target_security_groups().mount_target_id(target).security_groups(&second);
    change.send().await.unwrap();
    let groups = efs.describe_mount_target_security_groups().mount_target_id(target).send().await.unwrap();
    assert_eq!(groups.security_groups(), [second]);
    let tag = aws_sdk_efs::types::Tag::builder().key("a").value("b").build().unwrap();
    efs.tag_resource().resource_id(id).tags(tag).send().await.unwrap();
    let tags = efs.list_tags_for_resource().resource_id(id).send().await.unwrap();
    assert_eq!(tags.tags()[0].value(), "b");
}

#[tokio::test]
async fn keys_and_aliases_change() {
    let sandbox = sandbox();
    let kms = client!(aws_sdk_kms, sandbox);
    let key = async || {
        let made = kms.create_key().send().await.unwrap();
        made.key_metadata().unwrap().key_id().to_owned()
    };
    let (first, second) = (key().await, key().await);
    kms.create_alias().alias_name("alias/a").target_key_id(&first).send().await.unwrap();
    kms.update_alias().alias_name("alias/a").target_key_id(&second).send().await.unwrap();
    kms.update_key_description().key_id(&second).description("new").send().await.unwrap();
    let response = kms.describe_key().key_id("alias/a").send().await.unwrap();
    let response = response.key_metadata().unwrap();
    assert_eq!((response.key_id(), response.description()), (second.as_str(), Some("new")));
    let listed = kms.list_keys().send().await.unwrap();
    assert_eq!(listed.keys().len(), 2);
    let tag = aws_sdk_kms::types::Tag::builder().tag_key("a").tag_value("b").build().unwrap();
    kms.tag_resource().key_id(&first).tags(tag).send().await.unwrap();
    let tags = kms.list_resource_tags().key_id(&first).send().await.unwrap();
    assert_eq!(tags.tags()[0].tag_value(), "b");
    kms.put_key_policy().key_id(&first).policy_name("default").policy(POLICY).send().await.unwrap();
    let policy = kms.get_key_policy().key_id(&first).policy_name("default").send().await.unwrap();
    assert_eq!(policy.policy(), Some(POLICY));
}

#[tokio::test]
async fn retention_and_key_of_a_log_group_change() {
    let sandbox = sandbox();
    let logs = client!(aws_sdk_cloudwatchlogs, sandbox);
    logs.create_log_group().log_group_name("g").send().await.unwrap();
    logs.put_retention_policy().log_group_name("g").retention_in_days(30).send().await.unwrap();
    logs.delete_retention_policy().log_group_name("g").send().await.unwrap();
    let key = kms::key(&sandbox).await;
    logs.associate_kms_key().log_group_name("g").kms_key_id(&key).send().await.unwrap();
    let describe = async || logs.describe_log_groups().send().await.unwrap().log_groups()[0].clone();
    let group = describe().await;
    assert_eq!((group.retention_in_days(), group.kms_key_id()), (None, Some(key.as_str())));
    logs.disassociate_kms_key().log_group_name("g").send().await.unwrap();
    assert_eq!(describe().await.kms_key_id(), None);
}

#[tokio::test]
async fn a_secret_changes_its_key() {
    let sandbox = sandbox();
    let secrets = client!(aws_sdk_secretsmanager, sandbox);
    secrets.create_secret().name("s").secret_string("a").send().await.unwrap();
    let key = kms::key(&sandbox).await;
    secrets.update_secret().secret_id("s").kms_key_id(&key).description("d").send().await.unwrap();
    let tag = aws_sdk_secretsmanager::types::Tag::builder().key("a").value("b").build();
    secrets.tag_resource().secret_id("s").tags(tag).send().await.unwrap();
    let response = secrets.describe_secret().secret_id("s").send().await.unwrap();
    assert_eq!((response.kms_key_id(), response.description()), (Some(key.as_str()), Some("d")));
    assert_eq!(response.tags()[0].value(), Some("b"));
    let value = secrets.get_secret_value().secret_id("s").send().await.unwrap();
    assert_eq!(value.secret_string(), Some("a"));
}

#[tokio::test]
async fn a_role_gets_another_trust_policy() {
    let sandbox = sandbox();
    let iam = client!(aws_sdk_iam, sandbox);
    iam.create_role().role_name("r").assume_role_policy_document(r#"{"Statement":[]}"#).send().await.unwrap();
    iam.update_role().role_name("r").description("d").send().await.unwrap();
    iam.update_assume_role_policy().role_name("r").policy_document(r#"{"Statement":[1]}"#).send().await.unwrap();
    let response = iam.get_role().role_name("r").send().await.unwrap();
    let role = response.role().unwrap();
    assert_eq!(
        (role.description(), role.assume_role_policy_document()),
        (Some("d"), Some("%7B%22Statement%22%3A%5B1%5D%7D"))
    );
}
