//! S3: buckets, their settings, their contents, and their deletion.

use aws_sdk_s3::Client;
use aws_sdk_s3::types::{
    BucketLocationConstraint, BucketVersioningStatus, CreateBucketConfiguration, Delete, ObjectIdentifier,
    PublicAccessBlockConfiguration, ServerSideEncryption, ServerSideEncryptionByDefault,
    ServerSideEncryptionConfiguration, ServerSideEncryptionRule, Tag, VersioningConfiguration,
};
use vidpipe_sandbox::{Clock, Sandbox};

use crate::aws::{Kept, REGION, client, code, sandbox};

pub(crate) fn here() -> CreateBucketConfiguration {
    let tag = Tag::builder().key("suffix").value("demo").build().unwrap();
    let place = BucketLocationConstraint::from(REGION);
    CreateBucketConfiguration::builder().location_constraint(place).tags(tag).build()
}

pub(crate) async fn bucket(sandbox: &Sandbox, name: &str) -> Client {
    let s3 = client!(aws_sdk_s3, sandbox);
    s3.create_bucket().bucket(name).create_bucket_configuration(here()).send().await.unwrap();
    s3
}

pub(crate) async fn versioned(s3: &Client, name: &str) {
    let on = VersioningConfiguration::builder().status(BucketVersioningStatus::Enabled).build();
    s3.put_bucket_versioning().bucket(name).versioning_configuration(on).send().await.unwrap();
}

/// The versions and delete markers in a bucket, by key and version.
pub(crate) async fn contents(s3: &Client, name: &str) -> Vec<(String, String)> {
    let seen = s3.list_object_versions().bucket(name).send().await.unwrap();
    let versions = seen.versions().iter().map(|v| (v.key().unwrap().to_owned(), v.version_id().unwrap().to_owned()));
    let markers =
        seen.delete_markers().iter().map(|m| (m.key().unwrap().to_owned(), m.version_id().unwrap().to_owned()));
    versions.chain(markers).collect()
}

#[tokio::test]
async fn a_bucket_keeps_its_tags_and_settings_through_the_file() {
    let kept = Kept::new();
    let sandbox = kept.open(Clock::Instant);
    let before = sandbox.inventory().unwrap()["regions"].clone();
    let s3 = bucket(&sandbox, "audit-demo").await;
    versioned(&s3, "audit-demo").await;
    let with = ServerSideEncryptionByDefault::builder().sse_algorithm(ServerSideEncryption::AwsKms);
    let with = with.kms_master_key_id("arn:key").build().unwrap();
    let rule = ServerSideEncryptionRule::builder().apply_server_side_encryption_by_default(with);
    let rule = rule.bucket_key_enabled(true).build();
    let all = ServerSideEncryptionConfiguration::builder().rules(rule).build().unwrap();
    let call = s3.put_bucket_encryption().bucket("audit-demo").server_side_encryption_configuration(all.clone());
    call.send().await.unwrap();
    let block = PublicAccessBlockConfiguration::builder().block_public_acls(true).build();
    let call = s3.put_public_access_block().bucket("audit-demo").public_access_block_configuration(block);
    call.send().await.unwrap();

    let sandbox = kept.again(sandbox, Clock::Instant);
    let s3 = client!(aws_sdk_s3, sandbox);
    let tags = s3.get_bucket_tagging().bucket("audit-demo").send().await.unwrap();
    assert_eq!((tags.tag_set()[0].key(), tags.tag_set()[0].value()), ("suffix", "demo"));
    let versioning = s3.get_bucket_versioning().bucket("audit-demo").send().await.unwrap();
    assert_eq!(versioning.status(), Some(&BucketVersioningStatus::Enabled));
    let encryption = s3.get_bucket_encryption().bucket("audit-demo").send().await.unwrap();
    assert_eq!(encryption.server_side_encryption_configuration(), Some(&all));
    let block = s3.get_public_access_block().bucket("audit-demo").send().await.unwrap();
    assert_eq!(block.public_access_block_configuration().unwrap().block_public_acls(), Some(true));
    assert_eq!(
        code(s3.get_bucket_lifecycle_configuration().bucket("audit-demo").send().await),
        "NoSuchLifecycleConfiguration"
    );
    assert!(sandbox.inventory().unwrap()["regions"][REGION]["s3"]["buckets"]["audit-demo"].is_object());

    s3.delete_bucket().bucket("audit-demo").send().await.unwrap();
    assert_eq!(code(s3.get_bucket_tagging().bucket("audit-demo").send().await), "NoSuchBucket");
    assert_eq!(code(s3.delete_bucket().bucket("audit-demo").send().await), "NoSuchBucket");
    assert_eq!(sandbox.inventory().unwrap()["regions"], before);
}

