//! Power cuts: before the intent is durable, after it, after AWS executed the call, before the outcome is durable.
//! Running the same command again completes, or `down` removes everything; nothing is created twice, and nothing is
//! left.

use super::{
    Counts, Subject, Tally,
    calls::{Run, Undisturbed, undisturbed},
    finish_down, finish_up,
};
use crate::{Ended, Harness, disk::Save};
use std::ops::Range;
use vidpipe_engine::Name;
use vidpipe_sandbox::Fault;

/// The point in a run at which the power is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// Before that save is durable.
    BeforeSave(u64),
    /// After that save is durable, before anything else happens.
    AfterSave(u64),
    /// Before AWS receives that mutating call: its intent is durable, but it is not executed.
    BeforeCall(u64),
    /// After AWS executed that mutating call, before its response is received.
    AfterCall(u64),
}

/// The command that is cut, and the command that follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Again {
    /// `up` is cut, and `up` runs again.
    UpUp,
    /// `up` is cut, and `down` follows.
    UpDown,
    /// `down` is cut, and `down` runs again.
    DownDown,
}

/// The moments before and after every save and every mutating call.
fn everywhere(run: &Run) -> Vec<Moment> {
    let saves = (0..run.saves).flat_map(|n| [Moment::BeforeSave(n), Moment::AfterSave(n)]);
    let calls = (0..run.calls.len() as u64).flat_map(|n| [Moment::BeforeCall(n), Moment::AfterCall(n)]);
    saves.chain(calls).collect()
}

/// The four moments of every mutating call for that node: before its intent is durable, after it, after AWS executed
/// the call, before the outcome is durable.
fn of(run: &Run, node: &Name) -> Vec<Moment> {
    let moments = run.of(node).flat_map(|(n, call)| {
        let intent = call.saves.saturating_sub(1);
        let outcome = Some(Moment::BeforeSave(call.saves)).filter(|_| call.saves < run.saves);
        [Moment::BeforeSave(intent), Moment::AfterSave(intent), Moment::AfterCall(n)].into_iter().chain(outcome)
    });
    let mut distinct = Vec::new();
    for moment in moments {
        if !distinct.contains(&moment) {
            distinct.push(moment);
        }
    }
    distinct
}

/// Those moments, each with every possible continuation.
fn ways(life: &Undisturbed, moments: impl Fn(&Run) -> Vec<Moment>) -> Vec<(Again, Moment)> {
    let ways = [(Again::UpUp, &life.up), (Again::UpDown, &life.up), (Again::DownDown, &life.down)];
    ways.into_iter().flat_map(|(again, run)| moments(run).into_iter().map(move |moment| (again, moment))).collect()
}

/// Every moment at which the power can be cut, with every continuation.
pub async fn moments(subject: &Subject) -> Vec<(Again, Moment)> {
    ways(&undisturbed(subject).await, everywhere)
}

/// Runs `up` or `down` once, with a power cut at that moment.
async fn cut(subject: &Subject, harness: &Harness, down: bool, moment: Moment) -> Ended {
    let before = harness.sandbox().changes();
    let weather = |nth: u64, fault: Fault| {
        subject.day.clone().with_weather(move |asked| (asked.changes && asked.change == before + nth).then_some(fault))
    };
    let save = match moment {
        Moment::BeforeSave(n) => Some(Save::Before(n)),
        Moment::AfterSave(n) => Some(Save::After(n)),
        Moment::BeforeCall(n) => {
            harness.day(weather(n, Fault::CutBefore));
            None
        }
        Moment::AfterCall(n) => {
            harness.day(weather(n, Fault::CutAfter));
            None
        }
    };
    let want = if down { vidpipe_engine::Graph::default() } else { harness.graph() };
    let ended = harness.run(&want, save).await;
    harness.sandbox().restore_power();
    harness.day(subject.day.clone());
    ended
}

async fn run_case(subject: &Subject, once: &Counts, again: Again, moments: &[Moment]) -> Vec<String> {
    let harness = subject.harness().await;
    if again == Again::DownDown {
        harness.up().await;
    }
    for (i, moment) in moments.iter().enumerate() {
        // The second cut is in the run that recovers from the first.
        let down = again == Again::DownDown || (again == Again::UpDown && i > 0);
        let ended = cut(subject, &harness, down, *moment).await;
        if i == 0 && ended != Ended::Cut {
            return vec![format!("the power did not go: {ended:?}")];
        }
    }
    let mut wrong = Vec::new();
    if again == Again::UpUp {
        wrong.extend(finish_up(&harness, once).await);
    }
    wrong.extend(finish_down(&harness).await);
    wrong
}

/// Cuts the power once, at each of these moments.
pub async fn crash(subject: &Subject, moments: &[(Again, Moment)]) -> Tally {
    let once = undisturbed(subject).await.once;
    let mut tally = Tally::new("crash at every save and every changing call");
    for (again, moment) in moments {
        let wrong = run_case(subject, &once, *again, &[*moment]).await;
        tally.case(&format!("{again:?} {moment:?}"), wrong);
    }
    tally
}

/// Cuts the power once, at each of the four moments of every mutating call for each of these nodes, in the part of the
/// pipeline that the node depends on.
pub async fn crash_each(subject: &Subject, nodes: &[Name]) -> Tally {
    let mut tally = Tally::new("crash at four moments of every changing call");
    for node in nodes {
        let subject = subject.around(node);
        let life = undisturbed(&subject).await;
        for (again, moment) in ways(&life, |run| of(run, node)) {
            let wrong = run_case(&subject, &life.once, again, &[moment]).await;
            tally.case(&format!("{node}: {again:?} {moment:?}"), wrong);
        }
    }
    tally
}

/// Cuts the power, and again while the next run recovers: one pair of moments per seed.
pub async fn crash_again(subject: &Subject, seeds: Range<u64>) -> Tally {
    let mut tally = Tally::new("crash again during the recovery");
    pairs(subject, seeds, &mut tally).await;
    tally
}

/// Same as [`crash_again`], in the parts of the pipeline that these nodes depend on: the seeds are divided among them.
pub async fn crash_again_each(subject: &Subject, nodes: &[Name], seeds: Range<u64>) -> Tally {
    let mut tally = Tally::new("crash again during the recovery");
    for (i, node) in nodes.iter().enumerate() {
        let own = seeds.clone().skip(i).step_by(nodes.len());
        pairs(&subject.around(node), own, &mut tally).await;
    }
    tally
}

async fn pairs(subject: &Subject, seeds: impl Iterator<Item = u64>, tally: &mut Tally) {
    let life = undisturbed(subject).await;
    let moments = ways(&life, everywhere);
    for seed in seeds {
        let mut rng = fastrand::Rng::with_seed(seed);
        let (again, first) = moments[rng.usize(..moments.len())];
        let second = loop {
            let (other, moment) = moments[rng.usize(..moments.len())];
            if other == again {
                break moment;
            }
        };
        let wrong = run_case(subject, &life.once, again, &[first, second]).await;
        let part = subject.only.iter().map(|node| format!("{node}, ")).collect::<String>();
        tally.case(&format!("{part}seed {seed}: {again:?} {first:?}, then {second:?}"), wrong);
    }
}
