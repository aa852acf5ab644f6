//! The power goes: before the intent is durable, after it, after AWS did the work, before the outcome is durable. The
//! same command again finishes, or `down` removes what there is; nothing is made twice, and in the end nothing is left.

use super::{Counts, Subject, Tally, finish_down, finish_up};
use crate::{Ended, World, disk::Save};
use vidpipe_sandbox::{Fault, is_look};

/// Where the power goes in a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// Before that save is durable.
    BeforeSave(u64),
    /// After that save is durable, before anything else happens.
    AfterSave(u64),
    /// Before AWS reads that changing call: its intent is durable, its work is not done.
    BeforeCall(u64),
    /// After AWS did that changing call, before its answer is heard.
    AfterCall(u64),
}

/// What is run, cut, and run again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Again {
    /// `up` is cut, and `up` is run again.
    UpUp,
    /// `up` is cut, and given up.
    UpDown,
    /// `down` is cut, and run again.
    DownDown,
}

/// An undisturbed life: what it makes, and how often it saves and changes something on its way up and down.
struct Undisturbed {
    once: Counts,
    up: (u64, u64),
    down: (u64, u64),
}

async fn undisturbed(subject: &Subject) -> Undisturbed {
    let world = subject.world().await;
    let up = world.up().await;
    assert!(up.is_complete(), "an undisturbed `up` is complete: {up:?}");
    let (once, up) = (world.made(), (world.saves(), changes(&world)));
    let down = world.down().await;
    assert!(down.is_complete(), "an undisturbed `down` is complete: {down:?}");
    Undisturbed { once, up, down: (world.saves(), changes(&world)) }
}

fn changes(world: &World) -> u64 {
    world.sandbox().take_calls().iter().filter(|call| !is_look(&call.operation)).count() as u64
}

/// Every moment at which the power can go, in each way it goes on.
pub async fn moments(subject: &Subject) -> Vec<(Again, Moment)> {
    let Undisturbed { up, down, .. } = undisturbed(subject).await;
    let of = |(saves, calls): (u64, u64)| {
        let saves = (0..saves).flat_map(|n| [Moment::BeforeSave(n), Moment::AfterSave(n)]);
        saves.chain((0..calls).flat_map(|n| [Moment::BeforeCall(n), Moment::AfterCall(n)])).collect::<Vec<_>>()
    };
    let ways = [(Again::UpUp, up), (Again::UpDown, up), (Again::DownDown, down)];
    ways.into_iter().flat_map(|(again, run)| of(run).into_iter().map(move |moment| (again, moment))).collect()
}

/// One run of `up` or `down` in which the power goes at that moment.
async fn cut(subject: &Subject, world: &World, down: bool, moment: Moment) -> Ended {
    let before = world.sandbox().changes();
    let weather = |nth: u64, fault: Fault| {
        subject.day.clone().with_weather(move |asked| (asked.changes && asked.change == before + nth).then_some(fault))
    };
    let save = match moment {
        Moment::BeforeSave(n) => Some(Save::Before(n)),
        Moment::AfterSave(n) => Some(Save::After(n)),
        Moment::BeforeCall(n) => {
            world.day(weather(n, Fault::CutBefore));
            None
        }
        Moment::AfterCall(n) => {
            world.day(weather(n, Fault::CutAfter));
            None
        }
    };
    let want = if down { vidpipe_engine::Graph::default() } else { world.graph() };
    let ended = world.run(&want, save).await;
    world.sandbox().restore_power();
    world.day(subject.day.clone());
    ended
}

async fn one(subject: &Subject, once: &Counts, again: Again, moments: &[Moment]) -> Vec<String> {
    let world = subject.world().await;
    if again == Again::DownDown {
        world.up().await;
    }
    for (i, moment) in moments.iter().enumerate() {
        // The second cut is in the run that recovers from the first.
        let down = again == Again::DownDown || (again == Again::UpDown && i > 0);
        let ended = cut(subject, &world, down, *moment).await;
        if i == 0 && ended != Ended::Cut {
            return vec![format!("the power did not go: {ended:?}")];
        }
    }
    let mut wrong = Vec::new();
    if again == Again::UpUp {
        wrong.extend(finish_up(&world, once).await);
    }
    wrong.extend(finish_down(&world).await);
    wrong
}

/// The power goes once, at each of these moments.
pub async fn crash(subject: &Subject, moments: &[(Again, Moment)]) -> Tally {
    let Undisturbed { once, .. } = undisturbed(subject).await;
    let mut tally = Tally::new("crash at every save and every changing call");
    for (again, moment) in moments {
        let wrong = one(subject, &once, *again, &[*moment]).await;
        tally.case(&format!("{again:?} {moment:?}"), wrong);
    }
    tally
}

/// The power goes, and goes again while the next run recovers: so many pairs of moments, by the seed.
pub async fn crash_again(subject: &Subject, moments: &[(Again, Moment)], seeds: std::ops::Range<u64>) -> Tally {
    let Undisturbed { once, .. } = undisturbed(subject).await;
    let mut tally = Tally::new("crash again during the recovery");
    for seed in seeds {
        let mut rng = fastrand::Rng::with_seed(seed);
        let (again, first) = moments[rng.usize(..moments.len())];
        let second = loop {
            let (other, moment) = moments[rng.usize(..moments.len())];
            if other == again {
                break moment;
            }
        };
        let wrong = one(subject, &once, again, &[first, second]).await;
        tally.case(&format!("seed {seed}: {again:?} {first:?}, then {second:?}"), wrong);
    }
    tally
}
