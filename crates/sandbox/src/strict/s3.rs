//! S3: whose a name is, what a bucket needs to go, and what takes a moment to show.

use aws_sdk_s3::operation::create_bucket::{CreateBucketInput, CreateBucketOutput};
use aws_sdk_s3::operation::delete_bucket::{DeleteBucketInput, DeleteBucketOutput};
use aws_sdk_s3::operation::put_bucket_lifecycle_configuration::{
    PutBucketLifecycleConfigurationInput, PutBucketLifecycleConfigurationOutput,
};
use aws_sdk_s3::types;

use super::{Basis, Law};
use crate::conditions::Incident;
use crate::context::{Context, Refusal};
use crate::faults::is_look;
use crate::mends::s3::{self, Access, Bucket, Said, access_denied, no_such_bucket};
use crate::timing::Range;
use crate::typed::{Step, after, before};
use crate::wire::{Ask, Verdict, WireRule};
use crate::world::Fact;

const CREATE: &str = "https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html";
const DELETE: &str = "https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucket.html";
const ERRORS: &str = "https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html";
const NAMES: &str = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html";
const CONSISTENCY: &str = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/Welcome.html";
const POLICIES: &str = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/security_iam_service-with-iam.html";

/// The one region whose buckets have no location constraint, and where an account may create its bucket again.
const OLDEST: &str = "us-east-1";
/// Seconds for which a deleted bucket's name cannot be used. Users report anything up to an hour.
const RELEASE: Range = Range::between(1.0, 5.0, 60.0);
/// Seconds a change of a bucket's settings is under way.
const SETTING: Range = Range::between(0.1, 0.3, 1.0);
/// The kind of names that are not free yet.
const RELEASED: &str = "s3:released-name";
/// The kind of buckets whose settings are being changed.
const BEING_SET: &str = "s3:being-set";
/// The kind of lifecycles that do not show yet.
const LIFECYCLE: &str = "s3:lifecycle";

pub(super) fn laws() -> Vec<Law> {
    let mut laws = about_names();
    laws.extend(about_settings());
    laws.extend([
        Law::elsewhere(
            "s3/not-empty",
            "a bucket with an object, an old version or a delete marker in it cannot be deleted",
            Basis::Documented,
            DELETE,
        ),
        Law::elsewhere(
            "s3/unfinished-uploads",
            "a bucket with an unfinished upload cannot be deleted",
            Basis::Assumed,
            "AWS says so of directory buckets only; being stricter costs a call",
        ),
        Law::elsewhere("s3/deleted-is-listed", "a deleted bucket may be listed for a moment", Basis::Documented, CONSISTENCY),
        Law::elsewhere("s3/policy-late", "a new policy may not be in force yet", Basis::Documented, CONSISTENCY),
    ]);
    laws
}

fn about_names() -> Vec<Law> {
    vec![
        Law::documented("s3/name-rules", "a bucket's name has 3 to 63 small letters, digits, dots and hyphens", NAMES, before(bad_name)),
        Law::documented("s3/place", "outside us-east-1 a bucket is made with its region as the constraint", CREATE, before(elsewhere)),
        Law::documented("s3/name-of-another", "a bucket's name may be another account's: BucketAlreadyExists", CREATE, before(of_another)),
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
        Law::reported("s3/name-in-use", "the name of a deleted bucket is not free at once", "aws/aws-cli#2593", after(released_late)),
        Law::documented(
            "s3/bucket-of-another",
            "another account's bucket can be neither read nor changed",
            ERRORS,
            WireRule::before("S3", "*", foreign),
        ),
    ]
}

