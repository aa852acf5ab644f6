//! In a terminal.
use super::runs::{failed, killed, older, up};
use vidpipe_report::{
    Look,
    timeline::{Difference, Timeline, terminal},
};

fn look(width: usize) -> Look {
    Look { width, ..Look::default() }
}

fn run(events: &super::runs::Events) -> Timeline {
    Timeline::of(events).unwrap()
}

#[test]
fn a_run_in_80_columns() {
    insta::assert_snapshot!(terminal(&run(&up(0, &[])), None, false, &look(80)));
}

#[test]
fn a_run_in_160_columns_against_an_earlier_one() {
    let now = run(&up(86_400, &[("database", 1.42), ("load-balancer", 0.8)]));
    let against = Difference::of(&now, &run(&up(0, &[])));
    insta::assert_snapshot!(terminal(&now, Some(&against), false, &look(160)));
}

#[test]
fn a_run_with_every_task() {
    insta::assert_snapshot!(terminal(&run(&up(0, &[])), None, true, &look(100)));
}

#[test]
fn a_run_that_failed() {
    insta::assert_snapshot!(terminal(&run(&failed()), None, false, &look(100)));
}

#[test]
fn a_run_that_was_killed() {
    insta::assert_snapshot!(terminal(&run(&killed(200)), None, false, &look(100)));
}

#[test]
fn a_run_of_an_older_vidpipe() {
    insta::assert_snapshot!(terminal(&run(&older()), None, false, &look(100)));
}
