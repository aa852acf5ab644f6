//! An Aurora PostgreSQL Serverless v2
//! [cluster](https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBCluster.html): storage, endpoints
//! and a master user whose password RDS generates and keeps in its own secret, without ever returning it. Its instances
//! are separate nodes. It can be deleted only while it runs, and once all its instances are being deleted; it is
//! deleted when they are.
mod seen;

use crate::{
    Aws, Cx, OrFail,
    check::CheckCx,
    declare::AwsKind,
    kms::key_for,
    permissions::{Permission, allow},
    rds::{self, owner, verify},
    settings::{Has, unless_as_wanted},
    tags,
};
use aws_sdk_rds::types::{ServerlessV2ScalingConfiguration, SourceType, Tag};
use serde::{Deserialize, Serialize};
use vidpipe_engine::{
    Change, Class, Drawn, Error, Identity, Observed, Owned, Owner, PhysicalId, Removal, Resource, Result,
};

/// The specification of the resource.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct DbCluster {
    /// Its identifier, in lower case, unique in the account and region.
    pub name: String,
    /// The full version of Aurora PostgreSQL, such as `16.8`. AWS raises minor versions by itself, so later only the
    /// major version is compared.
    pub engine_version: String,
    /// The database created in it.
    pub db_name: String,
    /// The master user.
    pub username: String,
    /// Minimum capacity of each instance, in ACUs: steps of 0.5, from 0.5, or 0 for versions that support pausing.
    pub min_acu: f64,
    /// Maximum capacity of each instance, in ACUs: steps of 0.5, up to 256.
    pub max_acu: f64,
    /// Retention of automated backups in days, and so the range of point-in-time recovery; 1 to 35.
    pub backup_retention_days: u16,
    /// Whether it accepts SQL through the
    /// [Data API](https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/data-api.html).
    pub data_api: bool,
    /// Whether IAM database authentication is enabled.
    pub iam_authentication: bool,
    /// The ARN of the KMS key that encrypts its storage and its secret; `None` is AWS's own key. Both are always
    /// encrypted.
    pub kms_key: Option<String>,
    /// The subnet group its instances are placed in.
    pub subnet_group: String,
    /// The security groups of its instances.
    pub security_group_ids: Vec<String>,
    /// The cluster parameter group, which holds the engine's settings.
    pub parameter_group: String,
    /// Whether deletion protection is on.
    pub deletion_protection: bool,
}

/// The outputs other nodes may use.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DbClusterOutput {
    /// Its identifier.
    pub identifier: String,
    /// `arn:aws:rds:...:cluster:...`
    pub arn: String,
    /// The host name of the writer endpoint.
    pub host: String,
    /// The host name of the reader endpoint.
    pub reader_host: String,
    /// The port of both endpoints.
    pub port: String,
    /// `cluster-...`: identifies the cluster in IAM policies for database login.
    pub resource_id: String,
    /// The secret with the master user's name and password, managed by RDS.
    pub secret_arn: String,
}

const ENGINE: &str = "aurora-postgresql";

impl DbCluster {
    fn capacity(&self) -> ServerlessV2ScalingConfiguration {
        ServerlessV2ScalingConfiguration::builder().min_capacity(self.min_acu).max_capacity(self.max_acu).build()
    }

    /// The settings AWS cannot change, or only in a major version upgrade.
    fn fixed(&self) -> impl PartialEq {
        let names = (&self.name, &self.db_name, &self.username);
        (names, &self.subnet_group, &self.kms_key, rds::major(&self.engine_version))
    }

    /// The settings AWS changes in place.
    fn changeable(&self) -> impl PartialEq {
        let numbers = (self.min_acu, self.max_acu, self.backup_retention_days);
        let flags = (self.data_api, self.iam_authentication, self.deletion_protection);
        (numbers, flags, &self.security_group_ids, &self.parameter_group)
    }

    /// Except for Serverless v1, the Data API is turned on and off by
    /// [separate calls](https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_EnableHttpEndpoint.html).
    async fn switch_data_api(&self, cx: &Cx, arn: &str) -> Result<()> {
        let rds = &cx.cloud.rds;
        if self.data_api {
            let call = rds.enable_http_endpoint().resource_arn(arn).send();
            call.await.or_fail("turn on the DB cluster's Data API").map(drop)
        } else {
            let call = rds.disable_http_endpoint().resource_arn(arn).send();
            call.await.or_fail("turn off the DB cluster's Data API").map(drop)
        }
    }

