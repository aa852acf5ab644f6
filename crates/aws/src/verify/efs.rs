//! EFS: the files are encrypted, reached over TLS, and only from closed subnets. Their name is in the DNS of the VPC only,
//! so it is not asked for from here.
use super::{look::Look, network};
use crate::kinds::efs::{AccessPoint, FileSystem, FileSystemPolicy, Lifecycle, MountTarget};
use aws_sdk_efs::types::Tag;
use vidpipe_engine::{
    Result,
    verify::Section::{Access, Availability, EncryptionAtRest, EncryptionInTransit, Retention},
};

fn pairs(tags: &[Tag]) -> impl Iterator<Item = (&str, &str)> {
    tags.iter().map(|t| (t.key(), t.value()))
}

pub(super) async fn access_point(look: &Look<'_>, want: AccessPoint) -> Result<()> {
    let seen = ask!(look, "DescribeAccessPoints", look.aws.efs.describe_access_points().access_point_id(&look.id.0))?;
    let point = look.there(seen.access_points().first())?;
    let state = point.life_cycle_state().map(|s| s.as_str());
    look.is(Availability, "the access point is available", "LifeCycleState", state, "available");
    let user = point.posix_user().map(|u| format!("{}:{}", u.uid(), u.gid()));
    look.is(Access, "its user is the wanted one", "PosixUser", user, format!("{}:{}", want.uid, want.gid));
    let path = point.root_directory().and_then(|r| r.path());
    look.is(Access, "it shows the wanted folder only", "RootDirectory.Path", path, want.path.as_str());
    look.tags(&want.name, pairs(point.tags()));
    Ok(())
}

pub(super) async fn file_system(look: &Look<'_>, want: FileSystem) -> Result<()> {
    let seen = ask!(look, "DescribeFileSystems", look.aws.efs.describe_file_systems().file_system_id(&look.id.0))?;
    let files = look.there(seen.file_systems().first())?;
    look.is(
        Availability,
        "the file system is available",
        "LifeCycleState",
        files.life_cycle_state().as_str(),
        "available",
    );
    look.is(EncryptionAtRest, "files are encrypted", "Encrypted", files.encrypted(), true);
    if let Some(key) = &want.kms_key {
        look.is(
            EncryptionAtRest,
            "files are encrypted with the wanted key",
            "KmsKeyId",
            files.kms_key_id(),
            key.as_str(),
        );
    }
    look.tags(&want.name, pairs(files.tags()));
    Ok(())
}

pub(super) async fn file_system_policy(look: &Look<'_>, _: FileSystemPolicy) -> Result<()> {
    let what = "without TLS nobody mounts them, and else only their users do";
    look.settled(EncryptionInTransit, what, "DescribeFileSystemPolicy").await
}

pub(super) async fn lifecycle(look: &Look<'_>, _: Lifecycle) -> Result<()> {
    look.settled(Retention, "files move to infrequent access", "DescribeLifecycleConfiguration").await
}

pub(super) async fn mount_target(look: &Look<'_>, want: MountTarget) -> Result<()> {
    let seen = ask!(look, "DescribeMountTargets", look.aws.efs.describe_mount_targets().mount_target_id(&look.id.0))?;
    let target = look.there(seen.mount_targets().first())?;
    look.is(
        Availability,
        "the mount target is available",
        "LifeCycleState",
        target.life_cycle_state().as_str(),
        "available",
    );
    network::inside(look, "it stands in a closed subnet", [target.subnet_id()])?;
    let call = look.aws.efs.describe_mount_target_security_groups().mount_target_id(&look.id.0);
    let seen = ask!(look, "DescribeMountTargetSecurityGroups", call)?;
    let (has, wanted) = (seen.security_groups(), &want.security_group_ids);
    look.are(Access, "it is behind its security group", "SecurityGroups", has, wanted);
    Ok(())
}
