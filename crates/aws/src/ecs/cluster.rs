//! An ECS [cluster](https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateCluster.html). CreateCluster
//! returns an existing cluster of the same name, so the owner is checked first. A deleted cluster stays visible as
//! `INACTIVE`.
use crate::{
    Aws, Cx, OrFail,
    check::CheckCx,
    declare::AwsKind,
    ecs::{self, owner, verify},
    permissions::{Permission, allow},
    tags,
};
use aws_sdk_ecs::types::{Cluster as Seen, ClusterField, ClusterSetting, ClusterSettingName};
use serde::{Deserialize, Serialize};
use vidpipe_engine::{Change, Holder, Identity, Observed, Owned, Owner, PhysicalId, Removal, Resource, Result};

mod holders;

/// The specification of the resource.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct Cluster {
    /// Its name, unique in the account and region.
    pub name: String,
    /// Whether Container Insights is on.
    pub container_insights: bool,
}

/// The outputs other nodes may use.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ClusterOutput {
    /// `arn:aws:ecs:...:cluster/...`
    pub arn: String,
    /// Its name.
    pub name: String,
}

impl Cluster {
    fn insights(&self) -> &'static str {
        if self.container_insights { "enabled" } else { "disabled" }
    }

    fn settings(&self) -> ClusterSetting {
        ClusterSetting::builder().name(ClusterSettingName::ContainerInsights).value(self.insights()).build()
    }

    /// The cluster of that name, unless it is `INACTIVE`.
    async fn read(&self, cx: &Cx) -> Result<Option<Seen>> {
        let call = cx.cloud.ecs.describe_clusters().clusters(&self.name);
        let call = call.include(ClusterField::Tags).include(ClusterField::Settings);
        let seen = call.send().await.or_fail("read the ECS cluster")?;
        let listed = ecs::described(1, seen.clusters, seen.failures, "read the ECS cluster")?;
        Ok(listed.into_iter().find(|c| c.status() != Some("INACTIVE")))
    }

    /// Whether the setting matches the spec. A setting missing from the response counts as matching.
    fn is_set(&self, seen: &Seen) -> bool {
        let mut found = seen.settings().iter().filter(|s| s.name() == Some(&ClusterSettingName::ContainerInsights));
        found.all(|s| s.value() == Some(self.insights()))
    }
}

impl Resource for Cluster {
    type Cloud = Aws;
    type Output = ClusterOutput;
    const KIND: &'static str = "ecs:cluster";
    const IDENTITY: Identity = Identity::Named;
    const OWNER: Owner = Owner::Tags;
    const UPDATES: bool = true;
    const TIMING: &'static str = "ecs_cluster";

    async fn create(&self, cx: &Cx) -> Result<PhysicalId> {
        match self.read(cx).await? {
            Some(seen) if !tags::are_ours(cx, ecs::pairs(seen.tags())) => {
                return Err(tags::taken("ECS cluster", &self.name));
            }
            Some(_) => return Ok(PhysicalId(self.name.clone())),
            None => {}
        }
        let call = cx.cloud.ecs.create_cluster().cluster_name(&self.name).settings(self.settings());
        call.set_tags(Some(ecs::tags(cx, &self.name))).send().await.or_fail("create the ECS cluster")?;
        Ok(PhysicalId(self.name.clone()))
    }

    async fn find(&self, cx: &Cx) -> Result<Option<PhysicalId>> {
        let ours = self.read(cx).await?.filter(|c| tags::are_ours(cx, ecs::pairs(c.tags())));
        Ok(ours.map(|_| PhysicalId(self.name.clone())))
    }

    async fn owner(&self, cx: &Cx, _id: &PhysicalId) -> Result<Owned> {
        owner::cluster(cx, &self.name).await
    }

    async fn observe(&self, cx: &Cx, _id: &PhysicalId) -> Result<Observed<ClusterOutput>> {
        let Some(seen) = self.read(cx).await? else { return Ok(Observed::Absent) };
        let output = seen.cluster_arn.clone().map(|arn| ClusterOutput { arn, name: self.name.clone() });
        Ok(match (seen.status(), output) {
            (Some("ACTIVE"), Some(output)) if self.is_set(&seen) => Observed::Ready(output),
            (Some("ACTIVE"), known) => Observed::differs("Container Insights are not as specified", known),
            (Some("DEPROVISIONING"), _) => Observed::pending("deleting"),
            (Some("FAILED"), _) => Observed::Broken("ECS could not provision it".into()),
            (status, known) => Observed::Pending { why: status.unwrap_or("PROVISIONING").to_lowercase(), known },
        })
    }

    async fn update(&self, cx: &Cx, _id: &PhysicalId) -> Result<()> {
        let call = cx.cloud.ecs.update_cluster_settings().cluster(&self.name).settings(self.settings());
        call.send().await.or_fail("change the ECS cluster's settings").map(drop)
    }

    async fn delete(&self, cx: &Cx, _id: &PhysicalId) -> Result<Removal> {
        cx.cloud.ecs.delete_cluster().cluster(&self.name).send().await.or_fail("delete the ECS cluster")?;
        Ok(Removal::Asked)
    }

    async fn holders(&self, cx: &Cx, _id: &PhysicalId) -> Result<Vec<Holder>> {
        let mut all = holders::services(cx, &self.name).await?;
        all.extend(holders::tasks(cx, &self.name).await?);
        Ok(all)
    }

    fn change(&self, old: &Self) -> Change {
        match (self == old, self.name == old.name) {
            (true, _) => Change::None,
            (false, true) => Change::Update,
            (false, false) => Change::Replace,
        }
    }
}

impl AwsKind for Cluster {
    const PERMISSIONS: &'static [Permission] = &[
        allow(&["ecs:CreateCluster", "ecs:DeleteCluster", "ecs:TagResource", "ecs:UpdateClusterSettings"])
            .on(&["arn:aws:ecs:*:*:cluster/{name}"]),
        allow(&["ecs:DescribeClusters"]),
        allow(&["ecs:ListServices", "ecs:DescribeServices", "ecs:ListTasks", "ecs:DescribeTasks"]).to_repair(),
    ];

    async fn check(check: &CheckCx<'_>, want: Self) -> Result<()> {
        verify::cluster(check, want).await
    }
}
