//! An EFS [access point](https://docs.aws.amazon.com/efs/latest/ug/API_CreateAccessPoint.html): presents a directory of
//! a file system as its root, with one POSIX user. It cannot be changed later. EFS creates the directory at the first
//! access; the directory and its files stay when the access point is deleted.
use crate::{
    Aws, Cx, OrFail,
    check::CheckCx,
    declare::AwsKind,
    efs::{owner, verify},
    ids,
    permissions::{Permission, allow},
    tags,
};
use aws_sdk_efs::types::{CreationInfo, LifeCycleState, PosixUser, RootDirectory, Tag};
use aws_smithy_types::error::operation::BuildError;
use serde::{Deserialize, Serialize};
use vidpipe_engine::{Class, Error, Identity, Observed, Owned, Owner, PhysicalId, Removal, Resource, Result};

/// The specification of the resource.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct AccessPoint {
    /// Its `Name` tag.
    pub name: String,
    /// The file system.
    pub file_system_id: String,
    /// The directory, such as `/data`.
    pub path: String,
    /// POSIX user id for every access, and the directory's owner.
    pub uid: u32,
    /// POSIX group id for every access, and the directory's group.
    pub gid: u32,
    /// The permissions the directory is created with, octal, such as `0755`.
    pub permissions: String,
}

/// The outputs other nodes may use.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AccessPointOutput {
    /// `fsap-...`
    pub id: String,
    /// `arn:aws:elasticfilesystem:...:access-point/fsap-...`
    pub arn: String,
}

impl AccessPoint {
    fn user_and_root(&self) -> std::result::Result<(PosixUser, RootDirectory), BuildError> {
        let (uid, gid) = (i64::from(self.uid), i64::from(self.gid));
        let made = CreationInfo::builder().owner_uid(uid).owner_gid(gid).permissions(&self.permissions).build()?;
        let user = PosixUser::builder().uid(uid).gid(gid).build()?;
        Ok((user, RootDirectory::builder().path(&self.path).creation_info(made).build()))
    }
}

impl Resource for AccessPoint {
    type Cloud = Aws;
    type Output = AccessPointOutput;
    const KIND: &'static str = "efs:access-point";
    const IDENTITY: Identity = Identity::Token;
    const OWNER: Owner = Owner::Tags;
    const TIMING: &'static str = "efs_access_point";

    async fn create(&self, cx: &Cx) -> Result<PhysicalId> {
        let tags = tags::checked(cx, &self.name, |k, v| Tag::builder().key(k).value(v).build())?;
        let (user, root) = self
            .user_and_root()
            .map_err(|e| Error::new(Class::Invalid, "write the access point's user and directory").caused_by(e))?;
        let call = cx.cloud.efs.create_access_point().client_token(&cx.token.0).file_system_id(&self.file_system_id);
        let call = call.posix_user(user).root_directory(root).set_tags(Some(tags));
        let made = call.send().await.or_fail("create the access point")?;
        ids::id(made.access_point_id, "access point")
    }

    async fn find(&self, cx: &Cx) -> Result<Option<PhysicalId>> {
        let call = cx.cloud.efs.describe_access_points().file_system_id(&self.file_system_id);
        let mut points = items!(call);
        while let Some(point) = points.next().await {
            let point = point.or_fail("find the access point")?;
            let alive = point.life_cycle_state() != Some(&LifeCycleState::Deleted);
            if alive && point.client_token() == Some(&cx.token.0) {
                return Ok(point.access_point_id.map(PhysicalId));
            }
        }
        Ok(None)
    }

    async fn owner(&self, cx: &Cx, id: &PhysicalId) -> Result<Owned> {
        owner::access_point(cx, &id.0).await
    }

    async fn observe(&self, cx: &Cx, id: &PhysicalId) -> Result<Observed<AccessPointOutput>> {
        let call = cx.cloud.efs.describe_access_points().access_point_id(&id.0);
        let seen = call.send().await.or_fail("read the access point")?;
        let Some(point) = seen.access_points().first() else { return Ok(Observed::Absent) };
        let known = point.access_point_arn.clone().map(|arn| AccessPointOutput { id: id.0.clone(), arn });
        Ok(match (point.life_cycle_state(), known) {
            (Some(LifeCycleState::Deleted), _) => Observed::Absent,
            (Some(LifeCycleState::Deleting), _) => Observed::pending("deleting"),
            (Some(LifeCycleState::Error), _) => Observed::Broken("error".into()),
            (Some(LifeCycleState::Available), Some(output)) => Observed::Ready(output),
            (state, known) => Observed::Pending { why: state.map_or("creating", |s| s.as_str()).to_owned(), known },
        })
    }

    async fn delete(&self, cx: &Cx, id: &PhysicalId) -> Result<Removal> {
        cx.cloud.efs.delete_access_point().access_point_id(&id.0).send().await.or_fail("delete the access point")?;
        Ok(Removal::Asked)
    }
}

impl AwsKind for AccessPoint {
    const PERMISSIONS: &'static [Permission] = &[
        allow(&["elasticfilesystem:CreateAccessPoint", "elasticfilesystem:DeleteAccessPoint"]).ours(),
        allow(&["elasticfilesystem:TagResource"]).tagged(),
        allow(&["elasticfilesystem:DescribeAccessPoints"]),
    ];

    async fn check(check: &CheckCx<'_>, want: Self) -> Result<()> {
        verify::access_point(check, want).await
    }
}
