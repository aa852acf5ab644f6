//! When the password in a secret that RDS manages is
//! [rotated](https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/rds-secrets-manager.html): only the schedule is
//! [set](https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_RotateSecret.html), for RDS does the work
//! itself. RDS's own schedule is seven days; a secret of it cannot be without one, so this ends only with the secret.
use crate::{Aws, Cx, OrFail, owner};
use aws_sdk_secretsmanager::types::RotationRulesType;
use serde::{Deserialize, Serialize};
use vidpipe_engine::{Change, Identity, Observed, Owned, Owner, PhysicalId, Removal, Resource, Result};

/// What it is made from.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct Rotation {
    /// The secret, which belongs to RDS.
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
        // At once would change the password under those who just read it.
        let call = call.rotate_immediately(false).client_request_token(&cx.token.0);
        call.send().await.or_fail("schedule the secret's rotation")?;
        Ok(PhysicalId(self.secret_arn.clone()))
    }

    async fn find(&self, cx: &Cx) -> Result<Option<PhysicalId>> {
        let id = PhysicalId(self.secret_arn.clone());
        Ok(matches!(self.observe(cx, &id).await?, Observed::Ready(())).then_some(id))
    }

    async fn owner(&self, cx: &Cx, _id: &PhysicalId) -> Result<Owned> {
        owner::secrets::secret(cx, &self.secret_arn).await
    }

    async fn observe(&self, cx: &Cx, id: &PhysicalId) -> Result<Observed<()>> {
        let call = cx.cloud.secrets.describe_secret().secret_id(&id.0);
        let seen = call.send().await.or_fail("look at the secret's rotation")?;
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
        // It goes with the secret.
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
