//! Aurora's rules: each refuses, and passes when its reason ends.

use std::time::Duration;

use aws_sdk_rds::Client;
use aws_sdk_rds::types::{ApplyMethod, Parameter};
use vidpipe_sandbox::{Clock, Conditions, Incident, Sandbox};

use crate::aurora::{asked, describe, ground, instance, member, range};
use crate::aws::{client, code, sandbox};
use crate::network;

async fn wait(seconds: u64) {
    tokio::time::advance(Duration::from_secs(seconds)).await;
}

fn delete(rds: &Client) -> aws_sdk_rds::operation::delete_db_cluster::builders::DeleteDBClusterFluentBuilder {
    rds.delete_db_cluster().db_cluster_identifier("aurora-demo").skip_final_snapshot(true)
}

#[tokio::test]
async fn a_cluster_is_made_of_good_things_only() {
    let sandbox = sandbox();
    let rds = client!(aws_sdk_rds, sandbox);
    let (_, group) = ground(&sandbox, &rds).await;
    let (elsewhere, _) = network::two_subnets(&sandbox).await;
    let stray = network::group(&sandbox, &elsewhere, "stray").await;
    let ask = || asked(&rds, &group);
    let capacity = |least, most| ask().serverless_v2_scaling_configuration(range(least, most));
    let cases = [
        ("an identifier", ask().db_cluster_identifier("aurora--demo"), "InvalidParameterValue"),
        ("two passwords", ask().master_user_password("long-enough"), "InvalidParameterCombination"),
        ("no backups", ask().backup_retention_period(0), "InvalidParameterValue"),
        ("an old version", ask().engine_version("16.1"), "InvalidParameterCombination"),
        ("a subnet group", ask().db_subnet_group_name("none"), "DBSubnetGroupNotFoundFault"),
        ("a parameter group", ask().db_cluster_parameter_group_name("pg-demo"), "DBClusterParameterGroupNotFound"),
        ("a security group", ask().vpc_security_group_ids("sg-none"), "InvalidParameterValue"),
        ("a group elsewhere", ask().vpc_security_group_ids(stray), "InvalidParameterCombination"),
        ("a range upside down", capacity(2.0, 1.0), "InvalidParameterValue"),
        ("odd steps", capacity(0.7, 1.0), "InvalidParameterValue"),
        ("too much", capacity(0.5, 256.5), "InvalidParameterValue"),
        ("a pause of what cannot", capacity(0.0, 1.0).engine_version("14.9"), "InvalidParameterValue"),
    ];
    for (what, call, refused) in cases {
        assert_eq!(code(call.send().await), refused, "{what}");
    }
    assert_eq!(code(member(&rds, "early-demo").send().await), "DBClusterNotFoundFault");
    capacity(0.0, 1.0).send().await.unwrap();
    assert_eq!(code(ask().db_cluster_identifier("Aurora-demo").send().await), "DBClusterAlreadyExistsFault");
    let change = rds.modify_db_cluster().db_cluster_identifier("aurora-demo");
    let odd = change.clone().serverless_v2_scaling_configuration(range(0.7, 1.0)).send().await;
    assert_eq!(code(odd), "InvalidParameterValue");
    let unknown = change.db_cluster_parameter_group_name("none").send().await;
    assert_eq!(code(unknown), "DBClusterParameterGroupNotFound");
    let small = member(&rds, "small-demo").db_instance_class("db.t3.micro").send().await;
    assert_eq!(code(small), "InvalidParameterCombination");

    let plain = asked(&rds, &group).db_cluster_identifier("plain-demo").set_serverless_v2_scaling_configuration(None);
    plain.send().await.unwrap();
    let serverless = member(&rds, "odd-demo").db_cluster_identifier("plain-demo").send().await;
    assert_eq!(code(serverless), "InvalidDBClusterStateFault");
}

