//! RDS's rules: each refuses, and passes when its reason ends.

use std::time::Duration;

use aws_sdk_rds::Client;
use aws_sdk_rds::types::{ApplyMethod, Parameter};
use vidpipe_sandbox::{Clock, Conditions, Incident, Sandbox};

use crate::aws::{client, code, sandbox};
use crate::network;
use crate::rds::{asked, describe, ground};

fn real(conditions: Conditions) -> Sandbox {
    let sandbox = Sandbox::in_memory(Clock::Real);
    sandbox.set(conditions);
    sandbox
}

async fn wait(seconds: u64) {
    tokio::time::advance(Duration::from_secs(seconds)).await;
}

async fn status(rds: &Client) -> String {
    describe(rds).await.db_instance_status().unwrap().to_owned()
}

#[tokio::test]
async fn an_instance_is_made_of_good_things_only() {
    let sandbox = sandbox();
    let rds = client!(aws_sdk_rds, sandbox);
    let (_, group) = ground(&sandbox, &rds).await;
    let (elsewhere, _) = network::two_subnets(&sandbox).await;
    let stray = network::group(&sandbox, &elsewhere, "stray").await;
    let ask = || asked(&rds, &group);
    let password = |text: &str| ask().master_user_password(text);
    let cases = [
        ("an identifier", ask().db_instance_identifier("db--demo"), "InvalidParameterValue"),
        ("another", ask().db_instance_identifier("1db"), "InvalidParameterValue"),
        ("a short password", password("short"), "InvalidParameterValue"),
        ("a password with a slash", password("with/a-slash"), "InvalidParameterValue"),
        ("little storage", ask().allocated_storage(19), "InvalidParameterValue"),
        ("long backups", ask().backup_retention_period(36), "InvalidParameterValue"),
        ("an old version", ask().engine_version("15.3"), "InvalidParameterCombination"),
        ("a subnet group", ask().db_subnet_group_name("none"), "DBSubnetGroupNotFoundFault"),
        ("a parameter group", ask().db_parameter_group_name("none"), "DBParameterGroupNotFound"),
        ("a security group", ask().vpc_security_group_ids("sg-none"), "InvalidParameterValue"),
        ("a group elsewhere", ask().vpc_security_group_ids(stray), "InvalidParameterCombination"),
    ];
    for (what, call, refused) in cases {
        assert_eq!(code(call.send().await), refused, "{what}");
    }
    ask().send().await.unwrap();
    assert_eq!(code(ask().db_instance_identifier("DB-demo").send().await), "DBInstanceAlreadyExists");
}

#[tokio::test]
async fn groups_are_made_of_good_subnets_and_stay_while_they_are_used() {
    let sandbox = sandbox();
    let rds = client!(aws_sdk_rds, sandbox);
    let (_, group) = ground(&sandbox, &rds).await;
    let (_, others) = network::two_subnets(&sandbox).await;
    let make = |subnets: &[String]| {
        let call = rds.create_db_subnet_group().db_subnet_group_name("other").db_subnet_group_description("d");
        call.set_subnet_ids(Some(subnets.to_vec())).send()
    };
    let change = |subnets: &[String]| {
        rds.modify_db_subnet_group().db_subnet_group_name("subnets-demo").set_subnet_ids(Some(subnets.to_vec())).send()
    };
    assert_eq!(code(make(&["subnet-none".to_owned()]).await), "InvalidParameterValue");
    assert_eq!(code(make(&others[..1]).await), "DBSubnetGroupDoesNotCoverEnoughAZs");
    assert_eq!(code(change(&others[..1]).await), "DBSubnetGroupDoesNotCoverEnoughAZs");

    asked(&rds, &group).send().await.unwrap();
    let delete_subnets = || rds.delete_db_subnet_group().db_subnet_group_name("subnets-demo").send();
    let delete_parameters = |name: &str| rds.delete_db_parameter_group().db_parameter_group_name(name).send();
    assert_eq!(code(change(&others).await), "SubnetAlreadyInUse");
    assert_eq!(code(delete_subnets().await), "InvalidDBSubnetGroupStateFault");
    assert_eq!(code(delete_parameters("pg-demo").await), "InvalidDBParameterGroupState");
    assert_eq!(code(delete_parameters("default.postgres15").await), "InvalidDBParameterGroupState");
    rds.delete_db_instance().db_instance_identifier("db-demo").skip_final_snapshot(true).send().await.unwrap();
    change(&others).await.unwrap();
    delete_subnets().await.unwrap();
    delete_parameters("pg-demo").await.unwrap();
}

