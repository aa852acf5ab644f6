//! Secrets Manager.

use aws_sdk_secretsmanager::types::Tag;
use vidpipe_sandbox::Clock;

use crate::aws::{Kept, client, code, sandbox};

#[tokio::test]
async fn a_password_keeps_to_what_was_asked() {
    let sandbox = sandbox();
    let secrets = client!(aws_sdk_secretsmanager, sandbox);
    let ask = || {
        secrets
            .get_random_password()
            .password_length(32)
            .exclude_characters("/@\"' \\")
            .exclude_punctuation(false)
            .require_each_included_type(true)
            .send()
    };
    let first = ask().await.unwrap().random_password().unwrap().to_owned();
    let second = ask().await.unwrap().random_password().unwrap().to_owned();
    assert_eq!(first.chars().count(), 32);
    assert!(!first.contains(['/', '@', '"', '\'', ' ', '\\']), "{first}");
    assert_ne!(first, second);
    let plain = secrets.get_random_password().password_length(40).exclude_punctuation(true).send().await.unwrap();
    let plain = plain.random_password().unwrap();
    assert!(plain.len() == 40 && plain.chars().all(char::is_alphanumeric), "{plain}");
}

#[tokio::test]
async fn a_secret_lives_and_dies() {
    let kept = Kept::new();
    let sandbox = kept.open(Clock::Instant);
    let secrets = client!(aws_sdk_secretsmanager, sandbox);
    let before = sandbox.inventory().unwrap();
    let token = "0123456789abcdef0123456789abcdef";
    let create = |token: &str| {
        secrets
            .create_secret()
            .name("db-secret-demo")
            .description("for the database")
            .kms_key_id("alias/aws/secretsmanager")
            .client_request_token(token)
            .secret_string("{}")
            .tags(Tag::builder().key("suffix").value("demo").build())
            .send()
    };
    let made = create(token).await.unwrap();
    let arn = made.arn().unwrap().to_owned();
    assert_eq!(made.version_id(), Some(token));
    let again = create(token).await.expect("the same token, the same secret");
    assert_eq!(again.arn(), Some(arn.as_str()));
    let other = create("ffffffffffffffffffffffffffffffff").await;
    assert_eq!(code(other), "ResourceExistsException");

    let sandbox = kept.again(sandbox, Clock::Instant);
    let secrets = client!(aws_sdk_secretsmanager, sandbox);
    let response = secrets.describe_secret().secret_id("db-secret-demo").send().await.unwrap();
    assert_eq!((response.arn(), response.kms_key_id()), (Some(arn.as_str()), Some("alias/aws/secretsmanager")));
    assert_eq!(response.description(), Some("for the database"));
    assert_eq!(response.tags()[0].value(), Some("demo"));
    secrets.put_secret_value().secret_id(&arn).secret_string(r#"{"host":"h"}"#).send().await.unwrap();
    let value = secrets.get_secret_value().secret_id(&arn).send().await.unwrap();
    assert_eq!(value.secret_string(), Some(r#"{"host":"h"}"#));

    let delete = || secrets.delete_secret().secret_id(&arn).force_delete_without_recovery(true).send();
    delete().await.unwrap();
    let gone = secrets.describe_secret().secret_id(&arn).send().await;
    assert_eq!(code(gone), "ResourceNotFoundException");
    assert_eq!(code(secrets.get_secret_value().secret_id(&arn).send().await), "ResourceNotFoundException");
    let put = secrets.put_secret_value().secret_id(&arn).secret_string("x").send().await;
    assert_eq!(code(put), "ResourceNotFoundException");
    assert_eq!(sandbox.inventory().unwrap()["regions"], before["regions"]);
}
