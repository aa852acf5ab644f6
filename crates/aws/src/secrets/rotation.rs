//! The rotation schedule of an RDS-managed
//! [secret](https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/rds-secrets-manager.html). Only the schedule
//! is [set](https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_RotateSecret.html); RDS rotates the
//! password itself. The default is seven days. An RDS-managed secret always has a schedule, so this setting is deleted
//! only with the secret.
use crate::{
    Aws, Cx, OrFail,
    check::CheckCx,
    declare::AwsKind,
    permissions::{Permission, allow},
    secrets::{SECRET_OF_CLUSTER, owner, verify},
};
use aws_sdk_secretsmanager::types::RotationRulesType;
use serde::{Deserialize, Serialize};
use vidpipe_engine::{Change, Identity, Observed, Owned, Owner, PhysicalId, Removal, Resource, Result};

/// The specification of the resource.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct Rotation {
    /// The secret, managed by RDS.
    pub secret_arn: String,
    /// Days between two rotations; 1 to 1000.
    pub days: u16,
}

impl Resource for Rotation {
    type Cloud = Aws;
    type Output = ();
    const KIND: &'static str = "secrets:rotation";
    const IDENTITY: Identity = Identity::Setting;
    const OWNER: Owner = Owner::Of("rds:cluster");
    const UPDATES: bool = true;
    const TIMING: &'static str = "secretsmanager_rotation";

    async fn create(&self, cx: &Cx) -> Result<PhysicalId> {
        let rules = RotationRulesType::builder().automatically_after_days(self.days.into()).build();
        let call = cx.cloud.secrets.rotate_secret().secret_id(&self.secret_arn).rotation_rules(rules);
        // An immediate rotation would invalidate a password that a client has just read.
        let call = call.rotate_immediately(false).client_request_token(&cx.token.0);
        call.send().await.or_fail("schedule the secret's rotation")?;
        Ok(PhysicalId(self.secret_arn.clone()))
    }

    async fn find(&self, cx: &Cx) -> Result<Option<PhysicalId>> {
        let id = PhysicalId(self.secret_arn.clone());
        Ok(matches!(self.observe(cx, &id).await?, Observed::Ready(())).then_some(id))
    }

    async fn owner(&self, cx: &Cx, _id: &PhysicalId) -> Result<Owned> {
        owner::secret(cx, &self.secret_arn).await
    }

    async fn observe(&self, cx: &Cx, id: &PhysicalId) -> Result<Observed<()>> {
        let call = cx.cloud.secrets.describe_secret().secret_id(&id.0);
        let seen = call.send().await.or_fail("read the secret's rotation")?;
        let days = seen.rotation_rules().and_then(|rules| rules.automatically_after_days);
        Ok(match (seen.rotation_enabled, days) {
            (Some(true), Some(days)) if days == i64::from(self.days) => Observed::Ready(()),
            (Some(true), Some(days)) => Observed::differs(format!("it is rotated every {days} days"), None),
            _ => Observed::differs("it is not rotated", None),
        })
    }

    async fn update(&self, cx: &Cx, _id: &PhysicalId) -> Result<()> {
        self.create(cx).await.map(drop)
    }

    async fn delete(&self, _cx: &Cx, _id: &PhysicalId) -> Result<Removal> {
        // It is deleted with the secret.
        Ok(Removal::Ending)
    }

    fn change(&self, old: &Self) -> Change {
        match (self == old, self.secret_arn == old.secret_arn) {
            (true, _) => Change::None,
            (false, true) => Change::Update,
            (false, false) => Change::Replace,
        }
    }
}

impl AwsKind for Rotation {
    const PERMISSIONS: &'static [Permission] = &[
        allow(&["secretsmanager:RotateSecret"]).on(&["arn:aws:secretsmanager:*:*:secret:rds!cluster-*"]),
        SECRET_OF_CLUSTER,
    ];

    async fn check(check: &CheckCx<'_>, want: Self) -> Result<()> {
        verify::rotation(check, want).await
    }
}
