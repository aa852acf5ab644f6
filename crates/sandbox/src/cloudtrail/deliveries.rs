//! Log delivery of trails. A trail that logs writes a file to its bucket about every five minutes, each some minutes
//! after its events; so one more file arrives after the trail is stopped or deleted. The bucket policy is checked at
//! delivery. <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html>
//!
//! The sandbox has no background work: due files are delivered before the next call to the bucket.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::account::ACCOUNT_ID;
use crate::context::Context;
use crate::document::text;
use crate::s3::{self, Access, Decision};
use crate::store::{Fact, SavedRequest};
use crate::timing::Range;

/// Seconds between two files.
const EVERY: f64 = 300.0;
/// Seconds from the end of a file to its delivery.
const LATE: Range = Range::between(1.0, 120.0, 300.0);

/// A trail that logs, by its ARN.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Logging {
    bucket: String,
    prefix: String,
    /// The age of the state at which the current file ends.
    full_at: f64,
}

impl Fact for Logging {
    const KIND: &'static str = "cloudtrail:logging";
}

/// A file to be delivered, by its number.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Delivery {
    trail: String,
    bucket: String,
    prefix: String,
    due: f64,
}

impl Fact for Delivery {
    const KIND: &'static str = "cloudtrail:delivery";
}

/// Starts the delivery of a trail's files.
pub(super) fn start(context: &mut Context<'_>, trail: &Value) {
    let full_at = context.age() + EVERY;
    let (bucket, prefix) = (text(trail, "S3BucketName").to_owned(), text(trail, "S3KeyPrefix").to_owned());
    context.global().remember(text(trail, "TrailARN"), &Logging { bucket, prefix, full_at });
}

/// Ends delivery with the current file.
pub(super) fn stop(context: &mut Context<'_>, trail: &str) {
    let Some(mut logging) = context.global().recall::<Logging>(trail) else { return };
    let now = context.age();
    fill(context, trail, &mut logging, now);
    send(context, trail, &logging, now);
    context.global().forget::<Logging>(trail);
}

/// Sends every file that has ended by now.
fn fill(context: &mut Context<'_>, trail: &str, logging: &mut Logging, now: f64) {
    while logging.full_at <= now {
        send(context, trail, logging, logging.full_at);
        logging.full_at += EVERY;
    }
}

fn send(context: &mut Context<'_>, trail: &str, logging: &Logging, at: f64) {
    let due = at + context.takes(LATE);
    let Logging { bucket, prefix, .. } = logging.clone();
    let mut everywhere = context.global();
    let number = everywhere.next_number("delivery");
    everywhere.remember(&format!("{number:012}"), &Delivery { trail: trail.to_owned(), bucket, prefix, due });
}

/// Whether CloudTrail may read the ACL of the bucket and write to it for that trail.
pub(crate) fn may_deliver(context: &mut Context<'_>, trail: &str, bucket: &str, prefix: &str) -> bool {
    let given = [
        ("aws:SourceArn", trail),
        ("aws:SourceAccount", ACCOUNT_ID),
        ("aws:SecureTransport", "true"),
        ("s3:x-amz-acl", "bucket-owner-full-control"),
    ];
    let mut may = |action: &str, resource: String| {
        let access = Access { service: Some("cloudtrail.amazonaws.com"), action, resource: &resource, given: &given };
        s3::evaluated(context, bucket, &access) == Decision::Allowed
    };
    let object = format!("arn:aws:s3:::{bucket}/{}", key(prefix, "CloudTrail/log.json.gz"));
    may("s3:GetBucketAcl", format!("arn:aws:s3:::{bucket}")) && may("s3:PutObject", object)
}

fn key(prefix: &str, file: &str) -> String {
    let folder = if prefix.is_empty() { String::new() } else { format!("{prefix}/") };
    format!("{folder}AWSLogs/{ACCOUNT_ID}/{file}")
}

/// Delivers all due files to the bucket.
pub(crate) fn deliver(context: &mut Context<'_>, bucket: &str) {
    let now = context.age();
    let to_it = |logging: &Logging| logging.bucket == bucket;
    for (trail, mut logging) in context.global().all::<Logging>().into_iter().filter(|(_, logging)| to_it(logging)) {
        fill(context, &trail, &mut logging, now);
        context.global().remember(&trail, &logging);
    }
    let came = |delivery: &Delivery| delivery.bucket == bucket && delivery.due <= now;
    for (number, delivery) in context.global().all::<Delivery>().into_iter().filter(|(_, delivery)| came(delivery)) {
        context.global().forget::<Delivery>(&number);
        write(context, &number, &delivery);
    }
}

fn write(context: &mut Context<'_>, number: &str, delivery: &Delivery) {
    let Delivery { trail, bucket, prefix, .. } = delivery;
    let Some(region) = s3::bucket(context, bucket).map(|there| there.region) else { return };
    if !may_deliver(context, trail, bucket, prefix) {
        return;
    }
    let name = key(prefix, &format!("CloudTrail/{region}/{ACCOUNT_ID}_CloudTrail_{region}_{number}.json.gz"));
    let request = SavedRequest {
        method: "PUT".to_owned(),
        uri: format!("https://s3.{region}.amazonaws.com/{bucket}/{name}"),
        headers: Vec::new(),
        body: Vec::new(),
    };
    context.global().send_later(&format!("delivery {number}"), request, 0.0);
}
