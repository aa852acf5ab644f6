//! An EFS [mount target](https://docs.aws.amazon.com/efs/latest/ug/API_CreateMountTarget.html): a file system's address
//! in a subnet, one per zone. It is deleted before its network interface is, and the subnet cannot be deleted while the
//! interface exists.
use crate::{
    Aws, Cx, OrFail,
    check::CheckCx,
    declare::AwsKind,
    efs::{owner, verify},
    ids,
    permissions::{Permission, allow},
    settings::same_set,
};
use aws_sdk_ec2::types::Filter;
use aws_sdk_efs::types::LifeCycleState;
use serde::{Deserialize, Serialize};
use vidpipe_engine::{Change, Class, Identity, Observed, Owned, Owner, PhysicalId, Removal, Resource, Result};

/// The specification of the resource.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct MountTarget {
    /// The file system.
    pub file_system_id: String,
    /// The subnet of its address.
    pub subnet_id: String,
    /// Its security groups.
    pub security_group_ids: Vec<String>,
}

/// The outputs other nodes may use.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MountTargetOutput {
    /// `fsmt-...`
    pub id: String,
}

/// The security groups it is in.
async fn groups(cx: &Cx, id: &PhysicalId) -> Result<Vec<String>> {
    let call = cx.cloud.efs.describe_mount_target_security_groups().mount_target_id(&id.0);
    Ok(call.send().await.or_fail("read the mount target's security groups")?.security_groups)
}

impl MountTarget {
    /// The state after the mount target is deleted: its network interface exists for some seconds more.
    async fn after(&self, cx: &Cx, id: &PhysicalId) -> Result<Observed<MountTargetOutput>> {
        let here = Filter::builder().name("subnet-id").values(&self.subnet_id).build();
        let call = cx.cloud.ec2.describe_network_interfaces().filters(here);
        let seen = call.send().await.or_fail("read the mount target's network interface")?;
        // EFS describes the interface as `EFS mount target for fs-... (fsmt-...)`.
        let its = seen.network_interfaces().iter().find(|i| i.description().is_some_and(|d| d.contains(&id.0)));
        Ok(its.and_then(|i| i.network_interface_id()).map_or(Observed::Absent, |interface| {
            Observed::pending(format!("its network interface {interface} is being released"))
        }))
    }
}

impl Resource for MountTarget {
    type Cloud = Aws;
    type Output = MountTargetOutput;
    const KIND: &'static str = "efs:mount-target";
    const IDENTITY: Identity = Identity::Named;
    const OWNER: Owner = Owner::Of("efs:file-system");
    const UPDATES: bool = true;
    const TIMING: &'static str = "efs_mount_target";

    async fn create(&self, cx: &Cx) -> Result<PhysicalId> {
        let call = cx.cloud.efs.create_mount_target().file_system_id(&self.file_system_id).subnet_id(&self.subnet_id);
        let call = call.set_security_groups(Some(self.security_group_ids.clone()));
        let made = call.send().await.or_fail("create the mount target")?;
        ids::id(Some(made.mount_target_id), "mount target")
    }

    async fn find(&self, cx: &Cx) -> Result<Option<PhysicalId>> {
        let found = cx.cloud.mount_targets(&self.file_system_id).await?;
        let here = found.iter().filter(|t| t.subnet_id() == self.subnet_id);
        let mut alive = here.filter(|t| t.life_cycle_state() != &LifeCycleState::Deleted);
        Ok(alive.next().map(|t| PhysicalId(t.mount_target_id.clone())))
    }

    async fn owner(&self, cx: &Cx, id: &PhysicalId) -> Result<Owned> {
        owner::mount_target(cx, &self.file_system_id, &id.0).await
    }

    async fn observe(&self, cx: &Cx, id: &PhysicalId) -> Result<Observed<MountTargetOutput>> {
        let seen = match cx.cloud.mount_targets(&self.file_system_id).await {
            Err(e) if e.class == Class::NotFound => return self.after(cx, id).await,
            other => other?,
        };
        let it = seen.iter().find(|t| t.mount_target_id() == id.0);
        let Some(target) = it else { return self.after(cx, id).await };
        let output = MountTargetOutput { id: id.0.clone() };
        Ok(match target.life_cycle_state() {
            LifeCycleState::Available if same_set(groups(cx, id).await?.iter(), &self.security_group_ids) => {
                Observed::Ready(output)
            }
            LifeCycleState::Available => Observed::differs("it is in other security groups", Some(output)),
            LifeCycleState::Deleted => return self.after(cx, id).await,
            LifeCycleState::Deleting => Observed::pending("deleting"),
            LifeCycleState::Error => Observed::Broken("error".into()),
            state => Observed::Pending { why: state.as_str().to_owned(), known: Some(output) },
        })
    }

    async fn update(&self, cx: &Cx, id: &PhysicalId) -> Result<()> {
        let call = cx.cloud.efs.modify_mount_target_security_groups().mount_target_id(&id.0);
        let call = call.set_security_groups(Some(self.security_group_ids.clone()));
        call.send().await.or_fail("change the mount target's security groups").map(drop)
    }

    async fn delete(&self, cx: &Cx, id: &PhysicalId) -> Result<Removal> {
        match cx.cloud.efs.delete_mount_target().mount_target_id(&id.0).send().await.or_fail("delete the mount target")
        {
            // The mount target is deleted, but its network interface may not be. The next `observe` checks this.
            Err(e) if e.class == Class::NotFound => Ok(Removal::Asked),
            other => other.map(|_| Removal::Asked),
        }
    }

    fn change(&self, old: &Self) -> Change {
        let place = |t: &Self| (t.file_system_id.clone(), t.subnet_id.clone());
        match (self == old, place(self) == place(old)) {
            (true, _) => Change::None,
            (false, true) => Change::Update,
            (false, false) => Change::Replace,
        }
    }
}

impl AwsKind for MountTarget {
    const PERMISSIONS: &'static [Permission] = &[
        allow(&[
            "elasticfilesystem:CreateMountTarget",
            "elasticfilesystem:DeleteMountTarget",
            "elasticfilesystem:ModifyMountTargetSecurityGroups",
        ])
        .ours(),
        allow(&[
            "elasticfilesystem:DescribeFileSystems",
            "elasticfilesystem:DescribeMountTargetSecurityGroups",
            "elasticfilesystem:DescribeMountTargets",
            "ec2:DescribeNetworkInterfaces",
            "ec2:DescribeSubnets",
        ]),
        allow(&["ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface", "ec2:ModifyNetworkInterfaceAttribute"])
            .on_behalf(),
    ];

    async fn check(check: &CheckCx<'_>, want: Self) -> Result<()> {
        verify::mount_target(check, want).await
    }
}
