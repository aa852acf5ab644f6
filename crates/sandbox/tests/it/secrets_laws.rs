//! Secrets Manager: names that are not free yet, tokens that identify a content, and secrets managed by other services.

use std::time::Duration;

use aws_sdk_secretsmanager::Client;
use tokio::time::advance;
use vidpipe_sandbox::{Clock, Conditions, Sandbox};

use crate::aws::{client, code, sandbox};
use crate::rds;

const TOKEN: &str = "0123456789abcdef0123456789abcdef";

async fn create(secrets: &Client, token: &str, value: &str) -> Result<String, String> {
    let call = secrets.create_secret().name("demo").client_request_token(token).secret_string(value);
    match call.send().await {
        Ok(made) => Ok(made.arn().unwrap().to_owned()),
        refused => Err(code(refused)),
    }
}

#[tokio::test(start_paused = true)]
async fn a_name_is_free_when_its_secret_has_really_gone() {
    let sandbox = Sandbox::in_memory(Clock::Real);
    let secrets = client!(aws_sdk_secretsmanager, sandbox);
    let arn = create(&secrets, TOKEN, "a").await.unwrap();
    let delete = || secrets.delete_secret().secret_id(&arn);
    for days in [6, 31] {
        assert_eq!(code(delete().recovery_window_in_days(days).send().await), "InvalidParameterException");
    }
    let both = delete().recovery_window_in_days(7).force_delete_without_recovery(true).send().await;
    assert_eq!(code(both), "InvalidParameterException");
    delete().recovery_window_in_days(7).send().await.unwrap();
    let other = "f".repeat(32);
    assert_eq!(create(&secrets, &other, "b").await.unwrap_err(), "InvalidRequestException");
    let refused = [
        code(secrets.get_secret_value().secret_id(&arn).send().await),
        code(secrets.put_secret_value().secret_id(&arn).secret_string("b").send().await),
        code(secrets.update_secret().secret_id(&arn).description("d").send().await),
    ];
    assert!(refused.iter().all(|code| code == "InvalidRequestException"), "{refused:?}");
    secrets.restore_secret().secret_id(&arn).send().await.unwrap();
    assert_eq!(create(&secrets, &other, "b").await.unwrap_err(), "ResourceExistsException");
    delete().force_delete_without_recovery(true).send().await.unwrap();
    assert_eq!(create(&secrets, &other, "b").await.unwrap_err(), "InvalidRequestException");
    advance(Duration::from_secs(4)).await;
    create(&secrets, &other, "b").await.unwrap();
    let nothing = secrets.delete_secret().secret_id("none").force_delete_without_recovery(true).send().await;
    nothing.expect("to delete by force what there is not is no error");
}

#[tokio::test]
async fn a_token_stands_for_one_content() {
    let sandbox = sandbox();
    let secrets = client!(aws_sdk_secretsmanager, sandbox);
    let arn = create(&secrets, TOKEN, "a").await.unwrap();
    assert_eq!(create(&secrets, TOKEN, "a").await.unwrap(), arn, "the same call again");
    assert_eq!(create(&secrets, TOKEN, "b").await.unwrap_err(), "ResourceExistsException");
    let put = |token: &str, value: &str| {
        secrets.put_secret_value().secret_id(&arn).client_request_token(token).secret_string(value).send()
    };
    let second = "1".repeat(32);
    put(&second, "b").await.unwrap();
    assert_eq!(code(put(&second, "c").await), "ResourceExistsException");
    assert_eq!(code(put(TOKEN, "c").await), "ResourceExistsException");
    // A version that exists already is ignored, even if it is not the current version.
    put(TOKEN, "a").await.unwrap();
    let value = secrets.get_secret_value().secret_id(&arn).send().await.unwrap();
    assert_eq!(value.secret_string(), Some("b"));
}

#[tokio::test]
async fn a_secret_is_read_with_its_key() {
    let sandbox = sandbox();
    let (secrets, kms) = (client!(aws_sdk_secretsmanager, sandbox), client!(aws_sdk_kms, sandbox));
    let key = kms.create_key().send().await.unwrap().key_metadata().unwrap().key_id().to_owned();
    secrets.create_secret().name("demo").secret_string("a").kms_key_id(&key).send().await.unwrap();
    let read = || secrets.get_secret_value().secret_id("demo").send();
    read().await.unwrap();
    kms.schedule_key_deletion().key_id(&key).send().await.unwrap();
    assert_eq!(code(read().await), "DecryptionFailure");
    kms.cancel_key_deletion().key_id(&key).send().await.unwrap();
    read().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_new_secret_shows_late() {
    let sandbox = Sandbox::in_memory(Clock::Real);
    sandbox.set(Conditions { lag: true, ..Conditions::default() });
    let secrets = client!(aws_sdk_secretsmanager, sandbox);
    let arn = create(&secrets, TOKEN, "a").await.unwrap();
    let read = || secrets.describe_secret().secret_id(&arn).send();
    assert_eq!(code(read().await), "ResourceNotFoundException");
    create(&secrets, TOKEN, "a").await.expect("the same call again is answered all the same");
    advance(Duration::from_secs(5)).await;
    read().await.unwrap();
    create(&secrets, TOKEN, "a").await.unwrap();
    read().await.expect("what is known stays known");
    let second = create(&secrets, &"2".repeat(32), "a").await;
    assert_eq!(second.unwrap_err(), "ResourceExistsException");
    secrets.delete_secret().secret_id(&arn).force_delete_without_recovery(true).send().await.unwrap();
    assert_eq!(code(read().await), "ResourceNotFoundException");
}

#[tokio::test]
async fn a_secret_of_a_database_is_the_databases() {
    let sandbox = sandbox();
    let db = client!(aws_sdk_rds, sandbox);
    let (_, group) = rds::ground(&sandbox, &db).await;
    let before = sandbox.inventory().unwrap();
    let call = rds::asked(&db, &group).manage_master_user_password(true);
    assert_eq!(code(call.clone().send().await), "InvalidParameterCombination", "and a password of its own");
    call.set_master_user_password(None).set_enable_cloudwatch_logs_exports(None).send().await.unwrap();
    let seen = db.describe_db_instances().db_instance_identifier("db-demo").send().await.unwrap();
    let secret = seen.db_instances()[0].master_user_secret().unwrap();
    let arn = secret.secret_arn().unwrap();
    let secrets = client!(aws_sdk_secretsmanager, sandbox);
    let response = secrets.describe_secret().secret_id(arn).send().await.unwrap();
    assert_eq!(response.owning_service(), Some("rds"));
    assert_eq!(secrets.list_secrets().send().await.unwrap().secret_list().len(), 1);
    let value = secrets.get_secret_value().secret_id(arn).send().await.unwrap();
    assert!(value.secret_string().unwrap().contains("postgres"));
    let refused = [
        code(secrets.delete_secret().secret_id(arn).force_delete_without_recovery(true).send().await),
        code(secrets.update_secret().secret_id(arn).description("d").send().await),
        code(secrets.put_secret_value().secret_id(arn).secret_string("x").send().await),
    ];
    assert!(refused.iter().all(|code| code == "InvalidRequestException"), "{refused:?}");
    assert_ne!(sandbox.inventory().unwrap()["regions"], before["regions"]);
    let delete = db.delete_db_instance().db_instance_identifier("db-demo").skip_final_snapshot(true);
    delete.delete_automated_backups(true).send().await.unwrap();
    assert_eq!(code(secrets.describe_secret().secret_id(arn).send().await), "ResourceNotFoundException");
    assert_eq!(sandbox.inventory().unwrap()["regions"], before["regions"]);
}
