//! DB parameter groups and their valid parameters.

use aws_sdk_rds::operation::delete_db_parameter_group::{DeleteDbParameterGroupInput, DeleteDbParameterGroupOutput};
use aws_sdk_rds::operation::modify_db_parameter_group::{ModifyDbParameterGroupInput, ModifyDbParameterGroupOutput};
use aws_sdk_rds::types::{ApplyMethod, Parameter};

use super::unless;
use crate::context::{Context, Refusal};
use crate::law::Law;
use crate::rds::{Instance, Modified, is_static};
use crate::typed::{Step, before};

const DELETE: &str = "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DeleteDBParameterGroup.html";
const MODIFY: &str = "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBParameterGroup.html";
/// The maximum number of parameters that one call may change.
const MOST: usize = 20;

pub(super) fn laws() -> Vec<Law> {
    vec![
        Law::documented(
            "rds/parameter-group-in-use",
            "a DB parameter group cannot be deleted while an instance uses it, also one that is being deleted",
            DELETE,
            before(in_use),
        ),
        Law::documented(
            "rds/default-parameter-group",
            "AWS's own parameter groups cannot be deleted",
            DELETE,
            before(is_default),
        ),
        Law::documented(
            "rds/twenty-parameters",
            "one call changes twenty parameters at most",
            MODIFY,
            before(long_change),
        ),
        Law::documented(
            "rds/static-parameter",
            "a parameter that takes effect only when the engine starts cannot be set at once",
            MODIFY,
            before(not_at_once),
        ),
    ]
}

/// Whether a parameter group of that name exists; AWS's default groups always do.
pub(super) fn is_there(context: &Context<'_>, name: &str) -> bool {
    name.starts_with("default.") || context.recall::<Modified>(name).is_some()
}

fn in_use(context: &mut Context<'_>, input: &DeleteDbParameterGroupInput) -> Step<DeleteDbParameterGroupOutput> {
    let name = input.db_parameter_group_name().unwrap_or_default();
    let uses = |instance: &Instance| instance.parameter_group.as_deref() == Some(name);
    let used = context.all::<Instance>().iter().any(|(_, instance)| uses(instance));
    unless(used.then(|| {
        let message = format!(
            "One or more database instances are still members of this parameter group {name}, so the group cannot be \
             deleted"
        );
        Refusal::new("InvalidDBParameterGroupState", message)
    }))
}

fn is_default(_: &mut Context<'_>, input: &DeleteDbParameterGroupInput) -> Step<DeleteDbParameterGroupOutput> {
    let name = input.db_parameter_group_name().unwrap_or_default();
    unless(name.starts_with("default.").then(|| {
        Refusal::new("InvalidDBParameterGroupState", format!("Default DBParameterGroup cannot be deleted: {name}"))
    }))
}

/// AWS's refusal of too long a list of parameters.
pub(super) fn too_many(parameters: &[Parameter]) -> Option<Refusal> {
    let message = "A maximum of 20 parameters can be modified in a single request.";
    (parameters.len() > MOST).then(|| Refusal::new("InvalidParameterValue", message))
}

/// AWS's refusal of the immediate apply method for a static parameter.
pub(super) fn at_once(parameters: &[Parameter]) -> Option<Refusal> {
    let is = |parameter: &Parameter| {
        parameter.apply_method() == Some(&ApplyMethod::Immediate) && parameter.parameter_name().is_some_and(is_static)
    };
    let message = "cannot use immediate apply method for static parameter";
    parameters.iter().any(is).then(|| Refusal::new("InvalidParameterCombination", message))
}

fn long_change(_: &mut Context<'_>, input: &ModifyDbParameterGroupInput) -> Step<ModifyDbParameterGroupOutput> {
    unless(too_many(input.parameters()))
}

fn not_at_once(_: &mut Context<'_>, input: &ModifyDbParameterGroupInput) -> Step<ModifyDbParameterGroupOutput> {
    unless(at_once(input.parameters()))
}
