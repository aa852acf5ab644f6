//! The states in which an instance can be changed and deleted, and the backups and snapshots it leaves.

use aws_sdk_rds::operation::delete_db_instance::{DeleteDbInstanceInput, DeleteDbInstanceOutput};
use aws_sdk_rds::operation::delete_db_instance_automated_backup::{
    DeleteDbInstanceAutomatedBackupInput, DeleteDbInstanceAutomatedBackupOutput,
};
use aws_sdk_rds::operation::modify_db_instance::{ModifyDbInstanceInput, ModifyDbInstanceOutput};
use aws_sdk_rds::operation::start_db_instance::{StartDbInstanceInput, StartDbInstanceOutput};
use aws_sdk_rds::operation::stop_db_instance::{StopDbInstanceInput, StopDbInstanceOutput};

use super::creation::{combination, stray_group, unknown_group};
use super::unless;
use crate::context::{Context, Refusal};
use crate::law::{Basis, Law};
use crate::rds::lifecycle::{GROWN, OPTIMISING, PROTECTED, status};
use crate::rds::{Backup, Instance};
use crate::typed::{Step, before};

const DELETE: &str = "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DeleteDBInstance.html";
const MODIFY: &str = "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBInstance.html";
const STORAGE: &str = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIOPS.ModifyingExisting.html";
const STOPPED: &str = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_StopInstance.html";
const BACKUPS: &str =
    "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DeleteDBInstanceAutomatedBackup.html";
const RETAINED: &str = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithAutomatedBackups.html";

type Gone = Step<DeleteDbInstanceOutput>;
type Changed = Step<ModifyDbInstanceOutput>;

pub(super) fn laws() -> Vec<Law> {
    vec![
        Law::reported(
            "rds/deleted-twice",
            "what is being deleted cannot be deleted again",
            "hashicorp/terraform-provider-aws#11434",
            before(deleted_twice),
        ),
        Law::assumed(
            "rds/deleted-while-busy",
            "an instance that is being made or changed cannot be deleted",
            "AWS lists the error code, but not the states; reports contradict each other",
            before(deleted_while_busy),
        ),
        Law::documented("rds/protected", "a protected instance cannot be deleted", DELETE, before(protected)),
        Law::documented(
            "rds/final-snapshot",
            "whoever deletes an instance names its last snapshot or declines it",
            DELETE,
            before(no_word_of_a_snapshot),
        ),
        Law::documented("rds/changed-while-busy", "only an instance in use can be changed", MODIFY, before(busy)),
        Law::documented("rds/changed-groups", "it is moved to groups that are there", MODIFY, before(bad_groups)),
        Law::documented("rds/storage-shrinks", "storage never shrinks", STORAGE, before(shrinks)),
        Law::documented(
            "rds/storage-twice",
            "storage cannot be changed again while it is optimised, nor within six hours of its last change",
            STORAGE,
            before(grows_again),
        ),
        Law::documented(
            "rds/stopped",
            "an instance that does not run cannot be changed, and stops and starts by turns",
            STOPPED,
            before(stops),
        ),
        Law::documented("rds/started", "only a stopped instance can be started", STOPPED, before(starts)),
        Law::reported(
            "rds/protected-for-a-while",
            "deletion may be refused for a while after protection was turned off",
            "hashicorp/terraform-provider-aws, internal/service/rds/instance.go asks again for minutes",
            before(still_protected),
        ),
        Law::documented_only(
            "rds/change-shows-late",
            "after a change an instance may show available, and what it was, for some seconds; what was asked is pending",
            Basis::Reported,
            "hashicorp/terraform-provider-aws, internal/service/rds/instance.go waits a minute before its first look",
        ),
        Law::documented_only(
            "rds/backing-up",
            "an instance is backing-up while a snapshot of it is taken, every day",
            Basis::Documented,
            "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/accessing-monitoring.html",
        ),
        Law::documented(
            "rds/backup-of-an-instance",
            "the automated backups of an instance that is there cannot be deleted",
            BACKUPS,
            before(backup_in_use),
        ),
        Law::documented_only(
            "rds/retained-backups",
            "automated backups outlive their instance when its deletion does not decline them, and expire by themselves",
            Basis::Documented,
            RETAINED,
        ),
        Law::documented_only(
            "rds/log-groups",
            "the logs an instance exports have log groups that RDS makes, and makes again while it writes to them",
            Basis::Documented,
            "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_LogAccess.Procedural.UploadtoCloudWatch.html",
        ),
        Law::documented_only(
            "rds/last-lines",
            "an instance writes its last lines when it ends, which makes a log group that was deleted again",
            Basis::Reported,
            "hashicorp/terraform-provider-aws#42858",
        ),
        Law::documented_only(
            "rds/managed-secret",
            "the secret of a password that RDS manages comes and goes with its instance",
            Basis::Documented,
            "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html",
        ),
    ]
}

fn state(message: String) -> Refusal {
    Refusal::new("InvalidDBInstanceState", message)
}

