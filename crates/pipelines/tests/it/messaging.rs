//! A small graph of streams, queues and topics: up, up again, changed, down; foreign resources, and leftovers.
use crate::harness::{Harness, PLENTY};
use std::collections::BTreeSet;
use vidpipe_aws::{
    Aws,
    kinds::{
        kinesis::{ShardMetrics, Stream, StreamEncryption, StreamRetention},
        sns::{Subscription, Topic, TopicPolicy},
        sqs::{Queue, QueuePolicy},
    },
    sweep,
};
use vidpipe_engine::{
    Graph, State, Stop,
    event::Event,
    sweep::{Found, Swept, Verdict},
};
use vidpipe_sandbox::{Clock, Conditions};

const STREAM: &str = "videos-demo";
const QUEUE: &str = "dead-letters-demo";
const TOPIC: &str = "alerts-demo";
const MAIL: &str = "someone@example.com";

/// The desired settings; the default is a pipeline's initial state.
#[derive(Clone)]
pub(crate) struct Wish {
    shards: Option<u16>,
    hours: u16,
    visibility_timeout_s: u32,
    display_name: &'static str,
    mail: bool,
}

impl Default for Wish {
    fn default() -> Self {
        Self { shards: Some(2), hours: 48, visibility_timeout_s: 30, display_name: "Alerts", mail: false }
    }
}

impl Wish {
    /// With an e-mail subscription.
    pub(crate) fn mailing() -> Self {
        Self { mail: true, ..Self::default() }
    }

    pub(crate) fn graph(&self, harness: &Harness) -> Graph<Aws> {
        let mut g = Graph::default();
        let Self { shards, hours, visibility_timeout_s, display_name, mail } = self.clone();
        let stream = g.add("stream", (), move |()| Stream { name: STREAM.into(), shards });
        g.add("stream-retention", &stream, move |stream| StreamRetention { stream: stream.name, hours });
        g.add("stream-encryption", &stream, |stream| StreamEncryption {
            stream: stream.name,
            kms_key: "alias/aws/kinesis".into(),
        });
        g.add("stream-metrics", &stream, |stream| ShardMetrics { stream: stream.name });
        let queue =
            g.add("queue", (), move |()| Queue { name: QUEUE.into(), retention_s: 1_209_600, visibility_timeout_s });
        g.add("queue-policy", &queue, |queue| QueuePolicy { queue_url: queue.url, queue_arn: queue.arn });
        let topic = g.add("topic", (), move |()| Topic { name: TOPIC.into(), display_name: display_name.into() });
        let account = harness.disk.borrow().env.account.clone();
        g.add("topic-policy", &topic, move |topic| TopicPolicy { topic_arn: topic.arn, account: account.clone() });
        g.add("subscription", (&topic, queue.value()), |(topic, queue)| Subscription {
            topic_arn: topic.arn,
            protocol: "sqs".into(),
            endpoint: queue.arn,
        });
        if mail {
            g.add("mail", &topic, |topic| Subscription {
                topic_arn: topic.arn,
                protocol: "email".into(),
                endpoint: MAIL.into(),
            });
        }
        g
    }
}

async fn swept(harness: &Harness, state: &State) -> Swept {
    sweep::sweep(&harness.aws, state, &Stop::default()).await.unwrap()
}

fn describe<'a>(found: impl Iterator<Item = &'a Found>) -> Vec<String> {
    let names: BTreeSet<String> = found.map(|f| format!("{}:{} {}", f.service, f.what, f.name)).collect();
    names.into_iter().collect()
}

#[tokio::test(start_paused = true)]
async fn up_again_changes_nothing_and_down_leaves_nothing() {
    for clock in [Clock::Instant, Clock::Real] {
        let harness = Harness::new(clock, "").await;
        let want = Wish::default().graph(&harness);
        harness.done(&want).await;
        harness.assert_whole(&want, "after up");
        harness.calls.take();
        let again = harness.done(&want).await;
        assert_eq!((again.done, again.changed, harness.calls.take().len()), (0, 0, 0));
        harness.down().await;
        harness.assert_nothing_left("after down");
        let (state, calls) = (harness.disk.borrow().clone(), harness.calls.take());
        let swept = swept(&harness, &state).await;
        assert_eq!((describe(swept.left()), &swept.unknown), (vec![], &vec![]));
        // Settings are deleted with their owners.
        let expected = ["Kinesis DeleteStream", "SNS DeleteTopic", "SQS DeleteQueue"];
        assert_eq!(calls.keys().map(String::as_str).collect::<Vec<_>>(), expected);
    }
}

