//! The trail of what is done in the account, and the bucket it is kept in.
use super::Drawing;
use crate::parts::small;
use vidpipe_aws::{
    Aws,
    kinds::{
        cloudtrail::{Trail, TrailLogging},
        s3::{Bucket, BucketEncryption, BucketExpiry, BucketVersioning, PublicAccessBlock, TrailBucketPolicy},
    },
};
use vidpipe_engine::{Graph, Handle};

/// `None` when the spec wants no trail.
pub(super) fn add(g: &mut Graph<Aws>, p: &Drawing<'_>) -> Option<Handle<Trail>> {
    if !p.own.audit.enabled {
        return None;
    }
    let (facts, trail) = (p.facts, p.names.of("trail"));
    let bucket = bucket(g, p);
    let account = facts.account.clone();
    // The trail is refused without the policy, which therefore names it before it is there.
    let trail_arn = format!("arn:{}:cloudtrail:{}:{account}:trail/{trail}", facts.partition, facts.region);
    let policy = g.add("audit-bucket-policy", &bucket, move |bucket| TrailBucketPolicy {
        bucket: bucket.name,
        bucket_arn: bucket.arn,
        trail_arn: trail_arn.clone(),
        account: account.clone(),
    });
    let multi_region = p.own.audit.multi_region;
    let trail = g.add("audit-trail", (&bucket, &policy), move |(bucket, ())| Trail {
        name: trail.clone(),
        bucket: bucket.name,
        multi_region,
    });
    g.add("audit-trail-logging", &trail, |trail| TrailLogging { trail_arn: trail.arn });
    Some(trail)
}

fn bucket(g: &mut Graph<Aws>, p: &Drawing<'_>) -> Handle<Bucket> {
    let name = p.names.worldwide("logs", &p.facts.account);
    let bucket = g.add("audit-bucket", (), move |()| Bucket { name: name.clone() });
    g.add("audit-bucket-access", &bucket, |bucket| PublicAccessBlock { bucket: bucket.name });
    g.add("audit-bucket-versions", &bucket, |bucket| BucketVersioning { bucket: bucket.name });
    // With S3's own key: CloudTrail would have to be let use the pipeline's.
    g.add("audit-bucket-encryption", &bucket, |bucket| BucketEncryption { bucket: bucket.name, kms_key: None });
    let days = small(p.own.audit.log_retention_days);
    if days > 0 {
        g.add("audit-bucket-expiry", &bucket, move |bucket| BucketExpiry { bucket: bucket.name, days });
    }
    bucket
}