fn about_settings() -> Vec<Law> {
    vec![
        Law::reported(
            "s3/new-is-unknown",
            "a new bucket may be unknown for a moment: NoSuchBucket",
            "hashicorp/terraform-provider-aws#372",
            WireRule::before("S3", "*", unknown_yet),
        ),
        Law::reported(
            "s3/one-setting-at-a-time",
            "a bucket's settings cannot be changed while another of them is being changed: OperationAborted",
            "hashicorp/terraform-provider-aws#7628",
            WireRule::before("S3", "*", being_set),
        ),
        Law::documented("s3/new-lifecycle", "a new lifecycle may not show for a moment", CONSISTENCY, after(lifecycle)),
        Law::documented(
            "s3/lifecycle-late",
            "for that moment, the bucket looks as if it had none",
            CONSISTENCY,
            WireRule::before("S3", "GetBucketLifecycleConfiguration", no_lifecycle_yet),
        ),
        Law::documented(
            "s3/policy-document",
            "what is no JSON object is no policy",
            ERRORS,
            WireRule::before("S3", "PutBucketPolicy", malformed),
        ),
        Law::documented(
            "s3/policy-denies",
            "nobody writes to a bucket whose policy denies it",
            POLICIES,
            WireRule::before("S3", "PutObject", denied),
        ),
    ]
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

fn elsewhere(context: &mut Context<'_>, input: &CreateBucketInput) -> Step<CreateBucketOutput> {
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

fn aborted() -> Refusal {
    let message = "A conflicting conditional operation is currently in progress against this resource. Please try again.";
    Refusal::new("OperationAborted", message).status(409)
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

/// The bucket of a call that is about one, and not about its existence.
fn bucket_in(ask: &Ask) -> Option<&str> {
    let about_one = !matches!(ask.operation.as_str(), "CreateBucket" | "ListBuckets");
    ask.path.first().map(String::as_str).filter(|_| about_one)
}

fn foreign(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    let there = bucket_in(ask).and_then(|name| s3::bucket(context, name));
    if there.is_some_and(|bucket| bucket.foreign) { Verdict::Refuse(access_denied()) } else { Verdict::Pass }
}

fn unknown_yet(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    let lagging = bucket_in(ask).is_some_and(|name| context.global().is_lagging(Bucket::KIND, name));
    if lagging { Verdict::Refuse(no_such_bucket()) } else { Verdict::Pass }
}

/// A change counts from the moment it is asked for, and only where S3 takes its time.
fn being_set(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    let of_bucket = ask.path.len() == 1 && !is_look(&ask.operation);
    let about_contents = ask.operation.contains("Object") || ask.operation.contains("Upload");
    let Some(name) = bucket_in(ask).filter(|_| of_bucket && !about_contents && context.conditions.lag) else {
        return Verdict::Pass;
    };
    if context.global().stage(BEING_SET, name).is_some() {
        return Verdict::Refuse(aborted());
    }
    let seconds = context.draw(SETTING);
    context.global().begin(BEING_SET, name, "changing", seconds);
    Verdict::Pass
}

fn lifecycle(
    context: &mut Context<'_>,
    input: &PutBucketLifecycleConfigurationInput,
    _: &mut PutBucketLifecycleConfigurationOutput,
) {
    context.global().lags(LIFECYCLE, input.bucket().unwrap_or_default(), "s3_bucket_lifecycle");
}

fn no_lifecycle_yet(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    match bucket_in(ask).is_some_and(|name| context.global().is_lagging(LIFECYCLE, name)) {
        true => {
            let message = "The lifecycle configuration does not exist";
            Verdict::Refuse(Refusal::new("NoSuchLifecycleConfiguration", message).status(404))
        }
        false => Verdict::Pass,
    }
}

fn malformed(_: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    match ask.json.is_object() {
        true => Verdict::Pass,
        false => Verdict::Refuse(Refusal::new("MalformedPolicy", "Policies must be valid JSON")),
    }
}

fn denied(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    let resource = format!("arn:aws:s3:::{}", ask.path.join("/"));
    let given = [("aws:SecureTransport", "true")];
    let access = Access { service: None, action: "s3:PutObject", resource: &resource, given: &given };
    match bucket_in(ask).map(|name| s3::judged(context, name, &access)) {
        Some(Said::Denied) => Verdict::Refuse(access_denied()),
        _ => Verdict::Pass,
    }
}
