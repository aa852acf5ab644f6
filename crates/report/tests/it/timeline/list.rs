//! The list of runs.
use super::runs::{failed, killed, up};
use crate::world::at;
use vidpipe_report::{
    TermStyle,
    timeline::{Listed, Timeline, list_human, list_json},
};

fn runs() -> Vec<Listed> {
    let listed = |stamp: &str, second: i64, timeline| Listed {
        stamp: stamp.into(),
        at: at(second * 1_000),
        command: "up".into(),
        timeline,
    };
    vec![
        listed("20261121T101500.000Z", 86_400, Timeline::of(&up(86_400, &[])).ok_or_else(String::new)),
        listed("20261120T121500.000Z", 7_200, Timeline::of(&failed()).ok_or_else(String::new)),
        listed("20261120T111500.000Z", 3_600, Timeline::of(&killed(200)).ok_or_else(String::new)),
        listed("20261120T101500.000Z", 0, Err("read the history: it has schema 2\u{1b}[31m".into())),
    ]
}

#[test]
fn for_people() {
    insta::assert_snapshot!(list_human(&runs(), at(90_000_000), &TermStyle::default()));
    assert_eq!(list_human(&[], at(0), &TermStyle::default()), "no runs\n");
}

#[test]
fn for_programs() {
    insta::assert_snapshot!(format!("{:#}", list_json(&runs())));
}