    async fn unprotect(&self, cx: &Cx, id: &str) -> Result<Removal> {
        let call = cx.cloud.rds.modify_db_cluster().db_cluster_identifier(id).deletion_protection(false);
        call.apply_immediately(true).send().await.or_fail("turn off the DB cluster's deletion protection")?;
        Ok(Removal::Partly)
    }
}

impl Resource for DbCluster {
    type Cloud = Aws;
    type Output = DbClusterOutput;
    const KIND: &'static str = "rds:cluster";
    const IDENTITY: Identity = Identity::Named;
    const OWNER: Owner = Owner::Tags;
    const DRAWN: Drawn = Drawn::Box;
    const UPDATES: bool = true;
    const READS_AFTER_UPDATE: u32 = 3;
    const TIMING: &'static str = "rds_aurora_cluster";
    const DATA_LOSS: Option<&'static str> = Some("the database and its automated backups");

    async fn create(&self, cx: &Cx) -> Result<PhysicalId> {
        let tags = tags::typed(cx, &self.name, |k, v| Tag::builder().key(k).value(v).build());
        let call = cx.cloud.rds.create_db_cluster().db_cluster_identifier(&self.name).engine(ENGINE);
        let call = call.engine_version(&self.engine_version).database_name(&self.db_name);
        let call = call.serverless_v2_scaling_configuration(self.capacity());
        let call = call.master_username(&self.username).manage_master_user_password(true);
        let call = call.set_master_user_secret_kms_key_id(self.kms_key.clone());
        let call = call.storage_encrypted(true).set_kms_key_id(self.kms_key.clone());
        let call = call.backup_retention_period(self.backup_retention_days.into()).copy_tags_to_snapshot(true);
        let call = call.enable_http_endpoint(self.data_api).enable_cloudwatch_logs_exports("postgresql");
        let call = call.enable_iam_database_authentication(self.iam_authentication);
        let call = call.deletion_protection(self.deletion_protection);
        let call = call.db_subnet_group_name(&self.subnet_group);
        let call = call.db_cluster_parameter_group_name(&self.parameter_group);
        let call = call.set_vpc_security_group_ids(Some(self.security_group_ids.clone())).set_tags(Some(tags));
        call.send().await.or_fail("create the DB cluster")?;
        Ok(PhysicalId(self.name.clone()))
    }

    async fn find(&self, cx: &Cx) -> Result<Option<PhysicalId>> {
        let Some(seen) = rds::cluster(cx, &self.name).await? else { return Ok(None) };
        let ours = tags::are_ours(cx, seen.tag_list().iter().filter_map(|t| Some((t.key()?, t.value()?))));
        Ok(ours.then(|| PhysicalId(self.name.clone())))
    }

    async fn owner(&self, cx: &Cx, id: &PhysicalId) -> Result<Owned> {
        owner::cluster(cx, &id.0).await
    }

    async fn observe(&self, cx: &Cx, id: &PhysicalId) -> Result<Observed<DbClusterOutput>> {
        let Some(seen) = rds::cluster(cx, &id.0).await? else { return Ok(Observed::Absent) };
        let (status, known) = (seen.status().unwrap_or_default(), seen::output(&seen));
        Ok(match status {
            "deleted" => Observed::Absent,
            "deleting" => Observed::pending(status),
            _ if !rds::is_usable(status) => rds::not_usable(cx, SourceType::DbCluster, &id.0, status, known).await,
            _ if seen::lacks_secret(&seen) => Observed::Pending { why: "its secret is being made".into(), known },
            _ => seen::settings(self, &seen).observed(known, "it has no endpoints yet"),
        })
    }

    async fn update(&self, cx: &Cx, id: &PhysicalId) -> Result<()> {
        let Some(seen) = rds::cluster(cx, &id.0).await? else {
            return Err(Error::new(Class::NotFound, format!("change the DB cluster: no {id}")));
        };
        if seen.status().is_some_and(rds::must_be_started) {
            rds::start_cluster(cx, &id.0).await?;
            return Err(Error::new(Class::Busy, "change the DB cluster: it did not run, and is being started"));
        }
        if let (Has::Other, Some(arn)) = (seen::data_api(self, &seen), seen.db_cluster_arn()) {
            self.switch_data_api(cx, arn).await?;
        }
        let call = cx.cloud.rds.modify_db_cluster().db_cluster_identifier(&id.0).apply_immediately(true);
        match seen::settings(self, &seen).ask(call) {
            None => Ok(()),
            Some(call) => unless_as_wanted(call.send().await.or_fail("change the DB cluster").map(drop)),
        }
    }

