//! Fargate's
//! [capacity providers](https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PutClusterCapacityProviders.html)
//! of a cluster, which services need to prefer Spot. CreateCluster also takes them but cannot change them later. The
//! cluster has no default strategy: each service sets its own.
use crate::{
    Aws, Cx, OrFail,
    check::CheckCx,
    declare::AwsKind,
    ecs::{self, owner, verify},
    permissions::{Permission, allow},
};
use aws_sdk_ecs::types::{Cluster as Seen, ClusterField};
use serde::{Deserialize, Serialize};
use vidpipe_engine::{Identity, Observed, Owned, Owner, PhysicalId, Removal, Resource, Result};

/// On-demand capacity, and spare capacity that AWS may reclaim.
const PROVIDERS: [&str; 2] = ["FARGATE", "FARGATE_SPOT"];

/// The specification of the resource.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct CapacityProviders {
    /// The cluster's name.
    pub cluster: String,
}

/// The outputs other nodes may use.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CapacityProvidersOutput {
    /// The cluster's name, now with providers. A node that uses this output depends on the providers.
    pub cluster: String,
}

impl CapacityProviders {
    async fn read(&self, cx: &Cx) -> Result<Option<Seen>> {
        let call = cx.cloud.ecs.describe_clusters().clusters(&self.cluster).include(ClusterField::Attachments);
        let seen = call.send().await.or_fail("read the cluster's capacity providers")?;
        let found = ecs::described(1, seen.clusters, seen.failures, "read the cluster's capacity providers")?;
        Ok(found.into_iter().find(|c| c.status() != Some("INACTIVE")))
    }

    async fn put(&self, cx: &Cx, providers: &[&str]) -> Result<()> {
        let providers = providers.iter().map(|p| (*p).to_owned()).collect();
        let call = cx.cloud.ecs.put_cluster_capacity_providers().cluster(&self.cluster);
        let call = call.set_capacity_providers(Some(providers)).set_default_capacity_provider_strategy(Some(vec![]));
        call.send().await.or_fail("put the cluster's capacity providers").map(drop)
    }
}

fn has(seen: &Seen, provider: &str) -> bool {
    seen.capacity_providers().iter().any(|p| p == provider)
}

impl Resource for CapacityProviders {
    type Cloud = Aws;
    type Output = CapacityProvidersOutput;
    const KIND: &'static str = "ecs:capacity-providers";
    const IDENTITY: Identity = Identity::Setting;
    const OWNER: Owner = Owner::Of("ecs:cluster");
    const TIMING: &'static str = "ecs_cluster_capacity_providers";

    async fn create(&self, cx: &Cx) -> Result<PhysicalId> {
        self.put(cx, &PROVIDERS).await?;
        Ok(PhysicalId(self.cluster.clone()))
    }

    async fn find(&self, cx: &Cx) -> Result<Option<PhysicalId>> {
        let seen = self.read(cx).await?;
        let set = seen.is_some_and(|seen| PROVIDERS.iter().all(|p| has(&seen, p)));
        Ok(set.then(|| PhysicalId(self.cluster.clone())))
    }

    async fn owner(&self, cx: &Cx, _id: &PhysicalId) -> Result<Owned> {
        owner::cluster(cx, &self.cluster).await
    }

    async fn observe(&self, cx: &Cx, _id: &PhysicalId) -> Result<Observed<CapacityProvidersOutput>> {
        let Some(seen) = self.read(cx).await? else { return Ok(Observed::Absent) };
        let (some, all) = (PROVIDERS.iter().any(|p| has(&seen, p)), PROVIDERS.iter().all(|p| has(&seen, p)));
        Ok(match seen.attachments_status() {
            Some("UPDATE_FAILED") => Observed::Broken("ECS could not give them to the cluster".into()),
            Some("UPDATE_IN_PROGRESS") => Observed::pending("they are being changed"),
            _ if all => Observed::Ready(CapacityProvidersOutput { cluster: self.cluster.clone() }),
            _ if some => Observed::pending("the cluster has not all of them"),
            _ => Observed::Absent,
        })
    }

    async fn delete(&self, cx: &Cx, _id: &PhysicalId) -> Result<Removal> {
        self.put(cx, &[]).await?;
        Ok(Removal::Asked)
    }
}

impl AwsKind for CapacityProviders {
    const PERMISSIONS: &'static [Permission] = &[
        allow(&["ecs:PutClusterCapacityProviders"]).on(&["arn:aws:ecs:*:*:cluster/{ecs:cluster.name}"]),
        allow(&["ecs:DescribeClusters"]),
    ];

    async fn check(check: &CheckCx<'_>, want: Self) -> Result<()> {
        verify::capacity_providers(check, want).await
    }
}
