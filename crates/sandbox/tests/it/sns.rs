//! SNS: topics, subscriptions, and their rules.

use std::time::Duration;

use aws_sdk_sns::Client;
use aws_sdk_sns::types::Tag;
use vidpipe_sandbox::{Clock, Conditions, Sandbox};

use crate::aws::{Kept, client, code, sandbox};

const MAIL: &str = "someone@example.com";
const QUEUE: &str = "arn:aws:sqs:eu-west-1:123456789012:q";

async fn wait(seconds: u64) {
    tokio::time::advance(Duration::from_secs(seconds)).await;
}

fn tag(value: &str) -> Tag {
    Tag::builder().key("a").value(value).build().unwrap()
}

async fn topic(sns: &Client) -> String {
    let call = sns.create_topic().name("t").attributes("DisplayName", "Alerts").tags(tag("1"));
    call.send().await.unwrap().topic_arn.unwrap()
}

async fn subscribe(sns: &Client, topic: &str, protocol: &str, endpoint: &str) -> String {
    let call = sns.subscribe().topic_arn(topic).protocol(protocol).endpoint(endpoint);
    call.return_subscription_arn(true).send().await.unwrap().subscription_arn.unwrap()
}

async fn attribute(sns: &Client, topic: &str, name: &str) -> Option<String> {
    let seen = sns.get_topic_attributes().topic_arn(topic).send().await.unwrap();
    seen.attributes.unwrap_or_default().remove(name)
}

/// The sorted ARNs that SNS lists.
async fn listed(sns: &Client) -> Vec<String> {
    let listed = sns.list_subscriptions().send().await.unwrap();
    let mut arns: Vec<_> = listed.subscriptions().iter().map(|s| s.subscription_arn().unwrap().to_owned()).collect();
    arns.sort();
    arns
}

