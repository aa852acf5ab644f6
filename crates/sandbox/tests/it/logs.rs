//! CloudWatch Logs: log groups.

use vidpipe_sandbox::Clock;

use crate::aws::{Kept, client, code};
use crate::kms;

#[tokio::test]
async fn a_log_group_lives_and_dies() {
    let kept = Kept::new();
    let sandbox = kept.open(Clock::Instant);
    let key = kms::key(&sandbox).await;
    let logs = client!(aws_sdk_cloudwatchlogs, sandbox);
    let before = sandbox.inventory().unwrap();
    let create =
        || logs.create_log_group().log_group_name("/vidpipe/demo").kms_key_id(&key).tags("suffix", "demo").send();
    create().await.unwrap();
    assert_eq!(code(create().await), "ResourceAlreadyExistsException");
    logs.put_retention_policy().log_group_name("/vidpipe/demo").retention_in_days(30).send().await.unwrap();

    let sandbox = kept.again(sandbox, Clock::Instant);
    let logs = client!(aws_sdk_cloudwatchlogs, sandbox);
    let describe = || logs.describe_log_groups().log_group_name_prefix("/vidpipe/d").send();
    let response = describe().await.unwrap();
    let [group] = response.log_groups() else { panic!("{response:?}") };
    assert_eq!(group.log_group_name(), Some("/vidpipe/demo"));
    assert_eq!(group.retention_in_days(), Some(30));
    assert_eq!(group.kms_key_id(), Some(key.as_str()));
    let arn = group.log_group_arn().expect("the ARN without the star");
    assert!(arn.ends_with(":log-group:/vidpipe/demo"), "{arn}");
    assert_eq!(group.arn(), Some(format!("{arn}:*").as_str()));
    let tags = logs.list_tags_for_resource().resource_arn(arn).send().await.unwrap();
    assert_eq!(tags.tags().unwrap()["suffix"], "demo");
    logs.tag_resource().resource_arn(arn).tags("suffix", "other").send().await.unwrap();
    let tags = logs.list_tags_for_resource().resource_arn(arn).send().await.unwrap();
    assert_eq!(tags.tags().unwrap()["suffix"], "other");
    logs.put_retention_policy().log_group_name("/vidpipe/demo").retention_in_days(90).send().await.unwrap();
    assert_eq!(describe().await.unwrap().log_groups()[0].retention_in_days(), Some(90));

    let delete = || logs.delete_log_group().log_group_name("/vidpipe/demo").send();
    delete().await.unwrap();
    assert_eq!(code(delete().await), "ResourceNotFoundException");
    assert!(describe().await.unwrap().log_groups().is_empty());
    assert_eq!(sandbox.inventory().unwrap()["regions"], before["regions"]);
}
