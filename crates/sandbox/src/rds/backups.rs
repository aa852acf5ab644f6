//! Automated backups: created with an instance that has a retention period, and deleted or retained when the instance
//! is deleted. Winterbaume has none.
//! <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithAutomatedBackups.html>

use aws_sdk_rds::operation::create_db_instance::{CreateDbInstanceInput, CreateDbInstanceOutput};
use aws_sdk_rds::operation::delete_db_instance_automated_backup::{
    DeleteDbInstanceAutomatedBackupInput, DeleteDbInstanceAutomatedBackupOutput,
};
use aws_sdk_rds::operation::describe_db_instance_automated_backups::{
    DescribeDbInstanceAutomatedBackupsInput, DescribeDbInstanceAutomatedBackupsOutput,
};
use aws_sdk_rds::operation::modify_db_instance::{ModifyDbInstanceInput, ModifyDbInstanceOutput};
use aws_sdk_rds::types::DbInstanceAutomatedBackup;
use serde::{Deserialize, Serialize};

use super::Instance;
use crate::context::{Context, Refusal};
use crate::store::Fact;
use crate::typed::{Rule, Step, after, before};

/// The automated backups of one instance, by its resource id.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Backup {
    instance: String,
    arn: String,
    days: i32,
    /// `active` while its instance exists, `retained` afterwards.
    status: String,
}

impl Fact for Backup {
    const KIND: &'static str = "rds:automated-backup";
}

impl Backup {
    pub(crate) fn is_active(&self) -> bool {
        self.status == "active"
    }
}

pub(super) fn rules() -> Vec<Rule> {
    vec![after(created), after(modified), before(describe), before(delete)]
}

fn created(context: &mut Context<'_>, input: &CreateDbInstanceInput, _: &mut CreateDbInstanceOutput) {
    keep(context, input.db_instance_identifier().unwrap_or_default());
}

/// With a retention period of 0 days, existing backups are deleted at once.
fn modified(context: &mut Context<'_>, input: &ModifyDbInstanceInput, _: &mut ModifyDbInstanceOutput) {
    keep(context, input.db_instance_identifier().unwrap_or_default());
}

fn keep(context: &mut Context<'_>, id: &str) {
    let Some(instance) = context.recall::<Instance>(id) else {
        return;
    };
    if instance.backup_days == 0 {
        context.forget::<Backup>(&instance.resource_id);
        return;
    }
    let arn = context.arn("rds", &format!("auto-backup:{}", instance.resource_id.replace("db-", "ab-").to_lowercase()));
    let (days, status) = (instance.backup_days, "active".to_owned());
    context.remember(&instance.resource_id, &Backup { instance: id.to_owned(), arn, days, status });
}

/// Handles the deletion of an instance after `seconds`: its backups are deleted with it, or retained for their
/// retention period.
pub(crate) fn instance_goes(context: &mut Context<'_>, instance: &Instance, keeps: bool, seconds: f64) {
    let id = &instance.resource_id;
    if context.recall::<Backup>(id).is_none() {
        return;
    }
    if keeps {
        context.amend::<Backup>(id, |backup| "retained".clone_into(&mut backup.status));
        let (kind, lasting) = (Backup::KIND, seconds + f64::from(instance.backup_days) * 86_400.0);
        // On the instant clock they would be deleted at once, which would hide that they are left behind.
        if context.clock.lasting(lasting).is_some() {
            context.vanish(kind, id, "retained", lasting);
        }
    } else {
        context.vanish(Backup::KIND, id, "deleting", seconds);
    }
}

fn described(id: &str, backup: &Backup) -> DbInstanceAutomatedBackup {
    DbInstanceAutomatedBackup::builder()
        .dbi_resource_id(id)
        .db_instance_identifier(&backup.instance)
        .db_instance_automated_backups_arn(&backup.arn)
        .backup_retention_period(backup.days)
        .status(&backup.status)
        .engine("postgres")
        .build()
}

fn describe(
    context: &mut Context<'_>,
    input: &DescribeDbInstanceAutomatedBackupsInput,
) -> Step<DescribeDbInstanceAutomatedBackupsOutput> {
    let is_asked = |id: &str, backup: &Backup| {
        input.dbi_resource_id().is_none_or(|asked| asked == id)
            && input.db_instance_identifier().is_none_or(|asked| asked == backup.instance)
    };
    let all = context.all::<Backup>();
    let backups = (all.iter()).filter(|(id, backup)| is_asked(id, backup)).map(|(id, backup)| described(id, backup));
    let backups = Some(backups.collect());
    Step::Answer(DescribeDbInstanceAutomatedBackupsOutput::builder().set_db_instance_automated_backups(backups).build())
}

fn delete(
    context: &mut Context<'_>,
    input: &DeleteDbInstanceAutomatedBackupInput,
) -> Step<DeleteDbInstanceAutomatedBackupOutput> {
    let id = input.dbi_resource_id().unwrap_or_default();
    let Some(backup) = context.recall::<Backup>(id) else {
        let message = format!("Automated backup of {id} not found.");
        return Step::Refuse(Refusal::new("DBInstanceAutomatedBackupNotFound", message));
    };
    context.forget::<Backup>(id);
    let described = described(id, &backup);
    Step::Answer(DeleteDbInstanceAutomatedBackupOutput::builder().db_instance_automated_backup(described).build())
}
