//! Accepted and refused suffixes.

use vidpipe_pipelines::suffix::{ALLOWED, LONGEST, SHORTEST, Suffix};

#[test]
fn good_ones_are_taken_as_they_are() {
    for text in ["ab", "staging", "pr-1234", "a1", "a-1-b-2", "eighteen-letters-x", "sgx", "my-aws"] {
        assert_eq!(Suffix::parse(text).expect(text).as_str(), text);
    }
}

/// Invalid suffixes.
const BAD: &[&str] = &[
    "",
    "a",
    "nineteen-letters-xy",
    "Staging",
    "PROD",
    "-staging",
    "staging-",
    "a--b",
    "-",
    "--",
    "1staging",
    "12",
    "my_env",
    "my.env",
    "my env",
    " staging",
    "staging ",
    "a/b",
    "../up",
    "a\\b",
    "/",
    "staging\n",
    "a\tb",
    "a\0b",
    "\u{1b}[31mred",
    "stäging",
    "ステージ",
    "a\u{200b}b",
    "a\u{202e}b",
    "ａｂ",
    "default",
    "internal",
    "sg",
    "aws",
    "awsome",
    "a-s3alias",
    "a-ol-s3",
    "a-x-s3",
    "a-mrap",
    "${x}",
    "a;b",
    "$(id)",
    "a*",
    "a\"b",
    "%2e",
    "a:b",
];

#[test]
fn bad_ones_are_refused_with_what_is_wrong() {
    let long = "x".repeat(10_000);
    let mut out = String::new();
    for text in BAD.iter().copied().chain([long.as_str()]) {
        let error = Suffix::parse(text).expect_err(text);
        let message = error.to_string();
        let short = message.strip_suffix(ALLOWED).expect("every message says what is allowed");
        let short = short.strip_suffix("; allowed are ").expect("and where that begins");
        out.push_str(&format!("{short}\n    {}\n", error.hint()));
    }
    insta::assert_snapshot!(out);
}

#[test]
fn what_is_allowed_is_said_with_the_right_numbers() {
    assert!(ALLOWED.starts_with(&format!("{SHORTEST} to {LONGEST} characters")));
}

#[test]
fn production_is_protected_by_its_name() {
    for text in ["prod", "production", "live", "eu-prod"] {
        assert!(Suffix::parse(text).expect(text).is_protected(), "{text}");
    }
    for text in ["staging", "preprod", "prod-test", "alive", "live-2"] {
        assert!(!Suffix::parse(text).expect(text).is_protected(), "{text}");
    }
}

#[test]
fn a_suffix_read_from_a_file_is_checked() {
    let suffix: Suffix = serde_json::from_str("\"staging\"").expect("a good suffix");
    assert_eq!(serde_json::to_string(&suffix).expect("text"), "\"staging\"");
    assert!(serde_json::from_str::<Suffix>("\"Staging\"").is_err());
}
