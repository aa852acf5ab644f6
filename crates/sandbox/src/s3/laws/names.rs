//! Bucket names: their owners, and when they are free.

use aws_sdk_s3::operation::create_bucket::{CreateBucketInput, CreateBucketOutput};
use aws_sdk_s3::operation::delete_bucket::{DeleteBucketInput, DeleteBucketOutput};
use aws_sdk_s3::types;

use super::{ERRORS, aborted, bucket_in};
use crate::conditions::Incident;
use crate::context::{Context, Refusal};
use crate::law::Law;
use crate::s3::{self, Bucket, access_denied};
use crate::timing::Range;
use crate::typed::{Step, after, before};
use crate::wire::{Ask, Verdict, WireRule};

const CREATE: &str = "https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html";
const NAMES: &str = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html";

/// The only region without a location constraint, and in which an account can create its bucket again.
const OLDEST: &str = "us-east-1";
/// Seconds for which the name of a deleted bucket cannot be used. Users report up to an hour.
const RELEASE: Range = Range::between(1.0, 5.0, 60.0);
/// The kind of names that are not free yet.
const RELEASED: &str = "s3:released-name";

pub(super) fn laws() -> Vec<Law> {
    vec![
        Law::reported(
            "s3/no-tags-at-creation",
            "in the regions of some partitions a bucket cannot be made with tags: UnsupportedArgument (by request)",
            "hashicorp/terraform-provider-aws#45684",
            before(tagged_at_creation),
        ),
        Law::documented(
            "s3/name-rules",
            "a bucket's name has 3 to 63 small letters, digits, dots and hyphens",
            NAMES,
            before(bad_name),
        ),
        Law::documented(
            "s3/place",
            "outside us-east-1 a bucket is made with its region as the constraint",
            CREATE,
            before(documented_only),
        ),
        Law::documented(
            "s3/name-of-another",
            "a bucket's name may be another account's: BucketAlreadyExists",
            CREATE,
            before(of_another),
        ),
        Law::documented(
            "s3/name-of-our-own",
            "an account's bucket is not made twice; in us-east-1 that is no error, and changes nothing",
            CREATE,
            before(of_our_own),
        ),
        Law::reported(
            "s3/name-released-late",
            "the name of a bucket deleted a moment ago cannot be used yet: OperationAborted",
            "aws/aws-cli#2593",
            before(not_released),
        ),
        Law::reported(
            "s3/name-in-use",
            "the name of a deleted bucket is not free at once",
            "aws/aws-cli#2593",
            after(released_late),
        ),
        Law::documented(
            "s3/bucket-of-another",
            "another account's bucket can be neither read nor changed",
            ERRORS,
            WireRule::before("S3", "*", foreign),
        ),
    ]
}

/// The report is about the European Sovereign Cloud, whose host names the sandbox does not model.
fn tagged_at_creation(context: &mut Context<'_>, input: &CreateBucketInput) -> Step<CreateBucketOutput> {
    let tagged = input.create_bucket_configuration().is_some_and(|config| !config.tags().is_empty());
    match tagged && context.goes_wrong(Incident::BucketTagsRefused) {
        true => Step::Refuse(Refusal::new("UnsupportedArgument", "The request contained an unsupported argument.")),
        false => Step::Pass,
    }
}

fn bad_name(_: &mut Context<'_>, input: &CreateBucketInput) -> Step<CreateBucketOutput> {
    let name = input.bucket().unwrap_or_default();
    let ends = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let good = (3..=63).contains(&name.len())
        && name.chars().all(|c| ends(c) || c == '.' || c == '-')
        && name.starts_with(ends)
        && name.ends_with(ends)
        && !name.contains("..")
        && name.parse::<std::net::Ipv4Addr>().is_err();
    match good {
        true => Step::Pass,
        false => Step::Refuse(Refusal::new("InvalidBucketName", "The specified bucket is not valid.")),
    }
}

fn documented_only(context: &mut Context<'_>, input: &CreateBucketInput) -> Step<CreateBucketOutput> {
    let config = input.create_bucket_configuration();
    let place = config.and_then(types::CreateBucketConfiguration::location_constraint).map(|place| place.as_str());
    match (place, context.region) {
        (None, OLDEST) => Step::Pass,
        (Some(OLDEST), OLDEST) => {
            let message = "The specified location-constraint is not valid";
            Step::Refuse(Refusal::new("InvalidLocationConstraint", message))
        }
        (Some(place), region) if place == region => Step::Pass,
        (place, _) => {
            let place = place.unwrap_or("unspecified");
            let message = format!(
                "The {place} location constraint is incompatible for the region specific endpoint this request was sent to."
            );
            Step::Refuse(Refusal::new("IllegalLocationConstraintException", message))
        }
    }
}

fn of_another(context: &mut Context<'_>, input: &CreateBucketInput) -> Step<CreateBucketOutput> {
    let name = input.bucket().unwrap_or_default();
    let there = s3::bucket(context, name);
    let foreign = there.as_ref().is_some_and(|bucket| bucket.foreign);
    if foreign || there.is_none() && context.goes_wrong(Incident::BucketNameTaken) {
        let bucket = Bucket::of_another(context.region);
        context.global().remember(name, &bucket);
        let message = "The requested bucket name is not available. The bucket namespace is shared by all users of the \
                       system. Please select a different name and try again.";
        return Step::Refuse(Refusal::new("BucketAlreadyExists", message).status(409));
    }
    Step::Pass
}

fn of_our_own(context: &mut Context<'_>, input: &CreateBucketInput) -> Step<CreateBucketOutput> {
    let name = input.bucket().unwrap_or_default();
    match s3::bucket(context, name) {
        None => Step::Pass,
        Some(bucket) if bucket.region == OLDEST && context.region == OLDEST => {
            Step::Answer(CreateBucketOutput::builder().location(format!("/{name}")).build())
        }
        Some(_) => {
            let message = "Your previous request to create the named bucket succeeded and you already own it.";
            Step::Refuse(Refusal::new("BucketAlreadyOwnedByYou", message).status(409))
        }
    }
}

fn not_released(context: &mut Context<'_>, input: &CreateBucketInput) -> Step<CreateBucketOutput> {
    match context.global().stage(RELEASED, input.bucket().unwrap_or_default()) {
        Some(_) => Step::Refuse(aborted()),
        None => Step::Pass,
    }
}

fn released_late(context: &mut Context<'_>, input: &DeleteBucketInput, _: &mut DeleteBucketOutput) {
    let seconds = context.draw(RELEASE);
    context.global().begin(RELEASED, input.bucket().unwrap_or_default(), "releasing", seconds);
}

fn foreign(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    let there = bucket_in(ask).and_then(|name| s3::bucket(context, name));
    if there.is_some_and(|bucket| bucket.foreign) { Verdict::Refuse(access_denied()) } else { Verdict::Pass }
}
