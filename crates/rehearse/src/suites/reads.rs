//! One question after another is not answered the first time it is asked. No command ends for that, and none says anything
//! else than it would have said.

use super::{Subject, Tally};
use crate::World;
use std::{
    fmt::Debug,
    pin::Pin,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
};
use vidpipe_sandbox::{Asked, Conditions, Fault};

/// So much of an answer is shown where it differs, and of that so much that does not yet.
const SHOWN: usize = 300;
const BEFORE: usize = 100;
/// Every so many-th look of a command is struck, then those after them: each look is struck once in so many commands.
const APART: u64 = 9;

type Command = for<'a> fn(&'a World) -> Pin<Box<dyn Future<Output = Result<String, String>> + 'a>>;

/// What commands ask when they change nothing, and what each came to, in words.
const COMMANDS: &[(&str, Command)] = &[
    ("what is asked before a run", |world| Box::pin(async { said(world.ask_again().await) })),
    ("what is there", |world| Box::pin(async { said(world.look().await) })),
    ("verify", |world| Box::pin(async { said(world.verify().await) })),
    ("up with nothing to change", |world| Box::pin(async { said(complete(&world.up().await)) })),
    ("the sweep", |world| Box::pin(async { said(world.sweep().await) })),
];

fn said(answer: Result<impl Debug, impl Debug>) -> Result<String, String> {
    answer.map(|answer| format!("{answer:?}")).map_err(|e| format!("{e:?}"))
}

fn complete(ended: &crate::Ended) -> Result<(), String> {
    if ended.is_complete() { Ok(()) } else { Err(format!("it ended with {ended:?}")) }
}

/// Each look of each command that changes nothing is struck, several of them in one go.
pub async fn reads(subject: &Subject) -> Tally {
    let mut tally = Tally::new("a look is not answered");
    let world = subject.world().await;
    tally.case("up", complete(&world.up().await).err());
    for (name, command) in COMMANDS {
        tally = tally.and(struck(&world, name, *command, subject).await);
    }
    tally
}

async fn struck(world: &World, name: &str, command: Command, subject: &Subject) -> Tally {
    let mut tally = Tally::new("a look is not answered");
    world.day(subject.day.clone());
    let undisturbed = command(world).await;
    tally.case(name, undisturbed.as_ref().err().cloned());
    for from in 0..APART {
        world.day(striking(subject, from));
        let answer = command(world).await;
        let other = (answer != undisturbed).then(|| differs(&format!("{answer:?}"), &format!("{undisturbed:?}")));
        tally.case(&format!("{name}: looks {from}, {}, ...", from + APART), other);
    }
    tally
}

/// Where two long answers begin to differ.
fn differs(is: &str, was: &str) -> String {
    let from = is.chars().zip(was.chars()).take_while(|(a, b)| a == b).count().saturating_sub(BEFORE);
    let part = |text: &str| text.chars().skip(from).take(SHOWN).collect::<String>();
    format!("it said ...{}..., and undisturbed ...{}...", part(is), part(was))
}

/// A day on which every so many-th look is struck, from that one on; the fault is another each time.
fn striking(subject: &Subject, from: u64) -> Conditions {
    let seen = AtomicU64::new(APART - from);
    subject.day.clone().with_weather(move |asked: &Asked<'_>| {
        let nth = if asked.changes { return None } else { seen.fetch_add(1, Relaxed) };
        (nth % APART == 0).then(|| kind(nth / APART + from))
    })
}

/// `up` and `down` of an environment, with every few looks struck: one run each is enough.
pub async fn reads_of_runs(subject: &Subject) -> Tally {
    let mut tally = Tally::new("looks of runs are not answered");
    for from in 0..APART {
        let world = subject.world().await;
        world.day(striking(subject, from));
        let mut wrong = Vec::from_iter(complete(&world.up().await).err());
        wrong.extend(complete(&world.down().await).err());
        wrong.extend(world.sweep().await.err().map(|e| e.to_string()));
        wrong.extend(world.leftovers());
        tally.case(&format!("looks {from}, {}, ...", from + APART), wrong);
    }
    tally
}

/// A share of all calls goes wrong on the way, and everything that changes nothing ends well in one go.
pub async fn nothing_to_change(subject: &Subject, seeds: std::ops::Range<u64>, share: f64) -> Tally {
    let mut tally = Tally::new("nothing to change, and much goes wrong");
    let world = subject.world().await;
    tally.case("up", complete(&world.up().await).err());
    for seed in seeds {
        let mut day = subject.day.clone();
        day.seed = seed;
        for (name, command) in COMMANDS {
            world.day(day.clone().with_faults(share));
            tally.case(&format!("{name}: seed {seed}, faults {share}"), command(&world).await.err());
        }
    }
    tally
}

fn kind(nth: u64) -> Fault {
    let nth = usize::try_from(nth).unwrap_or_default();
    Fault::PASSING[nth % Fault::PASSING.len()]
}
