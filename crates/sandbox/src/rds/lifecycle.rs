//! RDS: instances take many minutes to create and have no endpoint at first, are modified and backed up before they are
//! `available`, and take as long to delete.
//! <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/accessing-monitoring.html>

mod clusters;
mod stops;

use aws_sdk_rds::operation::create_db_instance::{CreateDbInstanceInput, CreateDbInstanceOutput};
use aws_sdk_rds::operation::delete_db_instance::{DeleteDbInstanceInput, DeleteDbInstanceOutput};
use aws_sdk_rds::operation::describe_db_instances::{DescribeDbInstancesInput, DescribeDbInstancesOutput};
use aws_sdk_rds::operation::modify_db_instance::{ModifyDbInstanceInput, ModifyDbInstanceOutput};
use aws_sdk_rds::types::DbInstance;

use crate::conditions::Incident;
use crate::context::Context;
use crate::cross_service::interfaces::{self, Interface};
use crate::cross_service::network::Place;
use crate::rds::{Cluster, Instance, Located, instance_goes, log_groups, written};
use crate::secrets::managed;
use crate::store::{Fact, Store};
use crate::timing::{self, Range};
use crate::typed::{Rule, Step, after, before};

/// The kind of the consecutive steps of an instance.
const STEP: &str = "rds:instance-step";
/// The step in which grown storage is optimised; the instance stays fully usable.
pub(crate) const OPTIMISING: &str = "storage-optimization";
/// The state of an instance whose storage is used up: it accepts a change that adds storage.
const FULL: &str = "storage-full";
/// The maximum number of steps in a sequence.
const MOST_STEPS: usize = 3;
/// The shares of its creation in which a Multi-AZ instance is `creating`, `modifying` and `backing-up`: the phases of
/// the timing table.
const WITH_STANDBY: [f64; 3] = [0.5, 0.29, 0.21];
/// The same shares without a standby; an assumption.
const ALONE: [f64; 3] = [0.75, 0.0, 0.25];
/// The same shares for a member of a cluster, which makes no backups.
const MEMBER: [f64; 3] = [1.0, 0.0, 0.0];
/// Seconds for a change that moves or restarts the instance; an assumption: minutes, longer with much storage.
const BIG_CHANGE: Range = Range::between(120.0, 420.0, 1200.0);
/// Seconds for any other change; an assumption.
const SMALL_CHANGE: Range = Range::between(2.0, 10.0, 40.0);
/// Seconds for which grown storage is optimised. AWS says that it may take hours, so this is lenient.
const OPTIMISATION: Range = Range::between(300.0, 1200.0, 7200.0);

/// Seconds for which storage that has grown cannot grow again.
/// <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIOPS.ModifyingExisting.html>
const BETWEEN_GROWTHS: f64 = 21_600.0;
pub(crate) const GROWN: &str = "rds:grown";
/// Seconds for which an instance shows a change only in its pending values; reported: seconds, up to a minute.
const UNMOVED: Range = Range::between(0.0, 4.0, 20.0);
const UNMOVED_KIND: &str = "rds:unmoved";
/// Maximum seconds until protection that was turned off is off everywhere in RDS; other clients retry for two to five
/// minutes. `PROTECTED` is the kind of that lag.
const STILL_PROTECTED: f64 = 90.0;
pub(crate) const PROTECTED: &str = "rds:protected";

pub(crate) use clusters::{protection as cluster_protection, status as cluster_status};

/// Whether a requested change does not show yet.
pub(crate) fn is_unmoved(context: &Context<'_>, id: &str) -> bool {
    context.stage(UNMOVED_KIND, id).is_some()
}

pub(super) fn rules() -> Vec<Rule> {
    let mut rules = vec![after(created), after(describe), before(modified), before(deleted)];
    rules.extend(stops::rules());
    rules.extend(clusters::rules());
    rules
}

fn row(instance: &Instance) -> &'static str {
    match (&instance.cluster, instance.multi_az) {
        (Some(_), _) => "rds_aurora_instance_serverless_v2",
        (None, true) => "rds_db_instance_postgres_multi_az",
        (None, false) => "rds_db_instance_postgres_single_az",
    }
}

