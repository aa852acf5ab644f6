//! A schema migration of a database, applied once through the
//! [Data API](https://docs.aws.amazon.com/rdsdataservice/latest/APIReference/API_ExecuteStatement.html). It is one
//! atomic statement that does nothing if the database's table `vidpipe_migrations` records it as applied. A migration
//! that was applied with other content is never applied again. It stays in the database for as long as the database
//! exists.
mod sql;

pub use sql::{apply_once, checksum, refuse_other};

use crate::{
    Aws, Cx, OrFail,
    check::CheckCx,
    declare::AwsKind,
    permissions::{Permission, allow},
    rds::{owner, verify},
    secrets::SECRET_OF_CLUSTER,
};
use aws_sdk_rdsdata::types::{Field, SqlParameter};
use serde::{Deserialize, Serialize};
use vidpipe_engine::{Change, Identity, Observed, Owned, Owner, PhysicalId, Removal, Resource, Result};

/// The specification of the resource.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct Migration {
    /// The cluster, with the Data API on.
    pub cluster_arn: String,
    /// The secret with the user and password of the login.
    pub secret_arn: String,
    /// The database in the cluster.
    pub database: String,
    /// Its number, such as `001`, which identifies the migration in the database.
    pub version: String,
    /// A short description.
    pub name: String,
    /// A digest of the SQL, which shows whether the applied content is the desired one.
    pub checksum: String,
    /// The SQL: one or more statements, all of which must be allowed in a transaction.
    pub sql: String,
}

/// The outputs other nodes may use.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MigrationOutput {
    /// Its number.
    pub version: String,
}

impl Migration {
    fn statement(&self) -> String {
        apply_once(&self.version, &self.name, &self.checksum, &self.sql)
    }

    fn id(&self) -> PhysicalId {
        PhysicalId(format!("{}/{}/{}", self.cluster_arn, self.database, self.version))
    }

    /// The checksum it was applied with, if it was applied.
    async fn applied(&self, cx: &Cx) -> Result<Option<String>> {
        let version = Field::StringValue(self.version.clone());
        let call = cx.cloud.rds_data.execute_statement().resource_arn(&self.cluster_arn).database(&self.database);
        let call = call.secret_arn(&self.secret_arn).sql(sql::CHECKSUM);
        let call = call.parameters(SqlParameter::builder().name("version").value(version).build());
        match call.send().await.or_fail("find the migration in the database") {
            Err(e) if e.message.contains(sql::NO_TABLE) => Ok(None),
            Err(e) => Err(e),
            Ok(seen) => Ok(seen.records().first().and_then(|row| row.first()?.as_string_value().ok().cloned())),
        }
    }
}

impl Resource for Migration {
    type Cloud = Aws;
    type Output = MigrationOutput;
    const KIND: &'static str = "rds:migration";
    const IDENTITY: Identity = Identity::Setting;
    const OWNER: Owner = Owner::Of("rds:cluster");
    const UPDATES: bool = true;
    const TIMING: &'static str = "rds_data_statement";

    async fn create(&self, cx: &Cx) -> Result<PhysicalId> {
        let call = cx.cloud.rds_data.execute_statement().resource_arn(&self.cluster_arn).database(&self.database);
        // A statement that exceeds the call timeout (45 s) keeps running; a repeated call waits for it.
        let call = call.secret_arn(&self.secret_arn).sql(self.statement()).continue_after_timeout(true);
        call.send().await.or_fail("apply the migration")?;
        Ok(self.id())
    }

    async fn find(&self, cx: &Cx) -> Result<Option<PhysicalId>> {
        let applied = self.applied(cx).await?;
        Ok(applied.filter(|checksum| *checksum == self.checksum).map(|_| self.id()))
    }

    async fn owner(&self, cx: &Cx, _id: &PhysicalId) -> Result<Owned> {
        owner::tagged(cx, &self.cluster_arn).await
    }

    async fn observe(&self, cx: &Cx, _id: &PhysicalId) -> Result<Observed<MigrationOutput>> {
        Ok(match self.applied(cx).await? {
            None => Observed::Absent,
            Some(checksum) if checksum == self.checksum => {
                Observed::Ready(MigrationOutput { version: self.version.clone() })
            }
            Some(_) => Observed::Broken(format!("migration {} was applied with other content", self.version)),
        })
    }

    /// Changed content is not applied; `observe` reports it.
    async fn update(&self, cx: &Cx, _id: &PhysicalId) -> Result<()> {
        self.create(cx).await.map(drop)
    }

    async fn delete(&self, _cx: &Cx, _id: &PhysicalId) -> Result<Removal> {
        // It is deleted with the database.
        Ok(Removal::Ending)
    }

    fn change(&self, old: &Self) -> Change {
        let place = |m: &Self| (m.cluster_arn.clone(), m.database.clone(), m.version.clone());
        match (self == old, place(self) == place(old)) {
            (true, _) => Change::None,
            (false, true) => Change::Update,
            (false, false) => Change::Replace,
        }
    }
}

impl AwsKind for Migration {
    const PERMISSIONS: &'static [Permission] =
        &[allow(&["rds-data:ExecuteStatement"]).on(&["arn:aws:rds:*:*:cluster:{rds:cluster.name}"]), SECRET_OF_CLUSTER];

    async fn check(check: &CheckCx<'_>, want: Self) -> Result<()> {
        verify::aurora::migration(check, want).await
    }
}
