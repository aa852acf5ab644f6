//! How long it takes: said before, held to, shown afterwards. AWS's times, on the sandbox's clock that jumps.
use crate::world::World;
use serde_json::Value;
use std::fs;

const PAUSED: &str = "--sandbox --sandbox-clock paused";

fn forecast(world: &World, command: &str) -> (u64, u64) {
    let plan: Value = serde_json::from_str(&world.run(command).ends(0).stdout).unwrap();
    let ms = |which: &str| plan["forecast"][which].as_u64().unwrap();
    (ms("p50_ms"), ms("p90_ms"))
}

#[test]
fn what_does_not_fit_before_its_deadline_is_refused_before_anything_is_made() {
    let world = World::empty();
    let ran = world.run(&format!("up --suffix staging {PAUSED} --yes --deadline 5m")).ends(6);
    for said in ["this takes about", "does not fit in 5m 00s", "raise --deadline to at least", "nothing was begun"] {
        assert!(ran.stderr.contains(said), "{}", ran.stderr);
    }
    world.run("status --suffix staging --sandbox").ends(7);

    world.run(&format!("up --suffix staging {PAUSED} --yes --deadline 40m")).ends(0);
    let ran = world.run(&format!("down --suffix staging {PAUSED} --yes --deadline 3m")).ends(6);
    assert!(ran.stderr.contains("does not fit in 3m 00s"), "{}", ran.stderr);
    world.run("status --suffix staging --sandbox").ends(0);
    world.run(&format!("down --suffix staging {PAUSED} --yes --deadline 40m")).ends(0);
}

/// How long AWS takes at least says nothing of a sandbox in which nothing takes time.
#[test]
fn what_takes_no_time_fits_before_any_deadline() {
    let world = World::empty();
    world.run("up --suffix staging --sandbox --yes --deadline 3m").ends(0);
    world.run("down --suffix staging --sandbox --yes --deadline 3m").ends(0);
}

#[test]
fn a_plan_says_how_long_and_learns_from_runs() {
    let world = World::empty();
    let plan = "plan --suffix other --sandbox --sandbox-clock paused -o json";
    let (p50, p90) = forecast(&world, plan);
    // The databases of a StreamTech take a quarter of an hour, usually.
    assert!((700_000..1_200_000).contains(&p50) && p50 < p90, "{p50} {p90}");
    let told = world.run("plan --suffix other --sandbox").ends(0).stdout;
    assert!(told.contains("on AWS, this takes about") && told.contains("database"), "{told}");

    // On the sandbox's clock everything takes its typical time, which is less than the mean of what may be.
    let ran = world.run(&format!("up --suffix staging {PAUSED} --yes")).ends(0);
    assert!(ran.stderr.contains("forecast ") && ran.stderr.contains("the time went to"), "{}", ran.stderr);
    let (learned, _) = forecast(&world, plan);
    assert!(learned < p50 && learned > 700_000, "{learned} after {p50}");
    let (removal, _) = forecast(&world, "plan --suffix staging --sandbox --down -o json");
    assert!((300_000..600_000).contains(&removal), "{removal}");

    // What takes no time teaches nothing.
    let before = forecast(&world, plan);
    world.run("up --suffix quick --sandbox --yes").ends(0);
    assert_eq!(forecast(&world, plan), before);
}

#[test]
fn a_run_is_drawn_afterwards() {
    let world = World::empty();
    world.run("timeline --suffix staging --sandbox").ends(7);
    world.run(&format!("up --suffix staging {PAUSED} --yes")).ends(0);
    let said = world.run(&format!("down --suffix staging {PAUSED} --yes")).ends(0).stderr;
    // The sweep takes its time within the minute after which log groups are looked at again.
    let left = said.split("sweeping: waiting ").nth(1).and_then(|rest| rest.split(' ').next()).unwrap();
    assert!((1..50).contains(&left.parse::<u32>().unwrap()), "{left} s are left of the minute");
    world.run(&format!("up --suffix staging {PAUSED} --yes")).ends(0);

    let drawn = world.run("timeline --suffix staging --sandbox").ends(0).stdout;
    for said in ["database", "what the run waited for", "RDS DescribeDBInstances", "against the run of"] {
        assert!(drawn.contains(said), "no {said}: {drawn}");
    }
    let down = world.run("timeline 2 --suffix staging --sandbox").ends(0).stdout;
    assert!(down.contains("down streamtech-staging") && down.contains("cache"), "{down}");
    let list = world.run("timeline --list --suffix staging --sandbox").ends(0).stdout;
    assert_eq!(list.lines().filter(|line| line.contains(" up ") || line.contains(" down ")).count(), 3, "{list}");
    let model: Value =
        serde_json::from_str(&world.run("timeline --suffix staging --sandbox -o json").ends(0).stdout).unwrap();
    assert_eq!(model["schema"], 1);

    world.run("timeline --suffix staging --sandbox --svg run.svg").ends(0);
    world.run("timeline --suffix staging --sandbox --html run.html").ends(0);
    let (svg, html) = (read(&world, "run.svg"), read(&world, "run.html"));
    assert!(svg.starts_with("<svg") || svg.starts_with("<?xml"), "{}", &svg[..80]);
    assert!(html.starts_with("<!DOCTYPE html>") && html.contains("Content-Security-Policy"), "{}", &html[..80]);
    assert!(!html.contains("src=") && !html.contains("@import"), "it asks for something");

    let none = world.run("timeline 9 --suffix staging --sandbox").ends(7);
    assert!(none.stderr.contains("help:"), "{}", none.stderr);
    // It is the history of an environment that may be gone.
    world.run(&format!("down --suffix staging {PAUSED} --yes")).ends(0);
    world.run("timeline --suffix staging --sandbox").ends(0);
}

fn read(world: &World, file: &str) -> String {
    fs::read_to_string(world.here().join(file)).unwrap()
}
