//! RDS. Winterbaume models instances in outline; the parameters it drops are kept here and added to its answers.

mod backups;
mod cluster_backups;
mod cluster_parameters;
pub(crate) mod clusters;
pub(crate) mod databases;
mod engines;
mod instances;
mod laws;
pub(crate) mod lifecycle;
pub(crate) mod log_groups;
mod logs;
mod orderable;
mod parameters;
mod subnet_groups;

use crate::backends::BackendOf;
use crate::context::Refusal;
use crate::faults::FaultCodes;
use crate::log::Id;
use crate::service::{Rules, Service};
use crate::store::Fact;
use crate::typed::Rule;
use crate::wire::{Ask, Corrected, WireRule};

pub(crate) use backups::{Backup, instance_goes};
pub(crate) use cluster_backups::{ClusterBackup, cluster_goes};
pub(crate) use cluster_parameters::ClusterModified;
pub(crate) use clusters::Cluster;
pub(crate) use engines::{capacity, is_offered};
pub(crate) use instances::Instance;
pub(crate) use logs::written;
pub(crate) use orderable::is_class;
pub(crate) use parameters::{Modified, is_static};
pub(crate) use subnet_groups::Located;

pub(crate) static RDS: Service = Service {
    backend: Some(BackendOf::new::<winterbaume_rds::RdsService>("rds")),
    laws: laws::laws,
    model: Rules { typed: typed_rules, wire: wire_rules },
    lifecycle: Rules::typed(lifecycle::rules),
    creates: &[
        ("CreateDBSubnetGroup", Id::Request(&["db_subnet_group_name"])),
        ("CreateDBParameterGroup", Id::Request(&["db_parameter_group_name"])),
        ("CreateDBClusterParameterGroup", Id::Request(&["db_cluster_parameter_group_name"])),
        ("CreateDBCluster", Id::Answer("db_cluster_resource_id")),
        ("CreateDBInstance", Id::Answer("dbi_resource_id")),
    ],
    codes: FaultCodes::QUERY,
    unfound: |operation| Some((not_found(operation), 404)),
    kept: &[Backup::KIND, ClusterBackup::KIND],
    ..Service::new("RDS", "rds")
};

fn not_found(operation: &str) -> &'static str {
    match operation {
        _ if operation.contains("SubnetGroup") => "DBSubnetGroupNotFoundFault",
        _ if operation.contains("ParameterGroup") => "DBParameterGroupNotFound",
        _ if operation.contains("DBCluster") => "DBClusterNotFoundFault",
        _ => "DBInstanceNotFound",
    }
}

/// The rules of the model on typed inputs and outputs.
fn typed_rules() -> Vec<Rule> {
    let mut rules = engines::rules();
    rules.extend(orderable::rules());
    rules.extend(parameters::rules());
    rules.extend(cluster_parameters::rules());
    rules.extend(subnet_groups::rules());
    rules.extend(clusters::rules());
    rules.extend(cluster_backups::rules());
    rules.extend(instances::rules());
    rules.extend(backups::rules());
    rules
}

/// The rules of the model on the wire.
fn wire_rules() -> Vec<WireRule> {
    let mut rules = log_groups::rules();
    rules.extend(logs::rules());
    rules.push(WireRule::refused("RDS", "*", codes));
    rules
}

/// AWS's codes for subnet groups and clusters have a suffix that winterbaume omits; its codes for cluster parameter
/// groups are those of other parameter groups.
/// <https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DeleteDBSubnetGroup.html>
/// <https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DeleteDBCluster.html>
/// <https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DeleteDBClusterParameterGroup.html>
fn codes(_: &Ask, refusal: &mut Refusal) -> Corrected {
    match refusal.code.as_str() {
        "DBSubnetGroupNotFound" | "DBClusterNotFound" | "DBClusterAlreadyExists" => refusal.code.push_str("Fault"),
        "DBClusterParameterGroupNotFound" | "DBClusterParameterGroupAlreadyExists" => {
            refusal.code = refusal.code.replace("DBCluster", "DB");
        }
        _ => {}
    }
    Corrected::Stands
}

fn set<T>(field: &mut T, given: Option<T>) {
    if let Some(given) = given {
        *field = given;
    }
}