#[tokio::test]
async fn only_what_is_empty_goes_and_old_versions_count() {
    let kept = Kept::new();
    let sandbox = kept.open(Clock::Instant);
    let s3 = bucket(&sandbox, "audit-demo").await;
    versioned(&s3, "audit-demo").await;
    for _ in 0..2 {
        s3.put_object().bucket("audit-demo").key("a/b").body(b"x".to_vec().into()).send().await.unwrap();
    }
    s3.delete_object().bucket("audit-demo").key("a/b").send().await.unwrap();
    assert!(s3.list_objects_v2().bucket("audit-demo").send().await.unwrap().contents().is_empty());

    let sandbox = kept.again(sandbox, Clock::Instant);
    let s3 = client!(aws_sdk_s3, sandbox);
    let there = contents(&s3, "audit-demo").await;
    assert_eq!(there.len(), 3, "two versions and a marker: {there:?}");
    assert_eq!(code(s3.delete_bucket().bucket("audit-demo").send().await), "BucketNotEmpty");
    let each = there.iter().map(|(key, id)| ObjectIdentifier::builder().key(key).version_id(id).build().unwrap());
    let all = Delete::builder().set_objects(Some(each.collect())).quiet(true).build().unwrap();
    s3.delete_objects().bucket("audit-demo").delete(all).send().await.unwrap();
    assert_eq!(contents(&s3, "audit-demo").await, []);

    let upload = s3.create_multipart_upload().bucket("audit-demo").key("big").send().await.unwrap();
    assert_eq!(code(s3.delete_bucket().bucket("audit-demo").send().await), "BucketNotEmpty");
    let seen = s3.list_multipart_uploads().bucket("audit-demo").max_uploads(1).send().await.unwrap();
    assert_eq!(seen.uploads()[0].upload_id(), upload.upload_id());
    let abort = s3.abort_multipart_upload().bucket("audit-demo").key("big").upload_id(upload.upload_id().unwrap());
    abort.send().await.unwrap();
    s3.delete_bucket().bucket("audit-demo").send().await.unwrap();
}

#[tokio::test]
async fn buckets_of_all_regions_are_listed_and_have_one_space_of_names() {
    let sandbox = sandbox();
    let s3 = bucket(&sandbox, "audit-here").await;
    let elsewhere = aws_sdk_s3::Config::builder().region(aws_sdk_s3::config::Region::new("us-east-1"));
    let there = s3.create_bucket().bucket("audit-there").customize().config_override(elsewhere.clone());
    there.send().await.unwrap();
    let taken = s3.create_bucket().bucket("audit-here").customize().config_override(elsewhere);
    assert_eq!(code(taken.send().await), "BucketAlreadyOwnedByYou");
    let names = |seen: aws_sdk_s3::operation::list_buckets::ListBucketsOutput| {
        seen.buckets().iter().map(|b| b.name().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names(s3.list_buckets().send().await.unwrap()), ["audit-here", "audit-there"]);
    assert_eq!(names(s3.list_buckets().bucket_region(REGION).send().await.unwrap()), ["audit-here"]);
    assert_eq!(names(s3.list_buckets().prefix("audit-t").send().await.unwrap()), ["audit-there"]);
}
