//! Plain lines, and the periodic status.
use crate::world::{Page, at, end, middle, tell};
use std::time::Duration;
use vidpipe_engine::event::{Event, Forecast, Halt, Leg, Op, Report};
use vidpipe_report::{Plain, Screen, TermStyle, Tick};

#[test]
fn a_run_reads_line_by_line() {
    let page = Page::new();
    let mut plain = Plain::new(Box::new(page.clone()), TermStyle::default());
    tell(&mut plain, &middle());
    plain.tick(at(400_000));
    tell(&mut plain, &[(at(450_000), Event::Stopping { why: Halt::Asked })]);
    tell(&mut plain, &end());
    insta::assert_snapshot!(page.text());
}

#[test]
fn a_forecast_names_the_longest_steps_in_their_order_and_sums_up_the_others() {
    let leg = |node: &str, op, ms| Leg { node: node.into(), op, took: Duration::from_millis(ms) };
    let made = |node: &str, ms| leg(node, Op::Ensure, ms);
    let command = |path| {
        let page = Page::new();
        let mut plain = Plain::new(Box::new(page.clone()), TermStyle::default());
        plain.on(
            at(0),
            &Event::Forecast(Forecast { p50: Duration::from_secs(820), p90: Duration::from_secs(1_025), path }),
        );
        page.text()
    };
    let path = vec![
        made("vpc", 3_100),
        made("subnet", 1_400),
        made("isolated-routes", 4_000),
        made("database-subnets", 2_500),
        made("database", 720_000),
        made("secret", 900),
        made("worker-task", 1_800),
        made("wor\u{1b}[31mker\u{7}", 89_000),
    ];
    let anew = vec![leg("worker", Op::Remove, 62_000), made("worker", 89_000), made("alarm", 2_100)];
    insta::assert_snapshot!([path[4..].to_vec(), path, anew, Vec::new()].map(command).concat());
}

#[test]
fn a_deadline_is_named() {
    let page = Page::new();
    let mut plain = Plain::new(Box::new(page.clone()), TermStyle::default());
    plain.on(at(0), &Event::Stopping { why: Halt::Deadline });
    assert_eq!(
        page.text(),
        "2026-11-20T10:15:00Z stopping for the deadline: calls in flight land, no new ones are made\n"
    );
}

#[test]
fn colour_is_only_where_it_is_wanted() {
    let page = Page::new();
    let mut plain = Plain::new(Box::new(page.clone()), TermStyle { colour: true, ..TermStyle::default() });
    tell(&mut plain, &middle());
    let stripped = page.text();
    assert!(stripped.contains("\u{1b}[1m\u{1b}[31mFAILED\u{1b}[0m"), "{stripped:?}");
}

#[test]
fn the_heart_beats_every_thirty_seconds_until_the_end() {
    let page = Page::new();
    let plain = Screen::new(Plain::new(Box::new(page.clone()), TermStyle::default()));
    let (mut reporter, mut ticked) = (plain.clone(), plain);
    let beats = || page.text().matches("so far").count();
    ticked.tick(at(0));
    assert_eq!(beats(), 0, "nothing began");
    tell(&mut reporter, &middle()[..3]);
    for ms in (0..=120_000).step_by(250) {
        ticked.tick(at(ms));
    }
    assert_eq!(beats(), 4);
    assert!(
        page.text().contains("2026-11-20T10:15:30Z 0 of 9 done, 1 under way, 30s so far, about 19m left\n"),
        "{}",
        page.text()
    );
    // After a long pause, the status is printed once, not once per missed interval.
    ticked.tick(at(900_000));
    assert_eq!(beats(), 5);
    tell(&mut reporter, &end()[3..]);
    ticked.tick(at(2_000_000));
    assert_eq!(beats(), 5);
}

#[test]
fn a_reader_that_goes_away_does_not_stop_the_run() {
    let page = Page::with_room(200);
    let mut plain = Plain::new(Box::new(page.clone()), TermStyle::default());
    tell(&mut plain, &middle());
    plain.on(at(1), &Event::Stopping { why: Halt::Asked });
    assert!(page.text().lines().count() >= 1 && page.text().ends_with('\n'));
}
