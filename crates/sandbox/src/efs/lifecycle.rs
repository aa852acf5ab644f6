//! EFS: file systems, mount targets and access points are creating, available, deleting.

use serde_json::{Value, json};

use crate::conditions::Incident;
use crate::context::Context;
use crate::cross_service::interfaces;
use crate::document::text;
use crate::efs::model::{ACCESS_POINT, FILE_SYSTEM, MOUNT_TARGET};
use crate::timing::{self, Range};
use crate::wire::{Ask, Verdict, WireRule};

/// A kind of EFS resource: its storage kind, the field of its id, its path segment and its row of the timing table.
struct Kind {
    kept: &'static str,
    id: &'static str,
    path: &'static str,
    timing: &'static str,
}

const SYSTEM: Kind = Kind { kept: FILE_SYSTEM, id: "FileSystemId", path: "file-systems", timing: "efs_file_system" };

const TARGET: Kind =
    Kind { kept: MOUNT_TARGET, id: "MountTargetId", path: "mount-targets", timing: "efs_mount_target" };

const POINT: Kind = Kind { kept: ACCESS_POINT, id: "AccessPointId", path: "access-points", timing: "efs_access_point" };

/// Seconds until a changed throughput mode is in effect; an assumption.
const CHANGE: Range = Range::between(3.0, 15.0, 90.0);

/// The owner of a mount target's interface.
pub(crate) fn owner(target: &str) -> String {
    format!("{MOUNT_TARGET} {target}")
}

impl Kind {
    /// Every resource is `creating` in the answer to its creation.
    fn created(&self, context: &mut Context<'_>, reply: &mut Value) {
        reply["LifeCycleState"] = json!("creating");
        let seconds = context.draw(timing::create(self.timing));
        context.begin(self.kept, text(reply, self.id), "creating", seconds);
    }

    fn describe(&self, context: &Context<'_>, things: &mut Value) {
        for thing in things.as_array_mut().into_iter().flatten() {
            if let Some(stage) = state(context, self.kept, text(thing, self.id)) {
                thing["LifeCycleState"] = json!(stage);
            }
        }
    }

    /// Deleting a resource that is being deleted changes nothing.
    fn delete(&self, context: &mut Context<'_>, ask: &Ask) -> Verdict {
        let id = ask.segment_after(self.path);
        if context.document(self.kept, id).is_none() {
            return Verdict::Pass;
        }
        if context.stage(self.kept, id).as_deref() == Some("deleting") {
            return Verdict::Answer(Value::Null);
        }
        let seconds = context.draw(timing::delete(self.timing));
        if self.kept == MOUNT_TARGET {
            let lingering = context.draw(timing::release(self.timing));
            interfaces::release(context, &owner(id), seconds + lingering);
        }
        match context.removal(self.kept, id, "deleting", seconds) {
            Some(removal) => Verdict::Postpone(removal, Value::Null),
            None => Verdict::Pass,
        }
    }

    /// A removal that takes time removes the document when it is carried out.
    fn deleted(&self, context: &mut Context<'_>, ask: &Ask) {
        let id = ask.segment_after(self.path);
        if context.stage(self.kept, id).is_none() {
            context.forget_document(self.kept, id);
        }
    }
}

/// The state of a resource that is not `available`.
pub(crate) fn state(context: &Context<'_>, kept: &str, id: &str) -> Option<String> {
    let failed = || context.document(kept, id)?["failed"].as_bool()?.then(|| "error".to_owned());
    context.stage(kept, id).or_else(failed)
}

fn target_fails(context: &mut Context<'_>, _: &Ask, reply: &mut Value) {
    let id = text(reply, TARGET.id);
    let kept = context.document(MOUNT_TARGET, id);
    if let Some(mut kept) = kept.filter(|_| context.goes_wrong(Incident::MountTargetFails)) {
        kept["failed"] = json!(true);
        context.remember_document(MOUNT_TARGET, id, kept);
    }
}

/// <https://docs.aws.amazon.com/efs/latest/ug/API_UpdateFileSystem.html>
fn system_changed(context: &mut Context<'_>, ask: &Ask, reply: &mut Value) {
    let id = ask.segment_after(SYSTEM.path);
    let seconds = context.draw(CHANGE);
    context.begin(FILE_SYSTEM, id, "updating", seconds);
    reply["LifeCycleState"] = json!("updating");
}

pub(super) fn rules() -> Vec<WireRule> {
    vec![
        WireRule::after("EFS", "CreateFileSystem", |context, _, reply| SYSTEM.created(context, reply)),
        WireRule::after("EFS", "DescribeFileSystems", |context, _, reply| {
            SYSTEM.describe(context, &mut reply["FileSystems"]);
        }),
        WireRule::before("EFS", "DeleteFileSystem", |context, ask| SYSTEM.delete(context, ask)),
        WireRule::after("EFS", "DeleteFileSystem", |context, ask, _| SYSTEM.deleted(context, ask)),
        WireRule::after("EFS", "UpdateFileSystem", system_changed),
        WireRule::after("EFS", "CreateMountTarget", |context, _, reply| TARGET.created(context, reply)),
        WireRule::after("EFS", "CreateMountTarget", target_fails),
        WireRule::after("EFS", "DescribeMountTargets", |context, _, reply| {
            TARGET.describe(context, &mut reply["MountTargets"]);
        }),
        WireRule::before("EFS", "DeleteMountTarget", |context, ask| TARGET.delete(context, ask)),
        WireRule::after("EFS", "DeleteMountTarget", |context, ask, _| TARGET.deleted(context, ask)),
        WireRule::after("EFS", "CreateAccessPoint", |context, _, reply| POINT.created(context, reply)),
        WireRule::after("EFS", "DescribeAccessPoints", |context, _, reply| {
            POINT.describe(context, &mut reply["AccessPoints"]);
        }),
        WireRule::before("EFS", "DeleteAccessPoint", |context, ask| POINT.delete(context, ask)),
        WireRule::after("EFS", "DeleteAccessPoint", |context, ask, _| POINT.deleted(context, ask)),
    ]
}
