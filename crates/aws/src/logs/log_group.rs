//! A CloudWatch
//! [log group](https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html). Some
//! services recreate their group if they write after its deletion, so its writers must be deleted first.
use crate::{
    Aws, Cx, OrFail,
    check::CheckCx,
    declare::AwsKind,
    kms::key_of_logs,
    logs::{owner, verify},
    permissions::{Permission, allow},
    tags,
};
use serde::{Deserialize, Serialize};
use vidpipe_engine::{Change, Error, Identity, Observed, Owned, Owner, PhysicalId, Removal, Resource, Result};

/// The specification of the resource.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct LogGroup {
    /// Its name, unique in the region, such as `/ecs/video-worker-dev`.
    pub name: String,
    /// The KMS key its events are encrypted with; `None` is CloudWatch's own. The key policy must allow CloudWatch Logs
    /// to use it.
    pub kms_key_arn: Option<String>,
}

/// The outputs other nodes may use.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LogGroupOutput {
    /// `arn:aws:logs:...:log-group:...`, without the `:*` suffix that stands for its streams.
    pub arn: String,
    /// Its name.
    pub name: String,
}

/// A log group as described by CloudWatch Logs.
pub(super) struct Seen {
    pub(super) arn: String,
    pub(super) kms_key_arn: Option<String>,
    pub(super) retention_days: Option<i32>,
    /// Whether deletion protection is on.
    pub(super) protected: bool,
}

/// The log group of exactly that name.
pub(super) async fn read(cx: &Cx, name: &str) -> Result<Option<Seen>> {
    let call = cx.cloud.logs.describe_log_groups().log_group_name_prefix(name);
    let found = call.send().await.or_fail("read the log group")?;
    // Results are sorted by name, so the exact name is first among all names with that prefix, on the first page.
    let exact = found.log_groups.unwrap_or_default().into_iter().find(|g| g.log_group_name() == Some(name));
    Ok(exact.and_then(|g| {
        let arn = g.log_group_arn.or(g.arn)?.trim_end_matches(":*").to_owned();
        let protected = g.deletion_protection_enabled == Some(true);
        Some(Seen { arn, kms_key_arn: g.kms_key_id, retention_days: g.retention_in_days, protected })
    }))
}

/// Whether the error may be caused by
/// [deletion protection](https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogGroupDeletionProtection.html).
/// The documentation does not name its code.
fn refuses(e: &Error) -> bool {
    let codes = ["ValidationException", "InvalidParameterException", "OperationAbortedException"];
    e.code.as_deref().is_some_and(|code| codes.contains(&code))
}

async fn is_protected(cx: &Cx, name: &str) -> bool {
    // A failed read must not hide the original error.
    read(cx, name).await.ok().flatten().is_some_and(|seen| seen.protected)
}

/// Turns off deletion protection, as one step of the deletion. Removing the environment's group overrides protection
/// that account automation turned on.
async fn unprotect(cx: &Cx, name: &str) -> Result<Removal> {
    let call = cx.cloud.logs.put_log_group_deletion_protection().log_group_identifier(name);
    let call = call.deletion_protection_enabled(false);
    call.send().await.or_fail("switch off the log group's deletion protection").map(|_| Removal::Partly)
}

impl Resource for LogGroup {
    type Cloud = Aws;
    type Output = LogGroupOutput;
    const KIND: &'static str = "logs:log-group";
    const IDENTITY: Identity = Identity::Named;
    const OWNER: Owner = Owner::Tags;
    const UPDATES: bool = true;
    const TIMING: &'static str = "logs_log_group";
    const DATA_LOSS: Option<&'static str> = Some("the log events in it");

    async fn create(&self, cx: &Cx) -> Result<PhysicalId> {
        let call = cx.cloud.logs.create_log_group().log_group_name(&self.name);
        let call = call.set_kms_key_id(self.kms_key_arn.clone());
        let call = call.set_tags(Some(tags::of(cx, &self.name).into_iter().collect()));
        call.send().await.or_fail("create the log group")?;
        Ok(PhysicalId(self.name.clone()))
    }

    async fn find(&self, cx: &Cx) -> Result<Option<PhysicalId>> {
        let Some(found) = read(cx, &self.name).await? else { return Ok(None) };
        let call = cx.cloud.logs.list_tags_for_resource().resource_arn(&found.arn);
        let tags = call.send().await.or_fail("read the log group's tags")?.tags.unwrap_or_default();
        let ours = tags::are_ours(cx, tags.iter().map(|(k, v)| (k.as_str(), v.as_str())));
        Ok(ours.then(|| PhysicalId(self.name.clone())))
    }

    async fn owner(&self, cx: &Cx, id: &PhysicalId) -> Result<Owned> {
        owner::log_group(cx, &id.0).await
    }

    async fn observe(&self, cx: &Cx, id: &PhysicalId) -> Result<Observed<LogGroupOutput>> {
        let Some(seen) = read(cx, &id.0).await? else { return Ok(Observed::Absent) };
        let as_wanted = seen.kms_key_arn == self.kms_key_arn;
        let output = LogGroupOutput { arn: seen.arn, name: id.0.clone() };
        Ok(match as_wanted {
            true => Observed::Ready(output),
            false => Observed::differs("its key is another one", Some(output)),
        })
    }

    async fn update(&self, cx: &Cx, id: &PhysicalId) -> Result<()> {
        let logs = &cx.cloud.logs;
        match &self.kms_key_arn {
            Some(key) => {
                let call = logs.associate_kms_key().log_group_name(&id.0).kms_key_id(key);
                call.send().await.or_fail("encrypt the log group with its key").map(drop)
            }
            None => {
                let call = logs.disassociate_kms_key().log_group_name(&id.0);
                call.send().await.or_fail("encrypt the log group with CloudWatch's own key").map(drop)
            }
        }
    }

    async fn delete(&self, cx: &Cx, id: &PhysicalId) -> Result<Removal> {
        match cx.cloud.logs.delete_log_group().log_group_name(&id.0).send().await.or_fail("delete the log group") {
            Ok(_) => Ok(Removal::Asked),
            // Deletion protection is the one cause of these errors that can be fixed here.
            Err(e) if refuses(&e) && is_protected(cx, &id.0).await => unprotect(cx, &id.0).await,
            Err(e) => Err(e),
        }
    }

    fn change(&self, old: &Self) -> Change {
        match (self == old, self.name == old.name) {
            (true, _) => Change::None,
            (false, true) => Change::Update,
            (false, false) => Change::Replace,
        }
    }
}

impl AwsKind for LogGroup {
    const PERMISSIONS: &'static [Permission] = &[
        allow(&["logs:CreateLogGroup", "logs:DeleteLogGroup", "logs:TagResource"])
            .on(&["arn:aws:logs:*:*:log-group:{name}", "arn:aws:logs:*:*:log-group:{name}:*"]),
        allow(&["logs:DescribeLogGroups", "logs:ListTagsForResource"]),
        allow(&["logs:PutLogGroupDeletionProtection"])
            .on(&["arn:aws:logs:*:*:log-group:{name}", "arn:aws:logs:*:*:log-group:{name}:*"])
            .to_repair(),
        allow(&["logs:AssociateKmsKey"])
            .on(&["arn:aws:logs:*:*:log-group:{name}", "arn:aws:logs:*:*:log-group:{name}:*"])
            .on_behalf(),
        key_of_logs(),
    ];

    async fn check(check: &CheckCx<'_>, want: Self) -> Result<()> {
        verify::log_group(check, want).await
    }
}
