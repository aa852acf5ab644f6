//! EFS: file systems, mount targets and access points are creating, available, deleting.

use serde_json::{Value, json};

use crate::context::Context;
use crate::mends::document::text;
use crate::mends::efs::{ACCESS_POINT, FILE_SYSTEM, MOUNT_TARGET};
use crate::timing;
use crate::wire::{Ask, Verdict, WireRule};

/// One kind of thing: where it is kept, how it is called in answers, in paths and in the timing table.
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

impl Kind {
    /// Every one of them is `creating` in the answer to its creation.
    fn created(&self, context: &mut Context<'_>, reply: &mut Value) {
        reply["LifeCycleState"] = json!("creating");
        let seconds = context.draw(timing::create(self.timing));
        context.begin(self.kept, text(reply, self.id), "creating", seconds);
    }

    fn shown(&self, context: &Context<'_>, things: &mut Value) {
        for thing in things.as_array_mut().into_iter().flatten() {
            if let Some(stage) = context.stage(self.kept, text(thing, self.id)) {
                thing["LifeCycleState"] = json!(stage);
            }
        }
    }

    /// Deleting what is being deleted changes nothing.
    fn delete(&self, context: &mut Context<'_>, ask: &Ask) -> Verdict {
        let id = ask.segment_after(self.path);
        if context.document(self.kept, id).is_none() {
            return Verdict::Pass;
        }
        if context.stage(self.kept, id).as_deref() == Some("deleting") {
            return Verdict::Answer(Value::Null);
        }
        match context.removal(self.kept, id, "deleting", context.draw(timing::delete(self.timing))) {
            Some(removal) => Verdict::Postpone(removal, Value::Null),
            None => Verdict::Pass,
        }
    }

    /// A removal that takes time is noted when it is carried out.
    fn deleted(&self, context: &mut Context<'_>, ask: &Ask) {
        let id = ask.segment_after(self.path);
        if context.stage(self.kept, id).is_none() {
            context.forget_document(self.kept, id);
        }
    }
}

pub(super) fn rules() -> Vec<WireRule> {
    vec![
        WireRule::after("EFS", "CreateFileSystem", |context, _, reply| SYSTEM.created(context, reply)),
        WireRule::after("EFS", "DescribeFileSystems", |context, _, reply| {
            SYSTEM.shown(context, &mut reply["FileSystems"]);
        }),
        WireRule::before("EFS", "DeleteFileSystem", |context, ask| SYSTEM.delete(context, ask)),
        WireRule::after("EFS", "DeleteFileSystem", |context, ask, _| SYSTEM.deleted(context, ask)),
        WireRule::after("EFS", "CreateMountTarget", |context, _, reply| TARGET.created(context, reply)),
        WireRule::after("EFS", "DescribeMountTargets", |context, _, reply| {
            TARGET.shown(context, &mut reply["MountTargets"]);
        }),
        WireRule::before("EFS", "DeleteMountTarget", |context, ask| TARGET.delete(context, ask)),
        WireRule::after("EFS", "DeleteMountTarget", |context, ask, _| TARGET.deleted(context, ask)),
        WireRule::after("EFS", "CreateAccessPoint", |context, _, reply| POINT.created(context, reply)),
        WireRule::after("EFS", "DescribeAccessPoints", |context, _, reply| {
            POINT.shown(context, &mut reply["AccessPoints"]);
        }),
        WireRule::before("EFS", "DeleteAccessPoint", |context, ask| POINT.delete(context, ask)),
        WireRule::after("EFS", "DeleteAccessPoint", |context, ask, _| POINT.deleted(context, ask)),
    ]
}
