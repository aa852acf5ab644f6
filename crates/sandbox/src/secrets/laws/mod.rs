//! Secrets Manager: names that are not free at once, tokens that identify one content, and secrets managed by other
//! services.

mod contents;
mod names;

use crate::context::{Context, Refusal};
use crate::law::{Basis, Law};
use crate::wire::{Ask, Verdict, WireRule};

const SERVICE: &str = "Secrets Manager";
const CREATE: &str = "https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html";
const UPDATE: &str = "https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_UpdateSecret.html";
const DELETE: &str = "https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DeleteSecret.html";

type Rule = fn(&mut Context<'_>, &mut Ask) -> Verdict;

pub(super) fn laws() -> Vec<Law> {
    let mut laws = names::laws();
    laws.extend(contents::laws());
    laws.extend(kept_elsewhere());
    laws
}

fn documented(
    name: &'static str,
    says: &'static str,
    source: &'static str,
    operation: &'static str,
    rule: Rule,
) -> Law {
    Law::documented(name, says, source, WireRule::before(SERVICE, operation, rule))
}

fn kept_elsewhere() -> Vec<Law> {
    let documented_only = |name, says, source| Law::documented_only(name, says, Basis::Documented, source);
    vec![
        documented_only("secrets/name-taken", "the name of a secret is taken", CREATE),
        documented_only(
            "secrets/same-token-same-secret",
            "the same call again is answered with the secret there is",
            CREATE,
        ),
        documented_only("secrets/window", "a secret can be recovered for between 7 and 30 days", DELETE),
        documented_only("secrets/force-or-window", "a secret is deleted by force or with a window, not both", DELETE),
        documented_only("secrets/force-of-nothing", "to delete by force what there is not is no error", DELETE),
        documented_only(
            "secrets/leaving-is-not-read",
            "a secret that is scheduled for deletion cannot be read",
            DELETE,
        ),
        Law::documented_only(
            "secrets/name-freed-late",
            "the name of a secret that was deleted by force is free only some seconds later",
            Basis::Reported,
            "hashicorp/terraform-provider-aws#10259",
        ),
    ]
}

fn refuse(code: &str, message: impl Into<String>) -> Verdict {
    Verdict::Refuse(Refusal::new(code, message))
}
