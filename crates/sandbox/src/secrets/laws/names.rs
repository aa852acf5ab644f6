//! The names of secrets: not free at once after a deletion, and late to show after a creation.

use serde_json::Value;

use super::{CREATE, SERVICE, UPDATE, documented, refuse};
use crate::context::Context;
use crate::document::text;
use crate::law::Law;
use crate::secrets::{self, KIND};
use crate::wire::{Ask, Verdict, WireRule};

pub(super) fn laws() -> Vec<Law> {
    vec![
        Law::reported(
            "secrets/name-deleted",
            "for a moment the name of a secret that was deleted by force is refused as that of a deleted one",
            "hashicorp/terraform-provider-aws#10259; its secret.go asks again at 'because it was deleted'",
            WireRule::before(SERVICE, "CreateSecret", name_deleted),
        ),
        documented(
            "secrets/name-leaving",
            "the name of a secret that is scheduled for deletion is taken",
            CREATE,
            "CreateSecret",
            name_leaving,
        ),
        documented(
            "secrets/leaving-is-not-changed",
            "a secret that is scheduled for deletion cannot be changed",
            UPDATE,
            "UpdateSecret",
            leaving,
        ),
        Law::assumed(
            "secrets/new-shows-late",
            "a new secret may be unknown for a moment: it is noted when it was made",
            "as in KMS and IAM",
            WireRule::after(SERVICE, "CreateSecret", made),
        ),
        Law::assumed(
            "secrets/new-is-unknown",
            "calls that look at a new secret may be refused for a moment as if it were not there",
            "as in KMS and IAM",
            WireRule::before(SERVICE, "*", unseen),
        ),
    ]
}

fn name_deleted(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    match secrets::was_forced(context, ask.text("Name")) {
        false => Verdict::Pass,
        true => {
            refuse("InvalidRequestException", "You can't perform this operation on the secret because it was deleted.")
        }
    }
}

fn name_leaving(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    match secrets::is_leaving(context, ask.text("Name")) {
        false => Verdict::Pass,
        true => refuse(
            "InvalidRequestException",
            "You can't create this secret because a secret with this name is already scheduled for deletion.",
        ),
    }
}

fn leaving(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    let deleted = secrets::find(context, ask.text("SecretId")).is_some_and(|(_, kept)| kept["deleted"] == true);
    match deleted {
        false => Verdict::Pass,
        true => refuse(
            "InvalidRequestException",
            "You can't perform this operation on the secret because it was marked for deletion.",
        ),
    }
}

fn made(context: &mut Context<'_>, _: &Ask, reply: &mut Value) {
    let arn = text(reply, "ARN");
    // A repeated call is answered with a secret that is already stored.
    if context.document(KIND, arn).is_none() {
        context.lags(KIND, arn, "secretsmanager_secret");
    }
}

/// A deletion is accepted at once: with force, it would be no error anyway.
fn unseen(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    let secret = secrets::find(context, ask.text("SecretId"));
    let late = secret.is_some_and(|(arn, _)| context.is_lagging(KIND, &arn)) && ask.operation != "DeleteSecret";
    match late {
        false => Verdict::Pass,
        true => refuse("ResourceNotFoundException", "Secrets Manager can't find the specified secret."),
    }
}
