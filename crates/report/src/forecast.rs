//! Formats a forecast: how long the run takes, and its longest steps.
use crate::text::{clean, duration};
use std::{cmp::Reverse, collections::BTreeSet, time::Duration};
use vidpipe_engine::event::{Forecast, Leg, Op};

/// Shorter steps of a path are not listed individually.
const SHORT: Duration = Duration::from_secs(2);
/// The maximum number of steps that are listed.
const TOLD: usize = 5;

/// `forecast 13m 40s, 9 of 10 within 17m 05s`.
pub(crate) fn brief(f: &Forecast) -> String {
    format!("forecast {}, 9 of 10 within {}", duration(f.p50), duration(f.p90))
}

/// `13m 40s (9 of 10 within 17m 05s): database 12m 00s, worker 1m 30s, 8s in 5 others`. `of` is inserted after "9 of 10
/// ".
pub(crate) fn whole(f: &Forecast, of: &str) -> String {
    let path = path(&f.path);
    let colon = if path.is_empty() { "" } else { ": " };
    format!("{} (9 of 10 {of}within {}){colon}{path}", duration(f.p50), duration(f.p90))
}

/// The longest steps of a path, in order of time, and the sum of the others.
fn path(legs: &[Leg]) -> String {
    let top = longest(legs, |leg| leg.took, TOLD);
    // A replaced node occurs twice: as a removal and as a creation.
    let both = [Op::Remove, Op::Ensure].iter().all(|op| legs.iter().any(|leg| leg.op == *op));
    let word = |op| match op {
        _ if !both => "",
        Op::Remove => "removing ",
        Op::Ensure => "making ",
    };
    let leg_text = |i: &usize| {
        let leg = &legs[*i];
        format!("{}{} {}", word(leg.op), clean(&leg.node.0), duration(leg.took))
    };
    let mut parts: Vec<String> = top.iter().map(leg_text).collect();
    let others = legs.iter().enumerate().filter(|(i, _)| !top.contains(i));
    let sum = others.fold(Duration::ZERO, |sum, (_, leg)| sum.saturating_add(leg.took));
    if sum >= SHORT {
        let n = legs.len() - top.len();
        parts.push(format!("{} in {n} {}", duration(sum), if n == 1 { "other" } else { "others" }));
    }
    parts.join(", ")
}

/// The indices of the longest items, at most `most`, without negligible ones: at most `SHORT`, or at most a hundredth
/// of the sum.
pub(crate) fn longest<T>(all: &[T], took: impl Fn(&T) -> Duration, most: usize) -> BTreeSet<usize> {
    let whole = all.iter().fold(Duration::ZERO, |sum, item| sum.saturating_add(took(item)));
    let least = SHORT.max(whole / 100);
    let mut places: Vec<usize> = (0..all.len()).filter(|i| took(&all[*i]) > least).collect();
    places.sort_by_key(|i| Reverse(took(&all[*i])));
    places.truncate(most);
    places.into_iter().collect()
}
