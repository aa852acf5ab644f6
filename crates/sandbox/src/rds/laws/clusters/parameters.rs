//! Cluster parameter groups and their valid parameters.

use aws_sdk_rds::operation::delete_db_cluster_parameter_group::{
    DeleteDbClusterParameterGroupInput, DeleteDbClusterParameterGroupOutput,
};
use aws_sdk_rds::operation::modify_db_cluster_parameter_group::{
    ModifyDbClusterParameterGroupInput, ModifyDbClusterParameterGroupOutput,
};

use crate::context::{Context, Refusal};
use crate::law::Law;
use crate::rds::Cluster;
use crate::rds::laws::parameters::{at_once, too_many};
use crate::rds::laws::unless;
use crate::typed::{Step, before};

const DELETE: &str = "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DeleteDBClusterParameterGroup.html";
const MODIFY: &str = "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBClusterParameterGroup.html";

pub(super) fn laws() -> Vec<Law> {
    vec![
        Law::documented(
            "rds/cluster-parameter-group-in-use",
            "a cluster parameter group cannot be deleted while a cluster uses it, also one that is being deleted",
            DELETE,
            before(in_use),
        ),
        Law::documented(
            "rds/cluster-parameters",
            "a cluster's parameters are changed twenty at a time, static ones not at once",
            MODIFY,
            before(bad_change),
        ),
    ]
}

fn in_use(
    context: &mut Context<'_>,
    input: &DeleteDbClusterParameterGroupInput,
) -> Step<DeleteDbClusterParameterGroupOutput> {
    let name = input.db_cluster_parameter_group_name().unwrap_or_default();
    let uses = |cluster: &Cluster| cluster.parameter_group.as_deref() == Some(name);
    let used = context.all::<Cluster>().iter().any(|(_, cluster)| uses(cluster));
    let default = name.starts_with("default.");
    unless((used || default).then(|| {
        let message = format!("One or more database clusters are still members of this parameter group {name}");
        Refusal::new("InvalidDBParameterGroupState", message)
    }))
}

fn bad_change(
    _: &mut Context<'_>,
    input: &ModifyDbClusterParameterGroupInput,
) -> Step<ModifyDbClusterParameterGroupOutput> {
    unless(too_many(input.parameters()).or_else(|| at_once(input.parameters())))
}
