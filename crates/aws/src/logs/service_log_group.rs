//! A [log group](https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html) that an
//! AWS service creates by itself when it first logs. It is created in advance to have the right tags, key and
//! retention. If the service created it first, they are added: a group without a lineage tag whose name contains that
//! of a resource of this environment belongs to this environment. A group with another lineage belongs to another
//! environment and is left unchanged.
use super::{LogGroup, LogGroupOutput, read};
use crate::{
    Aws, Cx, OrFail,
    check::CheckCx,
    declare::AwsKind,
    logs::{owner, verify},
    permissions::{Permission, allow},
    tags,
};
use serde::{Deserialize, Serialize};
use vidpipe_engine::{Change, Class, Identity, Observed, Owned, Owner, PhysicalId, Removal, Resource, Result};

/// The specification of the resource. The wiring guarantees that only this environment's resource writes to a group of
/// that name.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ServiceLogGroup(pub LogGroup);

impl ServiceLogGroup {
    /// Adds the tags and the key that the create call would have set; the service set neither.
    async fn take_over(&self, cx: &Cx) -> Result<PhysicalId> {
        let LogGroup { name, kms_key_arn } = &self.0;
        let id = PhysicalId(name.clone());
        if let Some(found) = read(cx, name).await? {
            if is_of_another(cx, &found.arn).await? {
                return Err(tags::taken("log group", name));
            }
            let tags = tags::of(cx, name).into_iter().collect();
            let call = cx.cloud.logs.tag_resource().resource_arn(found.arn).set_tags(Some(tags));
            call.send().await.or_fail("tag the log group")?;
        }
        if kms_key_arn.is_some() {
            self.0.update(cx, &id).await?;
        }
        Ok(id)
    }
}

/// Whether the group carries the tags of another node or environment. A group created by a service has none.
async fn is_of_another(cx: &Cx, arn: &str) -> Result<bool> {
    let call = cx.cloud.logs.list_tags_for_resource().resource_arn(arn);
    let found = call.send().await.or_fail("read the log group's tags")?.tags.unwrap_or_default();
    let ours = tags::are_ours(cx, found.iter().map(|(k, v)| (k.as_str(), v.as_str())));
    Ok(found.contains_key(tags::LINEAGE) && !ours)
}

impl Resource for ServiceLogGroup {
    type Cloud = Aws;
    type Output = LogGroupOutput;
    const KIND: &'static str = "logs:service-log-group";
    const IDENTITY: Identity = Identity::Named;
    const OWNER: Owner = Owner::Tags;
    const UPDATES: bool = true;
    const TIMING: &'static str = LogGroup::TIMING;
    const DATA_LOSS: Option<&'static str> = LogGroup::DATA_LOSS;

    async fn create(&self, cx: &Cx) -> Result<PhysicalId> {
        match self.0.create(cx).await {
            Err(e) if e.class == Class::AlreadyExists => self.take_over(cx).await,
            other => other,
        }
    }

    async fn find(&self, cx: &Cx) -> Result<Option<PhysicalId>> {
        let Some(found) = read(cx, &self.0.name).await? else { return Ok(None) };
        let other = is_of_another(cx, &found.arn).await?;
        Ok((!other).then(|| PhysicalId(self.0.name.clone())))
    }

    async fn owner(&self, cx: &Cx, id: &PhysicalId) -> Result<Owned> {
        owner::of_service(cx, &id.0).await
    }

    async fn observe(&self, cx: &Cx, id: &PhysicalId) -> Result<Observed<LogGroupOutput>> {
        self.0.observe(cx, id).await
    }

    async fn update(&self, cx: &Cx, id: &PhysicalId) -> Result<()> {
        self.0.update(cx, id).await
    }

    async fn delete(&self, cx: &Cx, id: &PhysicalId) -> Result<Removal> {
        self.0.delete(cx, id).await
    }

    fn change(&self, old: &Self) -> Change {
        self.0.change(&old.0)
    }
}

impl AwsKind for ServiceLogGroup {
    const PERMISSIONS: &'static [Permission] = &[
        allow(&["logs:CreateLogGroup", "logs:DeleteLogGroup", "logs:TagResource"])
            .on(&["arn:aws:logs:*:*:log-group:{name}", "arn:aws:logs:*:*:log-group:{name}:*"]),
        allow(&["logs:DescribeLogGroups", "logs:ListTagsForResource"]),
        allow(&["logs:PutLogGroupDeletionProtection"])
            .on(&["arn:aws:logs:*:*:log-group:{name}", "arn:aws:logs:*:*:log-group:{name}:*"])
            .to_repair(),
    ];

    async fn check(check: &CheckCx<'_>, want: Self) -> Result<()> {
        verify::service_log_group(check, want).await
    }
}
