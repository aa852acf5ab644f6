//! Aurora clusters. Winterbaume models them in outline, without capacity, Data API, secret and members.
//! <https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBCluster.html>

use aws_sdk_rds::operation::create_db_cluster::{CreateDbClusterInput, CreateDbClusterOutput};
use aws_sdk_rds::operation::delete_db_cluster::{DeleteDbClusterInput, DeleteDbClusterOutput};
use aws_sdk_rds::operation::describe_db_clusters::{DescribeDbClustersInput, DescribeDbClustersOutput};
use aws_sdk_rds::operation::disable_http_endpoint::{DisableHttpEndpointInput, DisableHttpEndpointOutput};
use aws_sdk_rds::operation::enable_http_endpoint::{EnableHttpEndpointInput, EnableHttpEndpointOutput};
use aws_sdk_rds::operation::modify_db_cluster::{ModifyDbClusterInput, ModifyDbClusterOutput};
use aws_sdk_rds::types::{
    DbCluster, DbClusterMember, MasterUserSecret, ServerlessV2ScalingConfiguration,
    ServerlessV2ScalingConfigurationInfo, VpcSecurityGroupMembership,
};
use serde::{Deserialize, Serialize};

use super::{Instance, set};
use crate::context::Context;
use crate::secrets::managed;
use crate::store::Fact;
use crate::typed::{Rule, after};

/// The parameters of a request that winterbaume drops.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Cluster {
    pub(crate) resource_id: String,
    pub(crate) version: String,
    /// The name of its initial database.
    pub(crate) database: Option<String>,
    pub(crate) subnet_group: Option<String>,
    pub(crate) security_groups: Vec<String>,
    pub(crate) parameter_group: Option<String>,
    pub(crate) backup_days: i32,
    /// The minimum and maximum capacity of its Serverless v2 instances.
    pub(crate) capacity: Option<(f64, f64)>,
    pub(crate) data_api: bool,
    pub(crate) protected: bool,
    pub(crate) log_exports: Vec<String>,
    /// The secret with its master password, if RDS manages it.
    pub(crate) secret: Option<String>,
    /// Whether it was stopped and not started again.
    pub(crate) stopped: bool,
    iam_auth: bool,
    copy_tags: bool,
}

impl Fact for Cluster {
    const KIND: &'static str = "rds:cluster";
}

pub(super) fn rules() -> Vec<Rule> {
    vec![after(created), after(describe), after(modified), after(deleted), after(enabled), after(disabled)]
}

fn range(asked: &ServerlessV2ScalingConfiguration) -> Option<(f64, f64)> {
    asked.min_capacity().zip(asked.max_capacity())
}

/// The identifier in a cluster's ARN.
pub(crate) fn identifier(arn: &str) -> &str {
    arn.rsplit(':').next().unwrap_or(arn)
}

impl Cluster {
    fn asked(input: &CreateDbClusterInput, resource_id: String) -> Self {
        Self {
            resource_id,
            version: input.engine_version().unwrap_or_default().to_owned(),
            database: input.database_name.clone(),
            subnet_group: input.db_subnet_group_name.clone(),
            security_groups: input.vpc_security_group_ids().to_vec(),
            parameter_group: input.db_cluster_parameter_group_name.clone(),
            // AWS's default.
            backup_days: input.backup_retention_period().unwrap_or(1),
            capacity: input.serverless_v2_scaling_configuration().and_then(range),
            data_api: input.enable_http_endpoint().unwrap_or(false),
            protected: input.deletion_protection().unwrap_or(false),
            log_exports: input.enable_cloudwatch_logs_exports().to_vec(),
            secret: None,
            stopped: false,
            iam_auth: input.enable_iam_database_authentication().unwrap_or(false),
            copy_tags: input.copy_tags_to_snapshot().unwrap_or(false),
        }
    }

    fn change(&mut self, input: &ModifyDbClusterInput) {
        set(&mut self.backup_days, input.backup_retention_period());
        set(&mut self.iam_auth, input.enable_iam_database_authentication());
        set(&mut self.protected, input.deletion_protection());
        set(&mut self.copy_tags, input.copy_tags_to_snapshot());
        set(&mut self.security_groups, input.vpc_security_group_ids.clone());
        set(&mut self.parameter_group, input.db_cluster_parameter_group_name.clone().map(Some));
        set(&mut self.capacity, input.serverless_v2_scaling_configuration().map(range));
        if let Some(exports) = input.cloudwatch_logs_export_configuration() {
            self.log_exports.retain(|log| !exports.disable_log_types().contains(log));
            self.log_exports.extend_from_slice(exports.enable_log_types());
        }
    }

