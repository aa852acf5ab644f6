//! Bucket settings, and the delay until they show.

use aws_sdk_s3::operation::put_bucket_lifecycle_configuration::{
    PutBucketLifecycleConfigurationInput, PutBucketLifecycleConfigurationOutput,
};

use super::{CONSISTENCY, ERRORS, aborted, bucket_in};
use crate::context::{Context, Refusal};
use crate::faults::is_read;
use crate::law::Law;
use crate::s3::{self, Access, Bucket, Decision, access_denied, no_such_bucket};
use crate::store::Fact;
use crate::timing::Range;
use crate::typed::after;
use crate::wire::{Ask, Verdict, WireRule};

const POLICIES: &str = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/security_iam_service-with-iam.html";

/// Seconds for which a change of a bucket's settings is in progress.
const SETTING: Range = Range::between(0.1, 0.3, 1.0);
/// The kind of buckets whose settings are being changed.
const BEING_SET: &str = "s3:being-set";
/// The kind of lifecycle configurations that do not show yet.
const LIFECYCLE: &str = "s3:lifecycle";

pub(super) fn laws() -> Vec<Law> {
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

fn unknown_yet(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    let lagging = bucket_in(ask).is_some_and(|name| context.global().is_lagging(Bucket::KIND, name));
    if lagging { Verdict::Refuse(no_such_bucket()) } else { Verdict::Pass }
}

/// A change is in progress from the moment of its request, and only with lag.
fn being_set(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    let of_bucket = ask.path.len() == 1 && !is_read(&ask.operation);
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
    match bucket_in(ask).map(|name| s3::evaluated(context, name, &access)) {
        Some(Decision::Denied) => Verdict::Refuse(access_denied()),
        _ => Verdict::Pass,
    }
}
