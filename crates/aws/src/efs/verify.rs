//! EFS: the file system is encrypted, mounted over TLS, and reachable from private and isolated subnets only. Its
//! host name resolves only inside the VPC, so it is not checked.
use crate::{
    check::CheckCx,
    ec2::verify::network,
    efs::{AccessPoint, FileSystem, FileSystemPolicy, Lifecycle, MountTarget},
};
use aws_sdk_efs::types::Tag;
use vidpipe_engine::{
    Result,
    verify::Section::{Access, Availability, EncryptionAtRest, EncryptionInTransit, Retention},
};

fn pairs(tags: &[Tag]) -> impl Iterator<Item = (&str, &str)> {
    tags.iter().map(|t| (t.key(), t.value()))
}

pub(crate) async fn access_point(check: &CheckCx<'_>, want: AccessPoint) -> Result<()> {
    let seen =
        ask!(check, "DescribeAccessPoints", check.aws.efs.describe_access_points().access_point_id(&check.id.0))?;
    let point = check.there(seen.access_points().first())?;
    let state = point.life_cycle_state().map(|s| s.as_str());
    check.is(Availability, "the access point is available", "LifeCycleState", state, "available");
    let user = point.posix_user().map(|u| format!("{}:{}", u.uid(), u.gid()));
    check.is(Access, "its user is the specified one", "PosixUser", user, format!("{}:{}", want.uid, want.gid));
    let path = point.root_directory().and_then(|r| r.path());
    check.is(Access, "it exposes only the specified folder", "RootDirectory.Path", path, want.path.as_str());
    check.tags(&want.name, pairs(point.tags()));
    Ok(())
}

pub(crate) async fn file_system(check: &CheckCx<'_>, want: FileSystem) -> Result<()> {
    let seen = ask!(check, "DescribeFileSystems", check.aws.efs.describe_file_systems().file_system_id(&check.id.0))?;
    let files = check.there(seen.file_systems().first())?;
    check.is(
        Availability,
        "the file system is available",
        "LifeCycleState",
        files.life_cycle_state().as_str(),
        "available",
    );
    check.is(EncryptionAtRest, "files are encrypted", "Encrypted", files.encrypted(), true);
    if let Some(key) = &want.kms_key {
        check.is(
            EncryptionAtRest,
            "files are encrypted with the specified key",
            "KmsKeyId",
            files.kms_key_id(),
            key.as_str(),
        );
    }
    check.tags(&want.name, pairs(files.tags()));
    Ok(())
}

pub(crate) async fn file_system_policy(check: &CheckCx<'_>, _: FileSystemPolicy) -> Result<()> {
    let what = "only their users mount them, and only over TLS";
    check.settled(EncryptionInTransit, what, "DescribeFileSystemPolicy").await
}

pub(crate) async fn lifecycle(check: &CheckCx<'_>, _: Lifecycle) -> Result<()> {
    check.settled(Retention, "files move to infrequent access", "DescribeLifecycleConfiguration").await
}

pub(crate) async fn mount_target(check: &CheckCx<'_>, want: MountTarget) -> Result<()> {
    let seen =
        ask!(check, "DescribeMountTargets", check.aws.efs.describe_mount_targets().mount_target_id(&check.id.0))?;
    let target = check.there(seen.mount_targets().first())?;
    check.is(
        Availability,
        "the mount target is available",
        "LifeCycleState",
        target.life_cycle_state().as_str(),
        "available",
    );
    network::inside(check, "it is in a closed subnet", [target.subnet_id()])?;
    let call = check.aws.efs.describe_mount_target_security_groups().mount_target_id(&check.id.0);
    let seen = ask!(check, "DescribeMountTargetSecurityGroups", call)?;
    let (has, expected) = (seen.security_groups(), &want.security_group_ids);
    check.are(Access, "it is behind its security group", "SecurityGroups", has, expected);
    Ok(())
}
