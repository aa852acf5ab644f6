//! DB instances.
//! <https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html>

mod unmoved;

use aws_sdk_rds::operation::create_db_instance::{CreateDbInstanceInput, CreateDbInstanceOutput};
use aws_sdk_rds::operation::delete_db_instance::{DeleteDbInstanceInput, DeleteDbInstanceOutput};
use aws_sdk_rds::operation::describe_db_instances::{DescribeDbInstancesInput, DescribeDbInstancesOutput};
use aws_sdk_rds::operation::modify_db_instance::{ModifyDbInstanceInput, ModifyDbInstanceOutput};
use aws_sdk_rds::types::{
    DbInstance, DbParameterGroupStatus, DbSubnetGroup, MasterUserSecret, Subnet, VpcSecurityGroupMembership,
};
use serde::{Deserialize, Serialize};

use super::clusters::{Cluster, members};
use super::set;
use super::subnet_groups::Located;
use crate::context::Context;
use crate::rds::lifecycle::is_unmoved;
use crate::secrets::managed;
use crate::store::Fact;
use crate::typed::{Rule, after};

/// The parameters of a request that winterbaume drops.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Instance {
    pub(crate) resource_id: String,
    /// Whether it has a standby, which affects the duration of operations.
    pub(crate) multi_az: bool,
    pub(crate) class: String,
    pub(crate) storage: i32,
    pub(crate) subnet_group: Option<String>,
    /// The cluster it is a member of, which has most of its settings.
    pub(crate) cluster: Option<String>,
    /// Its priority in the order in which readers of a cluster are promoted.
    pub(crate) promotion_tier: Option<i32>,
    pub(crate) zone: Option<String>,
    /// The age of the state at which it is deleted; 0 if no deletion was requested.
    pub(crate) gone_at: f64,
    /// The retention period of automated backups in days; 0 for none.
    pub(crate) backup_days: i32,
    /// The settled state other than `available`; empty for `available`.
    pub(crate) trouble: String,
    /// Whether it was stopped and not started again.
    pub(crate) stopped: bool,
    /// Its settings before a change that does not show yet.
    before: Option<Box<Instance>>,
    minor_upgrades: bool,
    iam_auth: bool,
    insights: bool,
    insights_key: Option<String>,
    insights_days: Option<i32>,
    monitoring_interval: i32,
    monitoring_role: Option<String>,
    backup_window: String,
    maintenance_window: String,
    max_storage: Option<i32>,
    throughput: Option<i32>,
    pub(crate) log_exports: Vec<String>,
    pub(crate) security_groups: Vec<String>,
    pub(crate) parameter_group: Option<String>,
    /// The secret with its master password, if RDS manages it.
    pub(crate) secret: Option<String>,
    public: bool,
    copy_tags: bool,
    pub(crate) protected: bool,
}

impl Fact for Instance {
    const KIND: &'static str = "rds:instance";
}

pub(super) fn rules() -> Vec<Rule> {
    vec![after(created), after(describe), after(modified), after(deleted)]
}

impl Instance {
    fn asked(input: &CreateDbInstanceInput, resource_id: String) -> Self {
        let text = |given: Option<&str>, otherwise: &str| given.unwrap_or(otherwise).to_owned();
        Self {
            resource_id,
            multi_az: input.multi_az().unwrap_or(false),
            class: text(input.db_instance_class(), ""),
            storage: input.allocated_storage().unwrap_or(0),
            subnet_group: input.db_subnet_group_name.clone(),
            cluster: input.db_cluster_identifier.clone(),
            promotion_tier: input.db_cluster_identifier.as_ref().map(|_| input.promotion_tier().unwrap_or(1)),
            zone: input.availability_zone.clone(),
            gone_at: 0.0,
            // AWS's default.
            backup_days: input.backup_retention_period().unwrap_or(1),
            trouble: String::new(),
            stopped: false,
            before: None,
            minor_upgrades: input.auto_minor_version_upgrade().unwrap_or(true),
            iam_auth: input.enable_iam_database_authentication().unwrap_or(false),
            insights: input.enable_performance_insights().unwrap_or(false),
            insights_key: input.performance_insights_kms_key_id.clone(),
            insights_days: input.performance_insights_retention_period(),
            monitoring_interval: input.monitoring_interval().unwrap_or(0),
            monitoring_role: input.monitoring_role_arn.clone(),
            backup_window: text(input.preferred_backup_window(), "03:00-03:30"),
            maintenance_window: text(input.preferred_maintenance_window(), "sun:05:00-sun:05:30"),
            max_storage: input.max_allocated_storage(),
            throughput: input.storage_throughput(),
            log_exports: input.enable_cloudwatch_logs_exports().to_vec(),
            security_groups: input.vpc_security_group_ids().to_vec(),
            parameter_group: input.db_parameter_group_name.clone(),
            secret: None,
            public: input.publicly_accessible().unwrap_or(false),
            copy_tags: input.copy_tags_to_snapshot().unwrap_or(false),
            protected: input.deletion_protection().unwrap_or(false),
        }
    }

