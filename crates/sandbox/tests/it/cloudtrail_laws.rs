//! CloudTrail's rules: each refuses, and passes when its reason ends.

use std::time::Duration;

use vidpipe_sandbox::{Clock, Conditions, Sandbox};

use crate::aws::{client, code, sandbox};
use crate::cloudtrail::{bucket_for, policy, trail};
use crate::s3::bucket;

#[tokio::test]
async fn a_trail_has_a_good_name_of_its_own() {
    let sandbox = sandbox();
    bucket_for(&sandbox, "audit-demo", "audit").await;
    let trails = trail(&sandbox, "audit", "audit-demo").await;
    let create = |name: &str| trails.create_trail().name(name).s3_bucket_name("audit-demo").send();
    for name in ["au", "-audit", "audit-", "au--dit", "au dit", "192.168.5.4"] {
        assert_eq!(code(create(name).await), "InvalidTrailNameException", "{name}");
    }
    assert_eq!(code(create("audit").await), "TrailAlreadyExistsException");
}

#[tokio::test]
async fn a_trail_needs_its_bucket_and_the_buckets_policy_first() {
    let sandbox = sandbox();
    let trails = client!(aws_sdk_cloudtrail, sandbox);
    let create = || trails.create_trail().name("audit").s3_bucket_name("audit-demo").send();
    assert_eq!(code(create().await), "S3BucketDoesNotExistException");
    let s3 = bucket(&sandbox, "audit-demo").await;
    assert_eq!(code(create().await), "InsufficientS3BucketPolicyException");
    let put = |policy: String| s3.put_bucket_policy().bucket("audit-demo").policy(policy).send();
    put(policy("audit-demo", "another")).await.unwrap();
    assert_eq!(code(create().await), "InsufficientS3BucketPolicyException", "it is for another trail");
    put(policy("audit-demo", "audit")).await.unwrap();
    create().await.unwrap();
    assert_eq!(sandbox.made_by()["CreateTrail"], 1);
}

#[tokio::test(start_paused = true)]
async fn a_new_policy_is_in_force_a_moment_later() {
    let sandbox = Sandbox::in_memory(Clock::Real);
    let s3 = bucket(&sandbox, "audit-demo").await;
    sandbox.set(Conditions { lag: true, ..Conditions::default() });
    s3.put_bucket_policy().bucket("audit-demo").policy(policy("audit-demo", "audit")).send().await.unwrap();
    let trails = client!(aws_sdk_cloudtrail, sandbox);
    let create = || trails.create_trail().name("audit").s3_bucket_name("audit-demo").send();
    assert_eq!(code(create().await), "InsufficientS3BucketPolicyException");
    tokio::time::advance(Duration::from_secs(3)).await;
    create().await.unwrap();
}

#[tokio::test]
async fn there_are_five_trails_in_a_region_and_no_other_can_be_removed() {
    let sandbox = sandbox();
    for n in 0..5 {
        let (bucket, name) = (format!("audit-{n}"), format!("audit-{n}"));
        bucket_for(&sandbox, &bucket, &name).await;
        trail(&sandbox, &name, &bucket).await;
    }
    bucket_for(&sandbox, "audit-5", "audit-5").await;
    let trails = client!(aws_sdk_cloudtrail, sandbox);
    let sixth = || trails.create_trail().name("audit-5").s3_bucket_name("audit-5").send();
    assert_eq!(code(sixth().await), "MaximumNumberOfTrailsExceededException");
    assert_eq!(code(trails.delete_trail().name("audit-9").send().await), "TrailNotFoundException");
    assert_eq!(code(trails.start_logging().name("audit-9").send().await), "TrailNotFoundException");
    assert_eq!(code(trails.stop_logging().name("audit-9").send().await), "TrailNotFoundException");
    assert_eq!(code(trails.get_trail().name("audit-9").send().await), "TrailNotFoundException");
    trails.delete_trail().name("audit-0").send().await.unwrap();
    assert_eq!(code(trails.delete_trail().name("audit-0").send().await), "TrailNotFoundException");
    sixth().await.unwrap();
}
