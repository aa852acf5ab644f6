//! The results of verification: the table, the document, the report.
use jiff::Timestamp;
use vidpipe_engine::{
    Environment,
    verify::{Check, Section, Verdict, Verified},
};
use vidpipe_report::{
    TermStyle,
    verify::{Asked, human, json, outcome, report},
};

const ASKED: Asked<'static> = Asked { at: Timestamp::UNIX_EPOCH, target: "the sandbox: no evidence", version: "1.2.3" };

fn environment() -> Environment {
    Environment {
        pipeline: "streamtech".into(),
        suffix: "staging".into(),
        account: "123456789012".into(),
        region: "us-east-1".into(),
        lineage: "ours".into(),
    }
}

fn check(of: (&str, &str, &str), section: Section, verdict: Verdict, evidence: &str) -> Check {
    let ((service, node, what), call) = (of, format!("Describe{}", of.0.to_uppercase()));
    Check {
        service: service.into(),
        node: node.into(),
        what: what.into(),
        section,
        verdict,
        evidence: evidence.into(),
        call,
    }
}

fn checks() -> Verified {
    let failed = Verdict::Failed { why: "retentionInDays is not told,\u{1b}[2J not 30 | or so".into() };
    let unknown = Verdict::Unknown { why: "failed to ask DescribeRDS: no (AccessDenied)".into() };
    let not_asked = Verdict::NotAsked { why: "the sandbox's names are in no DNS".into() };
    let checks = vec![
        check(("kms", "key", "the key is enabled"), Section::EncryptionAtRest, Verdict::Passed, "KeyState = Enabled"),
        check(("kms", "key", "has its tags and name"), Section::Tags, Verdict::Passed, "Name=key, owner=media"),
        check(
            ("logs", "worker-logs", "logs are kept as long as specified"),
            Section::Retention,
            failed,
            "retentionInDays = not returned",
        ),
        check(("rds", "database", "its name leads to private addresses"), Section::Availability, not_asked, ""),
        check(("rds", "database", "exists and can be read"), Section::Availability, unknown, ""),
    ];
    Verified { checks, asked: 4 }
}

#[test]
fn what_failed_comes_first() {
    insta::assert_snapshot!(human(&checks(), &TermStyle::default()));
    insta::assert_snapshot!(format!("{:#}", json(&environment(), &checks(), &ASKED)));
}

#[test]
fn an_auditor_reads_by_section_what_was_seen_and_who_said_so() {
    insta::assert_snapshot!(report(&environment(), &checks(), &ASKED));
}

#[test]
fn not_asked_is_no_trouble_and_unknown_is() {
    let mut verified = checks();
    assert!(!verified.is_good());
    verified.checks.retain(|c| matches!(c.verdict, Verdict::Passed | Verdict::NotAsked { .. }));
    assert!(verified.is_good());
    insta::assert_snapshot!(outcome(&verified), @"2 passed, 1 not asked: 4 questions");
}

#[test]
fn a_check_is_read_back() {
    for check in checks().checks {
        let text = serde_json::to_string(&check).unwrap();
        assert_eq!(serde_json::from_str::<Check>(&text).unwrap(), check);
    }
}
