//! The audit log: the bucket, its policy, and the trail that writes to it. The difficult part is that the trail still
//! delivers files while everything is being deleted.
use crate::{
    calls::Counts,
    harness::{Harness, PLENTY, SUFFIX},
};
use aws_sdk_s3::types::{BucketLocationConstraint, CreateBucketConfiguration};
use std::{
    collections::BTreeSet,
    sync::atomic::{AtomicBool, Ordering::Relaxed},
    time::Duration,
};
use tokio::time::advance;
use vidpipe_aws::{
    Aws, Facts, KINDS,
    kinds::{
        cloudtrail::{Trail, TrailLogging},
        s3::{Bucket, BucketEncryption, BucketExpiry, BucketVersioning, PublicAccessBlock, TrailBucketPolicy},
    },
    sweep,
};
use vidpipe_engine::{Graph, Stop};
use vidpipe_sandbox::{Asked, Clock, Conditions, Fate, Fault, Incident};

/// A region that requires a location constraint, and the region without one.
const REGIONS: [&str; 2] = ["region = \"eu-central-1\"\n", ""];

fn bucket(facts: &Facts) -> String {
    format!("audit-{SUFFIX}-{}-{}", facts.account, facts.region)
}

/// A trail with its bucket, as in an environment in that account and region.
pub(crate) fn graph(facts: &Facts) -> Graph<Aws> {
    let mut graph = Graph::default();
    let g = &mut graph;
    let (name, trail) = (bucket(facts), format!("audit-{SUFFIX}"));
    let Facts { account, partition, region, .. } = facts.clone();
    let trail_arn = format!("arn:{partition}:cloudtrail:{region}:{account}:trail/{trail}");

    let bucket = g.add("audit-bucket", (), move |()| Bucket { name: name.clone() });
    let versions = g.add("audit-versions", &bucket, |bucket| BucketVersioning { bucket: bucket.name });
    let encryption =
        g.add("audit-encryption", &bucket, |bucket| BucketEncryption { bucket: bucket.name, kms_key: None });
    g.add("audit-block", &bucket, |bucket| PublicAccessBlock { bucket: bucket.name });
    g.add("audit-expiry", &bucket, |bucket| BucketExpiry { bucket: bucket.name, days: 90 });
    let policy = g.add("audit-policy", &bucket, move |bucket| TrailBucketPolicy {
        bucket: bucket.name,
        bucket_arn: bucket.arn,
        trail_arn: trail_arn.clone(),
        account: account.clone(),
    });
    let trail = g.add("audit-trail", (&bucket, &policy), move |(bucket, ())| Trail {
        name: trail.clone(),
        bucket: bucket.name,
        multi_region: true,
    });
    // The first file is encrypted and versioned like all others.
    let first = (&trail, versions.value(), encryption.value());
    g.add("audit-logging", first, |(trail, (), ())| TrailLogging { trail_arn: trail.arn });
    graph
}

async fn harness(pace: Clock, region: &str, conditions: Conditions) -> (Harness, Graph<Aws>) {
    let harness = Harness::new(pace, region).await;
    harness.sandbox.set(conditions);
    let want = graph(&harness.facts);
    (harness, want)
}

async fn minutes(n: u64) {
    advance(Duration::from_secs(60 * n)).await;
}

