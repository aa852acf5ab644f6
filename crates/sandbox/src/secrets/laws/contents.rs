//! The contents of secrets: a token identifies one content, the KMS key must be usable, and only RDS writes the secrets
//! it manages.

use serde_json::Value;

use super::{CREATE, UPDATE, documented, refuse};
use crate::context::Context;
use crate::kms::usage;
use crate::law::Law;
use crate::secrets::{self, content, managed};
use crate::wire::{Ask, Verdict};

const PUT: &str = "https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutSecretValue.html";
const READ: &str = "https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html";
const MANAGED: &str = "https://docs.aws.amazon.com/secretsmanager/latest/userguide/service-linked-secrets.html";

pub(super) fn laws() -> Vec<Law> {
    vec![
        documented(
            "secrets/token-of-other-content",
            "the token of a secret does not stand for another content",
            CREATE,
            "CreateSecret",
            token_of_other_secret,
        ),
        documented(
            "secrets/version-of-other-content",
            "the token of a version does not stand for another content",
            PUT,
            "PutSecretValue",
            token_of_other_version,
        ),
        documented("secrets/key", "a secret is made with a key that is there and in use", CREATE, "CreateSecret", key),
        documented(
            "secrets/key-changed",
            "a secret is given a key that is there and in use",
            UPDATE,
            "UpdateSecret",
            key,
        ),
        documented(
            "secrets/key-to-read",
            "a secret is read while its key is there and in use",
            READ,
            "GetSecretValue",
            key_to_read,
        ),
        documented(
            "secrets/managed-stays",
            "a secret of another service is deleted by that service only",
            MANAGED,
            "DeleteSecret",
            of_service,
        ),
        documented(
            "secrets/managed-is-not-changed",
            "a secret of another service is changed by that service only",
            UPDATE,
            "UpdateSecret",
            of_service,
        ),
        documented(
            "secrets/managed-is-not-written",
            "a secret of another service is written by that service only",
            MANAGED,
            "PutSecretValue",
            of_service,
        ),
        documented(
            "secrets/managed-is-rotated",
            "the rotation of a secret of another service does not end",
            MANAGED,
            "CancelRotateSecret",
            of_service,
        ),
    ]
}

/// Refuses a token for which the secret already has another content.
fn used_otherwise(context: &Context<'_>, secret: &str, ask: &Ask) -> Verdict {
    let token = ask.text("ClientRequestToken");
    let other = |kept: &Value| kept["versions"].get(token).is_some_and(|there| *there != content(ask));
    match secrets::find(context, secret).filter(|(_, kept)| !token.is_empty() && other(kept)) {
        None => Verdict::Pass,
        Some((arn, _)) => refuse(
            "ResourceExistsException",
            format!(
                "You can't use ClientRequestToken {token} because that value is already in use for a version of secret \
                 {arn}."
            ),
        ),
    }
}

fn token_of_other_secret(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    used_otherwise(context, ask.text("Name"), ask)
}

fn token_of_other_version(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    used_otherwise(context, ask.text("SecretId"), ask)
}

fn key(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    let key = ask.text("KmsKeyId");
    match key.is_empty() || usage::is_usable(context, key) {
        true => Verdict::Pass,
        false => refuse(
            "EncryptionFailure",
            "Secrets Manager can't encrypt the protected secret text using the provided KMS key. Check that the KMS \
             key is available, enabled, and not in an invalid state.",
        ),
    }
}

fn key_to_read(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    let id = ask.text("SecretId");
    let key = secrets::find(context, id).and_then(|(_, kept)| kept["key"].as_str().map(str::to_owned));
    match key.is_none_or(|key| usage::is_usable(context, &key)) {
        true => Verdict::Pass,
        false => refuse(
            "DecryptionFailure",
            "Secrets Manager can't decrypt the protected secret text using the provided KMS key.",
        ),
    }
}

fn of_service(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    match managed::named(context, ask.text("SecretId")) {
        None => Verdict::Pass,
        Some(_) => refuse(
            "InvalidRequestException",
            "You can't perform this operation on the secret because it is managed by rds.",
        ),
    }
}
