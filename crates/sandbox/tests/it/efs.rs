//! EFS: file system, lifecycle, policy, mount targets, access point.

use std::time::Duration;

use aws_sdk_efs::Client;
use aws_sdk_efs::types::{
    CreationInfo, LifeCycleState, LifecyclePolicy, PerformanceMode, PosixUser, RootDirectory, Tag, ThroughputMode,
    TransitionToIaRules,
};
use vidpipe_sandbox::{Clock, Sandbox};

use crate::aws::{Kept, client, code};
use crate::network;

fn tag(value: &str) -> Tag {
    Tag::builder().key("Name").value(value).build().unwrap()
}

pub(crate) async fn file_system(efs: &Client) -> String {
    let made = efs
        .create_file_system()
        .creation_token("token")
        .performance_mode(PerformanceMode::GeneralPurpose)
        .throughput_mode(ThroughputMode::Bursting)
        .encrypted(true)
        .kms_key_id("alias/aws/elasticfilesystem")
        .tags(tag("files"))
        .send()
        .await
        .unwrap();
    assert_eq!(made.life_cycle_state(), &LifeCycleState::Creating);
    made.file_system_id().to_owned()
}

pub(crate) async fn mount(efs: &Client, id: &str, subnet: &str, group: &str) -> String {
    let made =
        efs.create_mount_target().file_system_id(id).subnet_id(subnet).security_groups(group).send().await.unwrap();
    made.mount_target_id().to_owned()
}

