//! Every suite in full size, with a table at the end: `just torture`.
//!
//! The first argument is the number of parts that the seeds are divided into, each run in its own thread; the second is
//! the step: only every nth case runs.
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

/// Number of pairs of crashes.
const PAIRS: u64 = 5_000;
/// Number of seeds with faults on a share of all calls.
const DAYS: u64 = 20_000;
/// That share.
const SHARE: f64 = 0.3;

fn calm(pipeline: Pipeline) -> Subject {
    Subject {
        spec: Spec::defaults(pipeline),
        suffix: Suffix::parse("torture").expect("a suffix"),
        pace: Clock::Instant,
        day: Conditions::default(),
        only: Vec::new(),
    }
}

fn strict(pipeline: Pipeline) -> Subject {
    Subject { pace: Clock::Real, day: Conditions::strict(1), ..calm(pipeline) }
}

/// The cases of a suite to run: one of `parts` parts, and of those every `every`-th.
#[derive(Clone, Copy)]
struct Share {
    part: u64,
    parts: u64,
    every: u64,
}

impl Share {
    /// This share of that many seeds.
    fn of(self, seeds: u64) -> Range<u64> {
        let seeds = seeds / self.every;
        seeds * self.part / self.parts..seeds * (self.part + 1) / self.parts
    }

    /// This share of a list.
    fn some<T>(self, all: Vec<T>) -> Vec<T> {
        let step = self.parts * self.every;
        all.into_iter().skip(self.part as usize).step_by(step as usize).collect()
    }
}

type Suite = fn(Pipeline, Share) -> Tally;

/// Each suite, for one share of its cases. Suites with few cases run in the first part only.
const SUITES: &[Suite] = &[
    |of, share| power(calm(of), share),
    |of, share| power(strict(of), share),
    |of, share| run(async { suites::crash_again(&calm(of), share.of(PAIRS)).await }),
    |of, share| first(share, async { suites::lost_answers(&calm(of), false).await }),
    |of, share| run(async { suites::held_each(&calm(of), &share.some(calm(of).nodes().await)).await }),
    |of, share| run(async { suites::spoilt_answers_each(&calm(of), &share.some(calm(of).nodes().await), 3).await }),
    |of, share| first(share, async { suites::lost_answers(&strict(of), false).await }),
    |of, share| first(share, async { suites::failing(&calm(of), share.every as usize).await }),
    |of, share| first(share, async { suites::expired(&calm(of), 7 * share.every as usize).await }),
    |of, share| first(share, async { suites::incidents(&strict(of)).await }),
    |of, share| first(share, async { suites::neighbours(&strict(of)).await }),
    |of, share| first(share, async { suites::foreign(&strict(of)).await }),
    |of, share| run(async { suites::by_hand(&calm(of), &share.some(calm(of).nodes().await)).await }),
    |of, share| run(async { suites::unfound_each(&calm(of), &share.some(calm(of).nodes().await)).await }),
    |of, share| run(async { suites::schedules(&strict(of), share.of(DAYS), SHARE).await }),
];

/// Cuts the power at every moment.
fn power(subject: Subject, share: Share) -> Tally {
    run(async move { suites::crash(&subject, &share.some(suites::moments(&subject).await)).await })
}

fn run(suite: impl Future<Output = Tally>) -> Tally {
    runtime().expect("a runtime can be made").block_on(suite)
}

fn first(share: Share, suite: impl Future<Output = Tally>) -> Tally {
    if share.part == 0 { run(suite) } else { Tally::default() }
}

fn main() -> ExitCode {
    // Cargo adds `--bench`; only the numeric arguments are used.
    let mut numbers = std::env::args().filter_map(|argument| argument.parse::<u64>().ok()).filter(|n| *n > 0);
    let (parts, every) = (numbers.next().unwrap_or(1), numbers.next().unwrap_or(1));
    let mut wrong = 0;
    for pipeline in Pipeline::ALL {
        println!("{pipeline}");
        for suite in SUITES {
            let tallies: Vec<Tally> = thread::scope(|scope| {
                let threads = (0..parts).map(|part| Share { part, parts, every });
                let threads = threads.map(|share| scope.spawn(move || suite(pipeline, share)));
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
