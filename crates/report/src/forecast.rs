//! A forecast in words: how long, and what for.
use crate::text::{clean, duration};
use std::{cmp::Reverse, collections::BTreeSet, time::Duration};
use vidpipe_engine::event::{Forecast, Half, Leg};

/// Shorter steps of a path are not told one by one.
const SHORT: Duration = Duration::from_secs(2);
/// Of the others, so many are told.
const TOLD: usize = 5;

/// `forecast 13m 40s, 9 of 10 within 17m 05s`.
pub(crate) fn brief(f: &Forecast) -> String {
    format!("forecast {}, 9 of 10 within {}", duration(f.p50), duration(f.p90))
}

/// `13m 40s (9 of 10 within 17m 05s): database 12m 00s, worker 1m 30s, 8s in 5 others`. What nine of ten are is left to the
/// caller.
pub(crate) fn whole(f: &Forecast, of: &str) -> String {
    let path = path(&f.path);
    let colon = if path.is_empty() { "" } else { ": " };
    format!("{} (9 of 10 {of}within {}){colon}{path}", duration(f.p50), duration(f.p90))
}

/// The longest steps of a path in the order of time, and the others as a sum.
fn path(legs: &[Leg]) -> String {
    let told = longest(legs, |leg| leg.took, TOLD);
    // What is made anew is there twice.
    let both = [Half::Remove, Half::Ensure].iter().all(|half| legs.iter().any(|leg| leg.half == *half));
    let word = |half| match half {
        _ if !both => "",
        Half::Remove => "removing ",
        Half::Ensure => "making ",
    };
    let one = |i: &usize| {
        let leg = &legs[*i];
        format!("{}{} {}", word(leg.half), clean(&leg.node.0), duration(leg.took))
    };
    let mut parts: Vec<String> = told.iter().map(one).collect();
    let others = legs.iter().enumerate().filter(|(i, _)| !told.contains(i));
    let sum = others.fold(Duration::ZERO, |sum, (_, leg)| sum.saturating_add(leg.took));
    if sum >= SHORT {
        let n = legs.len() - told.len();
        parts.push(format!("{} in {n} {}", duration(sum), if n == 1 { "other" } else { "others" }));
    }
    parts.join(", ")
}

/// Where the longest of these are, at most so many, without those that hardly matter: of seconds, and of less than a hundredth.
pub(crate) fn longest<T>(all: &[T], took: impl Fn(&T) -> Duration, most: usize) -> BTreeSet<usize> {
    let whole = all.iter().fold(Duration::ZERO, |sum, one| sum.saturating_add(took(one)));
    let least = SHORT.max(whole / 100);
    let mut places: Vec<usize> = (0..all.len()).filter(|i| took(&all[*i]) > least).collect();
    places.sort_by_key(|i| Reverse(took(&all[*i])));
    places.truncate(most);
    places.into_iter().collect()
}
