//! The audit log: a bucket, who may write to it, and the trail that does. What the trail still delivers while everything
//! goes is the hard part.
use crate::{
    calls::Counts,
    world::{PLENTY, SUFFIX, World},
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

/// A region with location constraints, and the one without.
const REGIONS: [&str; 2] = ["region = \"eu-central-1\"\n", ""];

fn bucket(facts: &Facts) -> String {
    format!("audit-{SUFFIX}-{}-{}", facts.account, facts.region)
}

/// A trail with its bucket, as an environment in that account and region would have it.
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

async fn world(pace: Clock, region: &str, conditions: Conditions) -> (World, Graph<Aws>) {
    let world = World::new(pace, region).await;
    world.sandbox.set(conditions);
    let want = graph(&world.facts);
    (world, want)
}

async fn minutes(n: u64) {
    advance(Duration::from_secs(60 * n)).await;
}

#[tokio::test(start_paused = true)]
async fn it_comes_stays_and_goes() {
    for region in REGIONS {
        let (world, want) = world(Clock::Real, region, Conditions::default()).await;
        world.done(&want).await;
        world.assert_whole(&want, region);
        world.calls.take();
        assert!(!world.plan(&want).changes());
        world.done(&want).await;
        assert_eq!(world.calls.take(), Counts::new(), "calls that change something");
        minutes(21).await;
        world.down().await;
        world.assert_nothing_left(region);
        let state = world.disk.borrow().clone();
        let swept = sweep::sweep(&world.aws, &state, &Stop::default()).await.unwrap();
        assert!(swept.is_clean(), "{swept:?}");
        let calls = world.calls.take();
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
        let (world, want) = world(Clock::Real, REGIONS[0], Conditions::strict(seed)).await;
        world.done(&want).await;
        minutes(3 + seed).await;
        world.down().await;
        world.assert_nothing_left(&format!("seed {seed}"));
        let calls = world.sandbox.take_calls().into_iter();
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
    let (world, want) = world(Clock::Real, REGIONS[0], Conditions::default()).await;
    world.done(&want).await;
    let (s3, name) = (&world.aws.s3, bucket(&world.facts));
    for _ in 0..2 {
        s3.put_object().bucket(&name).key("by hand").body(b"x".to_vec().into()).send().await.unwrap();
    }
    s3.delete_object().bucket(&name).key("by hand").send().await.unwrap();
    for key in ["one", "two"] {
        s3.create_multipart_upload().bucket(&name).key(key).send().await.unwrap();
    }
    world.down().await;
    world.assert_nothing_left("with versions, a marker and uploads in it");
}

#[tokio::test(start_paused = true)]
async fn a_bucket_of_another_environment_is_left_alone() {
    for region in REGIONS {
        let (world, want) = world(Clock::Instant, region, Conditions::default()).await;
        // The same suffix from another state folder: the same name, another lineage.
        let ours = world.disk.borrow().clone();
        world.disk.borrow_mut().env.lineage = "theirs".into();
        world.done(&want).await;
        world.disk.replace(ours);
        let there = world.live();
        let summary = world.go(&want, PLENTY).await;
        assert!(!summary.is_complete(), "{summary:?}");
        assert!(world.failures().contains("exists already"), "{}", world.failures());
        world.down().await;
        assert_eq!(world.live(), there, "{region}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_name_that_another_account_has_is_refused_and_nothing_is_made() {
    let taken = Conditions::default().with_incident(Incident::BucketNameTaken, 1);
    let (world, want) = world(Clock::Instant, REGIONS[0], taken).await;
    let before = world.live();
    assert!(!world.go(&want, PLENTY).await.is_complete());
    assert!(world.failures().contains("BucketAlreadyExists"), "{}", world.failures());
    world.down().await;
    assert_eq!((world.live(), world.disk.borrow().entries.len()), (before, 0));
}

#[tokio::test(start_paused = true)]
async fn it_is_found_by_its_tags_alone() {
    let (world, want) = world(Clock::Instant, REGIONS[0], Conditions::default()).await;
    world.done(&want).await;
    let mut state = world.disk.borrow().clone();
    state.entries.clear();
    let left = |swept: &vidpipe_engine::sweep::Swept| {
        swept.left().map(|f| format!("{}:{} {}", f.service, f.what, f.id)).collect::<Vec<_>>()
    };
    let swept = sweep::sweep(&world.aws, &state, &Stop::default()).await.unwrap();
    let (trail, bucket) = (format!("cloudtrail:trail audit-{SUFFIX}"), format!("s3:bucket {}", bucket(&world.facts)));
    assert_eq!((left(&swept), &swept.unknown), (vec![trail, bucket], &vec![]));
    state.env.lineage = "theirs".into();
    let swept = sweep::sweep(&world.aws, &state, &Stop::default()).await.unwrap();
    assert_eq!((left(&swept), &swept.unknown), (vec![], &vec![]));
}

#[tokio::test(start_paused = true)]
async fn the_power_goes_at_every_save() {
    let (world, want) = world(Clock::Instant, REGIONS[0], Conditions::default()).await;
    world.done(&want).await;
    let (up, made) = (*world.saves.borrow(), world.calls.take_creates());
    world.down().await;
    let down = *world.saves.borrow() - up;
    for fuse in 0..up.max(down) {
        let at = format!("cut after {fuse} saves");
        let (world, want) = self::world(Clock::Instant, REGIONS[1], Conditions::default()).await;
        world.go(&want, fuse).await;
        world.done(&want).await;
        world.assert_whole(&want, &at);
        assert_eq!(world.calls.take_creates(), made, "{at}: made once");
        world.go(&Graph::default(), fuse).await;
        world.down().await;
        world.assert_nothing_left(&at);
    }
}

#[tokio::test(start_paused = true)]
async fn all_kinds_of_both_services_are_drawn() {
    let (_, want) = world(Clock::Instant, REGIONS[0], Conditions::default()).await;
    let drawn: BTreeSet<&str> = want.nodes.values().map(|n| n.kind.name()).collect();
    let ours = |name: &&str| name.starts_with("s3:") || name.starts_with("cloudtrail:");
    assert_eq!(drawn, KINDS.iter().map(|k| k.name()).filter(ours).collect());
}

/// A day in a region that makes no buckets with tags.
fn without_tags() -> Conditions {
    Conditions::default().with_incident(Incident::BucketTagsRefused, u32::MAX)
}

#[tokio::test(start_paused = true)]
async fn where_buckets_cannot_be_made_with_tags_they_are_tagged_afterwards() {
    let lost = AtomicBool::new(false);
    // The first time our power may as well have gone between the two calls.
    let once = move |asked: &Asked<'_>| {
        let strikes = asked.operation == "PutBucketTagging" && !lost.swap(true, Relaxed);
        strikes.then_some(Fault::ResetBefore)
    };
    let (world, want) = world(Clock::Instant, REGIONS[0], without_tags().with_weather(once)).await;
    world.done(&want).await;
    assert_eq!(world.sandbox.made_by()["CreateBucket"], 1);
    let tags = world.aws.s3.get_bucket_tagging().bucket(bucket(&world.facts)).send().await.unwrap();
    assert!(tags.tag_set().iter().any(|tag| tag.key() == "vidpipe:lineage"), "{tags:?}");
    world.down().await;
    world.assert_nothing_left("after down");
}

#[tokio::test(start_paused = true)]
async fn a_bucket_with_something_in_it_is_nobodys_half_made_one() {
    let (world, want) = world(Clock::Instant, REGIONS[0], without_tags()).await;
    let (s3, name) = (&world.aws.s3, bucket(&world.facts));
    let place = CreateBucketConfiguration::builder().location_constraint(BucketLocationConstraint::EuCentral1);
    s3.create_bucket().bucket(&name).create_bucket_configuration(place.build()).send().await.unwrap();
    s3.put_object().bucket(&name).key("theirs").body(b"x".to_vec().into()).send().await.unwrap();
    assert!(world.go(&want, PLENTY).await.failed > 0);
    assert!(world.failures().contains("exists already"), "{}", world.failures());
    let tags = s3.get_bucket_tagging().bucket(&name).send().await;
    assert!(tags.is_err(), "it was tagged: {tags:?}");
}
