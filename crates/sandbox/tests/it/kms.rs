//! KMS: keys and aliases.

use aws_sdk_kms::types::{KeyState, Tag};
use vidpipe_sandbox::{Clock, Sandbox};

use crate::aws::{Kept, client, code};

/// A policy that delegates to the account, and allows CloudWatch Logs to use the key.
pub(crate) const POLICY: &str = r#"{"Version":"2012-10-17","Statement":[
    {"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123456789012:root"},"Action":"kms:*","Resource":"*"},
    {"Effect":"Allow","Principal":{"Service":"logs.eu-west-1.amazonaws.com"},"Action":"kms:Encrypt*","Resource":"*"}
]}"#;

/// Creates a key with that policy; returns its ARN.
pub(crate) async fn key(sandbox: &Sandbox) -> String {
    let kms = client!(aws_sdk_kms, *sandbox);
    let made = kms.create_key().policy(POLICY).send().await.unwrap();
    made.key_metadata().unwrap().arn().unwrap().to_owned()
}

#[tokio::test]
async fn a_key_lives_and_lingers() {
    let kept = Kept::new();
    let sandbox = kept.open(Clock::Instant);
    let kms = client!(aws_sdk_kms, sandbox);
    let before = sandbox.inventory().unwrap();
    let tag = Tag::builder().tag_key("suffix").tag_value("demo").build().unwrap();
    let made = kms.create_key().description("storage").policy(POLICY).tags(tag).send().await.unwrap();
    let id = made.key_metadata().unwrap().key_id().to_owned();
    let alias = || kms.create_alias().alias_name("alias/demo").target_key_id(&id).send();
    alias().await.unwrap();
    assert_eq!(code(alias().await), "AlreadyExistsException");
    kms.enable_key_rotation().key_id(&id).send().await.unwrap();

    let sandbox = kept.again(sandbox, Clock::Instant);
    let kms = client!(aws_sdk_kms, sandbox);
    let response = kms.describe_key().key_id("alias/demo").send().await.unwrap();
    let response = response.key_metadata().unwrap();
    assert_eq!((response.key_id(), response.description()), (id.as_str(), Some("storage")));
    assert_eq!(response.key_state(), Some(&KeyState::Enabled));
    let tags = kms.list_resource_tags().key_id(&id).send().await.unwrap();
    assert_eq!(tags.tags()[0].tag_value(), "demo");
    let policy = kms.get_key_policy().key_id(&id).policy_name("default").send().await.unwrap();
    assert_eq!(policy.policy(), Some(POLICY));
    let rotation = || kms.get_key_rotation_status().key_id(&id).send();
    assert!(rotation().await.unwrap().key_rotation_enabled());
    kms.disable_key_rotation().key_id(&id).send().await.unwrap();
    assert!(!rotation().await.unwrap().key_rotation_enabled());
    let aliases = kms.list_aliases().key_id(&id).send().await.unwrap();
    assert_eq!(aliases.aliases()[0].alias_name(), Some("alias/demo"));

    kms.delete_alias().alias_name("alias/demo").send().await.unwrap();
    assert_eq!(code(kms.delete_alias().alias_name("alias/demo").send().await), "NotFoundException");
    let end = || kms.schedule_key_deletion().key_id(&id).pending_window_in_days(7).send();
    end().await.unwrap();
    assert_eq!(code(end().await), "KMSInvalidStateException");
    let response = kms.describe_key().key_id(&id).send().await.unwrap();
    assert_eq!(response.key_metadata().unwrap().key_state(), Some(&KeyState::PendingDeletion));
    let unknown = kms.describe_key().key_id("00000000-0000-0000-0000-000000000000").send().await;
    assert_eq!(code(unknown), "NotFoundException");
    let left = sandbox.inventory().unwrap();
    assert!(left["tombstones"]["eu-west-1"]["kms"]["keys"][&id].is_object());
    assert_eq!(left["regions"], before["regions"]);
}
