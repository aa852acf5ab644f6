//! KMS: the key is enabled, is not scheduled for deletion, and its material is rotated.
use crate::{
    check::CheckCx,
    kms::{Alias, Key, KeyRotation},
};
use vidpipe_engine::{
    Result,
    verify::Section::{EncryptionAtRest, Retention},
};

pub(crate) async fn alias(check: &CheckCx<'_>, _: Alias) -> Result<()> {
    check.settled(EncryptionAtRest, "its alias points at the key", "ListAliases").await
}

pub(crate) async fn key(check: &CheckCx<'_>, want: Key) -> Result<()> {
    let seen = ask!(check, "DescribeKey", check.aws.kms.describe_key().key_id(&check.id.0))?;
    let key = check.there(seen.key_metadata())?;
    let state = key.key_state().map(|s| s.as_str());
    check.is(EncryptionAtRest, "the key is enabled", "KeyState", state, "Enabled");
    let seen = all!(check, "ListResourceTags", check.aws.kms.list_resource_tags().key_id(&check.id.0))?;
    check.tags(&want.name, seen.iter().map(|t| (t.tag_key(), t.tag_value())));
    Ok(())
}

pub(crate) async fn key_rotation(check: &CheckCx<'_>, want: KeyRotation) -> Result<()> {
    let call = check.aws.kms.get_key_rotation_status().key_id(&want.key_id);
    let seen = ask!(check, "GetKeyRotationStatus", call)?;
    check.is(Retention, "the key's material is rotated", "KeyRotationEnabled", seen.key_rotation_enabled(), true);
    Ok(())
}
