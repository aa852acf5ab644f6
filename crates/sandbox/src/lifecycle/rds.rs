//! RDS: instances are created for many minutes, have no endpoint until then, and leave as slowly.

use aws_sdk_rds::operation::create_db_instance::{CreateDbInstanceInput, CreateDbInstanceOutput};
use aws_sdk_rds::operation::delete_db_instance::{DeleteDbInstanceInput, DeleteDbInstanceOutput};
use aws_sdk_rds::operation::describe_db_instances::{DescribeDbInstancesInput, DescribeDbInstancesOutput};
use aws_sdk_rds::types::DbInstance;

use crate::context::{Context, Refusal};
use crate::mends::rds::Instance;
use crate::timing;
use crate::typed::{Rule, Step, after, before};
use crate::world::Fact;

pub(super) fn rules() -> Vec<Rule> {
    vec![after(created), after(shown), before(deleted)]
}

fn row(multi_az: bool) -> &'static str {
    if multi_az { "rds_db_instance_postgres_multi_az" } else { "rds_db_instance_postgres_single_az" }
}

fn created(context: &mut Context<'_>, input: &CreateDbInstanceInput, _: &mut CreateDbInstanceOutput) {
    let id = input.db_instance_identifier().unwrap_or_default();
    let seconds = context.draw(timing::create(row(input.multi_az().unwrap_or(false))));
    context.begin(Instance::KIND, id, "creating", seconds);
}

fn shown(context: &mut Context<'_>, _: &DescribeDbInstancesInput, output: &mut DescribeDbInstancesOutput) {
    for instance in output.db_instances.iter_mut().flatten() {
        let id = instance.db_instance_identifier().unwrap_or_default();
        if let Some(stage) = context.stage(Instance::KIND, id) {
            if stage == "creating" {
                instance.endpoint = None;
            }
            instance.db_instance_status = Some(stage);
        }
    }
}

/// AWS refuses to delete what is already being deleted.
fn deleted(context: &mut Context<'_>, input: &DeleteDbInstanceInput) -> Step<DeleteDbInstanceOutput> {
    let id = input.db_instance_identifier().unwrap_or_default();
    let Some(instance) = context.recall::<Instance>(id) else {
        return Step::Pass;
    };
    if context.stage(Instance::KIND, id).as_deref() == Some("deleting") {
        let message = format!("Instance {id} is already being deleted.");
        return Step::Refuse(Refusal::new("InvalidDBInstanceState", message));
    }
    let seconds = context.draw(timing::delete(row(instance.multi_az)));
    match context.removal(Instance::KIND, id, "deleting", seconds) {
        None => Step::Pass,
        Some(removal) => {
            let shown = DbInstance::builder().db_instance_identifier(id).db_instance_status("deleting").build();
            let answer = DeleteDbInstanceOutput::builder().db_instance(shown).build();
            Step::Postpone(removal, answer)
        }
    }
}
