//! A symmetric KMS [key](https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html). It has no name: it is
//! found by reading the tags of every key. It cannot be deleted at once, only
//! [scheduled for deletion](https://docs.aws.amazon.com/kms/latest/APIReference/API_ScheduleKeyDeletion.html), which
//! counts as deleted.
use crate::{
    Aws, Cx, OrFail,
    check::CheckCx,
    declare::AwsKind,
    ids,
    kms::{owner, verify},
    permissions::{Permission, allow},
    tags,
};
use aws_sdk_kms::types::{KeyMetadata, KeyState, Tag};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use vidpipe_engine::{Change, Class, Drawn, Identity, Observed, Owned, Owner, PhysicalId, Removal, Resource, Result};

/// The specification of the resource.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct Key {
    /// Its `Name` tag.
    pub name: String,
    /// The description: the data it encrypts. Everyone who may call DescribeKey can read it.
    pub description: String,
    /// The twelve-digit id of the account that may use it.
    pub account: String,
    /// `aws`, `aws-cn` or `aws-us-gov`.
    pub partition: String,
    /// The region it is in.
    pub region: String,
    /// Days from scheduling to deletion, 7 to 30.
    pub deletion_window_days: u16,
}

/// The outputs other nodes may use.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KeyOutput {
    /// `arn:aws:kms:...:key/...`
    pub arn: String,
    /// The key id: a UUID.
    pub id: String,
}

impl Key {
    /// The key policy. The account controls access with its IAM policies; CloudWatch Logs may use the key for the
    /// account's log groups. It names no role, since a newly created role is not visible to KMS yet.
    fn policy(&self) -> Value {
        let Self { account, partition, region, .. } = self;
        json!({
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "Account",
                    "Effect": "Allow",
                    "Principal": {"AWS": format!("arn:{partition}:iam::{account}:root")},
                    "Action": "kms:*",
                    "Resource": "*",
                },
                {
                    "Sid": "Logs",
                    "Effect": "Allow",
                    "Principal": {"Service": format!("logs.{region}.amazonaws.com")},
                    "Action": [
                        "kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*",
                    ],
                    "Resource": "*",
                    "Condition": {"ArnLike": {
                        "kms:EncryptionContext:aws:logs:arn": format!("arn:{partition}:logs:{region}:{account}:*"),
                    }},
                },
            ],
        })
    }

    /// Whether this intent created the key. A key whose tags cannot be read belongs to someone else.
    async fn made(&self, cx: &Cx, id: &str) -> Result<bool> {
        match cx.cloud.kms.list_resource_tags().key_id(id).send().await.or_fail("read a KMS key's tags") {
            Err(e) if matches!(e.class, Class::Denied | Class::NotFound) => Ok(false),
            Err(e) => Err(e),
            Ok(seen) => Ok(tags::are_of_intent(cx, seen.tags().iter().map(|t| (t.tag_key(), t.tag_value())))),
        }
    }

    async fn read(&self, cx: &Cx, id: &str) -> Result<Option<KeyMetadata>> {
        let seen = cx.cloud.kms.describe_key().key_id(id).send().await.or_fail("read the KMS key")?;
        let ending = [KeyState::PendingDeletion, KeyState::PendingReplicaDeletion];
        Ok(seen.key_metadata.filter(|k| k.key_state().is_none_or(|state| !ending.contains(state))))
    }
}

impl Resource for Key {
    type Cloud = Aws;
    type Output = KeyOutput;
    const KIND: &'static str = "kms:key";
    const IDENTITY: Identity = Identity::Tagged;
    const OWNER: Owner = Owner::Tags;
    const DRAWN: Drawn = Drawn::Box;
    const UPDATES: bool = true;
    const TIMING: &'static str = "kms_key";
    const DATA_LOSS: Option<&'static str> = Some("whatever is encrypted with this key");

    async fn create(&self, cx: &Cx) -> Result<PhysicalId> {
        let tags = tags::checked(cx, &self.name, |k, v| Tag::builder().tag_key(k).tag_value(v).build())?;
        let call = cx.cloud.kms.create_key().description(&self.description).policy(self.policy().to_string());
        let made = call.set_tags(Some(tags)).send().await.or_fail("create the KMS key")?;
        ids::id(made.key_metadata.map(|k| k.key_id), "KMS key")
    }

