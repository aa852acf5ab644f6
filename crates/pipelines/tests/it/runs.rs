//! Whole runs in the sandbox: up, up again, down; their duration; and every option of the spec.
use crate::{
    calls::Counts,
    graph::OPTIONS,
    harness::{Harness, PIPELINES, STREAMFLIX, STREAMTECH, TOKYO},
};
use std::time::Duration;
use tokio::time::Instant;
use vidpipe_engine::{
    Graph,
    event::{Event, Op},
};
use vidpipe_sandbox::Clock;

/// The longest paths through AWS's typical times, computed from a model of the same graphs: up and down in seconds.
const WAYS: [(&str, u64, u64); 3] = [(STREAMTECH, 814, 363), (TOKYO, 814, 363), (STREAMFLIX, 492, 422)];

async fn comes_stays_and_goes(text: &str) {
    let harness = Harness::new(Clock::Instant, text).await;
    let want = harness.graph(text);
    let summary = harness.up(text).await;
    assert_eq!((summary.done, summary.changed), (want.nodes.len(), want.nodes.len()), "{text}");
    harness.assert_whole(&want, "after up");

    let (there, serial) = (harness.live(), harness.disk.borrow().serial);
    assert!(!harness.calls.take().is_empty(), "changes are counted");
    assert!(!harness.plan(&want).changes());
    let again = harness.up(text).await;
    assert_eq!((again.done, again.changed), (0, 0));
    assert_eq!(harness.calls.take(), Counts::new(), "calls that change something");
    assert_eq!((harness.live(), harness.disk.borrow().serial), (there, serial));

    harness.down().await;
    harness.assert_nothing_left(text);
    let mut made = harness.calls.take_creates();
    // The policy that denies writes to a bucket while it is emptied.
    made.remove("S3 PutBucketPolicy");
    assert_eq!(made, Counts::new(), "down makes nothing");
}

#[tokio::test(start_paused = true)]
async fn up_again_changes_nothing_and_down_leaves_nothing() {
    for text in PIPELINES {
        comes_stays_and_goes(text).await;
    }
}

#[tokio::test(start_paused = true)]
async fn every_output_is_shown() {
    let streamtech = "VpcId EcsClusterName RdsEndpoint RedisEndpoint EfsFileSystemId ApiEndpoint DbSecretArn ApiKeyId";
    let streamflix =
        "StreamName DatabaseEndpoint DatabaseReaderEndpoint EcsClusterName DlqUrl TopicArn TrailArn DbSecretArn";
    for (text, expected) in PIPELINES.into_iter().zip([streamtech, streamtech, streamflix]) {
        let harness = Harness::new(Clock::Instant, text).await;
        harness.up(text).await;
        let known = harness.disk.borrow().known();
        let value = |name: &str, value: String| {
            assert!(!value.is_empty() && !value.contains("${"), "{name}: {value:?}");
            name.to_owned()
        };
        let outputs = harness.graph(text).outputs;
        let rendered: Vec<String> = outputs.iter().map(|o| value(&o.name, o.read(&known).unwrap())).collect();
        assert_eq!(rendered.join(" "), expected);
    }
}

async fn comes_and_goes(text: &str) {
    let harness = Harness::new(Clock::Instant, text).await;
    harness.up(text).await;
    harness.assert_whole(&harness.graph(text), text);
    assert!(!harness.plan(&harness.graph(text)).changes(), "{text}: done is done");
    harness.down().await;
    harness.assert_nothing_left(text);
}

#[tokio::test(start_paused = true)]
async fn every_option_comes_and_goes() {
    for text in OPTIONS.iter().filter(|text| !text.is_empty()) {
        comes_and_goes(text).await;
    }
}

/// The longest tasks, for diagnosis.
fn slowest(events: &[Event], op: Op) -> String {
    let mut took: Vec<(Duration, String)> = events
        .iter()
        .filter_map(|e| match e {
            Event::Finished { node, op: h, took, .. } if *h == op => Some((*took, node.to_string())),
            _ => None,
        })
        .collect();
    took.sort();
    let lines: Vec<String> =
        took.iter().rev().take(12).map(|(t, n)| format!("{:7.1} s {n}", t.as_secs_f64())).collect();
    lines.join("\n")
}

#[tokio::test(start_paused = true)]
async fn it_takes_as_long_as_the_longest_path() {
    for (text, up, down) in WAYS {
        let harness = Harness::new(Clock::Real, text).await;
        for (command, want, op, ideal, ratio) in
            [("up", harness.graph(text), Op::Ensure, up, 1.15), ("down", Graph::default(), Op::Remove, down, 1.4)]
        {
            let began = Instant::now();
            harness.done(&want).await;
            let (took, slowest) = (began.elapsed(), slowest(&harness.events.borrow(), op));
            println!("{text}{command}: {:.1} s of the sandbox's time\n{slowest}", took.as_secs_f64());
            assert!(took < Duration::from_secs(ideal).mul_f64(ratio), "{text}{command} took {took:?}\n{slowest}");
        }
        harness.assert_nothing_left("after down");
    }
}

#[tokio::test(start_paused = true)]
async fn the_spec_s_tags_are_on_what_it_makes() {
    let harness = Harness::new(Clock::Instant, "[tags]\nowner = \"x\"\n").await;
    harness.up("[tags]\nowner = \"x\"\n").await;
    let (_, id) = &harness.nodes()["vpc"];
    let seen = harness.aws.ec2.describe_vpcs().vpc_ids(id).send().await.unwrap();
    let tags: Vec<_> = seen.vpcs()[0].tags().iter().map(|t| (t.key().unwrap(), t.value().unwrap())).collect();
    for tag in [("owner", "x"), ("vidpipe:suffix", "demo"), ("vidpipe:node", "vpc"), ("Name", "vpc-demo")] {
        assert!(tags.contains(&tag), "{tag:?} is not in {tags:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn services_that_do_not_wait_for_the_database_are_there_minutes_earlier() {
    let mut took = Vec::new();
    for wait in [true, false] {
        let text = format!("[database]\nwait_until_available = {wait}\n[metadata]\nmigrations = \"off\"\n");
        let harness = Harness::new(Clock::Real, &text).await;
        let began = Instant::now();
        harness.done(&harness.graph(&text)).await;
        took.push(began.elapsed());
    }
    assert!(took[1] + Duration::from_secs(60) < took[0], "{took:?}");
}
