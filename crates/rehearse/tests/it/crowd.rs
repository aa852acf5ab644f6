//! Many environments in one account at once, as when every pull request has one.
use crate::subject::calm;
use futures::future::join_all;
use tokio::time::Instant;
use vidpipe_engine::Graph;
use vidpipe_pipelines::{spec::Pipeline, suffix::Suffix};
use vidpipe_rehearse::{World, runtime};
use vidpipe_sandbox::{Clock, Conditions, Fate, Fault, Speed};

/// So many. AWS lets an account delete one REST API in 30 seconds, so that more than a dozen could not go within the time of
/// one, whoever removes them.
const MANY: usize = 6;
/// Each of them takes at most so many times as long as one alone.
const RATIO: f64 = 1.1;

/// How `up` and `down` of all of them at once went: how long the slowest took, in seconds, and which calls AWS throttled.
#[derive(Debug, Default)]
struct Went {
    seconds: [f64; 2],
    throttled: [Vec<String>; 2],
}

fn at_once(count: usize, told: bool) -> Went {
    let subject = calm(Pipeline::Streamtech);
    let suffixes: Vec<_> = (1..=count).map(|i| Suffix::parse(&format!("pr-{i}")).expect("a suffix")).collect();
    runtime().expect("a runtime can be made").block_on(async {
        let worlds = World::crowd(Clock::Real, &subject.spec, &suffixes, told).await.expect("the sandbox offers it");
        worlds[0].day(Conditions { speed: Speed::Typical, ..Conditions::strict(1) }.with_raised_quotas());
        let mut went = Went::default();
        for (way, up) in [true, false].into_iter().enumerate() {
            let timed = worlds.iter().map(async |world| {
                let (want, began) = (if up { world.graph() } else { Graph::default() }, Instant::now());
                assert_eq!(world.until_complete(&want, 3).await, Some(1), "one run");
                began.elapsed().as_secs_f64()
            });
            went.seconds[way] = join_all(timed).await.into_iter().fold(0.0, f64::max);
            let calls = worlds[0].sandbox().take_calls();
            let throttled = calls.iter().filter(|call| matches!(call.fate, Fate::Faulted(Fault::Throttled)));
            went.throttled[way] = throttled.map(|call| format!("{} {}", call.service, call.operation)).collect();
        }
        assert!(worlds.iter().all(|world| world.state().entries.is_empty()), "something is left");
        went
    })
}

/// On machines of their own they cannot know of each other: some calls are throttled, and nothing takes longer for it.
#[test]
fn many_at_once_take_as_long_as_one() {
    let (alone, together) = (at_once(1, false), at_once(MANY, false));
    println!("{MANY} at once: {together:?}; alone {:?}", alone.seconds);
    for (command, (one, all)) in ["up", "down"].iter().zip(alone.seconds.iter().zip(together.seconds)) {
        assert!(all <= one * RATIO, "{command} of {MANY} at once takes {all} s, of one {one} s");
    }
}

/// Within one process they share what is left of the account's budgets.
#[test]
fn many_in_one_process_take_as_long_as_one_too() {
    let (alone, together) = (at_once(1, true), at_once(MANY, true));
    println!("{MANY} in one process: {together:?}; alone {:?}", alone.seconds);
    for (command, (one, all)) in ["up", "down"].iter().zip(alone.seconds.iter().zip(together.seconds)) {
        assert!(all <= one * RATIO, "{command} of {MANY} in one process takes {all} s, of one {one} s");
    }
}