    /// Takes over the settings of the cluster. The zone depends on `others`, the number of members before it.
    fn join(&mut self, cluster: &Cluster, others: usize, region: &str) {
        self.subnet_group.clone_from(&cluster.subnet_group);
        self.security_groups.clone_from(&cluster.security_groups);
        self.backup_days = 0;
        let letter = ["a", "b", "c"][others % 3];
        self.zone.get_or_insert_with(|| format!("{region}{letter}"));
    }

    fn change(&mut self, input: &ModifyDbInstanceInput) {
        self.before = None;
        self.before = Some(Box::new(self.clone()));
        set(&mut self.minor_upgrades, input.auto_minor_version_upgrade());
        set(&mut self.promotion_tier, input.promotion_tier().map(Some));
        set(&mut self.multi_az, input.multi_az());
        set(&mut self.class, input.db_instance_class.clone());
        set(&mut self.storage, input.allocated_storage());
        set(&mut self.backup_days, input.backup_retention_period());
        set(&mut self.iam_auth, input.enable_iam_database_authentication());
        set(&mut self.insights, input.enable_performance_insights());
        set(&mut self.monitoring_interval, input.monitoring_interval());
        set(&mut self.backup_window, input.preferred_backup_window.clone());
        set(&mut self.maintenance_window, input.preferred_maintenance_window.clone());
        set(&mut self.security_groups, input.vpc_security_group_ids.clone());
        set(&mut self.public, input.publicly_accessible());
        set(&mut self.copy_tags, input.copy_tags_to_snapshot());
        set(&mut self.protected, input.deletion_protection());
        set(&mut self.insights_key, input.performance_insights_kms_key_id.clone().map(Some));
        set(&mut self.insights_days, input.performance_insights_retention_period().map(Some));
        set(&mut self.monitoring_role, input.monitoring_role_arn.clone().map(Some));
        set(&mut self.max_storage, input.max_allocated_storage().map(Some));
        set(&mut self.throughput, input.storage_throughput().map(Some));
        set(&mut self.parameter_group, input.db_parameter_group_name.clone().map(Some));
        if let Some(exports) = input.cloudwatch_logs_export_configuration() {
            self.log_exports.retain(|log| !exports.disable_log_types().contains(log));
            self.log_exports.extend_from_slice(exports.enable_log_types());
        }
    }

    fn show(&self, context: &Context<'_>, described: &mut DbInstance) {
        described.dbi_resource_id = Some(self.resource_id.clone());
        described.iam_database_authentication_enabled = Some(self.iam_auth);
        described.performance_insights_enabled = Some(self.insights);
        described.performance_insights_kms_key_id.clone_from(&self.insights_key);
        described.performance_insights_retention_period = self.insights_days;
        described.monitoring_interval = Some(self.monitoring_interval);
        described.monitoring_role_arn.clone_from(&self.monitoring_role);
        described.preferred_backup_window = Some(self.backup_window.clone());
        described.preferred_maintenance_window = Some(self.maintenance_window.clone());
        described.max_allocated_storage = self.max_storage;
        described.storage_throughput = self.throughput;
        described.enabled_cloudwatch_logs_exports = Some(self.log_exports.clone());
        described.publicly_accessible = Some(self.public);
        described.copy_tags_to_snapshot = Some(self.copy_tags);
        described.auto_minor_version_upgrade = Some(self.minor_upgrades);
        let member = |id: &String, status: &str| {
            VpcSecurityGroupMembership::builder().vpc_security_group_id(id).status(status).build()
        };
        described.vpc_security_groups = Some(self.security_groups.iter().map(|id| member(id, "active")).collect());
        described.master_user_secret =
            self.secret.as_ref().map(|arn| MasterUserSecret::builder().secret_arn(arn).secret_status("active").build());
        if let Some(name) = &self.parameter_group {
            let group =
                DbParameterGroupStatus::builder().db_parameter_group_name(name).parameter_apply_status("in-sync");
            described.db_parameter_groups = Some(vec![group.build()]);
        }
        let zone = |letter: &str| format!("{}{letter}", context.region);
        described.availability_zone.clone_from(&self.zone);
        described.availability_zone.get_or_insert_with(|| zone("a"));
        described.secondary_availability_zone = self.multi_az.then(|| zone("b"));
        if let Some(id) = &self.cluster {
            self.show_member(context, id, described);
        }
        let unmoved = is_unmoved(context, described.db_instance_identifier().unwrap_or_default());
        if let Some(before) = self.before.as_ref().filter(|_| unmoved) {
            self.show_unmoved(before, described);
        }
        if let Some(group) = &mut described.db_subnet_group {
            locate(context, group);
        }
    }

