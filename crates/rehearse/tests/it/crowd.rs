//! Many concurrent environments in one account, such as one per pull request.
use crate::subject::calm;
use futures::future::join_all;
use std::path::Path;
use tokio::time::Instant;
use vidpipe_engine::Graph;
use vidpipe_pipelines::{
    spec::{Pipeline, Spec},
    suffix::Suffix,
};
use vidpipe_rehearse::{Harness, runtime};
use vidpipe_sandbox::{Clock, Conditions, Fate, Fault, Speed};

/// The environment, and how many of it. AWS allows an account one REST API deletion per 30 seconds, so more than a dozen
/// of StreamTech cannot be deleted in the time of one, by any client; and five trails per region. So `just torture`
/// takes twenty of StreamFlix without its trail.
fn crowd() -> (Spec, usize) {
    match std::env::var_os("VIDPIPE_TORTURE") {
        None => (calm(Pipeline::Streamtech).spec, 6),
        Some(_) => {
            let text = "pipeline = \"streamflix\"\n[audit]\nenabled = false\n";
            (Spec::load(Path::new("vidpipe.toml"), text).expect("a spec"), 20)
        }
    }
}

/// Maximum duration, relative to one environment alone.
const RATIO: f64 = 1.1;

/// The result of `up` and `down` of all environments at once: the slowest duration in seconds, and the throttled calls.
#[derive(Debug, Default)]
struct Went {
    seconds: [f64; 2],
    throttled: [Vec<String>; 2],
}

fn at_once(spec: &Spec, count: usize, pool: bool) -> Went {
    let suffixes: Vec<_> = (1..=count).map(|i| Suffix::parse(&format!("pr-{i}")).expect("a suffix")).collect();
    runtime().expect("a runtime can be made").block_on(async {
        let worlds = Harness::crowd(Clock::Real, spec, &suffixes, pool).await.expect("the sandbox offers it");
        worlds[0].day(Conditions { speed: Speed::Typical, ..Conditions::strict(1) }.with_raised_quotas());
        let mut went = Went::default();
        for (way, up) in [true, false].into_iter().enumerate() {
            let timed = worlds.iter().map(async |harness| {
                let (want, began) = (if up { harness.graph() } else { Graph::default() }, Instant::now());
                assert_eq!(harness.until_complete(&want, 3).await, Some(1), "one run");
                began.elapsed().as_secs_f64()
            });
            went.seconds[way] = join_all(timed).await.into_iter().fold(0.0, f64::max);
            let calls = worlds[0].sandbox().take_calls();
            let throttled = calls.iter().filter(|call| matches!(call.fate, Fate::Faulted(Fault::Throttled)));
            went.throttled[way] = throttled.map(|call| format!("{} {}", call.service, call.operation)).collect();
        }
        assert!(worlds.iter().all(|harness| harness.state().entries.is_empty()), "something is left");
        went
    })
}

/// On separate machines they share no budgets: some calls are throttled, but nothing takes longer.
#[test]
fn many_at_once_take_as_long_as_one() {
    let (spec, many) = crowd();
    let (alone, together) = (at_once(&spec, 1, false), at_once(&spec, many, false));
    println!("{many} at once: {together:?}; alone {:?}", alone.seconds);
    for (command, (one, all)) in ["up", "down"].iter().zip(alone.seconds.iter().zip(together.seconds)) {
        assert!(all <= one * RATIO, "{command} of {many} at once takes {all} s, of one {one} s");
    }
}

/// Within one process they share the account's rate budgets.
#[test]
fn many_in_one_process_take_as_long_as_one_too() {
    let (spec, many) = crowd();
    let (alone, together) = (at_once(&spec, 1, true), at_once(&spec, many, true));
    println!("{many} in one process: {together:?}; alone {:?}", alone.seconds);
    for (command, (one, all)) in ["up", "down"].iter().zip(alone.seconds.iter().zip(together.seconds)) {
        assert!(all <= one * RATIO, "{command} of {many} in one process takes {all} s, of one {one} s");
    }
}