#[tokio::test(start_paused = true)]
async fn the_strictest_days_leave_nothing_either() {
    for seed in 0..12 {
        let harness = Harness::new(Clock::Real, "").await;
        harness.sandbox.set(Conditions::strict(seed).with_faults(0.1));
        let want = Wish { mail: true, ..Wish::default() }.graph(&harness);
        harness.done(&want).await;
        harness.assert_whole(&want, "after up");
        harness.down().await;
        harness.assert_nothing_left("after down");
        let once = [("CreateStream", 1), ("CreateQueue", 1), ("CreateTopic", 1), ("Subscribe", 2)];
        let made = harness.sandbox.made_by();
        assert_eq!(once.map(|(operation, _)| (operation, made[operation])), once, "seed {seed}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_aws_can_change_is_changed_in_place() {
    let harness = Harness::new(Clock::Real, "").await;
    let wish = Wish::default();
    harness.done(&wish.graph(&harness)).await;
    let before = harness.nodes();
    let more = Wish { shards: Some(9), hours: 168, visibility_timeout_s: 60, display_name: "Other alerts", ..wish };
    let less = Wish { shards: Some(5), hours: 24, ..more.clone() };
    let on_demand = Wish { shards: None, ..less.clone() };
    let back = Wish { shards: Some(2), ..less.clone() };
    for (wish, shards) in [(more, 9), (less, 5), (on_demand, 5), (back, 2)] {
        harness.done(&wish.graph(&harness)).await;
        let seen = harness.aws.kinesis.describe_stream_summary().stream_name(STREAM).send().await.unwrap();
        let seen = seen.stream_description_summary.unwrap();
        assert_eq!((seen.open_shard_count, seen.retention_period_hours), (shards, wish.hours.into()));
        let on_demand = seen.stream_mode_details().map(|d| d.stream_mode().as_str()) == Some("ON_DEMAND");
        assert_eq!(on_demand, wish.shards.is_none());
        assert!(!harness.plan(&wish.graph(&harness)).changes(), "done is done");
    }
    assert_eq!(harness.nodes(), before);
    harness.down().await;
    harness.assert_nothing_left("after down");
}

#[tokio::test(start_paused = true)]
async fn what_is_somebody_elses_is_neither_taken_over_nor_deleted() {
    let harness = Harness::new(Clock::Real, "").await;
    harness.aws.kinesis.create_stream().stream_name(STREAM).shard_count(1).send().await.unwrap();
    harness.aws.sqs.create_queue().queue_name(QUEUE).send().await.unwrap();
    harness.aws.sns.create_topic().name(TOPIC).send().await.unwrap();
    tokio::time::advance(std::time::Duration::from_secs(60)).await;
    let theirs = harness.live();
    let summary = harness.go(&Wish::default().graph(&harness), PLENTY).await;
    assert!(!summary.is_complete());
    let failed: BTreeSet<String> = (harness.events.borrow().iter())
        .filter_map(|e| match e {
            Event::Failed { node, error, .. } => Some(format!("{node} {}", error.code.as_deref().unwrap_or("?"))),
            _ => None,
        })
        .collect();
    let expected = ["queue AlreadyExists", "stream ResourceInUseException", "topic AlreadyExists"];
    assert_eq!(failed.iter().map(String::as_str).collect::<Vec<_>>(), expected);
    harness.down().await;
    assert_eq!(harness.live(), theirs);
}

#[tokio::test(start_paused = true)]
async fn a_mail_nobody_answers_is_no_reason_to_wait_and_says_when_it_ends() {
    let harness = Harness::new(Clock::Real, "").await;
    let want = Wish { mail: true, ..Wish::default() }.graph(&harness);
    harness.done(&want).await;
    harness.assert_whole(&want, "after up");
    let state = harness.disk.borrow().clone();
    let expiring = |swept: &Swept| describe(swept.expiring());
    let pending = format!("sns:subscription {TOPIC} for {MAIL}");
    assert_eq!(expiring(&swept(&harness, &state).await), [pending.as_str()]);
    // The link is not followed, and the subscription is no longer desired.
    harness.done(&Wish::default().graph(&harness)).await;
    assert!(!harness.nodes().contains_key("mail"));
    harness.down().await;
    harness.assert_nothing_left("after down");
    let state = harness.disk.borrow().clone();
    let after = swept(&harness, &state).await;
    assert!(after.is_clean() && expiring(&after).contains(&pending), "{after:?}");
    let Some(Found { verdict: Verdict::Expiring { why, .. }, .. }) = after.expiring().find(|f| f.name.ends_with(MAIL))
    else {
        panic!("{after:?}")
    };
    assert!(why.contains("48 hours"), "{why}");
    tokio::time::advance(std::time::Duration::from_secs(49 * 3600)).await;
    assert_eq!(expiring(&swept(&harness, &state).await), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn a_mail_somebody_answers_is_a_subscription_like_any() {
    let harness = Harness::new(Clock::Real, "").await;
    harness.done(&Wish { mail: true, ..Wish::default() }.graph(&harness)).await;
    let (_, topic) = harness.nodes()["topic"].clone();
    harness.aws.sns.confirm_subscription().topic_arn(&topic).token(MAIL).send().await.unwrap();
    harness.done(&Wish::default().graph(&harness)).await;
    let listed = harness.aws.sns.list_subscriptions_by_topic().topic_arn(&topic).send().await.unwrap();
    let protocols: Vec<_> = listed.subscriptions().iter().filter_map(|s| s.protocol()).collect();
    assert_eq!(protocols, ["sqs"]);
    harness.down().await;
    harness.assert_nothing_left("after down");
}

#[tokio::test(start_paused = true)]
async fn everything_is_found_by_its_tags_alone_and_nothing_of_others() {
    let harness = Harness::new(Clock::Instant, "").await;
    harness.done(&Wish::default().graph(&harness)).await;
    let mut state = harness.disk.borrow().clone();
    state.entries.clear();
    let found = swept(&harness, &state).await;
    assert_eq!(found.unknown, []);
    let kinds: BTreeSet<String> = found.left().map(|f| format!("{}:{}", f.service, f.what)).collect();
    let expected = ["kinesis:stream", "sns:subscription", "sns:topic", "sqs:queue"];
    assert_eq!(kinds.iter().map(String::as_str).collect::<Vec<_>>(), expected);
    state.env.lineage = "theirs".into();
    let found = swept(&harness, &state).await;
    assert_eq!((found.found, found.unknown), (vec![], vec![]));
}
