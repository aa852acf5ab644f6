//! Every suite in its full size, with a table at the end: `just torture`.
//!
//! `just torture 3` shares the seeds out in three parts and runs the suites side by side in as many threads.
#![allow(clippy::print_stdout, reason = "the table is for whoever started it")]

use std::{ops::Range, process::ExitCode, thread};
use vidpipe_pipelines::{
    spec::{Pipeline, Spec},
    suffix::Suffix,
};
use vidpipe_rehearse::{
    runtime,
    suites::{self, Subject, Tally},
};
use vidpipe_sandbox::{Clock, Conditions};

/// Pairs of crashes.
const PAIRS: u64 = 5_000;
/// Days on which a share of all calls is faulted.
const DAYS: u64 = 20_000;
/// That share.
const SHARE: f64 = 0.3;

fn calm(pipeline: Pipeline) -> Subject {
    Subject {
        spec: Spec::defaults(pipeline),
        suffix: Suffix::parse("torture").expect("a suffix"),
        pace: Clock::Instant,
        day: Conditions::default(),
    }
}

fn strict(pipeline: Pipeline) -> Subject {
    Subject { pace: Clock::Real, day: Conditions::strict(1), ..calm(pipeline) }
}

/// One part of `parts` of the seeds.
fn part(of: u64, part: u64, parts: u64) -> Range<u64> {
    of * part / parts..of * (part + 1) / parts
}

type Suite = fn(Pipeline, u64, u64) -> Tally;

/// Each suite, for one part of the seeds. What has no seeds is the first part's.
const SUITES: &[Suite] = &[
    |of, part, _| first(part, async { suites::crash(&calm(of), &suites::moments(&calm(of)).await).await }),
    |of, part, _| first(part, async { suites::crash(&strict(of), &suites::moments(&strict(of)).await).await }),
    |of, p, parts| {
        let moments = async { suites::moments(&calm(of)).await };
        run(async move { suites::crash_again(&calm(of), &moments.await, part(PAIRS, p, parts)).await })
    },
    |of, part, _| first(part, async { suites::lost_answers(&calm(of), false).await }),
    |of, part, _| first(part, async { suites::lost_answers(&strict(of), false).await }),
    |of, part, _| first(part, async { suites::failing(&calm(of), 1).await }),
    |of, part, _| first(part, async { suites::expired(&calm(of), 7).await }),
    |of, part, _| first(part, async { suites::incidents(&strict(of)).await }),
    |of, part, _| first(part, async { suites::neighbours(&strict(of)).await }),
    |of, part, _| first(part, async { suites::foreign(&strict(of)).await }),
    |of, part, _| first(part, async { suites::by_hand(&calm(of), 1).await }),
    |of, p, parts| run(async move { suites::schedules(&strict(of), part(DAYS, p, parts), SHARE).await }),
];

fn run(suite: impl Future<Output = Tally>) -> Tally {
    runtime().expect("a runtime can be made").block_on(suite)
}

fn first(part: u64, suite: impl Future<Output = Tally>) -> Tally {
    if part == 0 { run(suite) } else { Tally::default() }
}

fn main() -> ExitCode {
    // Cargo adds `--bench`; the number of parts is the one that is a number.
    let parts = std::env::args().find_map(|argument| argument.parse().ok()).unwrap_or(1).max(1);
    let mut wrong = 0;
    for pipeline in Pipeline::ALL {
        println!("{pipeline}");
        for suite in SUITES {
            let tallies: Vec<Tally> = thread::scope(|scope| {
                let threads = (0..parts).map(|part| scope.spawn(move || suite(pipeline, part, parts)));
                let threads: Vec<_> = threads.collect();
                threads.into_iter().map(|thread| thread.join().expect("a suite does not panic")).collect()
            });
            let tally = tallies.into_iter().reduce(Tally::and).unwrap_or_default();
            wrong += tally.violations.len();
            println!("{tally}");
        }
    }
    if wrong == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
