//! An RDS for PostgreSQL
//! [instance](https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html). Creating it takes
//! four to twenty minutes; its endpoint exists minutes before it is `available`. It cannot be deleted while deletion
//! protection is on, and its backups stay unless their deletion is requested.
mod seen;

use crate::{
    Aws, Cx, OrFail,
    check::CheckCx,
    declare::AwsKind,
    kms::key_for,
    permissions::{Permission, allow},
    rds::{self, owner, verify},
    secrets::secret,
    settings::unless_as_wanted,
    tags,
};
use aws_sdk_rds::types::{SourceType, Tag};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use vidpipe_engine::{
    Change, Class, Drawn, Error, Identity, Observed, Owned, Owner, PhysicalId, Removal, Resource, Result,
};

/// The specification of the resource.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct DbInstance {
    /// Its identifier, in lower case, unique in the account and region.
    pub name: String,
    /// The full version of PostgreSQL, such as `15.14`. AWS raises minor versions by itself, so later only the major
    /// version is compared.
    pub engine_version: String,
    /// Its class, such as `db.t3.medium`.
    pub class: String,
    /// gp3 storage in GiB. It can grow but never shrink.
    pub storage_gib: u32,
    /// Whether it has a standby in a second zone.
    pub multi_az: bool,
    /// The database created in it.
    pub db_name: String,
    /// The master user.
    pub username: String,
    /// The secret whose field `password` is the master user's password.
    pub master_secret_arn: String,
    /// Retention of automated backups in days, and so the range of point-in-time recovery; 0 to 35.
    pub backup_retention_days: u16,
    /// Whether IAM database authentication is enabled.
    pub iam_authentication: bool,
    /// Whether deletion protection is on.
    pub deletion_protection: bool,
    /// Whether AWS may raise its minor version in a maintenance window.
    pub auto_minor_version_upgrade: bool,
    /// The ARN of the KMS key its storage is encrypted with; `None` is AWS's own key. It is always encrypted.
    pub kms_key: Option<String>,
    /// The subnet group it is placed in.
    pub subnet_group: String,
    /// Its security groups.
    pub security_group_ids: Vec<String>,
    /// The parameter group, which holds the engine's settings.
    pub parameter_group: String,
}

/// The outputs other nodes may use.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DbInstanceOutput {
    /// The host name of its endpoint.
    pub host: String,
    /// The port it listens on.
    pub port: String,
    /// `db-...`: identifies the database in IAM policies for database login.
    pub resource_id: String,
    /// `arn:aws:rds:...:db:...`
    pub arn: String,
    /// Its identifier.
    pub identifier: String,
}

impl DbInstance {
    /// The settings AWS cannot change, or only in a major version upgrade.
    fn fixed(&self) -> impl PartialEq {
        let names = (&self.name, &self.db_name, &self.username, &self.master_secret_arn);
        (names, &self.subnet_group, &self.kms_key, rds::major(&self.engine_version))
    }

    /// The settings AWS changes in place.
    fn changeable(&self) -> impl PartialEq {
        let sizes = (&self.class, self.storage_gib, self.multi_az, self.backup_retention_days);
        let flags = (self.iam_authentication, self.deletion_protection, self.auto_minor_version_upgrade);
        (sizes, flags, &self.security_group_ids, &self.parameter_group)
    }

    async fn unprotect(&self, cx: &Cx, id: &str) -> Result<Removal> {
        let call = cx.cloud.rds.modify_db_instance().db_instance_identifier(id).deletion_protection(false);
        call.apply_immediately(true).send().await.or_fail("turn off the DB instance's deletion protection")?;
        Ok(Removal::Partly)
    }
}

impl Resource for DbInstance {
    type Cloud = Aws;
    type Output = DbInstanceOutput;
    const KIND: &'static str = "rds:instance";
    const IDENTITY: Identity = Identity::Named;
    const OWNER: Owner = Owner::Tags;
    const DRAWN: Drawn = Drawn::Box;
    const UPDATES: bool = true;
    const READS_AFTER_UPDATE: u32 = 3;
    const TIMING: &'static str = "rds_db_instance_postgres_multi_az";
    const DATA_LOSS: Option<&'static str> = Some("the database and its automated backups");

