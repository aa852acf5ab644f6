//! KMS: refusals and their end, and refusals of unusable keys by other services.

use std::time::Duration;

use aws_sdk_kms::Client;
use aws_sdk_kms::primitives::Blob;
use aws_sdk_kms::types::{KeyState, Tag};
use tokio::time::advance;
use vidpipe_sandbox::{Clock, Conditions, Sandbox};

use crate::aws::{client, code, sandbox};
use crate::kms::{POLICY, key};
use crate::{elasticache, rds};

const UNKNOWN: &str = "arn:aws:kms:eu-west-1:123456789012:key/00000000-0000-0000-0000-000000000000";

async fn schedule(kms: &Client, key: &str) {
    kms.schedule_key_deletion().key_id(key).pending_window_in_days(7).send().await.unwrap();
}

#[tokio::test]
async fn an_alias_has_a_good_name_and_leads_to_a_key() {
    let sandbox = sandbox();
    let kms = client!(aws_sdk_kms, sandbox);
    let key = key(&sandbox).await;
    let create = |name: &str, key: &str| kms.create_alias().alias_name(name).target_key_id(key).send();
    for bad in ["alias/aws/rds", "alias/a b", "alias/"] {
        assert_eq!(code(create(bad, &key).await), "InvalidAliasNameException", "{bad}");
    }
    assert_eq!(code(create("alias/a", UNKNOWN).await), "NotFoundException");
    create("alias/a", &key).await.unwrap();
    assert_eq!(code(create("alias/a", &key).await), "AlreadyExistsException");
    assert_eq!(code(create("alias/b", "alias/a").await), "ValidationException");
    schedule(&kms, &key).await;
    assert_eq!(code(create("alias/a", &key).await), "KMSInvalidStateException");
    let update = kms.update_alias().alias_name("alias/a").target_key_id(&key).send().await;
    assert_eq!(code(update), "KMSInvalidStateException");
    kms.delete_alias().alias_name("alias/a").send().await.unwrap();
}

