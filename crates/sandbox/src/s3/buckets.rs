//! Creating, listing and deleting buckets. <https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html>

use aws_sdk_s3::operation::create_bucket::{CreateBucketInput, CreateBucketOutput};
use aws_sdk_s3::operation::delete_bucket::{DeleteBucketInput, DeleteBucketOutput};
use aws_sdk_s3::operation::list_buckets::{ListBucketsInput, ListBucketsOutput};
use aws_sdk_s3::types;
use serde_json::json;

use super::{Bucket, ROW};
use crate::context::Context;
use crate::store::Fact;
use crate::timing;
use crate::typed::{Rule, after};

/// The kind of a deleted bucket that still shows in lists.
const GHOST: &str = "s3:deleted-bucket";

pub(super) fn rules() -> Vec<Rule> {
    vec![after(made), after(listed), after(gone)]
}

fn made(context: &mut Context<'_>, input: &CreateBucketInput, _: &mut CreateBucketOutput) {
    let name = input.bucket().unwrap_or_default();
    if context.global().recall::<Bucket>(name).is_some() {
        return;
    }
    let tags = input.create_bucket_configuration().map(types::CreateBucketConfiguration::tags).unwrap_or_default();
    let tags = tags.iter().map(|tag| (tag.key().to_owned(), tag.value().to_owned())).collect();
    let bucket = Bucket { region: context.region.to_owned(), tags, ..Bucket::default() };
    let mut everywhere = context.global();
    everywhere.remember(name, &bucket);
    everywhere.lags(Bucket::KIND, name, ROW);
}

/// AWS lists the buckets of all regions, or of the requested region.
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBuckets.html>
fn listed(context: &mut Context<'_>, input: &ListBucketsInput, output: &mut ListBucketsOutput) {
    let everywhere = context.global();
    let there = everywhere.all::<Bucket>().into_iter();
    let there = there.filter(|(name, bucket)| !bucket.foreign && !everywhere.is_lagging(Bucket::KIND, name));
    let region_of_ghost = |ghost: &serde_json::Value| ghost["region"].as_str().unwrap_or_default().to_owned();
    let ghosts = everywhere.documents(GHOST).into_iter().map(|(name, ghost)| (name, region_of_ghost(&ghost)));
    let all = there.map(|(name, bucket)| (name, bucket.region)).chain(ghosts);
    let requested = |name: &str, region: &str| {
        input.prefix().is_none_or(|prefix| name.starts_with(prefix))
            && input.bucket_region().is_none_or(|r| r == region)
    };
    let described = all
        .filter(|(name, region)| requested(name, region))
        .map(|(name, region)| types::Bucket::builder().name(name).bucket_region(region).build());
    output.buckets = Some(described.collect());
}

fn gone(context: &mut Context<'_>, input: &DeleteBucketInput, _: &mut DeleteBucketOutput) {
    let name = input.bucket().unwrap_or_default();
    let mut everywhere = context.global();
    let region = everywhere.recall::<Bucket>(name).map(|bucket| bucket.region);
    everywhere.forget::<Bucket>(name);
    if everywhere.conditions.lag {
        let seconds = everywhere.store.chance(everywhere.conditions.seed) * 2.0 * timing::consistency(ROW);
        everywhere.remember_document(GHOST, name, json!({ "region": region }));
        everywhere.vanish(GHOST, name, "listed", seconds);
    }
}
