//! The dead-letter queue for failed records, and the topic that alarms notify.
use super::Wiring;
use vidpipe_aws::{
    Aws,
    kinds::{
        sns::{Subscription, Topic, TopicPolicy},
        sqs::{Queue, QueuePolicy},
    },
};
use vidpipe_engine::{Graph, Handle};

/// The resources that other parts use.
pub(super) struct Messages {
    pub(super) queue: Handle<Queue>,
    pub(super) topic: Handle<Topic>,
}

const SECONDS_A_DAY: u32 = 24 * 60 * 60;

pub(super) fn add(g: &mut Graph<Aws>, p: &Wiring<'_>) -> Messages {
    let (name, q) = (p.names.of("dlq"), p.design.queue.clone());
    let queue = g.add("dead-letter-queue", (), move |()| Queue {
        name: name.clone(),
        retention_s: q.retention_days * SECONDS_A_DAY,
        visibility_timeout_s: q.visibility_timeout_seconds,
    });
    g.add("dead-letter-queue-policy", &queue, |queue| QueuePolicy { queue_url: queue.url, queue_arn: queue.arn });

    let name = p.names.of("alerts");
    let display_name = name.clone();
    let topic = g.add("alerts", (), move |()| Topic { name: name.clone(), display_name: display_name.clone() });
    let account = p.facts.account.clone();
    g.add("alerts-policy", &topic, move |topic| TopicPolicy { topic_arn: topic.arn, account: account.clone() });
    let email = p.design.alerts.email.clone();
    if !email.is_empty() {
        g.add("alerts-email", &topic, move |topic| Subscription {
            topic_arn: topic.arn,
            protocol: "email".into(),
            endpoint: email.clone(),
        });
    }
    Messages { queue, topic }
}
