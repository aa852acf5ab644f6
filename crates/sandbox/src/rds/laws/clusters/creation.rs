//! The checks of RDS before it creates or changes a cluster.

use aws_sdk_rds::operation::create_db_cluster::{CreateDbClusterInput, CreateDbClusterOutput};
use aws_sdk_rds::operation::modify_db_cluster::{ModifyDbClusterInput, ModifyDbClusterOutput};
use aws_sdk_rds::types::ServerlessV2ScalingConfiguration;

use crate::context::{Context, Refusal};
use crate::law::Law;
use crate::rds::laws::creation::{combination, invalid, is_identifier, stray_group, unknown_group};
use crate::rds::laws::{no_subnet_group, unless};
use crate::rds::{Cluster, ClusterModified, capacity, is_offered};
use crate::typed::{Step, before};

const CREATE: &str = "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBCluster.html";
const MODIFY: &str = "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBCluster.html";
const CAPACITY: &str =
    "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ServerlessV2ScalingConfiguration.html";
const VERSIONS: &str =
    "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraPostgreSQLReleaseNotes/AuroraPostgreSQL.Updates.html";

type Made = Step<CreateDbClusterOutput>;
type Changed = Step<ModifyDbClusterOutput>;

pub(super) fn laws() -> Vec<Law> {
    let documented = |name, says, rule: fn(&mut Context<'_>, &CreateDbClusterInput) -> Made| {
        Law::documented(name, says, CREATE, before(rule))
    };
    vec![
        documented(
            "rds/cluster-identifier",
            "the identifier of a cluster has letters, digits and single hyphens",
            identifier,
        ),
        documented(
            "rds/cluster-identifier-taken",
            "an identifier is taken while its cluster is there or leaves",
            taken,
        ),
        documented("rds/cluster-password", "a master password is given or managed by RDS, and not both", one_password),
        documented("rds/cluster-backup-days", "backups of a cluster reach back from 1 to 35 days", backup_days),
        documented("rds/cluster-unknown-subnet-group", "a cluster is in a DB subnet group that exists", subnet_group),
        documented(
            "rds/cluster-unknown-parameter-group",
            "it uses a cluster parameter group that is there",
            parameter_group,
        ),
        Law::documented(
            "rds/cluster-version-offered",
            "clusters are made of versions that AWS still offers",
            VERSIONS,
            before(version),
        ),
        Law::documented(
            "rds/cluster-capacity",
            "capacity goes in steps of 0.5 from 0.5, or 0 where the version can pause, to 256",
            CAPACITY,
            before(made_with_capacity),
        ),
        Law::documented(
            "rds/cluster-capacity-kept",
            "the same when the capacity is changed",
            CAPACITY,
            before(changed_capacity),
        ),
        Law::reported(
            "rds/cluster-security-groups",
            "a cluster is in security groups that are there, in the VPC of its subnets",
            "terraform-aws-modules/terraform-aws-rds#395",
            before(security_groups),
        ),
        Law::documented(
            "rds/cluster-changed-groups",
            "a cluster is moved to groups that are there",
            MODIFY,
            before(changed_groups),
        ),
    ]
}

fn identifier(_: &mut Context<'_>, input: &CreateDbClusterInput) -> Made {
    unless((!is_identifier(input.db_cluster_identifier().unwrap_or_default())).then(|| {
        invalid(
            "The parameter DBClusterIdentifier is not a valid identifier. Identifiers must begin with a letter; must \
             contain only ASCII letters, digits, and hyphens; and must not end with a hyphen or contain two \
             consecutive hyphens.",
        )
    }))
}

fn taken(context: &mut Context<'_>, input: &CreateDbClusterInput) -> Made {
    let id = input.db_cluster_identifier().unwrap_or_default();
    let taken = context.all::<Cluster>().iter().any(|(known, _)| known.eq_ignore_ascii_case(id));
    unless(taken.then(|| Refusal::new("DBClusterAlreadyExistsFault", "DB Cluster already exists")))
}

