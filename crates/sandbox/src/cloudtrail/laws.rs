//! CloudTrail: trail names, access to the bucket, and the number of trails.

use crate::cloudtrail::{SERVICE, TRAIL, may_deliver};
use crate::context::{Context, Refusal};
use crate::law::{Basis, Law};
use crate::s3;
use crate::wire::{Ask, Verdict, WireRule};

const CREATE: &str = "https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_CreateTrail.html";
const DELETE: &str = "https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_DeleteTrail.html";
const LIMITS: &str = "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/WhatIsCloudTrail-Limits.html";
const NAMES: &str =
    "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-trail-naming-requirements.html";
const BUCKETS: &str =
    "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html";
const FILES: &str = "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html";

/// The quota of trails with their home in one region.
const MOST: usize = 5;

pub(super) fn laws() -> Vec<Law> {
    let create = |rule| WireRule::before(SERVICE, "CreateTrail", rule);
    vec![
        Law::documented(
            "cloudtrail/name-rules",
            "a trail's name has 3 to 128 letters, digits and single . _ -",
            NAMES,
            create(bad_name),
        ),
        Law::documented("cloudtrail/name-taken", "two trails of a region cannot have one name", CREATE, create(taken)),
        Law::documented("cloudtrail/quota", "there are five trails in a region at most", LIMITS, create(too_many)),
        Law::documented(
            "cloudtrail/bucket-must-be-there",
            "a trail cannot write to a bucket that there is not",
            CREATE,
            create(without_bucket),
        ),
        Law::documented(
            "cloudtrail/bucket-policy",
            "the bucket's policy must let CloudTrail see its owner and write for that trail, before there is the trail",
            BUCKETS,
            create(without_policy),
        ),
        Law::documented_only(
            "cloudtrail/unknown-trail",
            "a trail that there is not cannot be deleted, started or stopped",
            Basis::Documented,
            DELETE,
        ),
        Law::documented_only(
            "cloudtrail/deliveries",
            "a trail that logs writes a file to its bucket about every five minutes, some minutes late",
            Basis::Documented,
            FILES,
        ),
        Law::documented_only(
            "cloudtrail/late-delivery",
            "one more file comes after a trail was stopped or deleted, unless the bucket's policy denies it",
            Basis::Assumed,
            "what was recorded before is on its way for as long as any other file",
        ),
    ]
}

fn bad_name(_: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    let name = ask.text("Name");
    let mark = |c: char| matches!(c, '.' | '_' | '-');
    let twice = name.chars().zip(name.chars().skip(1)).any(|(a, b)| mark(a) && mark(b));
    let good = (3..=128).contains(&name.len())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || mark(c))
        && !name.starts_with(mark)
        && !name.ends_with(mark)
        && !twice
        && name.parse::<std::net::Ipv4Addr>().is_err();
    match good {
        true => Verdict::Pass,
        false => Verdict::Refuse(Refusal::new("InvalidTrailNameException", format!("Trail name is not valid: {name}"))),
    }
}

fn taken(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    let name = ask.text("Name");
    match context.document(TRAIL, name) {
        Some(_) => {
            let message = format!("Trail {name} already exists");
            Verdict::Refuse(Refusal::new("TrailAlreadyExistsException", message))
        }
        None => Verdict::Pass,
    }
}

fn too_many(context: &mut Context<'_>, _: &mut Ask) -> Verdict {
    if context.documents(TRAIL).len() < MOST {
        return Verdict::Pass;
    }
    let message = format!("User already has {MOST} trails in {}.", context.region);
    Verdict::Refuse(Refusal::new("MaximumNumberOfTrailsExceededException", message))
}

fn without_bucket(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    let name = ask.text("S3BucketName");
    match s3::bucket(context, name) {
        Some(_) => Verdict::Pass,
        None => {
            let message = format!("S3 bucket {name} does not exist!");
            Verdict::Refuse(Refusal::new("S3BucketDoesNotExistException", message))
        }
    }
}

fn without_policy(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    let trail = context.arn("cloudtrail", &format!("trail/{}", ask.text("Name")));
    let (bucket, prefix) = (ask.text("S3BucketName"), ask.text("S3KeyPrefix"));
    if may_deliver(context, &trail, bucket, prefix) {
        return Verdict::Pass;
    }
    let message = format!("Incorrect S3 bucket policy is detected for bucket: {bucket}");
    Verdict::Refuse(Refusal::new("InsufficientS3BucketPolicyException", message))
}
