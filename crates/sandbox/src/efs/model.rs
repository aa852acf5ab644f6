//! EFS. Winterbaume drops the key, and puts every mount target into us-east-1a without a VPC or an interface.
//! <https://docs.aws.amazon.com/efs/latest/ug/API_CreateFileSystem.html>

use serde_json::{Value, json};

use crate::context::Context;
use crate::cross_service::interfaces::{self, Interface};
use crate::cross_service::network::Place;
use crate::document::{overlay, text, texts};
use crate::efs::lifecycle::owner;
use crate::wire::{Ask, WireRule};

/// The record of a file system, by its id.
pub(crate) const FILE_SYSTEM: &str = "efs:file-system";
/// The record of a mount target, by its id.
pub(crate) const MOUNT_TARGET: &str = "efs:mount-target";
/// The record of an access point, by its id.
pub(crate) const ACCESS_POINT: &str = "efs:access-point";

pub(super) fn rules() -> Vec<WireRule> {
    vec![
        WireRule::after("EFS", "CreateFileSystem", system_created),
        WireRule::after("EFS", "DescribeFileSystems", systems_shown),
        WireRule::after("EFS", "CreateMountTarget", target_created),
        WireRule::after("EFS", "DescribeMountTargets", targets_shown),
        WireRule::after("EFS", "ModifyMountTargetSecurityGroups", regrouped),
        WireRule::after("EFS", "CreateAccessPoint", point_created),
    ]
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

/// The zone of a subnet.
pub(crate) fn zone(context: &Context<'_>, subnet: &str) -> String {
    match context.recall::<Place>(subnet) {
        Some(place) => place.zone,
        // Subnets not created in this sandbox count as one zone each.
        None => subnet.to_owned(),
    }
}

fn target_created(context: &mut Context<'_>, ask: &Ask, reply: &mut Value) {
    let (system, subnet) = (ask.text("FileSystemId"), ask.text("SubnetId"));
    let id = text(reply, "MountTargetId").to_owned();
    let interface = Interface {
        owner: owner(&id),
        subnet: subnet.to_owned(),
        groups: owned(texts(&ask.json, "SecurityGroups")),
        // The description EFS uses: <https://docs.aws.amazon.com/efs/latest/ug/manage-fs-access.html>
        description: format!("EFS mount target for {system} ({id})"),
        kind: "efs".to_owned(),
        public: false,
    };
    let interface = interfaces::add(context, &interface);
    let kept = json!({
        "system": system,
        "interface": interface,
        "zone": zone(context, subnet),
        "vpc": context.recall::<Place>(subnet).map(|place| place.vpc),
    });
    place(reply, &kept);
    context.remember_document(MOUNT_TARGET, &id, kept);
}

fn owned(texts: Vec<&str>) -> Vec<String> {
    texts.into_iter().map(str::to_owned).collect()
}

fn regrouped(context: &mut Context<'_>, ask: &Ask, _: &mut Value) {
    let groups = owned(texts(&ask.json, "SecurityGroups"));
    interfaces::regroup(context, &owner(ask.segment_after("mount-targets")), &groups);
}

fn place(target: &mut Value, kept: &Value) {
    let interface = &kept["interface"];
    let where_it_is = json!({
        "AvailabilityZoneName": kept["zone"], "VpcId": kept["vpc"], "NetworkInterfaceId": interface,
    });
    overlay(target, &where_it_is);
}

fn targets_shown(context: &mut Context<'_>, _: &Ask, reply: &mut Value) {
    for target in reply["MountTargets"].as_array_mut().into_iter().flatten() {
        if let Some(kept) = context.document(MOUNT_TARGET, text(target, "MountTargetId")) {
            place(target, &kept);
        }
    }
}

fn point_created(context: &mut Context<'_>, ask: &Ask, reply: &mut Value) {
    let kept = json!({ "token": ask.json["ClientToken"], "system": ask.json["FileSystemId"] });
    context.remember_document(ACCESS_POINT, text(reply, "AccessPointId"), kept);
}
