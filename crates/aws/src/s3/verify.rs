//! S3: the trail's bucket is versioned, encrypted, reachable over TLS only, and not public.
use crate::{
    check::CheckCx,
    s3::{Bucket, BucketEncryption, BucketExpiry, BucketVersioning, PublicAccessBlock, TrailBucketPolicy},
};
use vidpipe_engine::{
    Result,
    verify::Section::{Access, EncryptionAtRest, EncryptionInTransit, Retention},
};

pub(crate) async fn bucket(check: &CheckCx<'_>, want: Bucket) -> Result<()> {
    let seen = match ask!(check, "GetBucketTagging", check.aws.s3.get_bucket_tagging().bucket(&want.name)) {
        // S3's error for a bucket without tags. The check then names the missing tags.
        Err(e) if e.code.as_deref() == Some("NoSuchTagSet") => Vec::new(),
        other => other?.tag_set,
    };
    check.tags(&want.name, seen.iter().map(|t| (t.key(), t.value())));
    Ok(())
}

pub(crate) async fn bucket_encryption(check: &CheckCx<'_>, _: BucketEncryption) -> Result<()> {
    check.settled(EncryptionAtRest, "objects are encrypted with the specified key", "GetBucketEncryption").await
}

pub(crate) async fn bucket_expiry(check: &CheckCx<'_>, _: BucketExpiry) -> Result<()> {
    check.settled(Retention, "objects are kept as long as specified", "GetBucketLifecycleConfiguration").await
}

pub(crate) async fn bucket_versioning(check: &CheckCx<'_>, want: BucketVersioning) -> Result<()> {
    let seen = ask!(check, "GetBucketVersioning", check.aws.s3.get_bucket_versioning().bucket(&want.bucket))?;
    check.is(Retention, "overwritten objects are kept", "Status", seen.status().map(|s| s.as_str()), "Enabled");
    Ok(())
}

pub(crate) async fn public_access_block(check: &CheckCx<'_>, want: PublicAccessBlock) -> Result<()> {
    let seen = ask!(check, "GetPublicAccessBlock", check.aws.s3.get_public_access_block().bucket(&want.bucket))?;
    let block = check.there(seen.public_access_block_configuration())?;
    let has = [
        ("BlockPublicAcls", block.block_public_acls()),
        ("BlockPublicPolicy", block.block_public_policy()),
        ("IgnorePublicAcls", block.ignore_public_acls()),
        ("RestrictPublicBuckets", block.restrict_public_buckets()),
    ];
    let names = has.map(|(name, _)| name);
    let on = has.into_iter().filter(|(_, on)| *on == Some(true)).map(|(name, _)| name);
    check.are(Access, "the public has no access", "PublicAccessBlock", on, names);
    Ok(())
}

pub(crate) async fn trail_bucket_policy(check: &CheckCx<'_>, _: TrailBucketPolicy) -> Result<()> {
    check.settled(EncryptionInTransit, "access requires TLS, and only the trail writes", "GetBucketPolicy").await
}
