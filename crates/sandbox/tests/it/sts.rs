//! STS.

use crate::aws::{client, sandbox};

#[tokio::test]
async fn the_caller_is_in_the_sandbox_account() {
    let sandbox = sandbox();
    let sts = client!(aws_sdk_sts, sandbox);
    let identity = sts.get_caller_identity().send().await.unwrap();
    assert_eq!(identity.account(), Some(vidpipe_sandbox::ACCOUNT_ID));
    assert!(identity.arn().unwrap().starts_with("arn:aws:"));
}
