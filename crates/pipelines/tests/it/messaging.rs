//! A small graph of streams, queues and topics: up, up again, changed, down; what is somebody else's, and what stays behind.
use crate::world::{PLENTY, World};
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

/// What is asked for; the default is what a pipeline would begin with.
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
    /// With somebody to be told by e-mail.
    pub(crate) fn mailing() -> Self {
        Self { mail: true, ..Self::default() }
    }

    pub(crate) fn graph(&self, world: &World) -> Graph<Aws> {
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
        let account = world.disk.borrow().env.account.clone();
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

async fn swept(world: &World, state: &State) -> Swept {
    sweep::sweep(&world.aws, state, &Stop::default()).await.unwrap()
}

fn told<'a>(found: impl Iterator<Item = &'a Found>) -> Vec<String> {
    let told: BTreeSet<String> = found.map(|f| format!("{}:{} {}", f.service, f.what, f.name)).collect();
    told.into_iter().collect()
}

#[tokio::test(start_paused = true)]
async fn up_again_changes_nothing_and_down_leaves_nothing() {
    for clock in [Clock::Instant, Clock::Real] {
        let world = World::new(clock, "").await;
        let want = Wish::default().graph(&world);
        world.done(&want).await;
        world.assert_whole(&want, "after up");
        world.calls.take();
        let again = world.done(&want).await;
        assert_eq!((again.done, again.changed, world.calls.take().len()), (0, 0, 0));
        world.down().await;
        world.assert_nothing_left("after down");
        let (state, calls) = (world.disk.borrow().clone(), world.calls.take());
        let swept = swept(&world, &state).await;
        assert_eq!((told(swept.left()), &swept.unknown), (vec![], &vec![]));
        // Settings go with their owners.
        let wanted = ["Kinesis DeleteStream", "SNS DeleteTopic", "SQS DeleteQueue"];
        assert_eq!(calls.keys().map(String::as_str).collect::<Vec<_>>(), wanted);
    }
}