#[tokio::test]
async fn a_key_that_is_pending_deletion_is_looked_at_only() {
    let sandbox = sandbox();
    let kms = client!(aws_sdk_kms, sandbox);
    let key = key(&sandbox).await;
    for days in [6, 31] {
        let window = kms.schedule_key_deletion().key_id(&key).pending_window_in_days(days).send().await;
        assert_eq!(code(window), "ValidationException", "{days} days");
    }
    schedule(&kms, &key).await;
    let response = kms.describe_key().key_id(&key).send().await.unwrap();
    let response = response.key_metadata().unwrap();
    assert_eq!(response.key_state(), Some(&KeyState::PendingDeletion));
    assert!(response.deletion_date().is_some());
    let tag = Tag::builder().tag_key("a").tag_value("b").build().unwrap();
    let refused = [
        code(kms.schedule_key_deletion().key_id(&key).pending_window_in_days(7).send().await),
        code(kms.enable_key_rotation().key_id(&key).send().await),
        code(kms.disable_key_rotation().key_id(&key).send().await),
        code(kms.update_key_description().key_id(&key).description("other").send().await),
        code(kms.tag_resource().key_id(&key).tags(tag).send().await),
        code(kms.untag_resource().key_id(&key).tag_keys("a").send().await),
        code(kms.encrypt().key_id(&key).plaintext(Blob::new("x")).send().await),
    ];
    assert!(refused.iter().all(|code| code == "KMSInvalidStateException"), "{refused:?}");
    kms.cancel_key_deletion().key_id(&key).send().await.unwrap();
    kms.enable_key_rotation().key_id(&key).send().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_policy_names_roles_that_are_known_and_locks_nobody_out() {
    let sandbox = Sandbox::in_memory(Clock::Real);
    let kms = client!(aws_sdk_kms, sandbox);
    let own = key(&sandbox).await;
    let create = |policy: &str| kms.create_key().policy(policy).send();
    let put = |policy: &str| kms.put_key_policy().key_id(&own).policy_name("default").policy(policy).send();
    let of_role = POLICY.replace(
        "arn:aws:iam::123456789012:root\"},\"Action\":\"kms:*\"",
        "arn:aws:iam::123456789012:root\"},\"Action\":\"kms:*\",\"Resource\":\"*\"},{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":[\
         \"arn:aws:iam::123456789012:role/writer\"]},\"Action\":\"kms:Encrypt\"",
    );
    let locks = POLICY.replace("kms:*", "kms:Describe*");
    for bad in ["no policy", "{}", locks.as_str(), of_role.as_str()] {
        assert_eq!(code(create(bad).await), "MalformedPolicyDocumentException", "{bad}");
        assert_eq!(code(put(bad).await), "MalformedPolicyDocumentException", "{bad}");
    }
    kms.create_key().policy(&locks).bypass_policy_lockout_safety_check(true).send().await.unwrap();
    sandbox.set(Conditions { lag: true, ..Conditions::default() });
    let iam = client!(aws_sdk_iam, sandbox);
    iam.create_role().role_name("writer").assume_role_policy_document(r#"{"Statement":[]}"#).send().await.unwrap();
    assert_eq!(code(create(&of_role).await), "MalformedPolicyDocumentException", "the role is not known yet");
    advance(Duration::from_secs(60)).await;
    create(&of_role).await.unwrap();
    put(&of_role).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn new_keys_and_aliases_show_late() {
    let sandbox = Sandbox::in_memory(Clock::Real);
    sandbox.set(Conditions { lag: true, ..Conditions::default() });
    let kms = client!(aws_sdk_kms, sandbox);
    let key = key(&sandbox).await;
    let read = |name: &str| kms.describe_key().key_id(name).send();
    assert_eq!(code(read(&key).await), "NotFoundException");
    assert_eq!(kms.list_keys().send().await.unwrap().keys().len(), 0);
    let alias = || kms.create_alias().alias_name("alias/new").target_key_id(&key).send();
    assert_eq!(code(alias().await), "NotFoundException");
    advance(Duration::from_secs(7)).await;
    assert_eq!(kms.list_keys().send().await.unwrap().keys().len(), 1);
    alias().await.unwrap();
    assert_eq!(code(read("alias/new").await), "NotFoundException");
    assert_eq!(code(alias().await), "AlreadyExistsException", "that the name is taken is known at once");
    assert_eq!(kms.list_aliases().key_id(&key).send().await.unwrap().aliases().len(), 0);
    advance(Duration::from_secs(3)).await;
    read("alias/new").await.unwrap();
    assert_eq!(kms.list_aliases().key_id(&key).send().await.unwrap().aliases().len(), 1);
}

/// The refusals of all services for a key they cannot use.
#[tokio::test]
async fn a_key_that_cannot_be_used_is_refused_everywhere() {
    let sandbox = sandbox();
    let kms = client!(aws_sdk_kms, sandbox);
    let (db, cache) = (client!(aws_sdk_rds, sandbox), client!(aws_sdk_elasticache, sandbox));
    let (efs, secrets) = (client!(aws_sdk_efs, sandbox), client!(aws_sdk_secretsmanager, sandbox));
    let logs = client!(aws_sdk_cloudwatchlogs, sandbox);
    let (_, db_group) = rds::ground(&sandbox, &db).await;
    let cache_group = elasticache::ground(&sandbox, &cache).await;
    secrets.create_secret().name("old").secret_string("x").send().await.unwrap();
    logs.create_log_group().log_group_name("old").send().await.unwrap();
    let gone = key(&sandbox).await;
    schedule(&kms, &gone).await;
    for key in [UNKNOWN, gone.as_str(), "alias/none"] {
        let codes = [
            code(rds::asked(&db, &db_group).kms_key_id(key).send().await),
            code(rds::asked(&db, &db_group).performance_insights_kms_key_id(key).send().await),
            code(elasticache::asked(&cache, &cache_group).kms_key_id(key).send().await),
            code(efs.create_file_system().creation_token("t").encrypted(true).kms_key_id(key).send().await),
            code(secrets.create_secret().name("new").secret_string("x").kms_key_id(key).send().await),
            code(secrets.update_secret().secret_id("old").kms_key_id(key).send().await),
            code(logs.create_log_group().log_group_name("new").kms_key_id(key).send().await),
            code(logs.associate_kms_key().log_group_name("old").kms_key_id(key).send().await),
        ];
        let expected = [
            "KMSKeyNotAccessibleFault",
            "KMSKeyNotAccessibleFault",
            "InvalidParameterValue",
            "BadRequest",
            "EncryptionFailure",
            "EncryptionFailure",
            "AccessDeniedException",
            "AccessDeniedException",
        ];
        assert_eq!(codes, expected, "{key}");
    }
    let good = key(&sandbox).await;
    kms.create_alias().alias_name("alias/good").target_key_id(&good).send().await.unwrap();
    for key in [good.as_str(), "alias/good", "alias/aws/secretsmanager"] {
        secrets.create_secret().name(key).secret_string("x").kms_key_id(key).send().await.unwrap();
    }
}
