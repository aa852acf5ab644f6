//! The parameters of cluster parameter groups. AWS keeps modified parameters; winterbaume drops them and shows none.
//! <https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBClusterParameterGroup.html>

use aws_sdk_rds::operation::create_db_cluster_parameter_group::{
    CreateDbClusterParameterGroupInput, CreateDbClusterParameterGroupOutput,
};
use aws_sdk_rds::operation::delete_db_cluster_parameter_group::{
    DeleteDbClusterParameterGroupInput, DeleteDbClusterParameterGroupOutput,
};
use aws_sdk_rds::operation::describe_db_cluster_parameters::{
    DescribeDbClusterParametersInput, DescribeDbClusterParametersOutput,
};
use aws_sdk_rds::operation::modify_db_cluster_parameter_group::{
    ModifyDbClusterParameterGroupInput, ModifyDbClusterParameterGroupOutput,
};
use aws_sdk_rds::operation::reset_db_cluster_parameter_group::{
    ResetDbClusterParameterGroupInput, ResetDbClusterParameterGroupOutput,
};
use serde::{Deserialize, Serialize};

use super::parameters::{Modified, not_found};
use crate::context::Context;
use crate::store::Fact;
use crate::typed::{Rule, Step, after, before};

/// The modified parameters of a cluster parameter group.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct ClusterModified(Modified);

impl Fact for ClusterModified {
    const KIND: &'static str = "rds:cluster-parameter-group";
}

pub(super) fn rules() -> Vec<Rule> {
    vec![after(created), after(deleted), before(modify), before(reset), before(describe)]
}

fn created(
    context: &mut Context<'_>,
    input: &CreateDbClusterParameterGroupInput,
    _: &mut CreateDbClusterParameterGroupOutput,
) {
    let name = input.db_cluster_parameter_group_name().unwrap_or_default();
    context.remember(name, &ClusterModified::default());
}

fn deleted(
    context: &mut Context<'_>,
    input: &DeleteDbClusterParameterGroupInput,
    _: &mut DeleteDbClusterParameterGroupOutput,
) {
    context.forget::<ClusterModified>(input.db_cluster_parameter_group_name().unwrap_or_default());
}

fn modify(
    context: &mut Context<'_>,
    input: &ModifyDbClusterParameterGroupInput,
) -> Step<ModifyDbClusterParameterGroupOutput> {
    let name = input.db_cluster_parameter_group_name().unwrap_or_default();
    let Some(mut group) = context.recall::<ClusterModified>(name) else {
        return Step::Refuse(not_found(name));
    };
    group.0.set(input.parameters());
    context.remember(name, &group);
    Step::Answer(ModifyDbClusterParameterGroupOutput::builder().db_cluster_parameter_group_name(name).build())
}

fn reset(
    context: &mut Context<'_>,
    input: &ResetDbClusterParameterGroupInput,
) -> Step<ResetDbClusterParameterGroupOutput> {
    let name = input.db_cluster_parameter_group_name().unwrap_or_default();
    let Some(mut group) = context.recall::<ClusterModified>(name) else {
        return Step::Refuse(not_found(name));
    };
    group.0.reset(input.reset_all_parameters(), input.parameters());
    context.remember(name, &group);
    Step::Answer(ResetDbClusterParameterGroupOutput::builder().db_cluster_parameter_group_name(name).build())
}

fn describe(
    context: &mut Context<'_>,
    input: &DescribeDbClusterParametersInput,
) -> Step<DescribeDbClusterParametersOutput> {
    let name = input.db_cluster_parameter_group_name().unwrap_or_default();
    let Some(group) = context.recall::<ClusterModified>(name) else {
        return Step::Refuse(not_found(name));
    };
    let parameters = Some(group.0.listed(input.source()));
    Step::Answer(DescribeDbClusterParametersOutput::builder().set_parameters(parameters).build())
}
