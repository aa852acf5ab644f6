//! Mount targets: one per file system and zone.

use super::{not_available, refusal, unless};
use crate::context::Context;
use crate::cross_service::network;
use crate::document::texts;
use crate::efs::lifecycle::state;
use crate::efs::model::{MOUNT_TARGET, zone};
use crate::law::Law;
use crate::wire::{Ask, Verdict, WireRule};

const CREATE: &str = "https://docs.aws.amazon.com/efs/latest/ug/API_CreateMountTarget.html";
const GROUPS: &str = "https://docs.aws.amazon.com/efs/latest/ug/API_ModifyMountTargetSecurityGroups.html";
/// The maximum number of security groups of a mount target.
const MOST_GROUPS: usize = 5;

pub(super) fn laws() -> Vec<Law> {
    let create = |name, says, rule: fn(&mut Context<'_>, &mut Ask) -> Verdict| {
        Law::documented(name, says, CREATE, WireRule::before("EFS", "CreateMountTarget", rule))
    };
    let modify = |name, says, rule: fn(&mut Context<'_>, &mut Ask) -> Verdict| {
        Law::documented(name, says, GROUPS, WireRule::before("EFS", "ModifyMountTargetSecurityGroups", rule))
    };
    vec![
        create("efs/target-too-early", "only an available file system gets a mount target", too_early),
        create("efs/target-subnet", "a mount target is in a subnet that is there", subnet),
        create("efs/target-groups", "a mount target is in security groups that are there, five at most", groups),
        create("efs/target-per-zone", "a file system has one mount target in a zone", one_per_zone),
        create("efs/target-vpc", "all mount targets of a file system are in one VPC", one_vpc),
        modify("efs/target-regrouped", "a mount target is moved to groups that are there, five at most", groups),
        modify("efs/target-regrouped-early", "only an available mount target is moved to other groups", target_busy),
    ]
}

fn too_early(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    unless(not_available(context, ask.text("FileSystemId")))
}

fn subnet(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    let id = ask.text("SubnetId");
    unless(
        network::place(context, id)
            .is_none()
            .then(|| refusal(400, "SubnetNotFound", &format!("The subnet ID '{id}' does not exist"))),
    )
}

fn groups(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    let groups: Vec<String> = texts(&ask.json, "SecurityGroups").into_iter().map(str::to_owned).collect();
    if groups.len() > MOST_GROUPS {
        let message = "A mount target has five security groups at most.";
        return Verdict::Refuse(refusal(400, "SecurityGroupLimitExceeded", message));
    }
    unless(
        network::unknown_group(context, &groups)
            .map(|id| refusal(400, "SecurityGroupNotFound", &format!("The security group ID '{id}' does not exist"))),
    )
}

/// A mount target that is being deleted still counts.
fn one_per_zone(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    let (system, zone) = (ask.text("FileSystemId"), zone(context, ask.text("SubnetId")));
    let taken = (context.documents(MOUNT_TARGET).iter())
        .any(|(_, target)| target["system"] == system && target["zone"] == zone);
    unless(taken.then(|| refusal(409, "MountTargetConflict", "mount target already exists in this AZ")))
}

fn one_vpc(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    let system = ask.text("FileSystemId");
    let vpc = network::place(context, ask.text("SubnetId")).map(|place| place.vpc);
    let documented_only = (context.documents(MOUNT_TARGET).iter())
        .any(|(_, target)| target["system"] == system && target["vpc"].as_str() != vpc.as_deref());
    unless(documented_only.then(|| {
        let message = "requested subnet for new mount target is not in the same VPC as existing mount targets";
        refusal(409, "MountTargetConflict", message)
    }))
}

fn target_busy(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    let id = ask.segment_after("mount-targets");
    unless(state(context, MOUNT_TARGET, id).map(|state| {
        let message = format!("Mount target '{id}' is in the life cycle state '{state}', not 'available'.");
        refusal(409, "IncorrectMountTargetState", &message)
    }))
}