#[tokio::test]
async fn parameters_are_set_twenty_at_a_time_and_static_ones_not_at_once() {
    let sandbox = sandbox();
    let rds = client!(aws_sdk_rds, sandbox);
    ground(&sandbox, &rds).await;
    let set = |name: &str, method: ApplyMethod| {
        Parameter::builder().parameter_name(name).parameter_value("1").apply_method(method).build()
    };
    let modify = |parameters: Vec<Parameter>| {
        let call = rds.modify_db_parameter_group().db_parameter_group_name("pg-demo");
        call.set_parameters(Some(parameters)).send()
    };
    let many = |count: usize| (0..count).map(|i| set(&format!("p{i}"), ApplyMethod::Immediate)).collect();
    assert_eq!(code(modify(many(21)).await), "InvalidParameterValue");
    modify(many(20)).await.unwrap();
    let at_once = modify(vec![set("shared_buffers", ApplyMethod::Immediate)]).await;
    assert_eq!(code(at_once), "InvalidParameterCombination");
    modify(vec![set("shared_buffers", ApplyMethod::PendingReboot)]).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn an_instance_in_the_middle_of_something_is_left_alone() {
    let sandbox = real(Conditions::default());
    let rds = client!(aws_sdk_rds, sandbox);
    let (_, group) = ground(&sandbox, &rds).await;
    asked(&rds, &group).send().await.unwrap();
    let modify = || rds.modify_db_instance().db_instance_identifier("db-demo").apply_immediately(true);
    let delete = || rds.delete_db_instance().db_instance_identifier("db-demo").skip_final_snapshot(true).send();
    for seconds in [0, 400, 200] {
        wait(seconds).await;
        let status = status(&rds).await;
        assert_eq!(code(modify().allocated_storage(200).send().await), "InvalidDBInstanceState", "{status}");
        assert_eq!(code(delete().await), "InvalidDBInstanceState", "{status}");
    }
    wait(200).await;
    assert_eq!(code(modify().allocated_storage(99).send().await), "InvalidParameterCombination");
    assert_eq!(code(modify().vpc_security_group_ids("sg-none").send().await), "InvalidParameterValue");
    modify().allocated_storage(200).send().await.unwrap();
    assert_eq!(status(&rds).await, "modifying");
    assert_eq!(code(delete().await), "InvalidDBInstanceState");
    wait(500).await;
    assert_eq!(status(&rds).await, "storage-optimization");
    assert_eq!(code(modify().allocated_storage(300).send().await), "InvalidParameterCombination");
    modify().deletion_protection(true).send().await.unwrap();
    wait(60).await;
    assert_eq!(code(delete().await), "InvalidParameterCombination");
    modify().deletion_protection(false).send().await.unwrap();
    wait(60).await;
    let unsaid = rds.delete_db_instance().db_instance_identifier("db-demo").send().await;
    assert_eq!(code(unsaid), "InvalidParameterCombination");
    delete().await.unwrap();
    assert_eq!(code(delete().await), "InvalidDBInstanceState");
    assert_eq!(code(asked(&rds, &group).send().await), "DBInstanceAlreadyExists");
}

#[tokio::test(start_paused = true)]
async fn its_interfaces_hold_the_subnets_and_linger() {
    let sandbox = real(Conditions::default());
    let (rds, ec2) = (client!(aws_sdk_rds, sandbox), client!(aws_sdk_ec2, sandbox));
    let (_, group) = ground(&sandbox, &rds).await;
    asked(&rds, &group).send().await.unwrap();
    wait(721).await;
    let groups = rds.describe_db_subnet_groups().send().await.unwrap();
    let subnet = groups.db_subnet_groups()[0].subnets()[1].subnet_identifier().unwrap().to_owned();
    let free = || ec2.delete_subnet().subnet_id(&subnet).send();
    assert_eq!(code(free().await), "DependencyViolation");
    rds.delete_db_instance().db_instance_identifier("db-demo").skip_final_snapshot(true).send().await.unwrap();
    wait(271).await;
    let gone = rds.describe_db_instances().db_instance_identifier("db-demo").send().await;
    assert_eq!(code(gone), "DBInstanceNotFound");
    assert_eq!(code(free().await), "DependencyViolation", "they linger");
    wait(20).await;
    free().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn automated_backups_go_with_their_instance_unless_they_are_to_stay() {
    for keeps in [false, true] {
        let sandbox = real(Conditions::default());
        let rds = client!(aws_sdk_rds, sandbox);
        let (_, group) = ground(&sandbox, &rds).await;
        asked(&rds, &group).send().await.unwrap();
        wait(721).await;
        let backups = async || {
            let response = rds.describe_db_instance_automated_backups().db_instance_identifier("db-demo").send();
            let response = response.await.unwrap().db_instance_automated_backups.unwrap();
            response.into_iter().map(|one| (one.dbi_resource_id.unwrap(), one.status.unwrap())).collect::<Vec<_>>()
        };
        let (id, status) = backups().await.remove(0);
        assert_eq!(status, "active");
        let forget = || rds.delete_db_instance_automated_backup().dbi_resource_id(&id).send();
        assert_eq!(code(forget().await), "InvalidDBInstanceAutomatedBackupState");
        let delete = rds.delete_db_instance().db_instance_identifier("db-demo").skip_final_snapshot(true);
        delete.delete_automated_backups(!keeps).send().await.unwrap();
        wait(600).await;
        let kept = || sandbox.inventory().unwrap()["regions"]["eu-west-1"]["rds"]["automated-backup"].clone();
        assert_eq!((backups().await.len(), kept().is_object()), (usize::from(keeps), keeps));
        if keeps {
            forget().await.unwrap();
            assert_eq!(code(forget().await), "DBInstanceAutomatedBackupNotFound");
            assert!(kept().is_null());
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_to_go_wrong_goes_wrong() {
    let conditions = Conditions::default().with_incident(Incident::DatabaseWithoutCapacity, 1);
    let sandbox = real(conditions.with_incident(Incident::DatabaseIncompatible, 1));
    let rds = client!(aws_sdk_rds, sandbox);
    let (_, group) = ground(&sandbox, &rds).await;
    assert_eq!(code(asked(&rds, &group).send().await), "InsufficientDBInstanceCapacity");
    let create = async || asked(&rds, &group).send().await.unwrap();
    create().await;
    assert_eq!(status(&rds).await, "creating");
    wait(721).await;
    assert_eq!(status(&rds).await, "incompatible-parameters");
    rds.delete_db_instance().db_instance_identifier("db-demo").skip_final_snapshot(true).send().await.unwrap();
    wait(271).await;
    create().await;
    wait(721).await;
    assert_eq!(status(&rds).await, "available");
}

#[tokio::test(start_paused = true)]
async fn what_is_new_may_be_unknown_for_a_moment() {
    let sandbox = Sandbox::in_memory(Clock::Real);
    let (_, subnets) = network::two_subnets(&sandbox).await;
    wait(60).await;
    sandbox.set(Conditions { lag: true, ..Conditions::default() });
    let rds = client!(aws_sdk_rds, sandbox);
    let mut unknown = 0;
    for name in ["a", "b", "c", "d"] {
        let made = rds.create_db_subnet_group().db_subnet_group_name(name).db_subnet_group_description("d");
        made.set_subnet_ids(Some(subnets.clone())).send().await.unwrap();
        let read = || rds.describe_db_subnet_groups().db_subnet_group_name(name).send();
        let listed = rds.describe_db_subnet_groups().send().await.unwrap();
        let listed = listed.db_subnet_groups().iter().any(|group| group.db_subnet_group_name() == Some(name));
        match read().await {
            Ok(_) => assert!(listed),
            refused => {
                assert_eq!((code(refused).as_str(), listed), ("DBSubnetGroupNotFoundFault", false));
                unknown += 1;
            }
        }
        wait(3).await;
        read().await.unwrap();
    }
    assert!(unknown > 0, "some are unknown at first");
}
