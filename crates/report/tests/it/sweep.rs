//! The results of a sweep, as text and as JSON.
use serde_json::Value;
use std::time::Duration;
use vidpipe_engine::{
    event::Event,
    sweep::{Found, Swept, Unknown, Verdict},
};
use vidpipe_report::{TermStyle, sweep};

const AGAIN: &str = "vidpipe down --suffix staging";

fn found(service: &str, what: &str, id: &str, verdict: Verdict) -> Found {
    Found {
        service: service.into(),
        what: what.into(),
        id: id.into(),
        name: format!("{what}-staging"),
        verdict,
        remains: None,
    }
}

fn key() -> Found {
    let when = jiff::Timestamp::UNIX_EPOCH + Duration::from_secs(7 * 24 * 3_600);
    found("kms", "key", "1234", Verdict::Expiring { when: Some(when), why: "it is scheduled for deletion".into() })
}

fn bad() -> Swept {
    let left = found("ec2", "vpc", "vpc-1", Verdict::Left { why: "it carries\u{1b}[2J our tags".into() });
    let unknown = Unknown { service: "iam".into(), what: "roles".into(), why: "failed to list the roles: no".into() };
    Swept { found: vec![left, key()], unknown: vec![unknown], asked: 151, services: 13 }
}

#[test]
fn what_is_left_unknown_and_ending() {
    insta::assert_snapshot!(sweep::human(&bad(), AGAIN, &TermStyle::default()));
    insta::assert_snapshot!(format!("{:#}", Value::Object(sweep::json(&bad()))));
}

#[test]
fn nothing_is_left() {
    let clean = Swept { asked: 171, services: 13, ..Swept::default() };
    let text = sweep::human(&clean, AGAIN, &TermStyle::default());
    insta::assert_snapshot!(text, @"nothing is left: 171 reads at 13 services");
    let ending = Swept { found: vec![key()], ..clean };
    assert!(ending.is_clean());
    insta::assert_snapshot!(sweep::outcome(&ending), @"nothing is left, 1 ending by itself: 171 reads at 13 services");
}

#[test]
fn the_event_is_read_back() {
    let event = Event::Swept(bad());
    let text = serde_json::to_string(&event).unwrap();
    assert!(text.starts_with(r#"{"event":"swept","found":[{"service":"ec2","what":"vpc","id":"vpc-1""#), "{text}");
    assert_eq!(serde_json::from_str::<Event>(&text).unwrap(), event);
}

#[test]
fn two_looks_at_one_thing_tell_it_once() {
    let (by_tag, left) = (bad(), |why: &str| Verdict::Left { why: why.into() });
    let by_id = found("ec2", "vpc", "vpc-1", left("by id"));
    let other = found("ec2", "subnet", "subnet-1", left("by id"));
    let both = by_tag.and(Swept { found: vec![by_id, other], asked: 2, ..Swept::default() });
    let ids: Vec<&str> = both.found.iter().map(|f| f.id.as_str()).collect();
    assert_eq!((ids.as_slice(), both.asked, both.services), (["subnet-1", "vpc-1", "1234"].as_slice(), 153, 13));
    assert!(both.found[1].why().contains("our tags"), "the first look's words are kept");
}
