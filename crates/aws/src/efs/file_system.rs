//! An EFS [file system](https://docs.aws.amazon.com/efs/latest/ug/API_CreateFileSystem.html), encrypted, across all
//! zones of its region. It cannot be deleted while it has a mount target.
use crate::{
    Aws, Cx, OrFail,
    check::CheckCx,
    declare::AwsKind,
    efs::{owner, verify},
    ids,
    kms::key_for,
    permissions::{Permission, allow},
    tags,
};
use aws_sdk_efs::types::{
    FileSystemDescription, LifeCycleState, PerformanceMode as Performance, Tag, ThroughputMode as Throughput,
};
use serde::{Deserialize, Serialize};
use vidpipe_engine::{
    Change, Drawn, Holder, Identity, Observed, Owned, Owner, PhysicalId, Removal, Resource, Result, Whose,
};

/// The trade-off between latency and operations per second.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PerformanceMode {
    /// Lowest latency per operation.
    GeneralPurpose,
    /// More operations per second at higher latency.
    MaxIo,
}

/// The throughput mode.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ThroughputMode {
    /// Throughput scales with the amount of stored data.
    Bursting,
    /// Throughput scales with the load.
    Elastic,
}

/// The specification of the resource.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct FileSystem {
    /// Its `Name` tag.
    pub name: String,
    /// The ARN of the KMS key it is encrypted with; `None` is AWS's own key. It is always encrypted.
    pub kms_key: Option<String>,
    /// The performance mode; cannot be changed.
    pub performance_mode: PerformanceMode,
    /// The throughput mode. AWS accepts one change a day.
    pub throughput_mode: ThroughputMode,
}

/// The outputs other nodes may use.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FileSystemOutput {
    /// `fs-...`
    pub id: String,
    /// `arn:aws:elasticfilesystem:...:file-system/fs-...`
    pub arn: String,
}

impl FileSystem {
    fn performance(&self) -> Performance {
        match self.performance_mode {
            PerformanceMode::GeneralPurpose => Performance::GeneralPurpose,
            PerformanceMode::MaxIo => Performance::MaxIo,
        }
    }

    fn throughput(&self) -> Throughput {
        match self.throughput_mode {
            ThroughputMode::Bursting => Throughput::Bursting,
            ThroughputMode::Elastic => Throughput::Elastic,
        }
    }

    async fn read(&self, cx: &Cx, id: &str) -> Result<Option<FileSystemDescription>> {
        let call = cx.cloud.efs.describe_file_systems().file_system_id(id);
        let seen = call.send().await.or_fail("read the file system")?;
        Ok(seen.file_systems.unwrap_or_default().into_iter().next())
    }
}

impl Resource for FileSystem {
    type Cloud = Aws;
    type Output = FileSystemOutput;
    const KIND: &'static str = "efs:file-system";
    const IDENTITY: Identity = Identity::Token;
    const OWNER: Owner = Owner::Tags;
    const DRAWN: Drawn = Drawn::Box;
    const UPDATES: bool = true;
    const TIMING: &'static str = "efs_file_system";
    const DATA_LOSS: Option<&'static str> = Some("all files on it");

    async fn create(&self, cx: &Cx) -> Result<PhysicalId> {
        let tags = tags::checked(cx, &self.name, |k, v| Tag::builder().key(k).value(v).build())?;
        let call = cx.cloud.efs.create_file_system().creation_token(&cx.token.0).set_tags(Some(tags));
        let call = call.encrypted(true).set_kms_key_id(self.kms_key.clone());
        let call = call.performance_mode(self.performance()).throughput_mode(self.throughput());
        let made = call.send().await.or_fail("create the file system")?;
        ids::id(Some(made.file_system_id), "file system")
    }

