//! Stopping and starting instances, and taking snapshots of them.
//! <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_StopInstance.html>

use aws_sdk_rds::operation::create_db_snapshot::{CreateDbSnapshotInput, CreateDbSnapshotOutput};
use aws_sdk_rds::operation::start_db_instance::{StartDbInstanceInput, StartDbInstanceOutput};
use aws_sdk_rds::operation::stop_db_instance::{StopDbInstanceInput, StopDbInstanceOutput};
use aws_sdk_rds::types::{DbInstance, DbSnapshot};

use super::begin;
use crate::context::Context;
use crate::rds::Instance;
use crate::timing::Range;
use crate::typed::{Rule, Step, before};

/// Seconds until an instance is stopped or started; an assumption: minutes.
const TURN: Range = Range::between(60.0, 240.0, 900.0);
/// Seconds for which an instance is backed up; an assumption.
const BACKUP: Range = Range::between(60.0, 180.0, 900.0);

pub(super) fn rules() -> Vec<Rule> {
    vec![before(stop), before(start), before(snapshot)]
}

fn turn(context: &mut Context<'_>, id: &str, stopped: bool, stage: &str) -> Option<DbInstance> {
    context.recall::<Instance>(id)?;
    context.amend::<Instance>(id, |instance| instance.stopped = stopped);
    let seconds = context.draw(TURN);
    begin(context, id, &[(stage, seconds)]);
    Some(DbInstance::builder().db_instance_identifier(id).db_instance_status(stage).build())
}

fn stop(context: &mut Context<'_>, input: &StopDbInstanceInput) -> Step<StopDbInstanceOutput> {
    match turn(context, input.db_instance_identifier().unwrap_or_default(), true, "stopping") {
        None => Step::Pass,
        Some(described) => Step::Answer(StopDbInstanceOutput::builder().db_instance(described).build()),
    }
}

fn start(context: &mut Context<'_>, input: &StartDbInstanceInput) -> Step<StartDbInstanceOutput> {
    match turn(context, input.db_instance_identifier().unwrap_or_default(), false, "starting") {
        None => Step::Pass,
        Some(described) => Step::Answer(StartDbInstanceOutput::builder().db_instance(described).build()),
    }
}

/// The instance is `backing-up` meanwhile, as in the daily backup.
fn snapshot(context: &mut Context<'_>, input: &CreateDbSnapshotInput) -> Step<CreateDbSnapshotOutput> {
    let id = input.db_instance_identifier().unwrap_or_default();
    if context.recall::<Instance>(id).is_none() {
        return Step::Pass;
    }
    let seconds = context.draw(BACKUP);
    begin(context, id, &[("backing-up", seconds)]);
    let taken = DbSnapshot::builder().set_db_snapshot_identifier(input.db_snapshot_identifier.clone());
    let taken = taken.db_instance_identifier(id).status("creating").build();
    Step::Answer(CreateDbSnapshotOutput::builder().db_snapshot(taken).build())
}