    async fn find(&self, cx: &Cx) -> Result<Option<PhysicalId>> {
        let mut keys = items!(cx.cloud.kms.list_keys());
        while let Some(key) = keys.next().await {
            let Some(id) = key.or_fail("find the KMS key")?.key_id else { continue };
            if self.made(cx, &id).await? && self.read(cx, &id).await?.is_some() {
                return Ok(Some(PhysicalId(id)));
            }
        }
        Ok(None)
    }

    async fn owner(&self, cx: &Cx, id: &PhysicalId) -> Result<Owned> {
        owner::key(cx, &id.0).await
    }

    async fn observe(&self, cx: &Cx, id: &PhysicalId) -> Result<Observed<KeyOutput>> {
        let Some(key) = self.read(cx, &id.0).await? else { return Ok(Observed::Absent) };
        let described = key.description().unwrap_or_default() == self.description;
        let state = key.key_state.clone().unwrap_or(KeyState::Enabled);
        let known = key.arn.map(|arn| KeyOutput { arn, id: key.key_id });
        Ok(match (state, known) {
            (KeyState::Enabled, Some(output)) if described => Observed::Ready(output),
            (KeyState::Enabled, known) => Observed::differs("it has another description", known),
            (state, known) => Observed::Pending { why: state.as_str().to_owned(), known },
        })
    }

    async fn update(&self, cx: &Cx, id: &PhysicalId) -> Result<()> {
        let call = cx.cloud.kms.update_key_description().key_id(&id.0).description(&self.description);
        call.send().await.or_fail("change the KMS key's description").map(drop)
    }

    async fn delete(&self, cx: &Cx, id: &PhysicalId) -> Result<Removal> {
        let call = cx.cloud.kms.schedule_key_deletion().key_id(&id.0);
        let call = call.pending_window_in_days(self.deletion_window_days.into());
        match call.send().await.or_fail("schedule the KMS key for deletion") {
            // The key is already scheduled for deletion. The next read confirms this.
            Err(e) if e.code.as_deref() == Some("KMSInvalidStateException") => Ok(Removal::Asked),
            other => other.map(|_| Removal::Asked),
        }
    }

    fn change(&self, old: &Self) -> Change {
        let fixed = |k: &Self| [&k.name, &k.account, &k.partition, &k.region].map(String::clone);
        match (self == old, fixed(self) == fixed(old)) {
            (true, _) => Change::None,
            // The window is used only on deletion, so recording it is the only change.
            (false, true) => Change::Update,
            (false, false) => Change::Replace,
        }
    }
}

impl AwsKind for Key {
    const PERMISSIONS: &'static [Permission] = &[
        allow(&["kms:CreateKey", "kms:TagResource"]).tagged(),
        allow(&["kms:DescribeKey", "kms:ListKeys", "kms:ListResourceTags"]),
        allow(&["kms:PutKeyPolicy"]).on_behalf(),
        allow(&["kms:ScheduleKeyDeletion", "kms:UpdateKeyDescription"]),
    ];

    async fn check(check: &CheckCx<'_>, want: Self) -> Result<()> {
        verify::key(check, want).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logs_may_use_it_for_this_account_and_region_only() {
        let key = Key {
            name: "key-demo".into(),
            description: "everything of demo".into(),
            account: "111122223333".into(),
            partition: "aws".into(),
            region: "eu-west-1".into(),
            deletion_window_days: 7,
        };
        let policy = key.policy();
        assert_eq!(policy["Statement"][0]["Principal"]["AWS"], "arn:aws:iam::111122223333:root");
        assert_eq!(policy["Statement"][1]["Principal"]["Service"], "logs.eu-west-1.amazonaws.com");
        assert_eq!(
            policy["Statement"][1]["Condition"]["ArnLike"]["kms:EncryptionContext:aws:logs:arn"],
            "arn:aws:logs:eu-west-1:111122223333:*"
        );
    }
}