    async fn delete(&self, cx: &Cx, id: &PhysicalId) -> Result<Removal> {
        match rds::cluster(cx, &id.0).await? {
            Some(seen) if matches!(seen.status(), Some("deleting" | "deleted")) => return Ok(Removal::Asked),
            Some(seen) if seen.status() == Some("stopped") => return rds::start_cluster(cx, &id.0).await,
            Some(seen) if seen.deletion_protection == Some(true) => return self.unprotect(cx, &id.0).await,
            _ => {}
        }
        let call = cx.cloud.rds.delete_db_cluster().db_cluster_identifier(&id.0);
        let call = call.skip_final_snapshot(true).delete_automated_backups(true);
        call.send().await.or_fail("delete the DB cluster").map(|_| Removal::Asked)
    }

    fn change(&self, old: &Self) -> Change {
        match (self.fixed() == old.fixed(), self.changeable() == old.changeable()) {
            (false, _) => Change::Replace,
            (true, false) => Change::Update,
            (true, true) => Change::None,
        }
    }
}

impl AwsKind for DbCluster {
    const PERMISSIONS: &'static [Permission] = &[
        allow(&[
            "rds:AddTagsToResource",
            "rds:CreateDBCluster",
            "rds:DeleteDBCluster",
            "rds:DisableHttpEndpoint",
            "rds:EnableHttpEndpoint",
            "rds:ModifyDBCluster",
        ])
        .on(&[
            "arn:aws:rds:*:*:cluster:{name}",
            "arn:aws:rds:*:*:cluster-pg:{rds:cluster-parameter-group.name}",
            "arn:aws:rds:*:*:subgrp:{rds:subnet-group.name}",
            "arn:aws:rds:*:*:og:default:*",
        ]),
        allow(&["rds:StartDBCluster"]).on(&["arn:aws:rds:*:*:cluster:{name}"]).to_repair(),
        allow(&[
            "rds:DescribeDBClusters",
            "rds:DescribeEvents",
            "rds:DescribeDBEngineVersions",
            "rds:DescribeOrderableDBInstanceOptions",
        ]),
        allow(&["secretsmanager:CreateSecret", "secretsmanager:TagResource"])
            .on(&["arn:aws:secretsmanager:*:*:secret:rds!cluster-*"])
            .on_behalf(),
        allow(&["rds-data:ExecuteStatement"]).on(&["arn:aws:rds:*:*:cluster:{name}"]).to_verify(),
        allow(&["rds:ListTagsForResource"]).to_verify(),
        key_for(&["rds.*.amazonaws.com", "secretsmanager.*.amazonaws.com"]),
    ];

    async fn check(check: &CheckCx<'_>, want: Self) -> Result<()> {
        verify::aurora::cluster(check, want).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn spec() -> DbCluster {
        DbCluster {
            name: "aurora-demo".into(),
            engine_version: "16.8".into(),
            db_name: "videometadata".into(),
            username: "postgres".into(),
            min_acu: 0.5,
            max_acu: 1.0,
            backup_retention_days: 7,
            data_api: true,
            iam_authentication: true,
            kms_key: None,
            subnet_group: "${db-subnets.name}".into(),
            security_group_ids: vec!["${db-sg.id}".into()],
            parameter_group: "${db-parameters.group_name}".into(),
            deletion_protection: false,
        }
    }

    #[test]
    fn what_a_change_takes() {
        let old = spec();
        let cases = [
            (spec(), Change::None),
            (DbCluster { engine_version: "16.6".into(), ..spec() }, Change::None),
            (DbCluster { engine_version: "17.4".into(), ..spec() }, Change::Replace),
            (DbCluster { max_acu: 4.0, ..spec() }, Change::Update),
            (DbCluster { data_api: false, ..spec() }, Change::Update),
            (DbCluster { deletion_protection: true, ..spec() }, Change::Update),
            (DbCluster { username: "admin".into(), ..spec() }, Change::Replace),
            (DbCluster { kms_key: Some("arn".into()), ..spec() }, Change::Replace),
        ];
        for (new, change) in cases {
            assert_eq!(new.change(&old), change, "{new:?}");
        }
    }
}
