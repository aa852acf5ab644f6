//! The effect of environment variables and the user's AWS files on endpoints and credentials.
use crate::{
    credentials::Sts,
    harness::{Harness, credentials},
};

const DENIED: &str = "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code>\
    <Message>only STS is here</Message></Error><RequestId>r</RequestId></ErrorResponse>";

fn signed() -> Harness {
    credentials().into_iter().fold(Harness::empty(), |harness, (name, value)| harness.with(&name, &value))
}

/// An address where nothing listens.
const NOBODY: &str = "http://127.0.0.1:9";

#[test]
fn what_is_empty_counts_as_unset() {
    let sts = Sts::refusing(0, DENIED);
    // The address and the keys in the profile apply; an empty value in the environment, or in the profile, does not.
    let empty = ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL_S3", "AWS_PROFILE", "AWS_ACCESS_KEY_ID"];
    let harness = empty.iter().fold(Harness::empty(), |harness, name| harness.with(name, ""));
    let harness = harness.with("AWS_CONFIG_FILE", "aws.config");
    let keys = "aws_access_key_id = a\naws_secret_access_key = b\n";
    harness.write(
        "aws.config",
        format!(
            "[default]\nendpoint_url = {}\nservices = own\n{keys}[services own]\nec2 =\n  endpoint_url =\n",
            sts.endpoint
        ),
    );
    let ran = harness.run("plan --suffix staging").ends(6);
    assert!(ran.stderr.contains("only STS is here"), "{}", ran.stderr);
    assert_eq!(sts.asked("GetCallerIdentity"), 1);
    // With only an empty endpoint, calls go to AWS itself: without credentials none is sent.
    let ran = Harness::empty().with("AWS_ENDPOINT_URL", "").run("plan --suffix staging").ends(6);
    assert!(ran.stderr.contains("there are no credentials"), "{}", ran.stderr);
}

#[test]
fn configured_endpoints_may_be_ignored_by_the_environment_and_by_the_profile() {
    // An ignored endpoint is not even read; without credentials nothing is sent to AWS.
    let harness = Harness::empty().with("AWS_ENDPOINT_URL", "nonsense");
    let refused = harness.run("plan --suffix staging").ends(6);
    assert!(refused.stderr.contains("is not a URL"), "{}", refused.stderr);
    let ran = harness.with("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true").run("plan --suffix staging").ends(6);
    assert!(ran.stderr.contains("there are no credentials"), "{}", ran.stderr);
    let harness = Harness::empty().with("AWS_ENDPOINT_URL", "nonsense").with("AWS_CONFIG_FILE", "aws.config");
    harness.write("aws.config", "[default]\nignore_configured_endpoint_urls = true\n");
    let ran = harness.run("plan --suffix staging").ends(6);
    assert!(ran.stderr.contains("there are no credentials"), "{}", ran.stderr);
}

#[test]
fn half_an_emulator_is_refused_before_the_first_call() {
    let sts = Sts::refusing(0, DENIED);
    let harness = signed().with("AWS_ENDPOINT_URL_STS", &sts.endpoint).with("AWS_CONFIG_FILE", "aws.config");
    harness
        .write("aws.config", format!("[default]\nservices = own\n[services own]\ns3 =\n  endpoint_url = {NOBODY}\n"));
    let ran = harness.run("up --suffix staging --yes").ends(6);
    for text in ["AWS and something else at once", "S3, STS", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"] {
        assert!(ran.stderr.contains(text), "{text} is not told: {}", ran.stderr);
    }
    assert_eq!(sts.asked("GetCallerIdentity"), 0);
}

#[test]
fn a_profile_that_is_not_there_is_named() {
    let harness = Harness::empty().with("AWS_PROFILE", "nope").with("AWS_CONFIG_FILE", "aws.config");
    for files in ["", "[profile other]\nregion = eu-west-1\n"] {
        harness.write("aws.config", files);
        let ran = harness.run("plan --suffix staging").ends(6);
        for text in ["there is no profile `nope`", "aws configure list-profiles"] {
            assert!(ran.stderr.contains(text), "{text} is not told: {}", ran.stderr);
        }
    }
}

#[test]
fn a_single_sign_on_that_has_run_out_says_how_to_renew_it() {
    let harness = Harness::empty().with("AWS_PROFILE", "work").with("AWS_CONFIG_FILE", "aws.config");
    let session = "[sso-session s]\nsso_region = eu-west-1\nsso_start_url = https://x.awsapps.com/start\n\
                   sso_registration_scopes = sso:account:access\n";
    let profile = "[profile work]\nsource_profile = base\nrole_arn = arn:aws:iam::123456789012:role/r\n\
                   [profile base]\nsso_session = s\nsso_account_id = 123456789012\nsso_role_name = r\n";
    harness.write("aws.config", format!("{session}{profile}"));
    let ran = harness.run("plan --suffix staging").ends(6);
    assert!(ran.stderr.contains("`aws sso login --profile work`"), "{}", ran.stderr);
}
