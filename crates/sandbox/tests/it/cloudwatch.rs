//! CloudWatch: alarms.

use aws_sdk_cloudwatch::types::{ComparisonOperator, Dimension, StateValue, Statistic, Tag};
use vidpipe_sandbox::Clock;

use crate::aws::{Kept, client, code};

#[tokio::test]
async fn an_alarm_lives_and_dies() {
    let kept = Kept::new();
    let sandbox = kept.open(Clock::Instant);
    let watch = client!(aws_sdk_cloudwatch, sandbox);
    let before = sandbox.inventory().unwrap();
    let put = |threshold: f64| {
        watch
            .put_metric_alarm()
            .alarm_name("rds-cpu-demo")
            .alarm_description("busy")
            .namespace("AWS/RDS")
            .metric_name("CPUUtilization")
            .dimensions(Dimension::builder().name("DBInstanceIdentifier").value("db-demo").build())
            .statistic(Statistic::Average)
            .comparison_operator(ComparisonOperator::GreaterThanThreshold)
            .threshold(threshold)
            .period(300)
            .evaluation_periods(2)
            .treat_missing_data("notBreaching")
            .alarm_actions("arn:aws:sns:eu-west-1:123456789012:critical")
            .ok_actions("arn:aws:sns:eu-west-1:123456789012:critical")
            .tags(Tag::builder().key("suffix").value("demo").build())
            .send()
    };
    put(80.0).await.unwrap();
    put(90.0).await.unwrap();
    let sandbox = kept.again(sandbox, Clock::Instant);
    let watch = client!(aws_sdk_cloudwatch, sandbox);
    let describe = || watch.describe_alarms().alarm_names("rds-cpu-demo").send();
    let response = describe().await.unwrap();
    let [alarm] = response.metric_alarms() else { panic!("{response:?}") };
    assert_eq!(alarm.threshold(), Some(90.0));
    assert_eq!((alarm.period(), alarm.evaluation_periods()), (Some(300), Some(2)));
    assert_eq!(alarm.dimensions()[0].value(), Some("db-demo"));
    assert_eq!(alarm.treat_missing_data(), Some("notBreaching"));
    assert_eq!(alarm.alarm_description(), Some("busy"));
    assert_eq!(alarm.alarm_actions(), ["arn:aws:sns:eu-west-1:123456789012:critical"]);
    assert_eq!(alarm.ok_actions(), alarm.alarm_actions());
    assert_eq!(alarm.state_value(), Some(&StateValue::InsufficientData));
    let tags = watch.list_tags_for_resource().resource_arn(alarm.alarm_arn().unwrap()).send().await.unwrap();
    assert_eq!(tags.tags()[0].value(), Some("demo"));
    let with = async |prefix: &str| {
        let seen = watch.describe_alarms().alarm_name_prefix(prefix).send().await.unwrap();
        seen.metric_alarms().len()
    };
    assert_eq!((with("rds-").await, with("ecs-").await), (1, 0));
    let delete = || watch.delete_alarms().alarm_names("rds-cpu-demo").send();
    delete().await.unwrap();
    delete().await.expect("AWS does not mind alarms that are not there");
    assert!(describe().await.unwrap().metric_alarms().is_empty());
    let tags = watch.list_tags_for_resource().resource_arn(alarm.alarm_arn().unwrap()).send().await;
    assert_eq!(code(tags), "ResourceNotFoundException");
    assert_eq!(sandbox.inventory().unwrap()["regions"], before["regions"]);
}