#[tokio::test(start_paused = true)]
async fn the_strictest_days_leave_nothing_either() {
    for seed in 0..12 {
        let world = World::new(Clock::Real, "").await;
        world.sandbox.set(Conditions::strict(seed).with_faults(0.1));
        let want = Wish { mail: true, ..Wish::default() }.graph(&world);
        world.done(&want).await;
        world.assert_whole(&want, "after up");
        world.down().await;
        world.assert_nothing_left("after down");
        let once = [("CreateStream", 1), ("CreateQueue", 1), ("CreateTopic", 1), ("Subscribe", 2)];
        let made = world.sandbox.made_by();
        assert_eq!(once.map(|(operation, _)| (operation, made[operation])), once, "seed {seed}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_aws_can_change_is_changed_in_place() {
    let world = World::new(Clock::Real, "").await;
    let wish = Wish::default();
    world.done(&wish.graph(&world)).await;
    let before = world.nodes();
    let more = Wish { shards: Some(9), hours: 168, visibility_timeout_s: 60, display_name: "Other alerts", ..wish };
    let less = Wish { shards: Some(5), hours: 24, ..more.clone() };
    let on_demand = Wish { shards: None, ..less.clone() };
    let back = Wish { shards: Some(2), ..less.clone() };
    for (wish, shards) in [(more, 9), (less, 5), (on_demand, 5), (back, 2)] {
        world.done(&wish.graph(&world)).await;
        let seen = world.aws.kinesis.describe_stream_summary().stream_name(STREAM).send().await.unwrap();
        let seen = seen.stream_description_summary.unwrap();
        assert_eq!((seen.open_shard_count, seen.retention_period_hours), (shards, wish.hours.into()));
        let on_demand = seen.stream_mode_details().map(|d| d.stream_mode().as_str()) == Some("ON_DEMAND");
        assert_eq!(on_demand, wish.shards.is_none());
        assert!(!world.plan(&wish.graph(&world)).changes(), "done is done");
    }
    assert_eq!(world.nodes(), before);
    world.down().await;
    world.assert_nothing_left("after down");
}

#[tokio::test(start_paused = true)]
async fn what_is_somebody_elses_is_neither_taken_over_nor_deleted() {
    let world = World::new(Clock::Real, "").await;
    world.aws.kinesis.create_stream().stream_name(STREAM).shard_count(1).send().await.unwrap();
    world.aws.sqs.create_queue().queue_name(QUEUE).send().await.unwrap();
    world.aws.sns.create_topic().name(TOPIC).send().await.unwrap();
    tokio::time::advance(std::time::Duration::from_secs(60)).await;
    let theirs = world.live();
    let summary = world.go(&Wish::default().graph(&world), PLENTY).await;
    assert!(!summary.is_complete());
    let failed: BTreeSet<String> = (world.events.borrow().iter())
        .filter_map(|e| match e {
            Event::Failed { node, error, .. } => Some(format!("{node} {}", error.code.as_deref().unwrap_or("?"))),
            _ => None,
        })
        .collect();
    let wanted = ["queue AlreadyExists", "stream ResourceInUseException", "topic AlreadyExists"];
    assert_eq!(failed.iter().map(String::as_str).collect::<Vec<_>>(), wanted);
    world.down().await;
    assert_eq!(world.live(), theirs);
}

#[tokio::test(start_paused = true)]
async fn a_mail_nobody_answers_is_no_reason_to_wait_and_says_when_it_ends() {
    let world = World::new(Clock::Real, "").await;
    let want = Wish { mail: true, ..Wish::default() }.graph(&world);
    world.done(&want).await;
    world.assert_whole(&want, "after up");
    let state = world.disk.borrow().clone();
    let expiring = |swept: &Swept| told(swept.expiring());
    let pending = format!("sns:subscription {TOPIC} for {MAIL}");
    assert_eq!(expiring(&swept(&world, &state).await), [pending.as_str()]);
    // Nobody follows the link, and nobody wants the mails any more.
    world.done(&Wish::default().graph(&world)).await;
    assert!(!world.nodes().contains_key("mail"));
    world.down().await;
    world.assert_nothing_left("after down");
    let state = world.disk.borrow().clone();
    let after = swept(&world, &state).await;
    assert!(after.is_clean() && expiring(&after).contains(&pending), "{after:?}");
    let Some(Found { verdict: Verdict::Expiring { why, .. }, .. }) = after.expiring().find(|f| f.name.ends_with(MAIL))
    else {
        panic!("{after:?}")
    };
    assert!(why.contains("48 hours"), "{why}");
    tokio::time::advance(std::time::Duration::from_secs(49 * 3600)).await;
    assert_eq!(expiring(&swept(&world, &state).await), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn a_mail_somebody_answers_is_a_subscription_like_any() {
    let world = World::new(Clock::Real, "").await;
    world.done(&Wish { mail: true, ..Wish::default() }.graph(&world)).await;
    let (_, topic) = world.nodes()["topic"].clone();
    world.aws.sns.confirm_subscription().topic_arn(&topic).token(MAIL).send().await.unwrap();
    world.done(&Wish::default().graph(&world)).await;
    let listed = world.aws.sns.list_subscriptions_by_topic().topic_arn(&topic).send().await.unwrap();
    let protocols: Vec<_> = listed.subscriptions().iter().filter_map(|s| s.protocol()).collect();
    assert_eq!(protocols, ["sqs"]);
    world.down().await;
    world.assert_nothing_left("after down");
}

#[tokio::test(start_paused = true)]
async fn everything_is_found_by_its_tags_alone_and_nothing_of_others() {
    let world = World::new(Clock::Instant, "").await;
    world.done(&Wish::default().graph(&world)).await;
    let mut state = world.disk.borrow().clone();
    state.entries.clear();
    let found = swept(&world, &state).await;
    assert_eq!(found.unknown, []);
    let kinds: BTreeSet<String> = found.left().map(|f| format!("{}:{}", f.service, f.what)).collect();
    let wanted = ["kinesis:stream", "sns:subscription", "sns:topic", "sqs:queue"];
    assert_eq!(kinds.iter().map(String::as_str).collect::<Vec<_>>(), wanted);
    state.env.lineage = "theirs".into();
    let found = swept(&world, &state).await;
    assert_eq!((found.found, found.unknown), (vec![], vec![]));
}
