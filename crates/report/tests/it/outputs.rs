//! Outputs, in the formats their readers need.
use std::process::Command;
use vidpipe_report::outputs::{Values, env, github, human, json};

fn values() -> Values {
    let pairs = [
        ("VpcId", "vpc-0a1b2c3d"),
        ("RDSEndpoint", "db.example:5432"),
        ("EcsClusterName", "streamtech-staging"),
        ("ApiEndpoint", "https://abc.example/prod?a=1&b=$HOME"),
        ("Quote", "it's \"quoted\" `id` $(id) \\ !"),
        ("Lines", "first\nsecond='2'\nEND_OF_VALUE\n"),
        ("Empty", ""),
        ("2nd-value", "x"),
    ];
    pairs.map(|(k, v)| (k.into(), v.into())).into()
}

#[test]
fn for_people() {
    insta::assert_snapshot!(human(&values()));
    assert_eq!(human(&Values::new()), "no outputs\n");
}

#[test]
fn as_a_flat_object() {
    insta::assert_snapshot!(json(&values()));
    assert_eq!(serde_json::from_str::<Values>(&json(&values())).unwrap(), values());
    assert_eq!(json(&Values::new()), "{}\n");
}

#[test]
fn for_a_shell() {
    insta::assert_snapshot!(env(&values()));
}

#[cfg(unix)]
#[test]
fn a_shell_reads_back_exactly_what_was_meant() {
    let script =
        env(&values()) + "printf '%s|' \"$VPC_ID\" \"$RDS_ENDPOINT\" \"$QUOTE\" \"$LINES\" \"$EMPTY\" \"$_2ND_VALUE\"";
    let out = Command::new("sh").args(["-euc", &script]).output().unwrap();
    let v = values();
    let expected = ["VpcId", "RDSEndpoint", "Quote", "Lines", "Empty", "2nd-value"].map(|k| v[k].clone() + "|");
    assert_eq!(String::from_utf8(out.stdout).unwrap(), expected.concat(), "{}", String::from_utf8_lossy(&out.stderr));
}

#[test]
fn for_a_workflow() {
    insta::assert_snapshot!(github(&values()));
}

#[test]
fn a_value_cannot_end_its_own_here_document() {
    let value = "a\nEND_OF_VALUE\nPATH=/evil\nEND_OF_VALUE_\n";
    let text = github(&[("A".to_owned(), value.to_owned())].into());
    let end = text.lines().next().unwrap().strip_prefix("A<<").unwrap();
    assert_eq!(text.lines().filter(|l| *l == end).count(), 1);
    assert_eq!(text.lines().last(), Some(end));
}