fn one_password(_: &mut Context<'_>, input: &CreateDbClusterInput) -> Made {
    let managed = input.manage_master_user_password() == Some(true);
    unless(match (managed, input.master_user_password()) {
        (true, Some(_)) => Some(combination(
            "You can't specify MasterUserPassword for a DB cluster with ManageMasterUserPassword enabled.",
        )),
        (false, None) => Some(combination("The parameter MasterUserPassword must be provided and must not be blank.")),
        _ => None,
    })
}

fn backup_days(_: &mut Context<'_>, input: &CreateDbClusterInput) -> Made {
    let days = input.backup_retention_period().filter(|days| !(1..=35).contains(days));
    unless(days.map(|days| invalid(format!("Invalid backup retention period: {days}. Must be between 1 and 35 days"))))
}

fn subnet_group(context: &mut Context<'_>, input: &CreateDbClusterInput) -> Made {
    unless(input.db_subnet_group_name().and_then(|name| no_subnet_group(context, name)))
}

fn no_parameter_group(context: &Context<'_>, name: &str) -> Option<Refusal> {
    let there = name.starts_with("default.") || context.recall::<ClusterModified>(name).is_some();
    (!there)
        .then(|| Refusal::new("DBClusterParameterGroupNotFound", format!("DBClusterParameterGroup not found: {name}")))
}

fn parameter_group(context: &mut Context<'_>, input: &CreateDbClusterInput) -> Made {
    unless(input.db_cluster_parameter_group_name().and_then(|name| no_parameter_group(context, name)))
}

fn version(_: &mut Context<'_>, input: &CreateDbClusterInput) -> Made {
    let engine = input.engine().filter(|engine| *engine == "aurora-postgresql");
    let gone = engine.zip(input.engine_version()).filter(|(engine, version)| !is_offered(engine, version));
    unless(gone.map(|(engine, version)| combination(&format!("Cannot find version {version} for {engine}"))))
}

fn bad_capacity(asked: Option<&ServerlessV2ScalingConfiguration>, version: &str) -> Option<Refusal> {
    let (least, most) = asked.and_then(|asked| asked.min_capacity().zip(asked.max_capacity()))?;
    let (lowest, highest) = capacity(version);
    let is_step = |acu: f64| (acu * 2.0).fract() == 0.0;
    let good = lowest <= least && least <= most && (1.0..=highest).contains(&most) && is_step(least) && is_step(most);
    (!good).then(|| {
        invalid(format!(
            "Serverless v2 capacity {least} to {most} isn't valid. It must be between {lowest} and {highest}, in \
             increments of 0.5, and the maximum at least 1 and the minimum."
        ))
    })
}

fn made_with_capacity(_: &mut Context<'_>, input: &CreateDbClusterInput) -> Made {
    let version = input.engine_version().unwrap_or_default();
    unless(bad_capacity(input.serverless_v2_scaling_configuration(), version))
}

fn changed_capacity(context: &mut Context<'_>, input: &ModifyDbClusterInput) -> Changed {
    let cluster = context.recall::<Cluster>(input.db_cluster_identifier().unwrap_or_default()).unwrap_or_default();
    unless(bad_capacity(input.serverless_v2_scaling_configuration(), &cluster.version))
}

fn bad_groups(context: &Context<'_>, subnets: Option<&str>, groups: &[String]) -> Option<Refusal> {
    unknown_group(context, groups).or_else(|| stray_group(context, subnets, groups))
}

fn security_groups(context: &mut Context<'_>, input: &CreateDbClusterInput) -> Made {
    unless(bad_groups(context, input.db_subnet_group_name(), input.vpc_security_group_ids()))
}

fn changed_groups(context: &mut Context<'_>, input: &ModifyDbClusterInput) -> Changed {
    let cluster = context.recall::<Cluster>(input.db_cluster_identifier().unwrap_or_default()).unwrap_or_default();
    let groups = bad_groups(context, cluster.subnet_group.as_deref(), input.vpc_security_group_ids());
    unless(
        groups.or_else(|| input.db_cluster_parameter_group_name().and_then(|name| no_parameter_group(context, name))),
    )
}
