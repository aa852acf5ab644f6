//! Secrets Manager: names that stay taken, secrets that belong to services.

use super::Law;
use crate::context::{Context, Refusal};
use crate::mends::secrets::managed;
use crate::wire::{Ask, Verdict, WireRule};

const MANAGED: &str = "https://docs.aws.amazon.com/secretsmanager/latest/userguide/service-linked-secrets.html";
const SERVICE: &str = "Secrets Manager";

pub(super) fn laws() -> Vec<Law> {
    let kept = |name, says, operation| {
        Law::documented(name, says, MANAGED, WireRule::before(SERVICE, operation, is_of_a_service))
    };
    vec![
        kept("secrets/managed-deleted", "a secret that RDS manages goes with its database only", "DeleteSecret"),
        kept("secrets/managed-changed", "its key and description are RDS's", "UpdateSecret"),
        kept("secrets/managed-written", "its value is RDS's", "PutSecretValue"),
        kept("secrets/managed-not-rotated", "its rotation does not end", "CancelRotateSecret"),
    ]
}

fn is_of_a_service(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    match managed::named(context, ask.text("SecretId")) {
        None => Verdict::Pass,
        Some(_) => {
            let message = "You can't perform this operation on a secret that is managed by another service: rds.";
            Verdict::Refuse(Refusal::new("InvalidRequestException", message))
        }
    }
}
