//! EFS: file systems, and what holds on to them.

mod points;
mod systems;
mod targets;

use serde_json::json;

use super::Law;
use crate::context::{Context, Refusal};
use crate::lifecycle::efs::state;
use crate::mends::efs::FILE_SYSTEM;
use crate::wire::Verdict;

pub(super) fn laws() -> Vec<Law> {
    let parts = [systems::laws, targets::laws, points::laws];
    parts.into_iter().flat_map(|laws| laws()).collect()
}

/// A refusal as EFS writes one, which says the code in its body too.
fn refusal(status: u16, code: &str, message: &str) -> Refusal {
    Refusal::new(code, message).status(status).with(json!({ "ErrorCode": code, "Message": message }))
}

/// The same with the id of what is there already.
fn already(code: &str, message: &str, field: &str, id: &str) -> Refusal {
    Refusal::new(code, message).status(409).with(json!({ "ErrorCode": code, "Message": message, field: id }))
}

/// Passes, or refuses with that.
fn unless(refusal: Option<Refusal>) -> Verdict {
    refusal.map_or(Verdict::Pass, Verdict::Refuse)
}

/// EFS's words for a file system with which that cannot be done now. One that is not there is not this law's business.
fn not_available(context: &Context<'_>, system: &str) -> Option<Refusal> {
    context.document(FILE_SYSTEM, system)?;
    state(context, FILE_SYSTEM, system).map(|state| {
        let message = format!("File system '{system}' is in the life cycle state '{state}', not 'available'.");
        refusal(409, "IncorrectFileSystemLifeCycleState", &message)
    })
}
