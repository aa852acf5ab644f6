//! The subnets and security groups of tasks.

use serde_json::Value;

use super::{SERVICE, invalid};
use crate::context::Context;
use crate::cross_service::network::Place;
use crate::document::{text, texts};
use crate::ec2::zones;
use crate::ecs;
use crate::law::Law;
use crate::wire::{Ask, Verdict, WireRule};

const NETWORK: &str = "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_NetworkConfiguration.html";
const FARGATE: &str = "as https://docs.aws.amazon.com/AmazonECS/latest/developerguide/AWS_Fargate-Regions.html has it";
const REPORT: &str = "eddmann/serverless-fargate#20";

pub(super) fn laws() -> Vec<Law> {
    vec![
        Law::documented(
            "ecs/service-without-network",
            "a service whose tasks have network interfaces of their own must say where",
            NETWORK,
            WireRule::before(SERVICE, "CreateService", without_network),
        ),
        Law::reported(
            "ecs/service-in-unknown-subnet",
            "a service cannot be made in a subnet that there is not, or that is not known yet",
            REPORT,
            WireRule::before(SERVICE, "CreateService", in_unknown_subnet),
        ),
        Law::reported(
            "ecs/update-to-unknown-subnet",
            "a service cannot be moved to a subnet that there is not",
            REPORT,
            WireRule::before(SERVICE, "UpdateService", in_unknown_subnet),
        ),
        Law::assumed(
            "ecs/service-in-unknown-group",
            "a service cannot be made with a security group that there is not, or that is not known yet",
            "as with subnets, eddmann/serverless-fargate#20",
            WireRule::before(SERVICE, "CreateService", in_unknown_group),
        ),
        Law::documented(
            "ecs/run-without-network",
            "a task with a network interface of its own must be told where to run",
            NETWORK,
            WireRule::before(SERVICE, "RunTask", without_network),
        ),
        Law::assumed(
            "ecs/run-in-unknown-subnet",
            "a task cannot be run in a subnet that there is not, or that is not known yet",
            "as with services, eddmann/serverless-fargate#20",
            WireRule::before(SERVICE, "RunTask", in_unknown_subnet),
        ),
        Law::assumed(
            "ecs/run-in-unknown-group",
            "a task cannot be run in a security group that there is not, or that is not known yet",
            "as with services, eddmann/serverless-fargate#20",
            WireRule::before(SERVICE, "RunTask", in_unknown_group),
        ),
        Law::assumed(
            "ecs/update-to-unknown-group",
            "a service cannot be given a security group that there is not",
            "as with subnets, eddmann/serverless-fargate#20",
            WireRule::before(SERVICE, "UpdateService", in_unknown_group),
        ),
        Law::assumed(
            "ecs/service-where-fargate-is",
            "a service of Fargate cannot be made in a zone in which Fargate is not; when AWS says so, and how, is not known",
            FARGATE,
            WireRule::before(SERVICE, "CreateService", without_fargate),
        ),
        Law::assumed(
            "ecs/run-where-fargate-is",
            "a task of Fargate cannot be run in a zone in which Fargate is not",
            FARGATE,
            WireRule::before(SERVICE, "RunTask", without_fargate),
        ),
    ]
}

fn vpc(ask: &Ask) -> &Value {
    &ask.json["networkConfiguration"]["awsvpcConfiguration"]
}

fn without_network(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    let definition = ecs::definition(context, ask.text("taskDefinition"));
    let own = definition.is_some_and(|(_, kept)| text(&kept["definition"], "networkMode") == "awsvpc");
    match own && texts(vpc(ask), "subnets").is_empty() {
        true => invalid("Network Configuration must be provided when networkMode 'awsvpc' is specified."),
        false => Verdict::Pass,
    }
}

fn in_unknown_subnet(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    let known = |id: &str| context.recall::<Place>(id).is_some() && !context.is_lagging("subnet", id);
    match texts(vpc(ask), "subnets").into_iter().find(|id| !known(id)) {
        None => Verdict::Pass,
        Some(id) => invalid(format!(
            "Error retrieving subnet information for [{id}]: The subnet ID '{id}' does not exist (ErrorCode: \
             InvalidSubnetID.NotFound)"
        )),
    }
}

fn in_unknown_group(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    let known = |id: &str| context.document("ec2:security-group", id).is_some() && !context.is_lagging("sg", id);
    match texts(vpc(ask), "securityGroups").into_iter().find(|id| !known(id)) {
        None => Verdict::Pass,
        Some(id) => invalid(format!(
            "Error retrieving security group information for [{id}]: The security group '{id}' does not exist \
             (ErrorCode: InvalidGroup.NotFound)"
        )),
    }
}

fn without_fargate(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    let without: Vec<String> = zones(context).into_iter().filter(|zone| !zone.fargate).map(|zone| zone.name).collect();
    let is_there = |id: &&str| context.recall::<Place>(id).is_some_and(|place| without.contains(&place.zone));
    match texts(vpc(ask), "subnets").into_iter().find(is_there) {
        None => Verdict::Pass,
        Some(id) => invalid(format!("Fargate is not available in the Availability Zone of the subnet '{id}'.")),
    }
}
