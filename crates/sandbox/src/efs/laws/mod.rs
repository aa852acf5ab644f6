//! EFS: file systems, and the dependencies that block their deletion.

mod points;
mod role;
mod systems;
mod targets;

use serde_json::json;

use crate::context::{Context, Refusal};
use crate::efs::lifecycle::state;
use crate::efs::model::FILE_SYSTEM;
use crate::law::Law;
use crate::wire::Verdict;

pub(super) fn laws() -> Vec<Law> {
    let parts = [role::laws, systems::laws, targets::laws, points::laws];
    parts.into_iter().flat_map(|laws| laws()).collect()
}

/// A refusal in the form of EFS, which repeats the code in the body.
fn refusal(status: u16, code: &str, message: &str) -> Refusal {
    Refusal::new(code, message).status(status).with(json!({ "ErrorCode": code, "Message": message }))
}

/// A refusal with the id of the existing resource.
fn already(code: &str, message: &str, field: &str, id: &str) -> Refusal {
    Refusal::new(code, message).status(409).with(json!({ "ErrorCode": code, "Message": message, field: id }))
}

/// Passes, or returns the refusal.
fn unless(refusal: Option<Refusal>) -> Verdict {
    refusal.map_or(Verdict::Pass, Verdict::Refuse)
}

/// EFS's refusal for a file system in a state that does not allow the operation. An unknown file system passes here.
fn not_available(context: &Context<'_>, system: &str) -> Option<Refusal> {
    context.document(FILE_SYSTEM, system)?;
    state(context, FILE_SYSTEM, system).map(|state| {
        let message = format!("File system '{system}' is in the life cycle state '{state}', not 'available'.");
        refusal(409, "IncorrectFileSystemLifeCycleState", &message)
    })
}
