//! EFS. Winterbaume drops the key, puts every mount target into us-east-1a of no VPC, lets two stand in one subnet, and
//! its refusals do not say what is there already.
//! <https://docs.aws.amazon.com/efs/latest/ug/API_CreateFileSystem.html>

use serde_json::{Value, json};

use super::document::{overlay, text};
use super::ec2::Place;
use crate::context::{Context, Refusal};
use crate::wire::{Ask, Verdict, WireRule};

/// What is kept about a file system, by its id.
pub(crate) const FILE_SYSTEM: &str = "efs:file-system";
/// What is kept about a mount target, by its id.
pub(crate) const MOUNT_TARGET: &str = "efs:mount-target";
/// What is kept about an access point, by its id.
pub(crate) const ACCESS_POINT: &str = "efs:access-point";

pub(super) fn rules() -> Vec<WireRule> {
    vec![
        WireRule::before("EFS", "CreateFileSystem", one_token_one_system),
        WireRule::after("EFS", "CreateFileSystem", system_created),
        WireRule::after("EFS", "DescribeFileSystems", systems_shown),
        WireRule::before("EFS", "DeleteFileSystem", unused_only),
        WireRule::before("EFS", "CreateMountTarget", one_target_per_subnet),
        WireRule::after("EFS", "CreateMountTarget", target_created),
        WireRule::after("EFS", "DescribeMountTargets", targets_shown),
        WireRule::before("EFS", "CreateAccessPoint", one_token_one_point),
        WireRule::after("EFS", "CreateAccessPoint", point_created),
    ]
}

fn refusal(code: &str, message: &str, field: &str, id: &str) -> Refusal {
    let mut details = json!({ "ErrorCode": code, "Message": message });
    if !field.is_empty() {
        details[field] = json!(id);
    }
    Refusal::new(code, message).with(details)
}

/// AWS names the file system a token has made.
fn one_token_one_system(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    let token = ask.text("CreationToken");
    let known = (context.documents(FILE_SYSTEM).into_iter()).find(|(_, system)| text(system, "token") == token);
    match known {
        None => Verdict::Pass,
        Some((id, _)) => {
            let message = format!("File system '{id}' already exists with creation token '{token}'");
            Verdict::Refuse(refusal("FileSystemAlreadyExists", &message, "FileSystemId", &id))
        }
    }
}

fn system_created(context: &mut Context<'_>, ask: &Ask, reply: &mut Value) {
    let kept = json!({ "token": ask.json["CreationToken"], "key": ask.json["KmsKeyId"] });
    overlay(reply, &json!({ "KmsKeyId": kept["key"] }));
    context.remember_document(FILE_SYSTEM, text(reply, "FileSystemId"), kept);
}

fn systems_shown(context: &mut Context<'_>, _: &Ask, reply: &mut Value) {
    for system in reply["FileSystems"].as_array_mut().into_iter().flatten() {
        if let Some(kept) = context.document(FILE_SYSTEM, text(system, "FileSystemId")) {
            overlay(system, &json!({ "KmsKeyId": kept["key"] }));
        }
    }
}

/// Mount targets that are being deleted still count.
fn unused_only(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    let id = ask.segment_after("file-systems");
    let used = (context.documents(MOUNT_TARGET).iter()).any(|(_, target)| target["system"] == id);
    if used {
        let message = format!("File system '{id}' has mount targets and cannot be deleted.");
        return Verdict::Refuse(refusal("FileSystemInUse", &message, "", ""));
    }
    Verdict::Pass
}

/// AWS allows one mount target in a zone and makes them only on a file system that is available.
fn one_target_per_subnet(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    let (system, subnet) = (ask.text("FileSystemId"), ask.text("SubnetId"));
    if context.stage(FILE_SYSTEM, system).is_some() {
        let message = format!("File system '{system}' is not available");
        return Verdict::Refuse(refusal("IncorrectFileSystemLifeCycleState", &message, "", ""));
    }
    let zone = zone(context, subnet);
    let taken = (context.documents(MOUNT_TARGET).iter())
        .any(|(_, target)| target["system"] == system && target["zone"] == zone);
    if taken {
        let message = "mount target already exists in this AZ";
        return Verdict::Refuse(refusal("MountTargetConflict", message, "", ""));
    }
    Verdict::Pass
}

fn zone(context: &Context<'_>, subnet: &str) -> String {
    match context.recall::<Place>(subnet) {
        Some(place) => place.zone,
        // Two subnets nobody made here are as good as two zones.
        None => subnet.to_owned(),
    }
}

fn target_created(context: &mut Context<'_>, ask: &Ask, reply: &mut Value) {
    let subnet = ask.text("SubnetId");
    let kept = json!({
        "system": ask.json["FileSystemId"],
        "zone": zone(context, subnet),
        "vpc": context.recall::<Place>(subnet).map(|place| place.vpc),
    });
    place(reply, &kept);
    context.remember_document(MOUNT_TARGET, text(reply, "MountTargetId"), kept);
}

fn place(target: &mut Value, kept: &Value) {
    overlay(target, &json!({ "AvailabilityZoneName": kept["zone"], "VpcId": kept["vpc"] }));
}

fn targets_shown(context: &mut Context<'_>, _: &Ask, reply: &mut Value) {
    for target in reply["MountTargets"].as_array_mut().into_iter().flatten() {
        if let Some(kept) = context.document(MOUNT_TARGET, text(target, "MountTargetId")) {
            place(target, &kept);
        }
    }
}

/// AWS names the access point a token has made.
fn one_token_one_point(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    let known = (context.documents(ACCESS_POINT).into_iter())
        .find(|(_, point)| point["token"] == ask.json["ClientToken"] && point["system"] == ask.json["FileSystemId"]);
    match known {
        None => Verdict::Pass,
        Some((id, _)) => {
            let message = "Access point already exists with this token";
            Verdict::Refuse(refusal("AccessPointAlreadyExists", message, "AccessPointId", &id))
        }
    }
}

fn point_created(context: &mut Context<'_>, ask: &Ask, reply: &mut Value) {
    let kept = json!({ "token": ask.json["ClientToken"], "system": ask.json["FileSystemId"] });
    context.remember_document(ACCESS_POINT, text(reply, "AccessPointId"), kept);
}
