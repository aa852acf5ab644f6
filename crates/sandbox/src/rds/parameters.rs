//! The parameters of parameter groups. AWS keeps modified parameters; winterbaume drops them and shows none.
//! <https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBParameterGroup.html>

use std::collections::BTreeMap;

use aws_sdk_rds::operation::create_db_parameter_group::{CreateDbParameterGroupInput, CreateDbParameterGroupOutput};
use aws_sdk_rds::operation::delete_db_parameter_group::{DeleteDbParameterGroupInput, DeleteDbParameterGroupOutput};
use aws_sdk_rds::operation::describe_db_parameters::{DescribeDbParametersInput, DescribeDbParametersOutput};
use aws_sdk_rds::operation::modify_db_parameter_group::{ModifyDbParameterGroupInput, ModifyDbParameterGroupOutput};
use aws_sdk_rds::operation::reset_db_parameter_group::{ResetDbParameterGroupInput, ResetDbParameterGroupOutput};
use aws_sdk_rds::types::{ApplyMethod, Parameter};
use serde::{Deserialize, Serialize};

use crate::context::{Context, Refusal};
use crate::store::Fact;
use crate::typed::{Rule, Step, after, before};

/// The modified parameters of a group: value and apply method.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Modified {
    values: BTreeMap<String, (String, String)>,
}

impl Fact for Modified {
    const KIND: &'static str = "rds:parameter-group";
}

impl Modified {
    /// Sets parameters to the given values.
    pub(super) fn set(&mut self, parameters: &[Parameter]) {
        for parameter in parameters {
            let value = parameter.parameter_value().unwrap_or_default().to_owned();
            let method = parameter.apply_method().map_or("immediate", ApplyMethod::as_str);
            let name = parameter.parameter_name().unwrap_or_default().to_owned();
            self.values.insert(name, (value, method.to_owned()));
        }
    }

    /// Resets parameters, or all of them, to the engine's values.
    pub(super) fn reset(&mut self, all: Option<bool>, parameters: &[Parameter]) {
        let named = |name: &String| parameters.iter().any(|p| p.parameter_name() == Some(name));
        self.values.retain(|name, _| all != Some(true) && !named(name));
    }

    /// The parameters of that source.
    pub(super) fn listed(&self, source: Option<&str>) -> Vec<Parameter> {
        let user = self.values.iter().map(|(name, (value, method))| {
            Parameter::builder()
                .parameter_name(name)
                .parameter_value(value)
                .apply_method(ApplyMethod::from(method.as_str()))
                .source("user")
                .is_modifiable(true)
                .build()
        });
        let system =
            (SYSTEM.iter()).filter(|(name, _, _)| !self.values.contains_key(*name)).map(|(name, value, data_type)| {
                Parameter::builder()
                    .parameter_name(*name)
                    .parameter_value(*value)
                    .data_type(*data_type)
                    .source("system")
                    .is_modifiable(true)
                    .build()
            });
        user.chain(system).filter(|one| source.is_none_or(|source| one.source() == Some(source))).collect()
    }
}

/// Some parameters of every PostgreSQL group: name, value, data type.
const SYSTEM: &[(&str, &str, &str)] = &[
    ("log_min_duration_statement", "-1", "integer"),
    ("rds.force_ssl", "0", "boolean"),
    ("shared_preload_libraries", "pg_stat_statements", "list"),
];

/// Some of the parameters that take effect only when the engine starts.
const STATIC: &[&str] = &["max_connections", "shared_buffers", "shared_preload_libraries", "rds.logical_replication"];

/// Whether a parameter takes effect only when the engine starts.
pub(crate) fn is_static(parameter: &str) -> bool {
    STATIC.contains(&parameter)
}

pub(super) fn rules() -> Vec<Rule> {
    vec![after(created), after(deleted), before(modify), before(reset), before(describe)]
}

fn created(context: &mut Context<'_>, input: &CreateDbParameterGroupInput, _: &mut CreateDbParameterGroupOutput) {
    let name = input.db_parameter_group_name().unwrap_or_default();
    context.remember(name, &Modified::default());
}

fn deleted(context: &mut Context<'_>, input: &DeleteDbParameterGroupInput, _: &mut DeleteDbParameterGroupOutput) {
    context.forget::<Modified>(input.db_parameter_group_name().unwrap_or_default());
}

pub(super) fn not_found(name: &str) -> Refusal {
    let message = format!("DBParameterGroup not found: {name}");
    Refusal::new("DBParameterGroupNotFound", message)
}

fn modify(context: &mut Context<'_>, input: &ModifyDbParameterGroupInput) -> Step<ModifyDbParameterGroupOutput> {
    let name = input.db_parameter_group_name().unwrap_or_default();
    let Some(mut group) = context.recall::<Modified>(name) else {
        return Step::Refuse(not_found(name));
    };
    group.set(input.parameters());
    context.remember(name, &group);
    Step::Answer(ModifyDbParameterGroupOutput::builder().db_parameter_group_name(name).build())
}

fn reset(context: &mut Context<'_>, input: &ResetDbParameterGroupInput) -> Step<ResetDbParameterGroupOutput> {
    let name = input.db_parameter_group_name().unwrap_or_default();
    let Some(mut group) = context.recall::<Modified>(name) else {
        return Step::Refuse(not_found(name));
    };
    group.reset(input.reset_all_parameters(), input.parameters());
    context.remember(name, &group);
    Step::Answer(ResetDbParameterGroupOutput::builder().db_parameter_group_name(name).build())
}

fn describe(context: &mut Context<'_>, input: &DescribeDbParametersInput) -> Step<DescribeDbParametersOutput> {
    let name = input.db_parameter_group_name().unwrap_or_default();
    let Some(group) = context.recall::<Modified>(name) else {
        return Step::Refuse(not_found(name));
    };
    let parameters = Some(group.listed(input.source()));
    Step::Answer(DescribeDbParametersOutput::builder().set_parameters(parameters).build())
}
