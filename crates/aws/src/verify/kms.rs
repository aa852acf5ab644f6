//! KMS: the key is enabled, is kept, and its material is rotated.
use super::look::Look;
use crate::kinds::kms::{Alias, Key, KeyRotation};
use vidpipe_engine::{
    Result,
    verify::Section::{EncryptionAtRest, Retention},
};

pub(super) async fn alias(look: &Look<'_>, _: Alias) -> Result<()> {
    look.settled(EncryptionAtRest, "its alias points at the key", "ListAliases").await
}

pub(super) async fn key(look: &Look<'_>, want: Key) -> Result<()> {
    let seen = ask!(look, "DescribeKey", look.aws.kms.describe_key().key_id(&look.id.0))?;
    let key = look.there(seen.key_metadata())?;
    let state = key.key_state().map(|s| s.as_str());
    look.is(EncryptionAtRest, "the key is enabled", "KeyState", state, "Enabled");
    let seen = all!(look, "ListResourceTags", look.aws.kms.list_resource_tags().key_id(&look.id.0))?;
    look.tags(&want.name, seen.iter().map(|t| (t.tag_key(), t.tag_value())));
    Ok(())
}

pub(super) async fn key_rotation(look: &Look<'_>, want: KeyRotation) -> Result<()> {
    let call = look.aws.kms.get_key_rotation_status().key_id(&want.key_id);
    let seen = ask!(look, "GetKeyRotationStatus", call)?;
    look.is(Retention, "the key's material is rotated", "KeyRotationEnabled", seen.key_rotation_enabled(), true);
    Ok(())
}
