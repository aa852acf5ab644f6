//! An [instance](https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html) of an Aurora
//! cluster: the first one created is the writer, the others are readers. It can be created while its cluster is still
//! being created. Network, user, backups and deletion protection are settings of the cluster; the instance keeps no
//! data itself.
use crate::{
    Aws, Cx, OrFail,
    check::CheckCx,
    declare::AwsKind,
    permissions::{Permission, allow},
    rds::{self, owner, verify},
    settings::{Settings, unless_as_wanted},
    tags,
};
use aws_sdk_rds::{
    operation::modify_db_instance::builders::ModifyDBInstanceFluentBuilder as Modify,
    types::{DbInstance as Seen, SourceType, Tag},
};
use serde::{Deserialize, Serialize};
use vidpipe_engine::{Change, Class, Error, Identity, Observed, Owned, Owner, PhysicalId, Removal, Resource, Result};

/// The specification of the resource.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct DbClusterInstance {
    /// Its identifier, in lower case, unique in the account and region.
    pub name: String,
    /// The identifier of its cluster.
    pub cluster: String,
    /// Its class: `db.serverless`, which scales in the cluster's capacity range.
    pub class: String,
    /// Its availability zone, such as `eu-central-1a`; `None` lets RDS choose.
    pub zone: Option<String>,
    /// The promotion priority if the writer fails: the lowest first, 0 to 15. A Serverless v2 reader of tier 0 or 1 is
    /// kept at the writer's size.
    pub promotion_tier: u16,
}

/// The outputs other nodes may use.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DbClusterInstanceOutput {
    /// Its identifier.
    pub identifier: String,
    /// `arn:aws:rds:...:db:...`
    pub arn: String,
}

impl DbClusterInstance {
    /// Compares every setting that can be changed in place with what AWS returns.
    fn settings<'a>(&'a self, seen: &Seen) -> Settings<'a, Modify> {
        let class =
            (seen.db_instance_class.clone(), seen.pending_modified_values().and_then(|p| p.db_instance_class.clone()));
        Settings::new().becomes("class", class, self.class.clone(), Modify::db_instance_class).is(
            "promotion tier",
            seen.promotion_tier,
            i32::from(self.promotion_tier),
            Modify::promotion_tier,
        )
    }

    /// The instance is usable once the cluster's password can be read: RDS completes the secret when an instance
    /// exists.
    async fn usable(
        &self,
        cx: &Cx,
        seen: &Seen,
        output: Option<DbClusterInstanceOutput>,
    ) -> Result<Observed<DbClusterInstanceOutput>> {
        let observed = self.settings(seen).observed(output, "it has no ARN yet");
        match (observed, rds::cluster(cx, &self.cluster).await?) {
            (Observed::Ready(output), Some(cluster)) if rds::lacks_secret(&cluster) => {
                Ok(Observed::Pending { why: "its cluster's secret is being made".into(), known: Some(output) })
            }
            (observed, _) => Ok(observed),
        }
    }
}

impl Resource for DbClusterInstance {
    type Cloud = Aws;
    type Output = DbClusterInstanceOutput;
    const KIND: &'static str = "rds:cluster-instance";
    const IDENTITY: Identity = Identity::Named;
    const OWNER: Owner = Owner::Tags;
    const UPDATES: bool = true;
    const READS_AFTER_UPDATE: u32 = 3;
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

    async fn owner(&self, cx: &Cx, id: &PhysicalId) -> Result<Owned> {
        owner::instance(cx, &id.0).await
    }

    async fn observe(&self, cx: &Cx, id: &PhysicalId) -> Result<Observed<DbClusterInstanceOutput>> {
        let Some(seen) = cx.cloud.db_instance(&id.0).await? else { return Ok(Observed::Absent) };
        let status = seen.db_instance_status().unwrap_or_default();
        let output = |arn: &String| DbClusterInstanceOutput { identifier: id.0.clone(), arn: arn.clone() };
        let known = seen.db_instance_arn.as_ref().map(output);
        match status {
            "deleted" => Ok(Observed::Absent),
            "deleting" => Ok(Observed::pending(status)),
            _ if rds::is_usable(status) => self.usable(cx, &seen, known).await,
            _ => Ok(rds::not_usable(cx, SourceType::DbInstance, &id.0, status, known).await),
        }
    }

    async fn update(&self, cx: &Cx, id: &PhysicalId) -> Result<()> {
        let what = "change the instance of the DB cluster";
        let seen = cx.cloud.db_instance(&id.0).await?;
        let seen = seen.ok_or_else(|| Error::new(Class::NotFound, format!("{what}: no {id}")))?;
        if seen.db_instance_status().is_some_and(rds::must_be_started) {
            rds::start_cluster(cx, &self.cluster).await?;
            return Err(Error::new(Class::Busy, format!("{what}: its cluster did not run, and is being started")));
        }
        let call = cx.cloud.rds.modify_db_instance().db_instance_identifier(&id.0).apply_immediately(true);
        match self.settings(&seen).ask(call) {
            None => Ok(()),
            Some(call) => unless_as_wanted(call.send().await.or_fail(what).map(drop)),
        }
    }

    async fn delete(&self, cx: &Cx, id: &PhysicalId) -> Result<Removal> {
        let status = cx.cloud.db_instance(&id.0).await?.and_then(|seen| seen.db_instance_status);
        match status.as_deref() {
            Some("deleting" | "deleted") => return Ok(Removal::Asked),
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

impl AwsKind for DbClusterInstance {
    const PERMISSIONS: &'static [Permission] = &[
        allow(&["rds:AddTagsToResource", "rds:CreateDBInstance", "rds:DeleteDBInstance", "rds:ModifyDBInstance"]).on(
            &[
                "arn:aws:rds:*:*:db:{name}",
                "arn:aws:rds:*:*:cluster:{rds:cluster.name}",
                "arn:aws:rds:*:*:subgrp:{rds:subnet-group.name}",
                "arn:aws:rds:*:*:og:default:*",
                "arn:aws:rds:*:*:pg:default.*",
            ],
        ),
        allow(&[
            "rds:DescribeDBClusters",
            "rds:DescribeDBInstances",
            "rds:DescribeEvents",
            "ec2:DescribeNetworkInterfaces",
        ]),
        allow(&["rds:StartDBCluster"]).on(&["arn:aws:rds:*:*:cluster:{rds:cluster.name}"]).to_repair(),
        allow(&["rds:ListTagsForResource"]).to_verify(),
    ];

    async fn check(check: &CheckCx<'_>, want: Self) -> Result<()> {
        verify::aurora::cluster_instance(check, want).await
    }
}