    fn show(&self, context: &Context<'_>, id: &str, described: &mut DbCluster) {
        described.db_cluster_resource_id = Some(self.resource_id.clone());
        described.iam_database_authentication_enabled = Some(self.iam_auth);
        described.http_endpoint_enabled = Some(self.data_api);
        described.copy_tags_to_snapshot = Some(self.copy_tags);
        described.deletion_protection = Some(self.protected);
        described.engine_mode = Some("provisioned".to_owned());
        described.enabled_cloudwatch_logs_exports = Some(self.log_exports.clone());
        described.serverless_v2_scaling_configuration = self.capacity.map(|(least, most)| {
            ServerlessV2ScalingConfigurationInfo::builder().min_capacity(least).max_capacity(most).build()
        });
        let groups = self
            .security_groups
            .iter()
            .map(|id| VpcSecurityGroupMembership::builder().vpc_security_group_id(id).status("active").build());
        described.vpc_security_groups = Some(groups.collect());
        described.master_user_secret = self.secret.as_ref().map(|arn| {
            let secret = MasterUserSecret::builder().secret_arn(arn).secret_status(managed::status(context, arn));
            secret.set_kms_key_id(managed::key(context, arn)).build()
        });
        described.db_cluster_members = Some(shown_members(context, id));
    }
}

/// The instances of a cluster in the order of their creation, including those being deleted.
pub(crate) fn members(context: &Context<'_>, cluster: &str) -> Vec<(String, Instance)> {
    let mut members = context.all::<Instance>();
    members.retain(|(_, instance)| instance.cluster.as_deref() == Some(cluster));
    members.sort_by(|(_, a), (_, b)| a.resource_id.cmp(&b.resource_id));
    members
}

/// The writer instance: the first that is not being deleted.
pub(crate) fn writer(context: &Context<'_>, cluster: &str) -> Option<String> {
    let stays = |id: &String| context.stage(Instance::KIND, id).is_none();
    members(context, cluster).into_iter().map(|(id, _)| id).find(stays)
}

fn shown_members(context: &Context<'_>, cluster: &str) -> Vec<DbClusterMember> {
    let writer = writer(context, cluster);
    let described = |(id, instance): (String, Instance)| {
        DbClusterMember::builder()
            .is_cluster_writer(writer.as_ref() == Some(&id))
            .db_instance_identifier(id)
            .db_cluster_parameter_group_status("in-sync")
            .set_promotion_tier(instance.promotion_tier)
            .build()
    };
    members(context, cluster).into_iter().map(described).collect()
}

fn created(context: &mut Context<'_>, input: &CreateDbClusterInput, output: &mut CreateDbClusterOutput) {
    let Some(described) = &mut output.db_cluster else {
        return;
    };
    let id = input.db_cluster_identifier().unwrap_or_default();
    let number = context.next_number("db-cluster");
    let mut cluster = Cluster::asked(input, format!("cluster-SANDBOX{number:018}"));
    if input.manage_master_user_password() == Some(true) {
        let arn = described.db_cluster_arn().unwrap_or_default();
        let user = input.master_username().unwrap_or_default();
        cluster.secret = Some(managed::appear(context, arn, user, input.master_user_secret_kms_key_id()));
    }
    context.remember(id, &cluster);
    cluster.show(context, id, described);
    described.status = Some("creating".into());
}

fn describe(context: &mut Context<'_>, _: &DescribeDbClustersInput, output: &mut DescribeDbClustersOutput) {
    for described in output.db_clusters.iter_mut().flatten() {
        let id = described.db_cluster_identifier().unwrap_or_default().to_owned();
        if let Some(cluster) = context.recall::<Cluster>(&id) {
            cluster.show(context, &id, described);
        }
    }
}

fn modified(context: &mut Context<'_>, input: &ModifyDbClusterInput, output: &mut ModifyDbClusterOutput) {
    let id = input.db_cluster_identifier().unwrap_or_default();
    context.amend::<Cluster>(id, |cluster| cluster.change(input));
    if let (Some(described), Some(cluster)) = (&mut output.db_cluster, context.recall::<Cluster>(id)) {
        cluster.show(context, id, described);
    }
}

fn enabled(context: &mut Context<'_>, input: &EnableHttpEndpointInput, _: &mut EnableHttpEndpointOutput) {
    context.amend::<Cluster>(identifier(input.resource_arn().unwrap_or_default()), |cluster| cluster.data_api = true);
}

fn disabled(context: &mut Context<'_>, input: &DisableHttpEndpointInput, _: &mut DisableHttpEndpointOutput) {
    context.amend::<Cluster>(identifier(input.resource_arn().unwrap_or_default()), |cluster| cluster.data_api = false);
}

/// A removal that takes time removes the fact when it is carried out.
fn deleted(context: &mut Context<'_>, input: &DeleteDbClusterInput, output: &mut DeleteDbClusterOutput) {
    let id = input.db_cluster_identifier().unwrap_or_default();
    if let Some(described) = &mut output.db_cluster {
        described.status = Some("deleting".into());
    }
    if context.stage(Cluster::KIND, id).is_none() {
        context.forget::<Cluster>(id);
    }
}
