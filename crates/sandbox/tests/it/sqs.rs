//! SQS: queues and their rules.

use std::collections::HashMap;
use std::time::Duration;

use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::QueueAttributeName as Attribute;
use vidpipe_sandbox::{Clock, Conditions, Sandbox};

use crate::aws::{Kept, client, code, sandbox};

const GONE: &str = "AWS.SimpleQueueService.NonExistentQueue";

async fn wait(seconds: u64) {
    tokio::time::advance(Duration::from_secs(seconds)).await;
}

async fn queue(sqs: &Client, name: &str) -> String {
    let call = sqs.create_queue().queue_name(name).attributes(Attribute::VisibilityTimeout, "60").tags("a", "1");
    call.send().await.unwrap().queue_url.unwrap()
}

async fn attributes(sqs: &Client, url: &str, names: &[Attribute]) -> HashMap<Attribute, String> {
    let call = sqs.get_queue_attributes().queue_url(url).set_attribute_names(Some(names.to_vec()));
    call.send().await.unwrap().attributes.unwrap_or_default()
}

#[tokio::test]
async fn a_queue_lives_and_dies() {
    let kept = Kept::new();
    let sandbox = kept.open(Clock::Instant);
    let sqs = client!(aws_sdk_sqs, sandbox);
    let before = sandbox.inventory().unwrap();
    let url = queue(&sqs, "q").await;
    assert_eq!(queue(&sqs, "q").await, url, "the same attributes, the same queue");
    let other = sqs.create_queue().queue_name("q").attributes(Attribute::VisibilityTimeout, "61").send().await;
    assert_eq!(code(other), "QueueAlreadyExists");
    let policy = r#"{"Statement":[]}"#;
    let change = |name, value: &str| sqs.set_queue_attributes().queue_url(&url).attributes(name, value).send();
    change(Attribute::Policy, policy).await.unwrap();
    change(Attribute::SqsManagedSseEnabled, "false").await.unwrap();

    let sandbox = kept.again(sandbox, Clock::Instant);
    let sqs = client!(aws_sdk_sqs, sandbox);
    let seen = attributes(&sqs, &url, &[Attribute::All]).await;
    let expected = [
        (Attribute::QueueArn, "arn:aws:sqs:eu-west-1:123456789012:q"),
        (Attribute::VisibilityTimeout, "60"),
        (Attribute::MessageRetentionPeriod, "345600"),
        (Attribute::SqsManagedSseEnabled, "false"),
        (Attribute::Policy, policy),
    ];
    for (name, value) in expected {
        assert_eq!(seen.get(&name).map(String::as_str), Some(value), "{name:?}");
    }
    let one = attributes(&sqs, &url, &[Attribute::VisibilityTimeout]).await;
    assert_eq!(one.len(), 1, "{one:?}");
    let tags = sqs.list_queue_tags().queue_url(&url).send().await.unwrap().tags.unwrap();
    assert_eq!(tags, HashMap::from([("a".to_owned(), "1".to_owned())]));

    let delete = || sqs.delete_queue().queue_url(&url).send();
    delete().await.unwrap();
    assert_eq!(code(delete().await), GONE);
    assert_eq!(code(sqs.get_queue_url().queue_name("q").send().await), GONE);
    assert_eq!(sandbox.inventory().unwrap(), before);
}

#[tokio::test]
async fn a_queue_takes_messages() {
    let sandbox = sandbox();
    let sqs = client!(aws_sdk_sqs, sandbox);
    let url = queue(&sqs, "q").await;
    let sent = sqs.send_message().queue_url(&url).message_body("m").send().await.unwrap();
    let got = sqs.receive_message().queue_url(&url).send().await.unwrap();
    let got = &got.messages()[0];
    assert_eq!((got.body(), got.message_id()), (Some("m"), sent.message_id()));
    sqs.delete_message().queue_url(&url).receipt_handle(got.receipt_handle().unwrap()).send().await.unwrap();
}

