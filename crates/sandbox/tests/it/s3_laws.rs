//! S3's rules: each refuses, and passes when its reason ends.

use std::time::Duration;

use aws_sdk_s3::types::{
    BucketLifecycleConfiguration, CreateBucketConfiguration, ExpirationStatus, LifecycleExpiration, LifecycleRule,
    LifecycleRuleFilter,
};
use vidpipe_sandbox::{Asked, Clock, Conditions, Fault, Incident, Sandbox};

use crate::aws::{client, code, sandbox};
use crate::s3::{bucket, here, versioned};

#[tokio::test]
async fn a_bucket_has_a_good_name_and_its_regions_place() {
    let sandbox = sandbox();
    let s3 = client!(aws_sdk_s3, sandbox);
    for name in ["Audit-Demo", "audit_demo", "-audit", "au", "a..b"] {
        let call = s3.create_bucket().bucket(name).create_bucket_configuration(here());
        assert_eq!(code(call.send().await), "InvalidBucketName", "{name}");
    }
    assert_eq!(code(s3.create_bucket().bucket("audit-demo").send().await), "IllegalLocationConstraintException");
    let nowhere = CreateBucketConfiguration::builder().build();
    let call = s3.create_bucket().bucket("audit-demo").create_bucket_configuration(nowhere);
    assert_eq!(code(call.send().await), "IllegalLocationConstraintException");
}

#[tokio::test]
async fn the_owners_second_create_is_an_error_but_not_in_the_oldest_region() {
    let sandbox = sandbox();
    let s3 = bucket(&sandbox, "audit-demo").await;
    let again = s3.create_bucket().bucket("audit-demo").create_bucket_configuration(here());
    assert_eq!(code(again.send().await), "BucketAlreadyOwnedByYou");
    for _ in 0..2 {
        let oldest = aws_sdk_s3::Config::builder().region(aws_sdk_s3::config::Region::new("us-east-1"));
        s3.create_bucket().bucket("audit-old").customize().config_override(oldest).send().await.unwrap();
    }
    assert_eq!(sandbox.made_by()["CreateBucket"], 2);
}

#[tokio::test]
async fn a_name_may_be_taken_somewhere_else_in_the_world() {
    let sandbox = sandbox();
    sandbox.set(Conditions::default().with_incident(Incident::BucketNameTaken, 1));
    let s3 = client!(aws_sdk_s3, sandbox);
    let create = |name: &str| s3.create_bucket().bucket(name).create_bucket_configuration(here()).send();
    assert_eq!(code(create("audit-demo").await), "BucketAlreadyExists");
    assert_eq!(code(create("audit-demo").await), "BucketAlreadyExists", "and stays so");
    assert_eq!(code(s3.get_bucket_tagging().bucket("audit-demo").send().await), "AccessDenied");
    assert_eq!(code(s3.delete_bucket().bucket("audit-demo").send().await), "AccessDenied");
    assert!(s3.list_buckets().send().await.unwrap().buckets().is_empty());
    create("audit-other").await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn the_name_of_a_deleted_bucket_is_free_only_after_a_while() {
    let sandbox = Sandbox::in_memory(Clock::Real);
    let s3 = bucket(&sandbox, "audit-demo").await;
    s3.delete_bucket().bucket("audit-demo").send().await.unwrap();
    let again = || s3.create_bucket().bucket("audit-demo").create_bucket_configuration(here()).send();
    assert_eq!(code(again().await), "OperationAborted");
    tokio::time::advance(Duration::from_secs(6)).await;
    again().await.unwrap();
}

fn lifecycle() -> BucketLifecycleConfiguration {
    let rule = LifecycleRule::builder().status(ExpirationStatus::Enabled);
    let rule = rule.filter(LifecycleRuleFilter::builder().prefix("").build());
    let rule = rule.expiration(LifecycleExpiration::builder().days(90).build()).build().unwrap();
    BucketLifecycleConfiguration::builder().rules(rule).build().unwrap()
}

#[tokio::test(start_paused = true)]
async fn what_is_new_shows_a_moment_later_and_one_thing_is_set_at_a_time() {
    let sandbox = Sandbox::in_memory(Clock::Real);
    sandbox.set(Conditions::strict(7));
    let s3 = bucket(&sandbox, "audit-demo").await;
    let put =
        || s3.put_bucket_lifecycle_configuration().bucket("audit-demo").lifecycle_configuration(lifecycle()).send();
    assert_eq!(code(put().await), "NoSuchBucket");
    assert!(s3.list_buckets().send().await.unwrap().buckets().is_empty());
    tokio::time::advance(Duration::from_secs(5)).await;
    put().await.unwrap();
    assert_eq!(code(put().await), "OperationAborted");
    let read = || s3.get_bucket_lifecycle_configuration().bucket("audit-demo").send();
    assert_eq!(code(read().await), "NoSuchLifecycleConfiguration");
    tokio::time::advance(Duration::from_secs(10)).await;
    assert_eq!(read().await.unwrap().rules()[0].expiration().unwrap().days(), Some(90));
    s3.delete_bucket().bucket("audit-demo").send().await.unwrap();
    assert_eq!(s3.list_buckets().send().await.unwrap().buckets().len(), 1, "it is listed, and gone");
    tokio::time::advance(Duration::from_secs(5)).await;
    assert!(s3.list_buckets().send().await.unwrap().buckets().is_empty());
}

#[tokio::test]
async fn a_policy_is_json_and_what_it_denies_is_not_written() {
    let sandbox = sandbox();
    let s3 = bucket(&sandbox, "audit-demo").await;
    versioned(&s3, "audit-demo").await;
    let put = |policy: &str| s3.put_bucket_policy().bucket("audit-demo").policy(policy).send();
    assert_eq!(code(put("no policy").await), "MalformedPolicy");
    let policy = r#"{"Statement": {"Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::audit-demo/a/*"}}"#;
    put(policy).await.unwrap();
    assert_eq!(s3.get_bucket_policy().bucket("audit-demo").send().await.unwrap().policy(), Some(policy));
    let write = |key: &str| s3.put_object().bucket("audit-demo").key(key).body(b"x".to_vec().into()).send();
    assert_eq!(code(write("a/b").await), "AccessDenied");
    let written = write("b").await.unwrap();
    assert!(written.version_id().is_some() && written.e_tag().is_some(), "{written:?}");
    s3.delete_bucket_policy().bucket("audit-demo").send().await.unwrap();
    assert_eq!(code(s3.get_bucket_policy().bucket("audit-demo").send().await), "NoSuchBucketPolicy");
    write("a/b").await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn faults_are_in_s3s_own_words() {
    let cases = [
        (Fault::Throttled, "SlowDown"),
        (Fault::Internal, "InternalError"),
        (Fault::Expired, "ExpiredToken"),
        (Fault::Skewed, "RequestTimeTooSkewed"),
        (Fault::Denied, "AccessDenied"),
    ];
    for (fault, expected) in cases {
        let sandbox = Sandbox::in_memory(Clock::Instant);
        let only = move |asked: &Asked<'_>| (asked.operation == "CreateBucket").then_some(fault);
        sandbox.set(Conditions::default().with_weather(only));
        let s3 = client!(aws_sdk_s3, sandbox);
        let call = s3.create_bucket().bucket("audit-demo").create_bucket_configuration(here());
        assert_eq!(code(call.send().await), expected);
        assert!(sandbox.made().is_empty());
    }
}