fn owner(id: &str) -> String {
    format!("{} {id}", Instance::KIND)
}

fn step(id: &str, number: usize) -> String {
    format!("{id} {number}")
}

/// Sends an instance through steps of so many seconds each, replacing its current steps.
fn begin(context: &mut Context<'_>, id: &str, steps: &[(&str, f64)]) {
    for number in 0..MOST_STEPS {
        context.forget_document(STEP, &step(id, number));
    }
    let mut until = 0.0;
    for (number, (name, seconds)) in steps.iter().filter(|(_, seconds)| *seconds > 0.0).enumerate() {
        until += seconds;
        context.begin(STEP, &step(id, number), name, until);
    }
}

/// The status of an instance, by its RDS name.
pub(crate) fn status(context: &Context<'_>, id: &str) -> String {
    let going = context.stage(Instance::KIND, id);
    let going = going.or_else(|| (0..MOST_STEPS).find_map(|number| context.stage(STEP, &step(id, number))));
    let settled = || {
        let instance = context.recall::<Instance>(id).unwrap_or_default();
        let cluster = instance.cluster.and_then(|cluster| clusters::stop(context, &cluster));
        cluster.unwrap_or_else(|| if instance.stopped { "stopped".to_owned() } else { instance.trouble })
    };
    let status = going.unwrap_or_else(settled);
    if status.is_empty() { "available".to_owned() } else { status }
}

fn created(context: &mut Context<'_>, input: &CreateDbInstanceInput, _: &mut CreateDbInstanceOutput) {
    let id = input.db_instance_identifier().unwrap_or_default();
    let Some(instance) = context.recall::<Instance>(id) else {
        return;
    };
    let seconds = context.draw(timing::create(row(&instance)));
    let [creating, modifying, backing_up] = match (&instance.cluster, instance.multi_az) {
        (Some(_), _) => MEMBER,
        (None, true) => WITH_STANDBY,
        (None, false) => ALONE,
    };
    // Without a retention period there is no backup.
    let backing_up = if instance.backup_days == 0 { 0.0 } else { backing_up };
    let steps = [("creating", creating), ("modifying", modifying), ("backing-up", backing_up)];
    begin(context, id, &steps.map(|(name, part)| (name, part * seconds)));
    let (incident, trouble) = match &instance.cluster {
        Some(_) => (Incident::ClusterInstanceFails, "incompatible-network"),
        None => (Incident::DatabaseIncompatible, "incompatible-parameters"),
    };
    if context.goes_wrong(incident) {
        context.amend::<Instance>(id, |instance| trouble.clone_into(&mut instance.trouble));
    } else if let Some(cluster) = &instance.cluster {
        log_groups::appear(context, cluster, seconds);
    }
    let of_cluster = instance.cluster.as_deref().and_then(|cluster| context.recall::<Cluster>(cluster));
    if let Some(secret) = of_cluster.and_then(|cluster| cluster.secret) {
        managed::completed(context, &secret);
    }
    add_interfaces(context, id, &instance);
    written(context, id, &instance, seconds);
}

/// One interface for the instance and one for its standby, each in a subnet of the group, preferably in the instance's
/// zone.
fn add_interfaces(context: &mut Context<'_>, id: &str, instance: &Instance) {
    let group = instance.subnet_group.as_deref().and_then(|name| context.recall::<Located>(name));
    let machines = if instance.multi_az { 2 } else { 1 };
    let mut subnets = group.unwrap_or_default().subnets;
    let elsewhere = |subnet: &String| context.recall::<Place>(subnet).map(|place| place.zone) != instance.zone;
    subnets.sort_by_key(elsewhere);
    for subnet in subnets.into_iter().take(machines) {
        let interface = Interface {
            owner: owner(id),
            subnet,
            groups: instance.security_groups.clone(),
            // The description the console shows for every interface of RDS.
            description: "RDSNetworkInterface".to_owned(),
            kind: "interface".to_owned(),
            public: false,
        };
        interfaces::add(context, &interface);
    }
}

