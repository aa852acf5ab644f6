//! The tags of a bucket. <https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketTagging.html>

use aws_sdk_s3::operation::delete_bucket_tagging::{DeleteBucketTaggingInput, DeleteBucketTaggingOutput};
use aws_sdk_s3::operation::get_bucket_tagging::{GetBucketTaggingInput, GetBucketTaggingOutput};
use aws_sdk_s3::operation::put_bucket_tagging::{PutBucketTaggingInput, PutBucketTaggingOutput};
use aws_sdk_s3::types::Tag;

use super::{Bucket, bucket, no_such_bucket};
use crate::context::{Context, Refusal};
use crate::store::Fact;
use crate::typed::{Rule, Step, after, before};

pub(super) fn rules() -> Vec<Rule> {
    vec![before(describe), after(put), after(removed)]
}

fn describe(context: &mut Context<'_>, input: &GetBucketTaggingInput) -> Step<GetBucketTaggingOutput> {
    let name = input.bucket().unwrap_or_default();
    let lagging = context.global().is_lagging(Bucket::KIND, name);
    let Some(bucket) = bucket(context, name).filter(|_| !lagging) else { return Step::Refuse(no_such_bucket()) };
    if bucket.foreign {
        // The law for other accounts' buckets answers.
        return Step::Pass;
    }
    let none = || Step::Refuse(Refusal::new("NoSuchTagSet", "The TagSet does not exist").status(404));
    if bucket.tags.is_empty() {
        return none();
    }
    let tags = bucket.tags.iter().map(|(key, value)| Tag::builder().key(key).value(value).build());
    let tags = tags.collect::<Result<Vec<_>, _>>().ok();
    match GetBucketTaggingOutput::builder().set_tag_set(tags).build() {
        Ok(output) => Step::Answer(output),
        Err(_) => none(),
    }
}

fn put(context: &mut Context<'_>, input: &PutBucketTaggingInput, _: &mut PutBucketTaggingOutput) {
    let tags = input.tagging().map(|tagging| tagging.tag_set()).unwrap_or_default();
    context.global().amend::<Bucket>(input.bucket().unwrap_or_default(), |bucket| {
        bucket.tags = tags.iter().map(|tag| (tag.key().to_owned(), tag.value().to_owned())).collect();
    });
}

fn removed(context: &mut Context<'_>, input: &DeleteBucketTaggingInput, _: &mut DeleteBucketTaggingOutput) {
    context.global().amend::<Bucket>(input.bucket().unwrap_or_default(), |bucket| bucket.tags.clear());
}