#[tokio::test]
async fn a_file_system_lives_and_dies() {
    let kept = Kept::new();
    let sandbox = kept.open(Clock::Instant);
    let (vpc, subnets) = network::two_subnets(&sandbox).await;
    let group = network::group(&sandbox, &vpc, "files").await;
    let efs = client!(aws_sdk_efs, sandbox);
    let before = sandbox.inventory().unwrap();
    let id = file_system(&efs).await;
    let again = efs.create_file_system().creation_token("token").send().await.unwrap_err();
    let again = again.into_service_error();
    let conflict = match again {
        aws_sdk_efs::operation::create_file_system::CreateFileSystemError::FileSystemAlreadyExists(conflict) => {
            conflict
        }
        other => panic!("{other:?}"),
    };
    assert_eq!(conflict.file_system_id(), id, "the error names the file system there is");
    let policy = LifecyclePolicy::builder().transition_to_ia(TransitionToIaRules::After7Days).build();
    efs.put_lifecycle_configuration().file_system_id(&id).lifecycle_policies(policy).send().await.unwrap();
    efs.put_file_system_policy().file_system_id(&id).policy(r#"{"Statement":[]}"#).send().await.unwrap();
    let target = mount(&efs, &id, &subnets[0], &group).await;
    let second = mount(&efs, &id, &subnets[1], &group).await;
    let twice = efs.create_mount_target().file_system_id(&id).subnet_id(&subnets[0]).send().await;
    assert_eq!(code(twice), "MountTargetConflict");

    let sandbox = kept.again(sandbox, Clock::Instant);
    let efs = client!(aws_sdk_efs, sandbox);
    let response = efs.describe_file_systems().creation_token("token").send().await.unwrap();
    let [response] = response.file_systems() else { panic!("{response:?}") };
    assert_eq!(response.file_system_id(), id);
    assert_eq!((response.encrypted(), response.number_of_mount_targets()), (Some(true), 2));
    assert_eq!(response.kms_key_id(), Some("alias/aws/elasticfilesystem"));
    assert_eq!(response.life_cycle_state(), &LifeCycleState::Available);
    assert_eq!((response.tags()[0].value(), response.name()), ("files", Some("files")));
    let rules = efs.describe_lifecycle_configuration().file_system_id(&id).send().await.unwrap();
    assert_eq!(rules.lifecycle_policies()[0].transition_to_ia(), Some(&TransitionToIaRules::After7Days));
    let policy = efs.describe_file_system_policy().file_system_id(&id).send().await.unwrap();
    assert_eq!(policy.policy(), Some(r#"{"Statement":[]}"#));
    let targets = efs.describe_mount_targets().file_system_id(&id).send().await.unwrap();
    assert_eq!(targets.mount_targets().len(), 2);
    let one = efs.describe_mount_targets().mount_target_id(&target).send().await.unwrap();
    let one = &one.mount_targets()[0];
    assert_eq!((one.subnet_id(), one.vpc_id()), (subnets[0].as_str(), Some(vpc.as_str())));
    assert_eq!(one.availability_zone_name(), Some("eu-west-1a"));
    assert_eq!(one.life_cycle_state(), &LifeCycleState::Available);
    let groups = efs.describe_mount_target_security_groups().mount_target_id(&target).send().await.unwrap();
    assert_eq!(groups.security_groups(), [group]);

    let delete = || efs.delete_file_system().file_system_id(&id).send();
    assert_eq!(code(delete().await), "FileSystemInUse");
    for target in [&target, &second] {
        let unmount = || efs.delete_mount_target().mount_target_id(target).send();
        unmount().await.unwrap();
        assert_eq!(code(unmount().await), "MountTargetNotFound");
    }
    let gone = efs.describe_mount_targets().mount_target_id(&target).send().await;
    assert_eq!(code(gone), "MountTargetNotFound");
    delete().await.unwrap();
    assert_eq!(code(delete().await), "FileSystemNotFound");
    assert_eq!(code(efs.describe_file_systems().file_system_id(&id).send().await), "FileSystemNotFound");
    assert_eq!(sandbox.inventory().unwrap()["regions"], before["regions"]);
}

#[tokio::test]
async fn an_access_point_honours_its_token() {
    let kept = Kept::new();
    let sandbox = kept.open(Clock::Instant);
    let efs = client!(aws_sdk_efs, sandbox);
    let id = file_system(&efs).await;
    let create = || {
        let owner = CreationInfo::builder().owner_uid(1000).owner_gid(1000).permissions("755").build().unwrap();
        efs.create_access_point()
            .client_token("t")
            .file_system_id(&id)
            .posix_user(PosixUser::builder().uid(1000).gid(1000).build().unwrap())
            .root_directory(RootDirectory::builder().path("/videos").creation_info(owner).build())
            .tags(tag("door"))
            .send()
    };
    let made = create().await.unwrap();
    let point = made.access_point_id().unwrap().to_owned();
    assert_eq!(code(create().await), "AccessPointAlreadyExists");
    let sandbox = kept.again(sandbox, Clock::Instant);
    let efs = client!(aws_sdk_efs, sandbox);
    let response = efs.describe_access_points().access_point_id(&point).send().await.unwrap();
    let response = &response.access_points()[0];
    assert_eq!(response.life_cycle_state(), Some(&LifeCycleState::Available));
    assert_eq!(response.client_token(), Some("t"));
    assert_eq!(response.posix_user().unwrap().uid(), 1000);
    assert_eq!(response.root_directory().unwrap().path(), Some("/videos"));
    assert_eq!(response.tags()[0].value(), "door");
    let of_system = efs.describe_access_points().file_system_id(&id).send().await.unwrap();
    assert_eq!(of_system.access_points().len(), 1);
    let delete = || efs.delete_access_point().access_point_id(&point).send();
    delete().await.unwrap();
    assert_eq!(code(delete().await), "AccessPointNotFound");
}

#[tokio::test(start_paused = true)]
async fn a_mount_target_takes_its_time() {
    let sandbox = Sandbox::in_memory(Clock::Real);
    let (vpc, subnets) = network::two_subnets(&sandbox).await;
    let group = network::group(&sandbox, &vpc, "files").await;
    let efs = client!(aws_sdk_efs, sandbox);
    let id = file_system(&efs).await;
    let describe = || efs.describe_file_systems().file_system_id(&id).send();
    assert_eq!(describe().await.unwrap().file_systems()[0].life_cycle_state(), &LifeCycleState::Creating);
    tokio::time::advance(Duration::from_secs(6)).await;
    assert_eq!(describe().await.unwrap().file_systems()[0].life_cycle_state(), &LifeCycleState::Available);
    let target = mount(&efs, &id, &subnets[0], &group).await;
    let state = async || {
        let response = efs.describe_mount_targets().mount_target_id(&target).send().await.unwrap();
        response.mount_targets()[0].life_cycle_state().clone()
    };
    tokio::time::advance(Duration::from_secs(80)).await;
    assert_eq!(state().await, LifeCycleState::Creating);
    tokio::time::advance(Duration::from_secs(6)).await;
    assert_eq!(state().await, LifeCycleState::Available);
    efs.delete_mount_target().mount_target_id(&target).send().await.unwrap();
    tokio::time::advance(Duration::from_secs(14)).await;
    assert_eq!(state().await, LifeCycleState::Deleting);
    assert_eq!(code(efs.delete_file_system().file_system_id(&id).send().await), "FileSystemInUse");
    tokio::time::advance(Duration::from_secs(2)).await;
    efs.delete_file_system().file_system_id(&id).send().await.unwrap();
    assert_eq!(describe().await.unwrap().file_systems()[0].life_cycle_state(), &LifeCycleState::Deleting);
    tokio::time::advance(Duration::from_secs(6)).await;
    assert_eq!(code(describe().await), "FileSystemNotFound");
}