fn describe(context: &mut Context<'_>, _: &DescribeDbInstancesInput, output: &mut DescribeDbInstancesOutput) {
    for instance in output.db_instances.iter_mut().flatten() {
        let id = instance.db_instance_identifier().unwrap_or_default();
        let status = status(context, id);
        if status == "creating" {
            instance.endpoint = None;
        }
        instance.db_instance_status = Some(status);
    }
}

/// Sets the settled state of an instance; `available` clears it. Returns whether the instance exists.
pub(crate) fn befall(store: &mut Store, id: &str, status: &str) -> bool {
    let found = store.facts().find(|(name, _)| name.kind == Instance::KIND && name.id == id);
    let Some((name, mut fact)) = found.map(|(name, fact)| (name.clone(), fact.clone())) else {
        return false;
    };
    fact["stopped"] = (status == "stopped").into();
    fact["trouble"] = if matches!(status, "available" | "stopped") { "" } else { status }.into();
    store.remember(name, fact);
    true
}

/// A change takes time; grown storage is optimised afterwards, with the instance fully usable.
/// <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIOPS.ModifyingExisting.html>
fn modified(context: &mut Context<'_>, input: &ModifyDbInstanceInput) -> Step<ModifyDbInstanceOutput> {
    let id = input.db_instance_identifier().unwrap_or_default();
    let Some(instance) = context.recall::<Instance>(id) else {
        return Step::Pass;
    };
    if let Some(groups) = &input.vpc_security_group_ids {
        interfaces::regroup(context, &owner(id), groups);
    }
    let grows = input.allocated_storage().is_some_and(|storage| storage > instance.storage);
    let moves = input.db_instance_class().is_some_and(|class| class != instance.class)
        || input.multi_az().is_some_and(|multi_az| multi_az != instance.multi_az);
    let changing = context.draw(if grows || moves { BIG_CHANGE } else { SMALL_CHANGE });
    if grows && instance.trouble == FULL {
        context.amend::<Instance>(id, |instance| instance.trouble.clear());
    }
    let optimises = grows || status(context, id) == OPTIMISING;
    let optimising = if optimises { context.draw(OPTIMISATION) } else { 0.0 };
    if grows {
        context.begin(GROWN, id, "grown", BETWEEN_GROWTHS);
    }
    if instance.protected && input.deletion_protection() == Some(false) {
        context.lags_up_to(PROTECTED, id, STILL_PROTECTED);
    }
    // With lag, the status stays `available` for some seconds.
    let unmoved = if context.conditions.lag { context.draw(UNMOVED) } else { 0.0 };
    context.begin(UNMOVED_KIND, id, "unmoved", unmoved);
    begin(context, id, &[("available", unmoved), ("modifying", changing), (OPTIMISING, optimising)]);
    Step::Pass
}

fn deleted(context: &mut Context<'_>, input: &DeleteDbInstanceInput) -> Step<DeleteDbInstanceOutput> {
    let id = input.db_instance_identifier().unwrap_or_default();
    let Some(instance) = context.recall::<Instance>(id) else {
        return Step::Pass;
    };
    let seconds = context.draw(timing::delete(row(&instance)));
    let keeps = input.delete_automated_backups() == Some(false);
    instance_goes(context, &instance, keeps, seconds);
    let gone_at = context.age() + seconds;
    context.amend::<Instance>(id, |instance| instance.gone_at = gone_at);
    // The last log output is written when the instance is deleted.
    written(context, id, &instance, seconds);
    if let Some(secret) = &instance.secret {
        managed::vanish(context, secret, seconds);
    }
    let lingering = context.draw(timing::release(row(&instance)));
    interfaces::release(context, &owner(id), seconds + lingering);
    match context.removal(Instance::KIND, id, "deleting", seconds) {
        None => Step::Pass,
        Some(removal) => {
            let described = DbInstance::builder().db_instance_identifier(id).db_instance_status("deleting").build();
            let answer = DeleteDbInstanceOutput::builder().db_instance(described).build();
            Step::Postpone(removal, answer)
        }
    }
}