    fn timing(&self) -> &'static str {
        if self.multi_az { Self::TIMING } else { "rds_db_instance_postgres_single_az" }
    }

    fn size(&self) -> Option<&str> {
        Some(&self.class)
    }

    async fn create(&self, cx: &Cx) -> Result<PhysicalId> {
        let login = secret::Fields::parse(&secret::read(cx, &self.master_secret_arn).await?.text);
        let password = login.as_ref().and_then(|l| l.get("password")).and_then(Value::as_str).ok_or_else(|| {
            let what =
                format!("read the master password: the secret {} has no field `password`", self.master_secret_arn);
            Error::new(Class::Invalid, what).hint("put a JSON object with username and password into it, or remove it")
        })?;
        let tags = tags::typed(cx, &self.name, |k, v| Tag::builder().key(k).value(v).build());
        let call = cx.cloud.rds.create_db_instance().db_instance_identifier(&self.name).engine("postgres");
        let call = call.engine_version(&self.engine_version).db_instance_class(&self.class);
        let call = call.storage_type("gp3").allocated_storage(seen::gib(self.storage_gib)).multi_az(self.multi_az);
        let call = call.storage_encrypted(true).set_kms_key_id(self.kms_key.clone());
        let call = call.db_name(&self.db_name).master_username(&self.username).master_user_password(password);
        let call = call.backup_retention_period(self.backup_retention_days.into()).copy_tags_to_snapshot(true);
        let call = call.enable_iam_database_authentication(self.iam_authentication);
        let call = call.deletion_protection(self.deletion_protection).publicly_accessible(false);
        let call = call.auto_minor_version_upgrade(self.auto_minor_version_upgrade);
        let call = call.db_subnet_group_name(&self.subnet_group).db_parameter_group_name(&self.parameter_group);
        let call = call.set_vpc_security_group_ids(Some(self.security_group_ids.clone())).set_tags(Some(tags));
        call.send().await.or_fail("create the DB instance")?;
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

    async fn observe(&self, cx: &Cx, id: &PhysicalId) -> Result<Observed<DbInstanceOutput>> {
        let Some(seen) = cx.cloud.db_instance(&id.0).await? else {
            return rds::released(cx, &self.security_group_ids).await;
        };
        let (status, known) = (seen.db_instance_status().unwrap_or_default(), seen::output(&seen));
        if rds::is_usable(status) {
            return Ok(seen::settings(self, &seen).observed(known, "it has no endpoint yet"));
        }
        match status {
            // It keeps this status for a moment after it is deleted.
            "deleted" => rds::released(cx, &self.security_group_ids).await,
            "deleting" => Ok(Observed::pending(status)),
            _ => Ok(rds::not_usable(cx, SourceType::DbInstance, &id.0, status, known).await),
        }
    }

    async fn update(&self, cx: &Cx, id: &PhysicalId) -> Result<()> {
        let Some(seen) = cx.cloud.db_instance(&id.0).await? else {
            return Err(Error::new(Class::NotFound, format!("change the DB instance: no {id}")));
        };
        let status = seen.db_instance_status().unwrap_or_default();
        if rds::must_be_started(status) {
            rds::start_instance(cx, &id.0).await?;
            return Err(Error::new(Class::Busy, "change the DB instance: it did not run, and is being started"));
        }
        let call = cx.cloud.rds.modify_db_instance().db_instance_identifier(&id.0).apply_immediately(true);
        match seen::settings(self, &seen).ask(call) {
            None => rds::unless_full(status),
            Some(call) => unless_as_wanted(call.send().await.or_fail("change the DB instance").map(drop)),
        }
    }

    async fn delete(&self, cx: &Cx, id: &PhysicalId) -> Result<Removal> {
        let seen = cx.cloud.db_instance(&id.0).await?;
        let status = seen.as_ref().and_then(|seen| seen.db_instance_status()).unwrap_or_default();
        let protected = seen.as_ref().is_some_and(|seen| seen.deletion_protection == Some(true));
        match status {
            "deleting" | "deleted" => return Ok(Removal::Asked),
            "stopped" if protected => return rds::start_instance(cx, &id.0).await,
            _ if protected => return self.unprotect(cx, &id.0).await,
            _ => {}
        }
        let call = cx.cloud.rds.delete_db_instance().db_instance_identifier(&id.0);
        let call = call.skip_final_snapshot(true).delete_automated_backups(true);
        match call.send().await.or_fail("delete the DB instance") {
            Err(e) if e.message.contains("already being deleted") => Ok(Removal::Asked),
            Err(e) if e.class == Class::Busy && status == "stopped" => rds::start_instance(cx, &id.0).await,
            other => other.map(|_| Removal::Asked),
        }
    }

    fn change(&self, old: &Self) -> Change {
        match (
            self.fixed() == old.fixed() && self.storage_gib >= old.storage_gib,
            self.changeable() == old.changeable(),
        ) {
            (false, _) => Change::Replace,
            (true, false) => Change::Update,
            (true, true) => Change::None,
        }
    }
}

