//! EFS's rules: each refuses, and passes when its reason ends.

use std::time::Duration;

use aws_sdk_efs::Client;
use aws_sdk_efs::types::{LifeCycleState, ThroughputMode};
use vidpipe_sandbox::{Clock, Conditions, Incident, Sandbox};

use crate::aws::{client, code, sandbox};
use crate::efs::{file_system, mount};
use crate::network;

const TOO_EARLY: &str = "IncorrectFileSystemLifeCycleState";

async fn wait(seconds: u64) {
    tokio::time::advance(Duration::from_secs(seconds)).await;
}

async fn state(efs: &Client, target: &str) -> LifeCycleState {
    let response = efs.describe_mount_targets().mount_target_id(target).send().await.unwrap();
    response.mount_targets()[0].life_cycle_state().clone()
}

#[tokio::test]
async fn a_mount_target_is_in_a_good_place() {
    let sandbox = sandbox();
    let efs = client!(aws_sdk_efs, sandbox);
    let (vpc, subnets) = network::two_subnets(&sandbox).await;
    let (_, elsewhere) = network::two_subnets(&sandbox).await;
    let group = network::group(&sandbox, &vpc, "files").await;
    let id = file_system(&efs).await;
    let call = |subnet: &str| efs.create_mount_target().file_system_id(&id).subnet_id(subnet);
    let target = mount(&efs, &id, &subnets[0], &group).await;
    let six = Some((0..6).map(|i| format!("sg-{i}")).collect());
    let cases = [
        ("a subnet", call("subnet-none"), "SubnetNotFound"),
        ("a group", call(&subnets[1]).security_groups("sg-none"), "SecurityGroupNotFound"),
        ("six groups", call(&subnets[1]).set_security_groups(six), "SecurityGroupLimitExceeded"),
        ("the zone again", call(&subnets[0]), "MountTargetConflict"),
        ("another VPC", call(&elsewhere[1]), "MountTargetConflict"),
    ];
    for (what, call, refused) in cases {
        assert_eq!(code(call.send().await), refused, "{what}");
    }
    let regroup = efs.modify_mount_target_security_groups().mount_target_id(&target).security_groups("sg-none");
    assert_eq!(code(regroup.send().await), "SecurityGroupNotFound");
    assert_eq!(code(efs.delete_file_system().file_system_id(&id).send().await), "FileSystemInUse");
    efs.delete_mount_target().mount_target_id(&target).send().await.unwrap();
    efs.delete_file_system().file_system_id(&id).send().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_file_system_that_is_not_available_is_left_alone() {
    let sandbox = Sandbox::in_memory(Clock::Real);
    let efs = client!(aws_sdk_efs, sandbox);
    let (_, subnets) = network::two_subnets(&sandbox).await;
    let id = file_system(&efs).await;
    let target = || efs.create_mount_target().file_system_id(&id).subnet_id(&subnets[0]).send();
    let point = || efs.create_access_point().client_token("t").file_system_id(&id).send();
    let policy = || efs.put_file_system_policy().file_system_id(&id).policy("{}").send();
    let no_policy = || efs.delete_file_system_policy().file_system_id(&id).send();
    let lifecycle =
        || efs.put_lifecycle_configuration().file_system_id(&id).set_lifecycle_policies(Some(vec![])).send();
    let update = |mode| efs.update_file_system().file_system_id(&id).throughput_mode(mode).send();
    for at in ["creating", "updating"] {
        assert_eq!(code(target().await), TOO_EARLY, "{at}");
        assert_eq!(code(point().await), TOO_EARLY, "{at}");
        assert_eq!(code(policy().await), TOO_EARLY, "{at}");
        assert_eq!(code(no_policy().await), TOO_EARLY, "{at}");
        assert_eq!(code(lifecycle().await), TOO_EARLY, "{at}");
        assert_eq!(code(update(ThroughputMode::Bursting).await), TOO_EARLY, "{at}");
        wait(20).await;
        if at == "creating" {
            update(ThroughputMode::Elastic).await.unwrap();
        }
    }
    assert_eq!(code(update(ThroughputMode::Bursting).await), "TooManyRequests");
    policy().await.unwrap();
    no_policy().await.unwrap();
    lifecycle().await.unwrap();
    point().await.unwrap();
    let target = target().await.unwrap().mount_target_id;
    let regroup = || efs.modify_mount_target_security_groups().mount_target_id(&target).send();
    assert_eq!(code(regroup().await), "IncorrectMountTargetState");
    wait(86).await;
    regroup().await.unwrap();
    wait(86_400).await;
    update(ThroughputMode::Bursting).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn the_interface_of_a_mount_target_holds_its_subnet_and_lingers() {
    let sandbox = Sandbox::in_memory(Clock::Real);
    let (efs, ec2) = (client!(aws_sdk_efs, sandbox), client!(aws_sdk_ec2, sandbox));
    let (vpc, subnets) = network::two_subnets(&sandbox).await;
    let group = network::group(&sandbox, &vpc, "files").await;
    let id = file_system(&efs).await;
    wait(6).await;
    let target = mount(&efs, &id, &subnets[0], &group).await;
    wait(86).await;
    let response = efs.describe_mount_targets().mount_target_id(&target).send().await.unwrap();
    assert!(response.mount_targets()[0].network_interface_id().unwrap().starts_with("eni-"));
    let free = || ec2.delete_subnet().subnet_id(&subnets[0]).send();
    assert_eq!(code(free().await), "DependencyViolation");
    let delete = || efs.delete_mount_target().mount_target_id(&target).send();
    delete().await.unwrap();
    delete().await.unwrap();
    wait(16).await;
    assert_eq!(code(delete().await), "MountTargetNotFound");
    assert_eq!(code(free().await), "DependencyViolation", "it lingers");
    wait(10).await;
    free().await.unwrap();
    let delete = || efs.delete_file_system().file_system_id(&id).send();
    delete().await.unwrap();
    delete().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_mount_target_that_is_to_fail_fails() {
    let sandbox = Sandbox::in_memory(Clock::Real);
    sandbox.set(Conditions::default().with_incident(Incident::MountTargetFails, 1));
    let efs = client!(aws_sdk_efs, sandbox);
    let (vpc, subnets) = network::two_subnets(&sandbox).await;
    let group = network::group(&sandbox, &vpc, "files").await;
    let id = file_system(&efs).await;
    wait(6).await;
    let target = mount(&efs, &id, &subnets[0], &group).await;
    assert_eq!(state(&efs, &target).await, LifeCycleState::Creating);
    wait(86).await;
    assert_eq!(state(&efs, &target).await, LifeCycleState::Error);
    efs.delete_mount_target().mount_target_id(&target).send().await.unwrap();
    wait(16).await;
    let target = mount(&efs, &id, &subnets[0], &group).await;
    wait(86).await;
    assert_eq!(state(&efs, &target).await, LifeCycleState::Available);
}