    async fn find(&self, cx: &Cx) -> Result<Option<PhysicalId>> {
        let call = cx.cloud.efs.describe_file_systems().creation_token(&cx.token.0);
        let found = call.send().await.or_fail("find the file system")?;
        let alive = found.file_systems().iter().find(|f| f.life_cycle_state() != &LifeCycleState::Deleted);
        Ok(alive.map(|f| PhysicalId(f.file_system_id.clone())))
    }

    async fn owner(&self, cx: &Cx, id: &PhysicalId) -> Result<Owned> {
        owner::file_system(cx, &id.0).await
    }

    async fn observe(&self, cx: &Cx, id: &PhysicalId) -> Result<Observed<FileSystemOutput>> {
        let Some(seen) = self.read(cx, &id.0).await? else { return Ok(Observed::Absent) };
        let as_wanted = seen.throughput_mode().is_none_or(|mode| *mode == self.throughput());
        let known = seen.file_system_arn.map(|arn| FileSystemOutput { id: id.0.clone(), arn });
        Ok(match (seen.life_cycle_state, known) {
            (LifeCycleState::Deleted, _) => Observed::Absent,
            (LifeCycleState::Deleting, _) => Observed::pending("deleting"),
            (LifeCycleState::Error, _) => Observed::Broken("error".into()),
            (LifeCycleState::Available, Some(output)) if as_wanted => Observed::Ready(output),
            (LifeCycleState::Available, known) => Observed::differs("it has another throughput mode", known),
            (state, known) => Observed::Pending { why: state.as_str().to_owned(), known },
        })
    }

    async fn update(&self, cx: &Cx, id: &PhysicalId) -> Result<()> {
        // AWS counts a change to the current mode too, and accepts one change a day.
        let seen = self.read(cx, &id.0).await?;
        if seen.is_some_and(|f| f.throughput_mode() == Some(&self.throughput())) {
            return Ok(());
        }
        let call = cx.cloud.efs.update_file_system().file_system_id(&id.0).throughput_mode(self.throughput());
        call.send().await.or_fail("change the file system's throughput mode").map(drop)
    }

    async fn delete(&self, cx: &Cx, id: &PhysicalId) -> Result<Removal> {
        cx.cloud.efs.delete_file_system().file_system_id(&id.0).send().await.or_fail("delete the file system")?;
        Ok(Removal::Asked)
    }

    /// This environment's mount targets are deleted before the file system, so the remaining ones belong to others.
    async fn holders(&self, cx: &Cx, id: &PhysicalId) -> Result<Vec<Holder>> {
        let seen = cx.cloud.mount_targets(&id.0).await?;
        let those = seen.iter().filter(|t| t.life_cycle_state() != &LifeCycleState::Deleted);
        Ok(those
            .map(|t| {
                let going = t.life_cycle_state() == &LifeCycleState::Deleting;
                let whose = if going { Whose::Going } else { Whose::Theirs };
                Holder::new("mount target", t.mount_target_id(), whose).about(format!("in {}", t.subnet_id()))
            })
            .collect())
    }

    fn change(&self, old: &Self) -> Change {
        let fixed = |f: &Self| (f.name.clone(), f.kms_key.clone(), f.performance_mode);
        match (self == old, fixed(self) == fixed(old)) {
            (true, _) => Change::None,
            (false, true) => Change::Update,
            (false, false) => Change::Replace,
        }
    }
}

impl AwsKind for FileSystem {
    const PERMISSIONS: &'static [Permission] = &[
        allow(&["elasticfilesystem:CreateFileSystem", "elasticfilesystem:TagResource"]).tagged(),
        allow(&["elasticfilesystem:DeleteFileSystem", "elasticfilesystem:UpdateFileSystem"]).ours(),
        allow(&["elasticfilesystem:DescribeFileSystems"]),
        key_for(&["elasticfilesystem.*.amazonaws.com"]),
    ];

    async fn check(check: &CheckCx<'_>, want: Self) -> Result<()> {
        verify::file_system(check, want).await
    }
}
