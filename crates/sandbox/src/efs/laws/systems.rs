//! File systems, their settings and their policies.

use serde_json::Value;

use super::{already, not_available, refusal, unless};
use crate::context::Context;
use crate::cross_service::principals;
use crate::document::text;
use crate::efs::lifecycle::state;
use crate::efs::model::{FILE_SYSTEM, MOUNT_TARGET};
use crate::kms::usage;
use crate::law::{Basis, Law};
use crate::wire::{Ask, Verdict, WireRule};

const CREATE: &str = "https://docs.aws.amazon.com/efs/latest/ug/API_CreateFileSystem.html";
const DELETE: &str = "https://docs.aws.amazon.com/efs/latest/ug/API_DeleteFileSystem.html";
const UPDATE: &str = "https://docs.aws.amazon.com/efs/latest/ug/API_UpdateFileSystem.html";
const POLICY: &str = "https://docs.aws.amazon.com/efs/latest/ug/API_PutFileSystemPolicy.html";
const LIFECYCLE: &str = "https://docs.aws.amazon.com/efs/latest/ug/API_PutLifecycleConfiguration.html";
/// The stage in which the throughput mode cannot be changed again.
const CHANGED: &str = "efs:throughput-changed";
/// Seconds in a day.
const DAY: f64 = 86_400.0;

pub(super) fn laws() -> Vec<Law> {
    let before = |name, says, source, operation, rule: fn(&mut Context<'_>, &mut Ask) -> Verdict| {
        Law::documented(name, says, source, WireRule::before("EFS", operation, rule))
    };
    vec![
        before(
            "efs/token",
            "a token makes one file system; asked again, EFS names it",
            CREATE,
            "CreateFileSystem",
            token,
        ),
        Law::assumed(
            "efs/key",
            "a file system is encrypted with a key that is there and in use",
            "AWS lists BadRequest for it among the errors; the wording is a guess",
            WireRule::before("EFS", "CreateFileSystem", key),
        ),
        before("efs/in-use", "a file system with mount targets cannot be deleted", DELETE, "DeleteFileSystem", in_use),
        Law::documented_only(
            "efs/deleted-twice",
            "deleting what is being deleted changes nothing",
            Basis::Assumed,
            "EFS lists no error for it",
        ),
        before("efs/changed-while-busy", "only an available file system is changed", UPDATE, "UpdateFileSystem", busy),
        before(
            "efs/throughput-twice",
            "the throughput mode is changed once in 24 hours at most",
            UPDATE,
            "UpdateFileSystem",
            once_a_day,
        ),
        Law::documented(
            "efs/throughput-changed",
            "a change of the throughput mode is noted",
            UPDATE,
            WireRule::after("EFS", "UpdateFileSystem", note_change),
        ),
        before(
            "efs/policy-while-busy",
            "only an available file system gets a policy",
            POLICY,
            "PutFileSystemPolicy",
            busy,
        ),
        before(
            "efs/policy-loses-while-busy",
            "only an available file system loses its policy",
            "https://docs.aws.amazon.com/efs/latest/ug/API_DeleteFileSystemPolicy.html",
            "DeleteFileSystemPolicy",
            busy,
        ),
        before(
            "efs/policy-principals",
            "a policy names roles that EFS knows; a new one may be unknown for a moment",
            POLICY,
            "PutFileSystemPolicy",
            principals,
        ),
        before(
            "efs/lifecycle-while-busy",
            "only an available file system gets a lifecycle",
            LIFECYCLE,
            "PutLifecycleConfiguration",
            busy,
        ),
    ]
}

fn token(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    let token = ask.text("CreationToken");
    let known = (context.documents(FILE_SYSTEM).into_iter()).find(|(_, system)| text(system, "token") == token);
    unless(known.map(|(id, _)| {
        let message = format!("File system '{id}' already exists with creation token '{token}'");
        already("FileSystemAlreadyExists", &message, "FileSystemId", &id)
    }))
}

fn key(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    let key = ask.text("KmsKeyId");
    let bad = !key.is_empty() && !usage::is_usable(context, key);
    unless(bad.then(|| {
        let message = format!("KMS key '{key}' does not exist, is not enabled or cannot be accessed.");
        refusal(400, "BadRequest", &message)
    }))
}

/// Mount targets that are being deleted still count.
fn in_use(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    let id = ask.segment_after("file-systems");
    let used = (context.documents(MOUNT_TARGET).iter()).any(|(_, target)| target["system"] == id);
    unless(used.then(|| {
        let message = format!("File system '{id}' has mount targets and cannot be deleted.");
        refusal(409, "FileSystemInUse", &message)
    }))
}

fn busy(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    unless(not_available(context, ask.segment_after("file-systems")))
}

fn once_a_day(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    let id = ask.segment_after("file-systems");
    let changes = !ask.text("ThroughputMode").is_empty() && state(context, CHANGED, id).is_some();
    unless(changes.then(|| {
        let message = "You must wait at least 24 hours before changing the throughput mode again.";
        refusal(429, "TooManyRequests", message)
    }))
}

fn note_change(context: &mut Context<'_>, ask: &Ask, _: &mut Value) {
    if !ask.text("ThroughputMode").is_empty() {
        context.begin(CHANGED, ask.segment_after("file-systems"), "changed", DAY);
    }
}

fn principals(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    unless(principals::unknown_role(context, ask.text("Policy")).map(|role| {
        let message = format!("Policy contains invalid Principal block: {role}");
        refusal(400, "InvalidPolicyException", &message)
    }))
}
