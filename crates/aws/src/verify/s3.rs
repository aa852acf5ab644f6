//! S3: the trail's bucket is versioned, encrypted, reached over TLS only, and closed to the public.
use super::look::Look;
use crate::kinds::s3::{
    Bucket, BucketEncryption, BucketExpiry, BucketVersioning, PublicAccessBlock, TrailBucketPolicy,
};
use vidpipe_engine::{
    Result,
    verify::Section::{Access, EncryptionAtRest, EncryptionInTransit, Retention},
};

pub(super) async fn bucket(look: &Look<'_>, want: Bucket) -> Result<()> {
    let seen = match ask!(look, "GetBucketTagging", look.aws.s3.get_bucket_tagging().bucket(&want.name)) {
        // So S3 says that it has none at all: what is missing is for the check to name.
        Err(e) if e.code.as_deref() == Some("NoSuchTagSet") => Vec::new(),
        other => other?.tag_set,
    };
    look.tags(&want.name, seen.iter().map(|t| (t.key(), t.value())));
    Ok(())
}

pub(super) async fn bucket_encryption(look: &Look<'_>, _: BucketEncryption) -> Result<()> {
    look.settled(EncryptionAtRest, "objects are encrypted with the wanted key", "GetBucketEncryption").await
}

pub(super) async fn bucket_expiry(look: &Look<'_>, _: BucketExpiry) -> Result<()> {
    look.settled(Retention, "objects are kept as long as wanted", "GetBucketLifecycleConfiguration").await
}

pub(super) async fn bucket_versioning(look: &Look<'_>, want: BucketVersioning) -> Result<()> {
    let seen = ask!(look, "GetBucketVersioning", look.aws.s3.get_bucket_versioning().bucket(&want.bucket))?;
    look.is(Retention, "overwritten objects are kept", "Status", seen.status().map(|s| s.as_str()), "Enabled");
    Ok(())
}

pub(super) async fn public_access_block(look: &Look<'_>, want: PublicAccessBlock) -> Result<()> {
    let seen = ask!(look, "GetPublicAccessBlock", look.aws.s3.get_public_access_block().bucket(&want.bucket))?;
    let block = look.there(seen.public_access_block_configuration())?;
    let has = [
        ("BlockPublicAcls", block.block_public_acls()),
        ("BlockPublicPolicy", block.block_public_policy()),
        ("IgnorePublicAcls", block.ignore_public_acls()),
        ("RestrictPublicBuckets", block.restrict_public_buckets()),
    ];
    let names = has.map(|(name, _)| name);
    let on = has.into_iter().filter(|(_, on)| *on == Some(true)).map(|(name, _)| name);
    look.are(Access, "the public has no access", "PublicAccessBlock", on, names);
    Ok(())
}

pub(super) async fn trail_bucket_policy(look: &Look<'_>, _: TrailBucketPolicy) -> Result<()> {
    look.settled(EncryptionInTransit, "without TLS nobody gets in, and only the trail writes", "GetBucketPolicy").await
}