impl AwsKind for DbInstance {
    const PERMISSIONS: &'static [Permission] = &[
        allow(&["rds:AddTagsToResource", "rds:CreateDBInstance", "rds:DeleteDBInstance", "rds:ModifyDBInstance"]).on(
            &[
                "arn:aws:rds:*:*:db:{name}",
                "arn:aws:rds:*:*:pg:{rds:parameter-group.name}",
                "arn:aws:rds:*:*:subgrp:{rds:subnet-group.name}",
                "arn:aws:rds:*:*:og:default:*",
            ],
        ),
        allow(&["rds:StartDBInstance"]).on(&["arn:aws:rds:*:*:db:{name}"]).to_repair(),
        allow(&[
            "rds:DescribeDBInstances",
            "rds:DescribeDBInstanceAutomatedBackups",
            "rds:DescribeEvents",
            "rds:DescribeDBEngineVersions",
            "rds:DescribeOrderableDBInstanceOptions",
            "ec2:DescribeNetworkInterfaces",
        ]),
        allow(&["rds:ListTagsForResource"]).to_verify(),
        key_for(&["rds.*.amazonaws.com"]),
    ];

    async fn check(check: &CheckCx<'_>, want: Self) -> Result<()> {
        verify::instance(check, want).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn spec() -> DbInstance {
        DbInstance {
            name: "db-demo".into(),
            engine_version: "15.14".into(),
            class: "db.t3.medium".into(),
            storage_gib: 100,
            multi_az: true,
            db_name: "videometadata".into(),
            username: "postgres".into(),
            master_secret_arn: "${db-secret.arn}".into(),
            backup_retention_days: 7,
            iam_authentication: true,
            deletion_protection: false,
            auto_minor_version_upgrade: true,
            kms_key: None,
            subnet_group: "${db-subnets.name}".into(),
            security_group_ids: vec!["${db-sg.id}".into()],
            parameter_group: "${db-parameters.group_name}".into(),
        }
    }

    #[test]
    fn what_a_change_takes() {
        let old = spec();
        let cases = [
            (spec(), Change::None),
            (DbInstance { engine_version: "15.12".into(), ..spec() }, Change::None),
            (DbInstance { engine_version: "16.1".into(), ..spec() }, Change::Replace),
            (DbInstance { class: "db.r6g.large".into(), ..spec() }, Change::Update),
            (DbInstance { storage_gib: 200, ..spec() }, Change::Update),
            (DbInstance { storage_gib: 50, ..spec() }, Change::Replace),
            (DbInstance { multi_az: false, ..spec() }, Change::Update),
            (DbInstance { db_name: "videos".into(), ..spec() }, Change::Replace),
            (DbInstance { kms_key: Some("arn".into()), ..spec() }, Change::Replace),
        ];
        for (new, change) in cases {
            assert_eq!(new.change(&old), change, "{new:?}");
        }
    }
}
