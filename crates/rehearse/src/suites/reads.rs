//! Faults on the first attempt of one read after another. No command fails because of them, and none returns another
//! result.

use super::{Subject, Tally};
use crate::Harness;
use std::{
    fmt::Debug,
    pin::Pin,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
};
use vidpipe_sandbox::{Asked, Conditions, Fault};

/// Number of characters of a response shown at the first difference, and how many of them precede it.
const SHOWN: usize = 300;
const BEFORE: usize = 100;
/// Distance between the reads of a command that fail; the offset moves, so each read fails once in this many commands.
const APART: u64 = 9;

type Command = for<'a> fn(&'a Harness) -> Pin<Box<dyn Future<Output = Result<String, String>> + 'a>>;

/// The read-only commands, and their results as text.
const COMMANDS: &[(&str, Command)] = &[
    ("what is asked before a run", |harness| Box::pin(async { to_text(harness.ask_again().await) })),
    ("what is there", |harness| Box::pin(async { to_text(harness.drift().await) })),
    ("verify", |harness| Box::pin(async { to_text(harness.verify().await) })),
    ("up with nothing to change", |harness| Box::pin(async { to_text(complete(&harness.up().await)) })),
    ("the sweep", |harness| Box::pin(async { to_text(harness.sweep().await) })),
];

fn to_text(answer: Result<impl Debug, impl Debug>) -> Result<String, String> {
    answer.map(|answer| format!("{answer:?}")).map_err(|e| format!("{e:?}"))
}

fn complete(ended: &crate::Ended) -> Result<(), String> {
    if ended.is_complete() { Ok(()) } else { Err(format!("it ended with {ended:?}")) }
}

/// Fails each read of each read-only command, several of them per run.
pub async fn reads(subject: &Subject) -> Tally {
    let mut tally = Tally::new("a read is not answered");
    let harness = subject.harness().await;
    tally.case("up", complete(&harness.up().await).err());
    for (name, command) in COMMANDS {
        tally = tally.and(struck(&harness, name, *command, subject).await);
    }
    tally
}

async fn struck(harness: &Harness, name: &str, command: Command, subject: &Subject) -> Tally {
    let mut tally = Tally::new("a read is not answered");
    harness.day(subject.day.clone());
    let undisturbed = command(harness).await;
    tally.case(name, undisturbed.as_ref().err().cloned());
    for from in 0..APART {
        harness.day(striking(subject, from));
        let answer = command(harness).await;
        let other = (answer != undisturbed).then(|| differs(&format!("{answer:?}"), &format!("{undisturbed:?}")));
        tally.case(&format!("{name}: reads {from}, {}, ...", from + APART), other);
    }
    tally
}

/// Shows where two long responses start to differ.
fn differs(is: &str, was: &str) -> String {
    let from = is.chars().zip(was.chars()).take_while(|(a, b)| a == b).count().saturating_sub(BEFORE);
    let part = |text: &str| text.chars().skip(from).take(SHOWN).collect::<String>();
    format!("it said ...{}..., and undisturbed ...{}...", part(is), part(was))
}

/// Conditions under which every `APART`-th read fails, starting from that one; the faults alternate.
fn striking(subject: &Subject, from: u64) -> Conditions {
    let seen = AtomicU64::new(APART - from);
    subject.day.clone().with_weather(move |asked: &Asked<'_>| {
        let nth = if asked.changes { return None } else { seen.fetch_add(1, Relaxed) };
        (nth % APART == 0).then(|| kind(nth / APART + from))
    })
}

/// `up` and `down` of an environment, while every few reads fail: one run each is enough.
pub async fn reads_of_runs(subject: &Subject) -> Tally {
    let mut tally = Tally::new("reads of runs are not answered");
    for from in 0..APART {
        let harness = subject.harness().await;
        harness.day(striking(subject, from));
        let mut wrong = Vec::from_iter(complete(&harness.up().await).err());
        wrong.extend(complete(&harness.down().await).err());
        wrong.extend(harness.sweep().await.err().map(|e| e.to_string()));
        wrong.extend(harness.leftovers());
        tally.case(&format!("reads {from}, {}, ...", from + APART), wrong);
    }
    tally
}

/// A share of all calls fails in transit, and every read-only command succeeds in one run.
pub async fn nothing_to_change(subject: &Subject, seeds: std::ops::Range<u64>, share: f64) -> Tally {
    let mut tally = Tally::new("nothing to change, and much goes wrong");
    let harness = subject.harness().await;
    tally.case("up", complete(&harness.up().await).err());
    for seed in seeds {
        let mut day = subject.day.clone();
        day.seed = seed;
        for (name, command) in COMMANDS {
            harness.day(day.clone().with_faults(share));
            tally.case(&format!("{name}: seed {seed}, faults {share}"), command(&harness).await.err());
        }
    }
    tally
}

fn kind(nth: u64) -> Fault {
    let nth = usize::try_from(nth).unwrap_or_default();
    Fault::PASSING[nth % Fault::PASSING.len()]
}