#[tokio::test]
async fn what_belongs_together_goes_in_order() {
    let sandbox = sandbox();
    let rds = client!(aws_sdk_rds, sandbox);
    let (_, group) = ground(&sandbox, &rds).await;
    asked(&rds, &group).deletion_protection(true).send().await.unwrap();
    member(&rds, "writer-demo").send().await.unwrap();
    assert_eq!(code(delete(&rds).send().await), "InvalidParameterCombination");
    let unprotect = rds.modify_db_cluster().db_cluster_identifier("aurora-demo").deletion_protection(false);
    unprotect.send().await.unwrap();
    assert_eq!(code(delete(&rds).skip_final_snapshot(false).send().await), "InvalidParameterCombination");
    assert_eq!(code(delete(&rds).send().await), "InvalidDBClusterStateFault");
    let parameters = || rds.delete_db_cluster_parameter_group().db_cluster_parameter_group_name("cpg-demo").send();
    assert_eq!(code(parameters().await), "InvalidDBParameterGroupState");
    let static_one = Parameter::builder().parameter_name("shared_buffers").parameter_value("1");
    let static_one = static_one.apply_method(ApplyMethod::Immediate).build();
    let at_once = rds.modify_db_cluster_parameter_group().db_cluster_parameter_group_name("cpg-demo");
    assert_eq!(code(at_once.parameters(static_one).send().await), "InvalidParameterCombination");
    let member = || rds.delete_db_instance().db_instance_identifier("writer-demo");
    assert_eq!(code(member().final_db_snapshot_identifier("s").send().await), "InvalidParameterCombination");
    member().send().await.unwrap();
    delete(&rds).send().await.unwrap();
    parameters().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_stopped_cluster_is_started_before_it_goes() {
    let sandbox = Sandbox::in_memory(Clock::Real);
    let rds = client!(aws_sdk_rds, sandbox);
    let (_, group) = ground(&sandbox, &rds).await;
    asked(&rds, &group).send().await.unwrap();
    member(&rds, "writer-demo").send().await.unwrap();
    assert_eq!(code(delete(&rds).send().await), "InvalidDBClusterStateFault", "it is being created");
    let start = || rds.start_db_cluster().db_cluster_identifier("aurora-demo").send();
    let stop = || rds.stop_db_cluster().db_cluster_identifier("aurora-demo").send();
    wait(400).await;
    assert_eq!(code(start().await), "InvalidDBClusterStateFault");
    stop().await.unwrap();
    assert_eq!(describe(&rds).await.status(), Some("stopping"));
    wait(301).await;
    assert_eq!(instance(&rds, "writer-demo").await.db_instance_status(), Some("stopped"));
    let member = || rds.delete_db_instance().db_instance_identifier("writer-demo").send();
    assert_eq!(code(member().await), "InvalidDBInstanceState");
    assert_eq!(code(delete(&rds).send().await), "InvalidDBClusterStateFault");
    assert_eq!(code(stop().await), "InvalidDBClusterStateFault");
    let arn = describe(&rds).await.db_cluster_arn.unwrap();
    let endpoint = rds.enable_http_endpoint().resource_arn(&arn).send().await;
    assert_eq!(code(endpoint), "InvalidResourceStateFault");
    assert_eq!(code(rds.disable_http_endpoint().resource_arn(&arn).send().await), "InvalidResourceStateFault");
    let change = rds.modify_db_cluster().db_cluster_identifier("aurora-demo").backup_retention_period(8).send().await;
    assert_eq!(code(change), "InvalidDBClusterStateFault");
    start().await.unwrap();
    wait(301).await;
    member().await.unwrap();
    delete(&rds).delete_automated_backups(false).send().await.unwrap();
    wait(421).await;
    let backups =
        rds.describe_db_cluster_automated_backups().db_cluster_identifier("aurora-demo").send().await.unwrap();
    assert_eq!(backups.db_cluster_automated_backups()[0].status(), Some("retained"));
    wait(7 * 86_400).await;
    let backups = rds.describe_db_cluster_automated_backups().send().await.unwrap();
    assert!(backups.db_cluster_automated_backups().is_empty());
}

#[tokio::test(start_paused = true)]
async fn an_instance_may_fail() {
    let sandbox = Sandbox::in_memory(Clock::Real);
    sandbox.set(Conditions::default().with_incident(Incident::ClusterInstanceFails, 1));
    let rds = client!(aws_sdk_rds, sandbox);
    let (_, group) = ground(&sandbox, &rds).await;
    asked(&rds, &group).send().await.unwrap();
    for name in ["writer-demo", "reader-demo"] {
        member(&rds, name).send().await.unwrap();
    }
    wait(400).await;
    assert_eq!(instance(&rds, "writer-demo").await.db_instance_status(), Some("incompatible-network"));
    assert_eq!(instance(&rds, "reader-demo").await.db_instance_status(), Some("available"));
}

#[tokio::test(start_paused = true)]
async fn a_log_group_comes_again_while_an_instance_runs() {
    let sandbox = Sandbox::in_memory(Clock::Real);
    let (rds, logs) = (client!(aws_sdk_rds, sandbox), client!(aws_sdk_cloudwatchlogs, sandbox));
    let (_, group) = ground(&sandbox, &rds).await;
    asked(&rds, &group).send().await.unwrap();
    member(&rds, "writer-demo").send().await.unwrap();
    let there = async || {
        let listed = logs.describe_log_groups().log_group_name_prefix("/aws/rds/cluster/").send().await.unwrap();
        listed.log_groups().len()
    };
    let forget = || logs.delete_log_group().log_group_name("/aws/rds/cluster/aurora-demo/postgresql").send();
    assert_eq!(there().await, 0);
    wait(400).await;
    forget().await.unwrap();
    assert_eq!(there().await, 0);
    wait(61).await;
    assert_eq!(there().await, 1);
    rds.delete_db_instance().db_instance_identifier("writer-demo").send().await.unwrap();
    forget().await.unwrap();
    wait(600).await;
    assert_eq!(there().await, 0);
}
