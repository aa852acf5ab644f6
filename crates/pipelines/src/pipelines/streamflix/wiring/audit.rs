//! The CloudTrail trail of API calls, and the bucket that stores its logs.
use super::Wiring;
use crate::parts::to_u16;
use vidpipe_aws::{
    Aws,
    kinds::{
        cloudtrail::{Trail, TrailLogging},
        s3::{Bucket, BucketEncryption, BucketExpiry, BucketVersioning, PublicAccessBlock, TrailBucketPolicy},
    },
};
use vidpipe_engine::{Graph, Handle};

/// Returns `None` if the spec disables the trail.
pub(super) fn add(g: &mut Graph<Aws>, p: &Wiring<'_>) -> Option<Handle<Trail>> {
    if !p.design.audit.enabled {
        return None;
    }
    let (facts, trail) = (p.facts, p.names.of("trail"));
    let bucket = bucket(g, p);
    let account = facts.account.clone();
    // CloudTrail refuses a trail without this policy, so the policy names the trail before it exists.
    let trail_arn = format!("arn:{}:cloudtrail:{}:{account}:trail/{trail}", facts.partition, facts.region);
    let policy = g.add("audit-bucket-policy", &bucket, move |bucket| TrailBucketPolicy {
        bucket: bucket.name,
        bucket_arn: bucket.arn,
        trail_arn: trail_arn.clone(),
        account: account.clone(),
    });
    let multi_region = p.design.audit.multi_region;
    let trail = g.add("audit-trail", (&bucket, &policy), move |(bucket, ())| Trail {
        name: trail.clone(),
        bucket: bucket.name,
        multi_region,
    });
    g.add("audit-trail-logging", &trail, |trail| TrailLogging { trail_arn: trail.arn });
    Some(trail)
}

fn bucket(g: &mut Graph<Aws>, p: &Wiring<'_>) -> Handle<Bucket> {
    let name = p.names.worldwide("logs", &p.facts.account);
    let bucket = g.add("audit-bucket", (), move |()| Bucket { name: name.clone() });
    g.add("audit-bucket-public-access-block", &bucket, |bucket| PublicAccessBlock { bucket: bucket.name });
    g.add("audit-bucket-versioning", &bucket, |bucket| BucketVersioning { bucket: bucket.name });
    // Uses S3's managed key: with the pipeline's key, CloudTrail would need permission to use it.
    g.add("audit-bucket-encryption", &bucket, |bucket| BucketEncryption { bucket: bucket.name, kms_key: None });
    let days = to_u16(p.design.audit.log_retention_days);
    if days > 0 {
        g.add("audit-bucket-lifecycle", &bucket, move |bucket| BucketExpiry { bucket: bucket.name, days });
    }
    bucket
}
