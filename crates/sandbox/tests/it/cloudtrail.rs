//! CloudTrail: trails and their log files.

use std::time::Duration;

use aws_sdk_cloudtrail::Client;
use aws_sdk_cloudtrail::types::Tag;
use vidpipe_sandbox::{Clock, Conditions, Sandbox, Speed};

use crate::aws::{Kept, REGION, client, code};
use crate::s3::{bucket, contents, versioned};

const ACCOUNT: &str = vidpipe_sandbox::ACCOUNT_ID;

pub(crate) fn arn(name: &str) -> String {
    format!("arn:aws:cloudtrail:{REGION}:{ACCOUNT}:trail/{name}")
}

/// The policy AWS documents for the bucket of one trail.
pub(crate) fn policy(bucket: &str, trail: &str) -> String {
    let (bucket, trail) = (format!("arn:aws:s3:::{bucket}"), arn(trail));
    format!(
        r#"{{"Version": "2012-10-17", "Statement": [
            {{"Effect": "Allow", "Principal": {{"Service": "cloudtrail.amazonaws.com"}}, "Action": "s3:GetBucketAcl",
              "Resource": "{bucket}", "Condition": {{"StringEquals": {{"aws:SourceArn": "{trail}"}}}}}},
            {{"Effect": "Allow", "Principal": {{"Service": "cloudtrail.amazonaws.com"}}, "Action": "s3:PutObject",
              "Resource": "{bucket}/AWSLogs/{ACCOUNT}/*", "Condition": {{"StringEquals":
                {{"aws:SourceArn": "{trail}", "s3:x-amz-acl": "bucket-owner-full-control"}}}}}}]}}"#
    )
}

/// A bucket that the trail of that name may write to.
pub(crate) async fn bucket_for(sandbox: &Sandbox, name: &str, trail: &str) -> aws_sdk_s3::Client {
    let s3 = bucket(sandbox, name).await;
    s3.put_bucket_policy().bucket(name).policy(policy(name, trail)).send().await.unwrap();
    s3
}

pub(crate) async fn trail(sandbox: &Sandbox, name: &str, bucket: &str) -> Client {
    let trails = client!(aws_sdk_cloudtrail, sandbox);
    let tag = Tag::builder().key("suffix").value("demo").build().unwrap();
    let call = trails.create_trail().name(name).s3_bucket_name(bucket).enable_log_file_validation(true);
    call.tags_list(tag).send().await.unwrap();
    trails
}

async fn wait(seconds: u64) {
    tokio::time::advance(Duration::from_secs(seconds)).await;
}

#[tokio::test]
async fn a_trail_keeps_its_settings_and_tags_through_the_file() {
    let kept = Kept::new();
    let sandbox = kept.open(Clock::Instant);
    bucket_for(&sandbox, "audit-demo", "audit").await;
    let trails = trail(&sandbox, "audit", "audit-demo").await;
    trails.start_logging().name(arn("audit")).send().await.unwrap();

    let sandbox = kept.again(sandbox, Clock::Instant);
    let trails = client!(aws_sdk_cloudtrail, sandbox);
    let seen = trails.get_trail().name("audit").send().await.unwrap().trail.unwrap();
    assert_eq!(seen.trail_arn(), Some(arn("audit").as_str()));
    assert_eq!((seen.log_file_validation_enabled(), seen.is_multi_region_trail()), (Some(true), Some(false)));
    assert_eq!((seen.include_global_service_events(), seen.home_region()), (Some(true), Some(REGION)));
    let tags = trails.list_tags().resource_id_list(arn("audit")).send().await.unwrap();
    assert_eq!(tags.resource_tag_list()[0].tags_list()[0].value(), Some("demo"));
    let listed = trails.list_trails().send().await.unwrap();
    assert_eq!(listed.trails()[0].name(), Some("audit"));
    trails.update_trail().name("audit").is_multi_region_trail(true).send().await.unwrap();
    let seen = trails.describe_trails().trail_name_list("audit").send().await.unwrap();
    assert_eq!(seen.trail_list()[0].is_multi_region_trail(), Some(true));
    assert_eq!(seen.trail_list()[0].log_file_validation_enabled(), Some(true), "what is not asked for stays");
    assert_eq!(trails.get_trail_status().name("audit").send().await.unwrap().is_logging(), Some(true));
    trails.stop_logging().name("audit").send().await.unwrap();
    assert_eq!(trails.get_trail_status().name("audit").send().await.unwrap().is_logging(), Some(false));
    assert_eq!(sandbox.inventory().unwrap()["regions"][REGION]["cloudtrail"]["trail"]["audit"]["Name"], "audit");
    trails.delete_trail().name("audit").send().await.unwrap();
    assert!(sandbox.inventory().unwrap()["regions"][REGION]["cloudtrail"].is_null());
}

#[tokio::test(start_paused = true)]
async fn a_trail_writes_every_five_minutes_and_once_more_when_it_is_gone() {
    let sandbox = Sandbox::in_memory(Clock::Real);
    let s3 = bucket_for(&sandbox, "audit-demo", "audit").await;
    versioned(&s3, "audit-demo").await;
    let trails = trail(&sandbox, "audit", "audit-demo").await;
    wait(1200).await;
    assert_eq!(contents(&s3, "audit-demo").await, [], "it does not log yet");
    trails.start_logging().name("audit").send().await.unwrap();
    wait(1400).await;
    let there = contents(&s3, "audit-demo").await;
    assert_eq!(there.len(), 4, "{there:?}");
    assert!(
        there.iter().all(|(key, _)| key.starts_with(&format!("AWSLogs/{ACCOUNT}/CloudTrail/{REGION}/"))),
        "{there:?}"
    );
    trails.stop_logging().name("audit").send().await.unwrap();
    trails.delete_trail().name("audit").send().await.unwrap();
    assert_eq!(contents(&s3, "audit-demo").await.len(), 4);
    wait(300).await;
    assert_eq!(contents(&s3, "audit-demo").await.len(), 5);
    wait(3600).await;
    assert_eq!(contents(&s3, "audit-demo").await.len(), 5);
}

#[tokio::test(start_paused = true)]
async fn a_late_file_fills_an_emptied_bucket_unless_its_policy_denies_it() {
    for (denied, refused) in [(false, true), (true, false)] {
        let sandbox = Sandbox::in_memory(Clock::Real);
        sandbox.set(Conditions { speed: Speed::Slow, ..Conditions::default() });
        let s3 = bucket_for(&sandbox, "audit-demo", "audit").await;
        let trails = trail(&sandbox, "audit", "audit-demo").await;
        trails.start_logging().name("audit").send().await.unwrap();
        wait(60).await;
        trails.delete_trail().name("audit").send().await.unwrap();
        if denied {
            let deny =
                r#"{"Statement": {"Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": "*"}}"#;
            s3.put_bucket_policy().bucket("audit-demo").policy(deny).send().await.unwrap();
        }
        assert_eq!(contents(&s3, "audit-demo").await, []);
        wait(300).await;
        let gone = s3.delete_bucket().bucket("audit-demo").send().await;
        if refused {
            assert_eq!(code(gone), "BucketNotEmpty");
        } else {
            gone.unwrap();
        }
    }
}
