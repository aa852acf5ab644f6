//! A log group's retention:
//! [PutRetentionPolicy](https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html).
//! Without it events are kept, and billed, for ever.
use super::read;
use crate::{
    Aws, Cx, OrFail,
    check::CheckCx,
    declare::AwsKind,
    logs::{owner, verify},
    permissions::{Permission, allow},
};
use serde::{Deserialize, Serialize};
use vidpipe_engine::{Change, Identity, Observed, Owned, Owner, PhysicalId, Removal, Resource, Result};

/// The specification of the resource.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct Retention {
    /// The name of the log group.
    pub log_group: String,
    /// Days an event is kept; AWS allows certain numbers only, from 1 to 3653.
    pub days: u16,
}

impl Retention {
    async fn put(&self, cx: &Cx) -> Result<()> {
        let call = cx.cloud.logs.put_retention_policy().log_group_name(&self.log_group);
        call.retention_in_days(self.days.into()).send().await.or_fail("set the log group's retention").map(drop)
    }

    async fn is_set(&self, cx: &Cx) -> Result<bool> {
        let seen = read(cx, &self.log_group).await?;
        Ok(seen.and_then(|g| g.retention_days) == Some(self.days.into()))
    }
}

impl Resource for Retention {
    type Cloud = Aws;
    type Output = ();
    const KIND: &'static str = "logs:retention";
    const IDENTITY: Identity = Identity::Setting;
    const OWNER: Owner = Owner::Of("logs:log-group");
    const UPDATES: bool = true;
    const TIMING: &'static str = "logs_log_group";

    async fn create(&self, cx: &Cx) -> Result<PhysicalId> {
        self.put(cx).await?;
        Ok(PhysicalId(self.log_group.clone()))
    }

    async fn find(&self, cx: &Cx) -> Result<Option<PhysicalId>> {
        Ok(self.is_set(cx).await?.then(|| PhysicalId(self.log_group.clone())))
    }

    async fn owner(&self, cx: &Cx, _id: &PhysicalId) -> Result<Owned> {
        match owner::is_of_service(&self.log_group) {
            true => owner::of_service(cx, &self.log_group).await,
            false => owner::log_group(cx, &self.log_group).await,
        }
    }

    async fn observe(&self, cx: &Cx, _id: &PhysicalId) -> Result<Observed<()>> {
        Ok(if self.is_set(cx).await? { Observed::Ready(()) } else { Observed::Absent })
    }

    async fn update(&self, cx: &Cx, _id: &PhysicalId) -> Result<()> {
        self.put(cx).await
    }

    async fn delete(&self, cx: &Cx, _id: &PhysicalId) -> Result<Removal> {
        let call = cx.cloud.logs.delete_retention_policy().log_group_name(&self.log_group);
        call.send().await.or_fail("remove the log group's retention")?;
        Ok(Removal::Asked)
    }

    fn change(&self, old: &Self) -> Change {
        match (self == old, self.log_group == old.log_group) {
            (true, _) => Change::None,
            (false, true) => Change::Update,
            (false, false) => Change::Replace,
        }
    }
}

impl AwsKind for Retention {
    const PERMISSIONS: &'static [Permission] = &[
        allow(&["logs:DeleteRetentionPolicy", "logs:PutRetentionPolicy"]).on(&[
            "arn:aws:logs:*:*:log-group:{logs:log-group.name}",
            "arn:aws:logs:*:*:log-group:{logs:log-group.name}:*",
            "arn:aws:logs:*:*:log-group:{logs:service-log-group.name}",
            "arn:aws:logs:*:*:log-group:{logs:service-log-group.name}:*",
        ]),
        allow(&["logs:DescribeLogGroups", "logs:ListTagsForResource"]),
    ];

    async fn check(check: &CheckCx<'_>, want: Self) -> Result<()> {
        verify::retention(check, want).await
    }
}
