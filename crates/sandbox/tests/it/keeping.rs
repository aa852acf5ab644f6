//! Saving a sandbox to a file.

#![allow(clippy::disallowed_methods, reason = "these files are there to be damaged, not to be kept")]

use vidpipe_sandbox::{Clock, Error, Sandbox};

use crate::aws::{Kept, client, code};

#[test]
fn no_file_is_an_empty_aws() {
    let kept = Kept::new();
    let sandbox = kept.open(Clock::Instant);
    assert_eq!(sandbox.inventory().unwrap()["regions"], serde_json::json!({}));
}

#[test]
fn what_is_no_sandbox_file_is_refused_and_left_alone() {
    for text in ["", "{", "[]", r#"{"format": 1}"#, r#"{"format": 99}"#] {
        let kept = Kept::new();
        std::fs::write(&kept.file, text).unwrap();
        let error = Sandbox::open(&kept.file, Clock::Instant).unwrap_err();
        assert!(matches!(error, Error::Parse { .. } | Error::Format { .. }), "{text:?}: {error}");
        assert!(error.hint().contains("remove the file"));
        assert_eq!(std::fs::read_to_string(&kept.file).unwrap(), text);
    }
}

#[cfg(unix)]
#[tokio::test]
async fn only_its_owner_can_read_the_file() {
    use std::os::unix::fs::PermissionsExt;
    let kept = Kept::new();
    let sandbox = kept.open(Clock::Instant);
    sandbox.save().unwrap();
    let mode = std::fs::metadata(&kept.file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[tokio::test]
async fn a_failed_save_leaves_the_old_file() {
    let kept = Kept::new();
    let sandbox = Sandbox::open(&kept.file.join("below/a/file.json"), Clock::Instant).unwrap();
    std::fs::write(&kept.file, "not a folder").unwrap();
    let error = sandbox.save().unwrap_err();
    assert!(matches!(error, Error::Write { .. }), "{error}");
    assert_eq!(std::fs::read_to_string(&kept.file).unwrap(), "not a folder");
}

#[tokio::test]
async fn two_sandboxes_share_nothing() {
    let (one, other) = (crate::aws::sandbox(), crate::aws::sandbox());
    let made = client!(aws_sdk_ec2, one).create_vpc().cidr_block("10.0.0.0/16").send().await.unwrap();
    let id = made.vpc().unwrap().vpc_id().unwrap();
    let there = client!(aws_sdk_ec2, other).describe_vpcs().vpc_ids(id).send().await;
    assert_eq!(code(there), "InvalidVpcID.NotFound");
}
