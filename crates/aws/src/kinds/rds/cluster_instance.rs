//! An [instance](https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html) of an Aurora cluster:
//! the first one made writes, the others read. It may be asked for while its cluster is still being made. Network, user,
//! backups and protection are the cluster's; it keeps no data of its own.
use crate::{Aws, Cx, OrFail, rds, tags};
use aws_sdk_rds::types::{DbInstance as Seen, SourceType, Tag};
use serde::{Deserialize, Serialize};
use vidpipe_engine::{Change, Identity, Observed, PhysicalId, Removal, Resource, Result};

/// What it is made from.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct DbClusterInstance {
    /// Its identifier, in lower case, unique in the account and region.
    pub name: String,
    /// The identifier of its cluster.
    pub cluster: String,
    /// Its size: `db.serverless`, which grows and shrinks in the cluster's capacity range.
    pub class: String,
    /// Its zone, such as `eu-central-1a`; `None` lets RDS choose.
    pub zone: Option<String>,
    /// Which reader becomes the writer when that fails: the lowest, 0 to 15. A Serverless v2 reader of 0 or 1 is kept as
    /// large as the writer.
    pub promotion_tier: u16,
}

/// What others may read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DbClusterInstanceOutput {
    /// Its identifier.
    pub identifier: String,
    /// `arn:aws:rds:...:db:...`
    pub arn: String,
}

impl DbClusterInstance {
    /// The first setting that is not, or not yet, as wanted. What an answer leaves out is not held against it.
    fn differs(&self, seen: &Seen) -> Option<&'static str> {
        let waits = seen.pending_modified_values().is_some_and(|p| p.db_instance_class.is_some());
        if waits || seen.db_instance_class().is_some_and(|class| class != self.class) {
            return Some("class");
        }
        let tier = Some(i32::from(self.promotion_tier));
        (seen.promotion_tier.is_some() && seen.promotion_tier != tier).then_some("promotion tier")
    }
}

impl Resource for DbClusterInstance {
    type Cloud = Aws;
    type Output = DbClusterInstanceOutput;
    const KIND: &'static str = "rds:cluster-instance";
    const IDENTITY: Identity = Identity::Named;
    const UPDATES: bool = true;
    const TIMING: &'static str = "rds_aurora_instance_serverless_v2";

    fn size(&self) -> Option<&str> {
        Some(&self.class)
    }

    async fn create(&self, cx: &Cx) -> Result<PhysicalId> {
        let tags = tags::typed(cx, &self.name, |k, v| Tag::builder().key(k).value(v).build());
        let call = cx.cloud.rds.create_db_instance().db_instance_identifier(&self.name);
        let call = call.db_cluster_identifier(&self.cluster).engine("aurora-postgresql");
        let call = call.db_instance_class(&self.class).set_availability_zone(self.zone.clone());
        let call = call.promotion_tier(self.promotion_tier.into()).publicly_accessible(false).set_tags(Some(tags));
        call.send().await.or_fail("create the instance of the DB cluster")?;
        Ok(PhysicalId(self.name.clone()))
    }

    async fn find(&self, cx: &Cx) -> Result<Option<PhysicalId>> {
        let Some(seen) = cx.cloud.db_instance(&self.name).await? else { return Ok(None) };
        let ours = tags::are_ours(cx, seen.tag_list().iter().filter_map(|t| Some((t.key()?, t.value()?))));
        Ok(ours.then(|| PhysicalId(self.name.clone())))
    }

    async fn observe(&self, cx: &Cx, id: &PhysicalId) -> Result<Observed<DbClusterInstanceOutput>> {
        let Some(seen) = cx.cloud.db_instance(&id.0).await? else { return Ok(Observed::Absent) };
        let (status, differs) = (seen.db_instance_status().unwrap_or_default(), self.differs(&seen));
        let output = |arn: &String| DbClusterInstanceOutput { identifier: id.0.clone(), arn: arn.clone() };
        let known = seen.db_instance_arn.as_ref().map(output);
        if let Some(trouble) = rds::trouble(cx, SourceType::DbInstance, &id.0, status).await {
            return Ok(trouble);
        }
        Ok(match (rds::is_usable(status), differs, known) {
            _ if status == "deleting" => Observed::pending(status),
            (true, None, Some(output)) => Observed::Ready(output),
            (true, Some(what), known) => Observed::Pending { why: format!("its {what} is being changed"), known },
            (_, _, known) => {
                Observed::Pending { why: rds::words(cx, SourceType::DbInstance, &id.0, status).await, known }
            }
        })
    }

    async fn update(&self, cx: &Cx, id: &PhysicalId) -> Result<()> {
        let call = cx.cloud.rds.modify_db_instance().db_instance_identifier(&id.0).apply_immediately(true);
        let call = call.db_instance_class(&self.class).promotion_tier(self.promotion_tier.into());
        call.send().await.or_fail("change the instance of the DB cluster").map(drop)
    }

    async fn delete(&self, cx: &Cx, id: &PhysicalId) -> Result<Removal> {
        let status = cx.cloud.db_instance(&id.0).await?.and_then(|seen| seen.db_instance_status);
        match status.as_deref() {
            Some("deleting") => return Ok(Removal::Asked),
            Some("stopped") => return rds::start_cluster(cx, &self.cluster).await,
            _ => {}
        }
        let call = cx.cloud.rds.delete_db_instance().db_instance_identifier(&id.0).skip_final_snapshot(true);
        match call.send().await.or_fail("delete the instance of the DB cluster") {
            Err(e) if e.message.contains("already being deleted") => Ok(Removal::Asked),
            other => other.map(|_| Removal::Asked),
        }
    }

    fn change(&self, old: &Self) -> Change {
        let fixed = (&self.name, &self.cluster, &self.zone) == (&old.name, &old.cluster, &old.zone);
        match (self == old, fixed) {
            (true, _) => Change::None,
            (false, true) => Change::Update,
            (false, false) => Change::Replace,
        }
    }
}
