//! `verify` of the parts of StreamFlix: healthy after `up`, and damage done outside vidpipe is named.
use crate::{
    audit, aurora,
    messaging::Wish,
    sound::{Sound, breaks},
};

#[tokio::test(start_paused = true)]
async fn what_is_broken_of_streams_queues_and_topics_is_named() {
    let sound = Sound::of(|harness| Wish::default().graph(harness)).await;
    let verified = sound.verified().await;
    let taken = verified.checks.iter().find(|c| c.call == "PutRecord").unwrap();
    assert!(taken.evidence.contains("vidpipe"), "{taken:?}");
    let mut s = sound.known(&verified, &[]);
    let (kinesis, sqs, sns) = (s.aws().kinesis.clone(), s.aws().sqs.clone(), s.aws().sns.clone());
    let stream = s.id("stream");
    let shorter = kinesis.decrease_stream_retention_period().stream_name(&stream).retention_period_hours(24);
    breaks!(s, shorter, "kinesis stream-retention: records are kept as long as specified");
    let bare = kinesis.stop_stream_encryption().stream_name(&stream).encryption_type("KMS".into());
    let bare = bare.key_id("alias/aws/kinesis");
    breaks!(s, bare, "kinesis stream-encryption: records are encrypted with the specified key");
    let blind = kinesis.disable_enhanced_monitoring().stream_name(&stream).shard_level_metrics("ALL".into());
    breaks!(s, blind, "kinesis stream-metrics: every shard is measured");
    let untag = kinesis.remove_tags_from_stream().stream_name(&stream).tag_keys("owner");
    breaks!(s, untag, "kinesis stream: has its tags and name");
    let queue = s.id("queue");
    let set = |name: &str, value: &str| sqs.set_queue_attributes().queue_url(&queue).attributes(name.into(), value);
    breaks!(s, set("MessageRetentionPeriod", "60"), "sqs queue: messages are kept as long as specified");
    breaks!(s, set("SqsManagedSseEnabled", "false"), "sqs queue: messages are encrypted");
    breaks!(s, set("Policy", ""), "sqs queue-policy: access requires TLS");
    breaks!(s, sqs.untag_queue().queue_url(&queue).tag_keys("owner"), "sqs queue: has its tags and name");
    let topic = s.id("topic");
    let open = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"sns:Publish","Resource":"*"}]}"#;
    let open = sns.set_topic_attributes().topic_arn(&topic).attribute_name("Policy").attribute_value(open);
    breaks!(s, open, "sns topic-policy: only the account's alarms may publish");
    breaks!(s, sns.untag_resource().resource_arn(&topic).tag_keys("owner"), "sns topic: has its tags and name");
    let gone = sns.unsubscribe().subscription_arn(s.id("subscription"));
    breaks!(s, gone, "sns subscription: exists and can be read");
}

/// The subscription is unconfirmed, and only the recipient of its e-mail can confirm it.
#[tokio::test(start_paused = true)]
async fn a_subscription_nobody_confirmed_is_named() {
    let sound = Sound::of(|harness| Wish::mailing().graph(harness)).await;
    let verified = sound.verified().await;
    sound.known(&verified, &["sns mail: it is confirmed"]);
}

#[tokio::test(start_paused = true)]
async fn what_is_broken_of_the_trail_and_its_bucket_is_named() {
    let sound = Sound::of(|harness| audit::graph(&harness.facts)).await;
    let verified = sound.verified().await;
    let mut s = sound.known(&verified, &[]);
    let (s3, trails) = (s.aws().s3.clone(), s.aws().cloudtrail.clone());
    let (bucket, trail) = (s.id("audit-bucket"), s.id("audit-trail"));
    breaks!(s, trails.stop_logging().name(&trail), "cloudtrail audit-logging: the trail is logging");
    let blind = trails.update_trail().name(&trail).enable_log_file_validation(false);
    breaks!(s, blind, "cloudtrail audit-trail: its files can be validated");
    let narrow = trails.update_trail().name(&trail).is_multi_region_trail(false);
    breaks!(s, narrow, "cloudtrail audit-trail: it logs the specified regions");
    let open = s3.delete_bucket_policy().bucket(&bucket);
    breaks!(s, open, "s3 audit-policy: access requires TLS, and only the trail writes");
    let public = s3.delete_public_access_block().bucket(&bucket);
    breaks!(s, public, "s3 audit-block: exists and can be read");
    let endless = s3.delete_bucket_lifecycle().bucket(&bucket);
    breaks!(s, endless, "s3 audit-expiry: objects are kept as long as specified");
    let untag = s3.delete_bucket_tagging().bucket(&bucket);
    breaks!(s, untag, "s3 audit-bucket: has its tags and name");
}

/// This part has no route tables.
const PART: [&str; 2] =
    ["ec2 subnet-1: no route leads in from the internet", "ec2 subnet-2: no route leads in from the internet"];

#[tokio::test(start_paused = true)]
async fn what_is_broken_of_aurora_is_named() {
    let sound = Sound::of(|_| aurora::graph(aurora::Settings::default())).await;
    let verified = sound.verified().await;
    assert!(verified.checks.iter().any(|c| c.evidence == "SELECT 1 is 1"), "{verified:#?}");
    let mut s = sound.known(&verified, &PART);
    let (rds, secrets) = (s.aws().rds.clone(), s.aws().secrets.clone());
    let change = || rds.modify_db_cluster().db_cluster_identifier("aurora-demo").apply_immediately(true);
    breaks!(s, change().backup_retention_period(1), "rds cluster: backups are kept as specified");
    breaks!(s, change().deletion_protection(true), "rds cluster: deletion protection is as specified");
    breaks!(s, change().enable_iam_database_authentication(false), "rds cluster: IAM authentication is as specified");
    let reset = rds.reset_db_cluster_parameter_group().db_cluster_parameter_group_name(s.id("parameter-group"));
    breaks!(s, reset.reset_all_parameters(true), "rds parameters: connections without TLS are refused");
    let seen = rds.describe_db_clusters().db_cluster_identifier("aurora-demo").send().await.unwrap();
    let cluster = &seen.db_clusters()[0];
    let secret = cluster.master_user_secret().and_then(|s| s.secret_arn()).unwrap();
    // Rotation by RDS cannot be disabled.
    let mut rules = secrets.describe_secret().secret_id(secret).send().await.unwrap().rotation_rules.unwrap();
    rules.automatically_after_days = Some(300);
    let rarely = secrets.rotate_secret().secret_id(secret).rotation_rules(rules).rotate_immediately(false);
    breaks!(s, rarely, "secrets rotation: it is rotated as often as specified");
    let untag = rds.remove_tags_from_resource().resource_name(cluster.db_cluster_arn().unwrap()).tag_keys("owner");
    breaks!(s, untag, "rds cluster: has its tags and name");
    let gone = rds.delete_db_instance().db_instance_identifier(s.id("reader")).skip_final_snapshot(true);
    gone.send().await.unwrap();
    let now: Vec<String> =
        s.verified().await.troubled().map(|c| format!("{} {}: {}", c.service, c.node, c.what)).collect();
    assert!(now.contains(&"rds reader: exists and can be read".to_owned()), "{now:#?}");
}
