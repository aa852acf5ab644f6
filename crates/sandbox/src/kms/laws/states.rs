//! The operations that a key pending deletion refuses.

use super::{SERVICE, unless};
use crate::context::Context;
use crate::kms::model::{key_id, pending};
use crate::law::{Basis, Law};
use crate::wire::{Ask, Verdict, WireRule};

const STATES: &str = "https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html";
const SCHEDULE: &str = "https://docs.aws.amazon.com/kms/latest/APIReference/API_ScheduleKeyDeletion.html";

pub(super) fn laws() -> Vec<Law> {
    let refused = |name, says, operation| {
        Law::documented(name, says, STATES, WireRule::before(SERVICE, operation, while_pending))
    };
    let documented_only = |name, says, source| Law::documented_only(name, says, Basis::Documented, source);
    vec![
        refused(
            "kms/pending-key-described",
            "the description of a key that is pending deletion cannot be changed",
            "UpdateKeyDescription",
        ),
        refused("kms/pending-key-tagged", "a key that is pending deletion cannot be tagged", "TagResource"),
        refused(
            "kms/pending-key-untagged",
            "tags of a key that is pending deletion cannot be removed",
            "UntagResource",
        ),
        documented_only(
            "kms/pending-key-rotated",
            "the rotation of a key that is pending deletion can be neither turned on nor off",
            STATES,
        ),
        documented_only("kms/pending-key-used", "a key that is pending deletion neither encrypts nor decrypts", STATES),
        documented_only("kms/scheduled-twice", "the deletion of a key cannot be scheduled twice", STATES),
        documented_only("kms/pending-shows", "a key that is pending deletion is shown as PendingDeletion", SCHEDULE),
        documented_only("kms/window", "the deletion of a key takes between 7 and 30 days", SCHEDULE),
    ]
}

fn while_pending(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    unless(key_id(context, ask.text("KeyId")).and_then(|id| pending(context, &id)))
}