    /// A member shows the version, the subnet group and the port of its cluster.
    fn show_member(&self, context: &Context<'_>, cluster: &str, described: &mut DbInstance) {
        described.db_cluster_identifier = Some(cluster.to_owned());
        described.promotion_tier = self.promotion_tier;
        if let Some(cluster) = context.recall::<Cluster>(cluster) {
            described.engine_version = Some(cluster.version);
        }
        let group = self.subnet_group.as_ref().map(|name| DbSubnetGroup::builder().db_subnet_group_name(name).build());
        described.db_subnet_group = group;
        if let Some(endpoint) = &mut described.endpoint {
            endpoint.port = Some(PORT);
        }
    }
}

/// The port of PostgreSQL, which winterbaume sets on RDS instances only.
const PORT: i32 = 5432;

/// AWS shows the subnets of an instance's group; winterbaume omits them.
/// <https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DBSubnetGroup.html>
fn locate(context: &Context<'_>, group: &mut DbSubnetGroup) {
    let name = group.db_subnet_group_name().unwrap_or_default();
    if let Some(located) = context.recall::<Located>(name) {
        let described = |id: String| Subnet::builder().subnet_identifier(id).subnet_status("Active").build();
        group.vpc_id = located.vpc;
        group.subnets = Some(located.subnets.into_iter().map(described).collect());
    }
}

fn created(context: &mut Context<'_>, input: &CreateDbInstanceInput, output: &mut CreateDbInstanceOutput) {
    let Some(described) = &mut output.db_instance else {
        return;
    };
    let number = context.next_number("db");
    let mut instance = Instance::asked(input, format!("db-SANDBOX{number:018}"));
    if let Some(id) = input.db_cluster_identifier()
        && let Some(cluster) = context.recall::<Cluster>(id)
    {
        instance.join(&cluster, members(context, id).len(), context.region);
    }
    if input.manage_master_user_password() == Some(true) {
        let arn = context.arn("rds", &format!("db:{}", input.db_instance_identifier().unwrap_or_default()));
        let user = input.master_username().unwrap_or_default();
        instance.secret = Some(managed::appear(context, &arn, user, input.master_user_secret_kms_key_id()));
    }
    instance.show(context, described);
    described.db_instance_status = Some("creating".into());
    described.endpoint = None;
    context.remember(input.db_instance_identifier().unwrap_or_default(), &instance);
}

/// Winterbaume ignores filters.
fn describe(context: &mut Context<'_>, input: &DescribeDbInstancesInput, output: &mut DescribeDbInstancesOutput) {
    let named = input.filters().iter().find(|f| f.name() == Some("db-instance-id")).map(|f| f.values());
    if let (Some(named), Some(all)) = (named, &mut output.db_instances) {
        let is_among = |name: Option<&str>| named.iter().any(|n| Some(n.as_str()) == name);
        all.retain(|i| is_among(i.db_instance_identifier()) || is_among(i.db_instance_arn()));
    }
    for described in output.db_instances.iter_mut().flatten() {
        let id = described.db_instance_identifier().unwrap_or_default();
        if let Some(instance) = context.recall::<Instance>(id) {
            instance.show(context, described);
        }
    }
}

fn modified(context: &mut Context<'_>, input: &ModifyDbInstanceInput, output: &mut ModifyDbInstanceOutput) {
    let id = input.db_instance_identifier().unwrap_or_default();
    context.amend::<Instance>(id, |instance| instance.change(input));
    if let (Some(described), Some(instance)) = (&mut output.db_instance, context.recall::<Instance>(id)) {
        instance.show(context, described);
    }
}

/// A removal that takes time removes the fact when it is carried out.
fn deleted(context: &mut Context<'_>, input: &DeleteDbInstanceInput, output: &mut DeleteDbInstanceOutput) {
    let id = input.db_instance_identifier().unwrap_or_default();
    if let Some(described) = &mut output.db_instance {
        described.db_instance_status = Some("deleting".into());
    }
    if context.stage(Instance::KIND, id).is_none() {
        context.forget::<Instance>(id);
    }
}