#[tokio::test]
async fn queues_are_listed_in_pages() {
    let sandbox = sandbox();
    let sqs = client!(aws_sdk_sqs, sandbox);
    for name in ["a", "b", "c"] {
        queue(&sqs, name).await;
    }
    assert_eq!(sqs.list_queues().send().await.unwrap().queue_urls().len(), 3);
    let pages = sqs.list_queues().max_results(2).into_paginator().send().collect::<Result<Vec<_>, _>>().await.unwrap();
    assert_eq!(pages.iter().map(|p| p.queue_urls().len()).collect::<Vec<_>>(), [2, 1]);
}

#[tokio::test]
async fn attributes_have_values_sqs_knows() {
    let sandbox = sandbox();
    let sqs = client!(aws_sdk_sqs, sandbox);
    let bad = [(Attribute::MessageRetentionPeriod, "59"), (Attribute::VisibilityTimeout, "43201")];
    for (name, value) in bad {
        let made = sqs.create_queue().queue_name("q").attributes(name, value).send().await;
        assert_eq!(code(made), "InvalidAttributeValue", "{value}");
    }
    let url = queue(&sqs, "q").await;
    let policy = sqs.set_queue_attributes().queue_url(&url).attributes(Attribute::Policy, "no policy").send().await;
    assert_eq!(code(policy), "InvalidAttributeValue");
}

#[tokio::test(start_paused = true)]
async fn a_name_is_free_a_minute_after_its_queue_went() {
    let kept = Kept::new();
    let sandbox = kept.open(Clock::Real);
    let sqs = client!(aws_sdk_sqs, sandbox);
    let url = queue(&sqs, "q").await;
    let read = async |sqs: &Client| sqs.get_queue_url().queue_name("q").send().await;
    assert_eq!(code(read(&sqs).await), GONE, "it was made just now");
    wait(1).await;
    read(&sqs).await.unwrap();
    let delete = async |sqs: &Client| sqs.delete_queue().queue_url(&url).send().await.unwrap();
    delete(&sqs).await;
    delete(&sqs).await;
    read(&sqs).await.expect("it goes on answering for a moment");
    wait(1).await;
    assert_eq!(code(read(&sqs).await), GONE);
    let left = sandbox.inventory().unwrap();
    assert!(left["regions"]["eu-west-1"]["sqs"].is_null(), "{left}");
    assert!(left["tombstones"]["eu-west-1"]["sqs"]["deleted-queue"]["q"].is_object(), "{left}");

    let sandbox = kept.again(sandbox, Clock::Real);
    let sqs = client!(aws_sdk_sqs, sandbox);
    let make = async || sqs.create_queue().queue_name("q").send().await;
    wait(58).await;
    assert_eq!(code(make().await), "AWS.SimpleQueueService.QueueDeletedRecently");
    wait(2).await;
    make().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_change_of_attributes_shows_within_a_minute() {
    let sandbox = Sandbox::in_memory(Clock::Real);
    let sqs = client!(aws_sdk_sqs, sandbox);
    sandbox.set(Conditions { lag: true, ..Conditions::default() });
    let url = queue(&sqs, "q").await;
    wait(1).await;
    let call = sqs.set_queue_attributes().queue_url(&url).attributes(Attribute::VisibilityTimeout, "90");
    call.attributes(Attribute::Policy, r#"{"Statement":[]}"#).send().await.unwrap();
    let seen = attributes(&sqs, &url, &[Attribute::All]).await;
    assert_eq!((seen[&Attribute::VisibilityTimeout].as_str(), seen.get(&Attribute::Policy)), ("60", None));
    wait(60).await;
    let seen = attributes(&sqs, &url, &[Attribute::All]).await;
    assert_eq!(seen[&Attribute::VisibilityTimeout], "90");
    assert!(seen.contains_key(&Attribute::Policy));
}
