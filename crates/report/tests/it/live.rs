//! The live view: its frames, and their effect on a terminal.
use crate::world::{Page, at, end, middle, plan, progress, tell};
use std::time::Duration;
use vidpipe_engine::event::{Event, Op, Planned, Report};
use vidpipe_report::{Live, TermStyle, Tick, frame, text::width};

fn style(width: usize, height: usize) -> TermStyle {
    TermStyle { colour: false, width, height }
}

fn framed(events: &[(jiff::Timestamp, Event)], ms: i64, style: TermStyle) -> String {
    frame(&progress(events, ms), at(ms), &style).join("\n")
}

#[test]
fn a_frame_of_80_columns() {
    insta::assert_snapshot!(framed(&middle(), 400_000, style(80, 24)));
}

#[test]
fn a_frame_of_160_columns() {
    insta::assert_snapshot!(framed(&middle(), 400_000, style(160, 50)));
}

#[test]
fn a_frame_before_anything_is_planned() {
    insta::assert_snapshot!(framed(&middle()[..1], 1_500, style(80, 24)), @"
    up streamtech-staging in us-east-1                                           1s
      0 of 0 done
    ");
}

/// At seven minutes: nothing failed, and two tasks have nearly the same remaining time.
#[test]
fn a_frame_where_more_than_one_decides() {
    let mut events = middle();
    events.retain(|(_, e)| !matches!(e, Event::Failed { .. } | Event::Skipped { .. } | Event::Retrying { .. }));
    let Some((_, Event::Planned { tasks, .. })) = events.get_mut(1) else { panic!("not a plan") };
    for task in tasks.iter_mut().filter(|t| t.node.0 == "database") {
        (task.usual, task.late) = (Duration::from_secs(1_060), Duration::from_secs(1_300));
    }
    insta::assert_snapshot!([80, 120, 160].map(|columns| framed(&events, 420_000, style(columns, 24))).join("\n\n"));
}

#[test]
fn where_there_is_no_room_for_all_times_the_most_telling_stays() {
    let head = |columns| framed(&middle(), 400_000, style(columns, 10)).lines().next().unwrap().to_owned();
    insta::assert_snapshot!([70, 60, 50, 40].map(head).join("\n"), @"
    up streamtech-staging in us-east-1             6m 40s, about 14m left
    up streamtech-staging in us-east-1           about 14m left
    up streamtech-staging in us-east-1         6m 40s
    up streamtech-staging in us-eas… 6m 40s
    ");
}

#[test]
fn what_counts_down_is_not_cut_off() {
    let text = framed(&middle(), 400_500, style(70, 24));
    let worker = text.lines().find(|l| l.contains("worker")).unwrap();
    assert_eq!(worker, "  queued   worker   10s/1m 59s      API quota of ecs:Up…, next in 20s");
}

#[test]
fn no_column_moves_to_the_right_and_the_end_comes_no_later_while_nothing_happens() {
    let events = middle();
    let (mut left, mut column) = (Duration::MAX, usize::MAX);
    for ms in (400_000..3_000_000).step_by(1_000) {
        let run = progress(&events, ms);
        let now = run.remaining(at(ms)).unwrap();
        assert!(now <= left && !now.is_zero(), "{left:?} became {now:?}");
        let text = frame(&run, at(ms), &style(80, 24)).join("\n");
        let at = text.lines().find_map(|l| l.find("/9m 55s")).unwrap();
        assert!(at <= column.saturating_add(3), "{text}");
        (left, column) = (now, at);
    }
}

#[test]
fn what_takes_too_long_is_called_late() {
    let text = framed(&middle(), 1_200_000, style(100, 24));
    let database = text.lines().find(|l| l.contains("database")).unwrap();
    assert!(database.contains("19m 54s/9m 55s  late: backing-up"), "{database}");
}

#[test]
fn what_is_in_line_is_not_late_and_says_so() {
    let mut events = middle();
    let (node, op, second) = (vidpipe_engine::Name("flag".into()), Op::Ensure, Duration::from_secs(1));
    let Some((_, Event::Planned { tasks, .. })) = events.get_mut(1) else { panic!("not a plan") };
    let flag = Planned { node: node.clone(), usual: second, late: second, ..tasks[0].clone() };
    tasks.push(flag);
    events.push((at(400_000), Event::Started { node: node.clone(), op }));
    events.push((at(400_500), Event::ReadQueued { node: node.clone(), op }));
    let line =
        |events: &[_]| framed(events, 410_000, style(100, 24)).lines().find(|l| l.contains("flag")).unwrap().to_owned();
    assert!(line(&events).ends_with("  a read slot"), "{}", line(&events));
    // After its read returns, its own time counts.
    events.push((at(405_000), Event::Called { node, op, call: "EC2 DescribeVpcs".into(), reads: true, took: second }));
    assert!(line(&events).ends_with("  late:"), "{}", line(&events));
}

#[test]
fn no_frame_is_wider_or_higher_than_its_terminal() {
    let mut events = middle();
    for n in 0..100 {
        let node = vidpipe_engine::Name(format!("a-node-with-a-rather-long-name-日本-{n}"));
        events.push((at(1_000), Event::Started { node: node.clone(), op: Op::Ensure }));
        if n < 9 {
            let error = crate::world::fault("a long story about what went wrong and why and when and where", "Code");
            events.push((at(1_001), Event::Failed { node, op: Op::Ensure, error }));
        }
    }
    let progress = progress(&events, 400_000);
    for columns in 1..200 {
        for height in [1, 8, 9, 24, 200] {
            let lines = frame(&progress, at(400_000), &style(columns, height));
            let widest = lines.iter().map(|l| width(l)).max().unwrap();
            assert!(widest < columns.max(2), "{widest} of {columns}:\n{}", lines.join("\n"));
            assert!(lines.len() < height.max(8), "{} lines in {height}:\n{}", lines.len(), lines.join("\n"));
        }
    }
    let lines = frame(&progress, at(400_000), &style(80, 12)).join("\n");
    assert!(lines.contains("more under way") && lines.contains("FAILED   and 7 more"), "{lines}");
}

#[test]
fn colour_changes_no_word() {
    let plain = framed(&middle(), 400_000, style(80, 24));
    let coloured = framed(&middle(), 400_000, TermStyle { colour: true, ..style(80, 24) });
    assert_ne!(plain, coloured);
    let mut terminal = emulator(24, 80);
    terminal.process(coloured.replace('\n', "\r\n").as_bytes());
    assert_eq!(terminal.screen().contents().trim_end(), plain);
}

fn emulator(height: u16, width: u16) -> vt100::Parser {
    vt100::Parser::new(height.try_into().unwrap(), width.try_into().unwrap(), 0)
}

/// A terminal that received these bytes as the kernel's line discipline passes them on: with a carriage return before
/// each line feed.
fn terminal(page: &Page, height: u16, width: u16) -> vt100::Parser {
    let mut terminal = emulator(height, width);
    terminal.process(page.text().replace('\n', "\r\n").as_bytes());
    terminal
}

#[test]
fn what_is_over_goes_up_and_what_is_under_way_stays_below() {
    let page = Page::new();
    let mut live = Live::new(Box::new(page.clone()), style(80, 30));
    let events = middle();
    tell(&mut live, &events[..7]);
    live.tick(at(3_500));
    live.tick(at(3_600));
    tell(&mut live, &events[7..]);
    live.tick(at(400_000));
    let screen = terminal(&page, 30, 80);
    insta::assert_snapshot!(screen.screen().contents());
    assert!(screen.screen().hide_cursor());
    tell(&mut live, &end());
    let screen = terminal(&page, 30, 80);
    insta::assert_snapshot!(screen.screen().contents());
    assert!(!screen.screen().hide_cursor(), "the cursor is given back");
    let written = page.bytes().len();
    live.tick(at(2_000_000));
    drop(live);
    assert_eq!(page.bytes().len(), written, "nothing is drawn after the end");
}

#[test]
fn dropping_it_gives_the_terminal_back() {
    let page = Page::new();
    let mut live = Live::new(Box::new(page.clone()), style(80, 30));
    tell(&mut live, &middle());
    live.tick(at(400_000));
    drop(live);
    let screen = terminal(&page, 30, 80);
    assert!(!screen.screen().hide_cursor());
    let left = screen.screen().contents();
    assert!(left.contains("created vpc (ec2:vpc) in 3s") && !left.contains("under way"), "{left}");
    let page = Page::new();
    drop(Live::new(Box::new(page.clone()), style(80, 30)));
    assert!(page.bytes().is_empty(), "nothing was taken, nothing is given back");
}

#[test]
fn a_terminal_made_narrower_is_cleaned_of_wrapped_lines() {
    let page = Page::new();
    let mut live = Live::new(Box::new(page.clone()), style(80, 30));
    tell(&mut live, &[(at(0), middle()[0].1.clone()), (at(1), plan())]);
    live.tick(at(1_000));
    // The terminal wraps by itself: the lines drawn at 80 columns now take two rows each.
    let wrapped = page.text();
    let mut terminal = emulator(30, 40);
    terminal.process(wrapped.replace('\n', "\r\n").as_bytes());
    live.resize(40, 30);
    live.tick(at(2_000));
    terminal.process(page.text()[wrapped.len()..].replace('\n', "\r\n").as_bytes());
    insta::assert_snapshot!(terminal.screen().contents(), @"
    up streamtech-staging in us-east-1   2s
      [                       ] 0 of 9 done
    ");
}

#[test]
fn a_terminal_that_goes_away_does_not_stop_the_run() {
    let mut live = Live::new(Box::new(Page::with_room(10)), style(80, 30));
    tell(&mut live, &middle());
    live.tick(at(1));
    live.on(at(2), &Event::Ended { done: 0, failed: 0, skipped: 0, took: Duration::ZERO });
}
