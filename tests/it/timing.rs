//! Durations: forecast before a run, enforced during it, and shown afterwards. With AWS's durations, on the sandbox's
//! simulated clock.
use crate::harness::Harness;
use serde_json::Value;
use std::fs;

const PAUSED: &str = "--sandbox --sandbox-clock paused";

fn forecast(harness: &Harness, command: &str) -> (u64, u64) {
    let plan: Value = serde_json::from_str(&harness.run(command).ends(0).stdout).unwrap();
    let ms = |which: &str| plan["forecast"][which].as_u64().unwrap();
    (ms("p50_ms"), ms("p90_ms"))
}

#[test]
fn what_does_not_fit_before_its_deadline_is_refused_before_anything_is_made() {
    let harness = Harness::empty();
    let ran = harness.run(&format!("up --suffix staging {PAUSED} --yes --deadline 5m")).ends(6);
    for text in ["this takes about", "does not fit in 5m 00s", "raise --deadline to at least", "nothing was begun"] {
        assert!(ran.stderr.contains(text), "{}", ran.stderr);
    }
    harness.run("status --suffix staging --sandbox").ends(7);

    harness.run(&format!("up --suffix staging {PAUSED} --yes --deadline 40m")).ends(0);
    let ran = harness.run(&format!("down --suffix staging {PAUSED} --yes --deadline 3m")).ends(6);
    assert!(ran.stderr.contains("does not fit in 3m 00s"), "{}", ran.stderr);
    harness.run("status --suffix staging --sandbox").ends(0);
    harness.run(&format!("down --suffix staging {PAUSED} --yes --deadline 40m")).ends(0);
}

/// AWS's minimum durations do not apply to a sandbox in which nothing takes time.
#[test]
fn what_takes_no_time_fits_before_any_deadline() {
    let harness = Harness::empty();
    harness.run("up --suffix staging --sandbox --yes --deadline 3m").ends(0);
    harness.run("down --suffix staging --sandbox --yes --deadline 3m").ends(0);
}

#[test]
fn a_plan_says_how_long_and_learns_from_runs() {
    let harness = Harness::empty();
    let plan = "plan --suffix other --sandbox --sandbox-clock paused -o json";
    let (p50, p90) = forecast(&harness, plan);
    // The databases of a StreamTech usually take a quarter of an hour.
    assert!((700_000..1_200_000).contains(&p50) && p50 < p90, "{p50} {p90}");
    let text = harness.run("plan --suffix other --sandbox").ends(0).stdout;
    assert!(text.contains("on AWS, this takes about") && text.contains("database"), "{text}");

    // On the sandbox's clock everything takes its typical time, which is less than the mean of the possible times.
    let ran = harness.run(&format!("up --suffix staging {PAUSED} --yes")).ends(0);
    assert!(ran.stderr.contains("forecast ") && ran.stderr.contains("the time went to"), "{}", ran.stderr);
    let (learned, _) = forecast(&harness, plan);
    assert!(learned < p50 && learned > 700_000, "{learned} after {p50}");
    let (removal, _) = forecast(&harness, "plan --suffix staging --sandbox --down -o json");
    assert!((300_000..600_000).contains(&removal), "{removal}");

    // Runs that take no time are not learned from.
    let before = forecast(&harness, plan);
    harness.run("up --suffix quick --sandbox --yes").ends(0);
    assert_eq!(forecast(&harness, plan), before);
}

#[test]
fn a_run_is_drawn_afterwards() {
    let harness = Harness::empty();
    harness.run("timeline --suffix staging --sandbox").ends(7);
    harness.run(&format!("up --suffix staging {PAUSED} --yes")).ends(0);
    let output = harness.run(&format!("down --suffix staging {PAUSED} --yes")).ends(0).stderr;
    // The sweep falls within the minute after which log groups are checked again.
    let left = output.split("sweeping: waiting ").nth(1).and_then(|rest| rest.split(' ').next()).unwrap();
    assert!((1..50).contains(&left.parse::<u32>().unwrap()), "{left} s are left of the minute");
    harness.run(&format!("up --suffix staging {PAUSED} --yes")).ends(0);

    let drawn = harness.run("timeline --suffix staging --sandbox").ends(0).stdout;
    for text in ["database", "what the run waited for", "RDS DescribeDBInstances", "against the run of"] {
        assert!(drawn.contains(text), "no {text}: {drawn}");
    }
    let down = harness.run("timeline 2 --suffix staging --sandbox").ends(0).stdout;
    assert!(down.contains("down streamtech-staging") && down.contains("cache"), "{down}");
    let list = harness.run("timeline --list --suffix staging --sandbox").ends(0).stdout;
    assert_eq!(list.lines().filter(|line| line.contains(" up ") || line.contains(" down ")).count(), 3, "{list}");
    let model: Value =
        serde_json::from_str(&harness.run("timeline --suffix staging --sandbox -o json").ends(0).stdout).unwrap();
    assert_eq!(model["schema"], 1);

    harness.run("timeline --suffix staging --sandbox --svg run.svg").ends(0);
    harness.run("timeline --suffix staging --sandbox --html run.html").ends(0);
    let (svg, html) = (read(&harness, "run.svg"), read(&harness, "run.html"));
    assert!(svg.starts_with("<svg") || svg.starts_with("<?xml"), "{}", &svg[..80]);
    assert!(html.starts_with("<!DOCTYPE html>") && html.contains("Content-Security-Policy"), "{}", &html[..80]);
    assert!(!html.contains("src=") && !html.contains("@import"), "it asks for something");

    let none = harness.run("timeline 9 --suffix staging --sandbox").ends(7);
    assert!(none.stderr.contains("help:"), "{}", none.stderr);
    // The history of a deleted environment is kept.
    harness.run(&format!("down --suffix staging {PAUSED} --yes")).ends(0);
    harness.run("timeline --suffix staging --sandbox").ends(0);
}

fn read(harness: &Harness, file: &str) -> String {
    fs::read_to_string(harness.here().join(file)).unwrap()
}