#[tokio::test(start_paused = true)]
async fn it_comes_stays_and_goes() {
    for region in REGIONS {
        let (harness, want) = harness(Clock::Real, region, Conditions::default()).await;
        harness.done(&want).await;
        harness.assert_whole(&want, region);
        harness.calls.take();
        assert!(!harness.plan(&want).changes());
        harness.done(&want).await;
        assert_eq!(harness.calls.take(), Counts::new(), "calls that change something");
        minutes(21).await;
        harness.down().await;
        harness.assert_nothing_left(region);
        let state = harness.disk.borrow().clone();
        let swept = sweep::sweep(&harness.aws, &state, &Stop::default()).await.unwrap();
        assert!(swept.is_clean(), "{swept:?}");
        let calls = harness.calls.take();
        let count = |call: &str| calls.get(call).copied().unwrap_or_default();
        assert_eq!((count("CloudTrail StopLogging"), count("CloudTrail DeleteTrail")), (1, 1), "{calls:?}");
        assert_eq!(count("S3 PutBucketPolicy"), 1, "the bucket is closed once, and nothing else is asked: {calls:?}");
        assert!(count("S3 DeleteObjects") > 0, "there was something in it: {calls:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn it_goes_on_the_strictest_day_whatever_is_delivered_meanwhile() {
    let mut refused = BTreeSet::new();
    for seed in 0..8 {
        let (harness, want) = harness(Clock::Real, REGIONS[0], Conditions::strict(seed)).await;
        harness.done(&want).await;
        minutes(3 + seed).await;
        harness.down().await;
        harness.assert_nothing_left(&format!("seed {seed}"));
        let calls = harness.sandbox.take_calls().into_iter();
        refused.extend(calls.filter_map(|c| match c.fate {
            Fate::Refused(code) => Some(format!("{} {code}", c.operation)),
            _ => None,
        }));
    }
    for call in ["CreateTrail InsufficientS3BucketPolicyException", "GetBucketTagging NoSuchBucket"] {
        assert!(refused.contains(call), "{call} was to be met: {refused:?}");
    }
    let aborted = refused.iter().any(|call| call.starts_with("Put") && call.ends_with("OperationAborted"));
    assert!(aborted, "settings collide: {refused:?}");
}

#[tokio::test(start_paused = true)]
async fn versions_markers_and_unfinished_uploads_go_with_the_bucket() {
    let (harness, want) = harness(Clock::Real, REGIONS[0], Conditions::default()).await;
    harness.done(&want).await;
    let (s3, name) = (&harness.aws.s3, bucket(&harness.facts));
    for _ in 0..2 {
        s3.put_object().bucket(&name).key("by hand").body(b"x".to_vec().into()).send().await.unwrap();
    }
    s3.delete_object().bucket(&name).key("by hand").send().await.unwrap();
    for key in ["one", "two"] {
        s3.create_multipart_upload().bucket(&name).key(key).send().await.unwrap();
    }
    harness.down().await;
    harness.assert_nothing_left("with versions, a marker and uploads in it");
}

#[tokio::test(start_paused = true)]
async fn a_bucket_of_another_environment_is_left_alone() {
    for region in REGIONS {
        let (harness, want) = harness(Clock::Instant, region, Conditions::default()).await;
        // The same suffix from another state folder: the same name, another lineage.
        let ours = harness.disk.borrow().clone();
        harness.disk.borrow_mut().env.lineage = "theirs".into();
        harness.done(&want).await;
        harness.disk.replace(ours);
        let there = harness.live();
        let summary = harness.go(&want, PLENTY).await;
        assert!(!summary.is_complete(), "{summary:?}");
        assert!(harness.failures().contains("exists already"), "{}", harness.failures());
        harness.down().await;
        assert_eq!(harness.live(), there, "{region}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_name_that_another_account_has_is_refused_and_nothing_is_made() {
    let taken = Conditions::default().with_incident(Incident::BucketNameTaken, 1);
    let (harness, want) = harness(Clock::Instant, REGIONS[0], taken).await;
    let before = harness.live();
    assert!(!harness.go(&want, PLENTY).await.is_complete());
    assert!(harness.failures().contains("BucketAlreadyExists"), "{}", harness.failures());
    harness.down().await;
    assert_eq!((harness.live(), harness.disk.borrow().entries.len()), (before, 0));
}

#[tokio::test(start_paused = true)]
async fn it_is_found_by_its_tags_alone() {
    let (harness, want) = harness(Clock::Instant, REGIONS[0], Conditions::default()).await;
    harness.done(&want).await;
    let mut state = harness.disk.borrow().clone();
    state.entries.clear();
    let left = |swept: &vidpipe_engine::sweep::Swept| {
        swept.left().map(|f| format!("{}:{} {}", f.service, f.what, f.id)).collect::<Vec<_>>()
    };
    let swept = sweep::sweep(&harness.aws, &state, &Stop::default()).await.unwrap();
    let (trail, bucket) = (format!("cloudtrail:trail audit-{SUFFIX}"), format!("s3:bucket {}", bucket(&harness.facts)));
    assert_eq!((left(&swept), &swept.unknown), (vec![trail, bucket], &vec![]));
    state.env.lineage = "theirs".into();
    let swept = sweep::sweep(&harness.aws, &state, &Stop::default()).await.unwrap();
    assert_eq!((left(&swept), &swept.unknown), (vec![], &vec![]));
}

#[tokio::test(start_paused = true)]
async fn the_power_goes_at_every_save() {
    let (harness, want) = harness(Clock::Instant, REGIONS[0], Conditions::default()).await;
    harness.done(&want).await;
    let (up, made) = (*harness.saves.borrow(), harness.calls.take_creates());
    harness.down().await;
    let down = *harness.saves.borrow() - up;
    for fuse in 0..up.max(down) {
        let at = format!("cut after {fuse} saves");
        let (harness, want) = self::harness(Clock::Instant, REGIONS[1], Conditions::default()).await;
        harness.go(&want, fuse).await;
        harness.done(&want).await;
        harness.assert_whole(&want, &at);
        assert_eq!(harness.calls.take_creates(), made, "{at}: made once");
        harness.go(&Graph::default(), fuse).await;
        harness.down().await;
        harness.assert_nothing_left(&at);
    }
}

#[tokio::test(start_paused = true)]
async fn all_kinds_of_both_services_are_drawn() {
    let (_, want) = harness(Clock::Instant, REGIONS[0], Conditions::default()).await;
    let drawn: BTreeSet<&str> = want.nodes.values().map(|n| n.kind.name()).collect();
    let ours = |name: &&str| name.starts_with("s3:") || name.starts_with("cloudtrail:");
    assert_eq!(drawn, KINDS.iter().map(|k| k.name()).filter(ours).collect());
}

/// Conditions of a region that refuses to create buckets with tags.
fn without_tags() -> Conditions {
    Conditions::default().with_incident(Incident::BucketTagsRefused, u32::MAX)
}

#[tokio::test(start_paused = true)]
async fn where_buckets_cannot_be_made_with_tags_they_are_tagged_afterwards() {
    let lost = AtomicBool::new(false);
    // The fault on the first attempt is equivalent to a power cut between the two calls.
    let once = move |asked: &Asked<'_>| {
        let strikes = asked.operation == "PutBucketTagging" && !lost.swap(true, Relaxed);
        strikes.then_some(Fault::ResetBefore)
    };
    let (harness, want) = harness(Clock::Instant, REGIONS[0], without_tags().with_weather(once)).await;
    harness.done(&want).await;
    assert_eq!(harness.sandbox.made_by()["CreateBucket"], 1);
    let tags = harness.aws.s3.get_bucket_tagging().bucket(bucket(&harness.facts)).send().await.unwrap();
    assert!(tags.tag_set().iter().any(|tag| tag.key() == "vidpipe:lineage"), "{tags:?}");
    harness.down().await;
    harness.assert_nothing_left("after down");
}

#[tokio::test(start_paused = true)]
async fn a_bucket_with_something_in_it_is_nobodys_half_made_one() {
    let (harness, want) = harness(Clock::Instant, REGIONS[0], without_tags()).await;
    let (s3, name) = (&harness.aws.s3, bucket(&harness.facts));
    let place = CreateBucketConfiguration::builder().location_constraint(BucketLocationConstraint::EuCentral1);
    s3.create_bucket().bucket(&name).create_bucket_configuration(place.build()).send().await.unwrap();
    s3.put_object().bucket(&name).key("theirs").body(b"x".to_vec().into()).send().await.unwrap();
    assert!(harness.go(&want, PLENTY).await.failed > 0);
    assert!(harness.failures().contains("exists already"), "{}", harness.failures());
    let tags = s3.get_bucket_tagging().bucket(&name).send().await;
    assert!(tags.is_err(), "it was tagged: {tags:?}");
}