#[tokio::test]
async fn a_topic_lives_and_dies() {
    let kept = Kept::new();
    let sandbox = kept.open(Clock::Instant);
    let sns = client!(aws_sdk_sns, sandbox);
    let before = sandbox.inventory().unwrap();
    let arn = topic(&sns).await;
    assert_eq!(topic(&sns).await, arn, "the same topic");
    let other = sns.create_topic().name("t").attributes("DisplayName", "Other").tags(tag("1")).send().await;
    assert_eq!(code(other), "InvalidParameter");
    assert_eq!(code(sns.create_topic().name("t").tags(tag("2")).send().await), "InvalidParameter");
    let set = |name: &str, value: &str| {
        sns.set_topic_attributes().topic_arn(&arn).attribute_name(name).attribute_value(value).send()
    };
    assert!(attribute(&sns, &arn, "Policy").await.unwrap().contains("__default_policy_ID"));
    assert_eq!(code(set("Policy", "").await), "InvalidParameter");
    set("Policy", r#"{"Statement":[]}"#).await.unwrap();
    assert_eq!(attribute(&sns, &arn, "DisplayName").await.as_deref(), Some("Alerts"));
    set("DisplayName", "Other").await.unwrap();

    let sandbox = kept.again(sandbox, Clock::Instant);
    let sns = client!(aws_sdk_sns, sandbox);
    assert_eq!(attribute(&sns, &arn, "DisplayName").await.as_deref(), Some("Other"));
    assert_eq!(attribute(&sns, &arn, "Policy").await.as_deref(), Some(r#"{"Statement":[]}"#));
    let tags = sns.list_tags_for_resource().resource_arn(&arn).send().await.unwrap();
    assert_eq!(tags.tags(), [tag("1")]);
    sns.publish().topic_arn(&arn).message("m").send().await.unwrap();

    for _ in 0..2 {
        sns.delete_topic().topic_arn(&arn).send().await.expect("deleting what is gone is no error");
    }
    assert_eq!(code(sns.get_topic_attributes().topic_arn(&arn).send().await), "NotFound");
    assert_eq!(sandbox.inventory().unwrap(), before);
}

#[tokio::test]
async fn a_bare_topic_has_no_display_name() {
    let sandbox = sandbox();
    let sns = client!(aws_sdk_sns, sandbox);
    let arn = sns.create_topic().name("bare").send().await.unwrap().topic_arn.unwrap();
    assert_eq!(attribute(&sns, &arn, "DisplayName").await.as_deref(), Some(""));
}

#[tokio::test]
async fn a_queue_subscribes_at_once() {
    let kept = Kept::new();
    let sandbox = kept.open(Clock::Instant);
    let sns = client!(aws_sdk_sns, sandbox);
    let topic = topic(&sns).await;
    let arn = subscribe(&sns, &topic, "sqs", QUEUE).await;
    assert_eq!(subscribe(&sns, &topic, "sqs", QUEUE).await, arn, "the same subscription");
    let sandbox = kept.again(sandbox, Clock::Instant);
    let sns = client!(aws_sdk_sns, sandbox);
    let seen = sns.get_subscription_attributes().subscription_arn(&arn).send().await.unwrap().attributes.unwrap();
    assert_eq!((seen["PendingConfirmation"].as_str(), seen["Endpoint"].as_str()), ("false", QUEUE));
    assert_eq!(attribute(&sns, &topic, "SubscriptionsConfirmed").await.as_deref(), Some("1"));
    let unsubscribe = || sns.unsubscribe().subscription_arn(&arn).send();
    unsubscribe().await.unwrap();
    unsubscribe().await.expect("what is gone is no error");
    assert_eq!(code(sns.get_subscription_attributes().subscription_arn(&arn).send().await), "NotFound");
    for (protocol, endpoint) in [("email", "nobody"), ("pigeon", "roof")] {
        let call = sns.subscribe().topic_arn(&topic).protocol(protocol).endpoint(endpoint);
        assert_eq!(code(call.send().await), "InvalidParameter", "{protocol}");
    }
    let nowhere = sns.subscribe().topic_arn(format!("{topic}-2")).protocol("sqs").endpoint(QUEUE).send().await;
    assert_eq!(code(nowhere), "NotFound");
}

#[tokio::test(start_paused = true)]
async fn a_mail_is_pending_until_somebody_confirms_it_or_two_days_are_over() {
    let kept = Kept::new();
    let sandbox = kept.open(Clock::Real);
    let sns = client!(aws_sdk_sns, sandbox);
    let topic = topic(&sns).await;
    let answer = sns.subscribe().topic_arn(&topic).protocol("email").endpoint(MAIL).send().await.unwrap();
    assert_eq!(answer.subscription_arn(), Some("pending confirmation"));
    let arn = subscribe(&sns, &topic, "email", MAIL).await;
    let other = subscribe(&sns, &topic, "email", "other@example.com").await;
    assert_eq!(listed(&sns).await, ["PendingConfirmation", "PendingConfirmation"]);
    assert_eq!(attribute(&sns, &topic, "SubscriptionsPending").await.as_deref(), Some("2"));
    let unsubscribe = async |sns: &Client| sns.unsubscribe().subscription_arn(&arn).send().await;
    assert_eq!(code(unsubscribe(&sns).await), "InvalidParameter");
    let confirmed = sns.confirm_subscription().topic_arn(&topic).token("other@example.com").send().await.unwrap();
    assert_eq!(confirmed.subscription_arn(), Some(other.as_str()));
    assert_eq!(listed(&sns).await, ["PendingConfirmation".to_owned(), other.clone()]);

    sns.delete_topic().topic_arn(&topic).send().await.unwrap();
    assert_eq!(listed(&sns).await.len(), 2, "they follow their topic some time later");
    let left = sandbox.inventory().unwrap();
    assert!(left["regions"]["eu-west-1"]["sns"].is_null(), "{left}");
    wait(11).await;
    assert_eq!(listed(&sns).await, ["PendingConfirmation"]);
    let left = sandbox.inventory().unwrap();
    assert!(left["tombstones"]["eu-west-1"]["sns"]["pending-subscription"][&arn].is_object(), "{left}");
    let sandbox = kept.again(sandbox, Clock::Real);
    let sns = client!(aws_sdk_sns, sandbox);
    assert_eq!(code(unsubscribe(&sns).await), "InvalidParameter");
    wait(172_800).await;
    assert_eq!(listed(&sns).await, [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn a_new_topic_shows_only_after_a_moment() {
    let sandbox = Sandbox::in_memory(Clock::Real);
    let sns = client!(aws_sdk_sns, sandbox);
    sandbox.set(Conditions { lag: true, ..Conditions::default() });
    let arn = topic(&sns).await;
    assert_eq!(code(sns.get_topic_attributes().topic_arn(&arn).send().await), "NotFound");
    assert_eq!(code(sns.list_tags_for_resource().resource_arn(&arn).send().await), "NotFound");
    wait(3).await;
    assert_eq!(attribute(&sns, &arn, "DisplayName").await.as_deref(), Some("Alerts"));
}