fn deleted_twice(context: &mut Context<'_>, input: &DeleteDbInstanceInput) -> Gone {
    let id = input.db_instance_identifier().unwrap_or_default();
    unless((status(context, id) == "deleting").then(|| state(format!("Instance {id} is already being deleted."))))
}

/// Whether an operation on the instance is in progress, by its status.
fn is_busy(status: &str) -> bool {
    matches!(status, "creating" | "modifying" | "backing-up" | "deleting" | "stopping" | "starting")
}

fn stops(context: &mut Context<'_>, input: &StopDbInstanceInput) -> Step<StopDbInstanceOutput> {
    let id = input.db_instance_identifier().unwrap_or_default();
    let status = status(context, id);
    unless((status != "available").then(|| state(format!("Instance {id} is not in available state: it is {status}."))))
}

fn starts(context: &mut Context<'_>, input: &StartDbInstanceInput) -> Step<StartDbInstanceOutput> {
    let id = input.db_instance_identifier().unwrap_or_default();
    let status = status(context, id);
    unless((status != "stopped").then(|| state(format!("Instance {id} is not stopped: it is {status}."))))
}

fn still_protected(context: &mut Context<'_>, input: &DeleteDbInstanceInput) -> Gone {
    unless(context.is_lagging(PROTECTED, input.db_instance_identifier().unwrap_or_default()).then(refuse_protected))
}

fn refuse_protected() -> Refusal {
    combination("Cannot delete protected DB Instance, please disable deletion protection and try again.")
}

fn deleted_while_busy(context: &mut Context<'_>, input: &DeleteDbInstanceInput) -> Gone {
    let id = input.db_instance_identifier().unwrap_or_default();
    let status = status(context, id);
    unless(is_busy(&status).then(|| state(format!("Instance {id} is currently {status}."))))
}

fn protected(context: &mut Context<'_>, input: &DeleteDbInstanceInput) -> Gone {
    let instance = context.recall::<Instance>(input.db_instance_identifier().unwrap_or_default());
    unless(instance.filter(|instance| instance.protected).map(|_| refuse_protected()))
}

fn no_word_of_a_snapshot(context: &mut Context<'_>, input: &DeleteDbInstanceInput) -> Gone {
    let instance = context.recall::<Instance>(input.db_instance_identifier().unwrap_or_default());
    // Instances of a cluster need no final snapshot: snapshots belong to the cluster.
    let there = instance.is_some_and(|instance| instance.cluster.is_none());
    let given = input.skip_final_snapshot() == Some(true) || input.final_db_snapshot_identifier().is_some();
    unless(
        (there && !given)
            .then(|| combination("FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified.")),
    )
}

fn busy(context: &mut Context<'_>, input: &ModifyDbInstanceInput) -> Changed {
    let status = status(context, input.db_instance_identifier().unwrap_or_default());
    // An instance with incompatible network or parameters accepts no change either.
    let halted = is_busy(&status) || status == "stopped" || status.starts_with("incompatible-");
    unless(halted.then(|| state("Database instance is not in available state.".to_owned())))
}

fn bad_groups(context: &mut Context<'_>, input: &ModifyDbInstanceInput) -> Changed {
    let instance = context.recall::<Instance>(input.db_instance_identifier().unwrap_or_default()).unwrap_or_default();
    let groups = input.vpc_security_group_ids();
    let refusal = unknown_group(context, groups);
    unless(refusal.or_else(|| stray_group(context, instance.subnet_group.as_deref(), groups)))
}

fn shrinks(context: &mut Context<'_>, input: &ModifyDbInstanceInput) -> Changed {
    let instance = context.recall::<Instance>(input.db_instance_identifier().unwrap_or_default());
    let less = |instance: &Instance| input.allocated_storage().is_some_and(|asked| asked < instance.storage);
    unless(instance.filter(less).map(|instance| {
        let message = format!("Requested storage is lower than the current size of {} GiB.", instance.storage);
        combination(&message)
    }))
}

fn grows_again(context: &mut Context<'_>, input: &ModifyDbInstanceInput) -> Changed {
    let id = input.db_instance_identifier().unwrap_or_default();
    let has = context.recall::<Instance>(id).map(|instance| instance.storage);
    let changes = input.allocated_storage().is_some_and(|asked| has.is_some_and(|has| has != asked));
    let too_soon = status(context, id) == OPTIMISING || context.stage(GROWN, id).is_some();
    unless((changes && too_soon).then(|| {
        combination(
            "You can't currently modify the storage of this DB instance because the previous storage change is being \
             optimized.",
        )
    }))
}

fn backup_in_use(
    context: &mut Context<'_>,
    input: &DeleteDbInstanceAutomatedBackupInput,
) -> Step<DeleteDbInstanceAutomatedBackupOutput> {
    let backup = context.recall::<Backup>(input.dbi_resource_id().unwrap_or_default());
    unless(backup.filter(Backup::is_active).map(|_| {
        let message = "The automated backup is associated with an active instance.";
        Refusal::new("InvalidDBInstanceAutomatedBackupState", message)
    }))
}
