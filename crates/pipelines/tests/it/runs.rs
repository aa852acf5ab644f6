//! Whole runs in the sandbox: up, up again, down; how long they take; and every option of the spec.
use crate::{
    calls::Counts,
    graph::OPTIONS,
    world::{PIPELINES, STREAMFLIX, STREAMTECH, TOKYO, World},
};
use std::time::Duration;
use tokio::time::Instant;
use vidpipe_engine::{
    Graph,
    event::{Event, Half},
};
use vidpipe_sandbox::Clock;

/// The longest paths through AWS's typical times, as a model of the same graphs had them: up and down in seconds.
const WAYS: [(&str, u64, u64); 3] = [(STREAMTECH, 814, 363), (TOKYO, 814, 363), (STREAMFLIX, 492, 422)];

async fn comes_stays_and_goes(text: &str) {
    let world = World::new(Clock::Instant, text).await;
    let want = world.graph(text);
    let summary = world.up(text).await;
    assert_eq!((summary.done, summary.changed), (want.nodes.len(), want.nodes.len()), "{text}");
    world.assert_whole(&want, "after up");

    let (there, serial) = (world.live(), world.disk.borrow().serial);
    assert!(!world.calls.take().is_empty(), "changes are counted");
    assert!(!world.plan(&want).changes());
    let again = world.up(text).await;
    assert_eq!((again.done, again.changed), (0, 0));
    assert_eq!(world.calls.take(), Counts::new(), "calls that change something");
    assert_eq!((world.live(), world.disk.borrow().serial), (there, serial));

    world.down().await;
    world.assert_nothing_left(text);
    let mut made = world.calls.take_creates();
    // Nobody may write into a bucket that is being emptied.
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
    for (text, wanted) in PIPELINES.into_iter().zip([streamtech, streamtech, streamflix]) {
        let world = World::new(Clock::Instant, text).await;
        world.up(text).await;
        let known = world.disk.borrow().known();
        let value = |name: &str, value: String| {
            assert!(!value.is_empty() && !value.contains("${"), "{name}: {value:?}");
            name.to_owned()
        };
        let outputs = world.graph(text).outputs;
        let shown: Vec<String> = outputs.iter().map(|o| value(&o.name, o.read(&known).unwrap())).collect();
        assert_eq!(shown.join(" "), wanted);
    }
}

async fn comes_and_goes(text: &str) {
    let world = World::new(Clock::Instant, text).await;
    world.up(text).await;
    world.assert_whole(&world.graph(text), text);
    assert!(!world.plan(&world.graph(text)).changes(), "{text}: done is done");
    world.down().await;
    world.assert_nothing_left(text);
}

#[tokio::test(start_paused = true)]
async fn every_option_comes_and_goes() {
    for text in OPTIONS.iter().filter(|text| !text.is_empty()) {
        comes_and_goes(text).await;
    }
}

/// What took longest, for whoever has to find out why.
fn slowest(events: &[Event], half: Half) -> String {
    let mut took: Vec<(Duration, String)> = events
        .iter()
        .filter_map(|e| match e {
            Event::Finished { node, half: h, took, .. } if *h == half => Some((*took, node.to_string())),
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
        let world = World::new(Clock::Real, text).await;
        for (command, want, half, ideal, ratio) in
            [("up", world.graph(text), Half::Ensure, up, 1.15), ("down", Graph::default(), Half::Remove, down, 1.4)]
        {
            let began = Instant::now();
            world.done(&want).await;
            let (took, slowest) = (began.elapsed(), slowest(&world.events.borrow(), half));
            println!("{text}{command}: {:.1} s of the sandbox's time\n{slowest}", took.as_secs_f64());
            assert!(took < Duration::from_secs(ideal).mul_f64(ratio), "{text}{command} took {took:?}\n{slowest}");
        }
        world.assert_nothing_left("after down");
    }
}

#[tokio::test(start_paused = true)]
async fn the_spec_s_tags_are_on_what_it_makes() {
    let world = World::new(Clock::Instant, "[tags]\nowner = \"x\"\n").await;
    world.up("[tags]\nowner = \"x\"\n").await;
    let (_, id) = &world.nodes()["vpc"];
    let seen = world.aws.ec2.describe_vpcs().vpc_ids(id).send().await.unwrap();
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
        let world = World::new(Clock::Real, &text).await;
        let began = Instant::now();
        world.done(&world.graph(&text)).await;
        took.push(began.elapsed());
    }
    assert!(took[1] + Duration::from_secs(60) < took[0], "{took:?}");
}
