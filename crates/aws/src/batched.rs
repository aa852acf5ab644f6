//! Batched reads: nodes that read resources of one kind at the same moment share one call, where the API allows it.
//!
//! EC2 and RDS are read with filters: if one of several resources does not exist, the call returns the others instead
//! of failing. Roles, secrets, keys, buckets and the parts of a REST API have no such call, and are read one by one.
//! So are log groups, because the documentation of their call does not say how it treats names that do not exist.
use crate::{Aws, OrFail, ecs};
use aws_sdk_cloudwatch::types::MetricAlarm;
use aws_sdk_ec2::types::{Address, Filter, NatGateway, RouteTable, SecurityGroup, Subnet};
use aws_sdk_ecs::types::{Service, ServiceField};
use aws_sdk_efs::types::MountTargetDescription as MountTarget;
use aws_sdk_elasticloadbalancingv2::types::{Tag as BalancingTag, TagDescription};
use aws_sdk_rds::types::DbInstance;
use std::{cell::RefCell, collections::BTreeMap, rc::Rc};
use vidpipe_engine::{Batcher, Result};

/// The number of resources that one answer holds without a second page, also of [DB
/// instances](https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeDBInstances.html). An EC2 filter
/// has [up to 200 values](https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html).
const MANY: usize = 100;
/// The same for
/// [DescribeAlarms](https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html).
const ALARMS: usize = 50;
/// The limit of
/// [DescribeServices](https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeServices.html).
const SERVICES: usize = 10;
/// The limit of
/// [DescribeTags](https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeTags.html).
const BALANCERS: usize = 20;
/// For reads by the parent resource.
const ONE: usize = 1;

/// The reads in progress, by resource type.
pub(crate) struct Batchers {
    subnets: Batcher<Vec<Subnet>>,
    route_tables: Batcher<Vec<RouteTable>>,
    security_groups: Batcher<Vec<SecurityGroup>>,
    addresses: Batcher<Vec<Address>>,
    nat_gateways: Batcher<Vec<NatGateway>>,
    alarms: Batcher<Vec<MetricAlarm>>,
    mount_targets: Batcher<Vec<MountTarget>>,
    db_instances: Batcher<Vec<DbInstance>>,
    balancing_tags: Batcher<Vec<TagDescription>>,
    /// By cluster.
    services: RefCell<BTreeMap<String, Rc<Batcher<Vec<Service>>>>>,
}

impl Default for Batchers {
    fn default() -> Self {
        Self {
            subnets: Batcher::new("subnets", MANY),
            route_tables: Batcher::new("route tables", MANY),
            security_groups: Batcher::new("security groups", MANY),
            addresses: Batcher::new("addresses", MANY),
            nat_gateways: Batcher::new("NAT gateways", MANY),
            alarms: Batcher::new("alarms", ALARMS),
            mount_targets: Batcher::new("mount targets", ONE),
            db_instances: Batcher::new("DB instances", MANY),
            balancing_tags: Batcher::new("load balancing tags", BALANCERS),
            services: RefCell::default(),
        }
    }
}

fn among(name: &str, ids: Vec<String>) -> Filter {
    Filter::builder().name(name).set_values(Some(ids)).build()
}

impl Aws {
    /// The subnet with this id.
    pub(crate) async fn subnet(&self, id: &str) -> Result<Option<Subnet>> {
        let read = async |ids| {
            let call = self.ec2.describe_subnets().filters(among("subnet-id", ids));
            Ok(call.send().await.or_fail("read the subnets")?.subnets.unwrap_or_default())
        };
        let seen = self.looks.subnets.read(id, read).await?;
        Ok(seen.iter().find(|s| s.subnet_id() == Some(id)).cloned())
    }

    /// The route table with this id, with its routes and associations.
    pub(crate) async fn route_table(&self, id: &str) -> Result<Option<RouteTable>> {
        let read = async |ids| {
            let call = self.ec2.describe_route_tables().filters(among("route-table-id", ids));
            Ok(call.send().await.or_fail("read the route tables")?.route_tables.unwrap_or_default())
        };
        let seen = self.looks.route_tables.read(id, read).await?;
        Ok(seen.iter().find(|t| t.route_table_id() == Some(id)).cloned())
    }

    /// The security group with this id, with its rules.
    pub(crate) async fn security_group(&self, id: &str) -> Result<Option<SecurityGroup>> {
        let read = async |ids| {
            let call = self.ec2.describe_security_groups().filters(among("group-id", ids));
            Ok(call.send().await.or_fail("read the security groups")?.security_groups.unwrap_or_default())
        };
        let seen = self.looks.security_groups.read(id, read).await?;
        Ok(seen.iter().find(|g| g.group_id() == Some(id)).cloned())
    }

    /// The Elastic IP address with this allocation id.
    pub(crate) async fn address(&self, id: &str) -> Result<Option<Address>> {
        let read = async |ids| {
            let call = self.ec2.describe_addresses().filters(among("allocation-id", ids));
            Ok(call.send().await.or_fail("read the elastic IP addresses")?.addresses.unwrap_or_default())
        };
        let seen = self.looks.addresses.read(id, read).await?;
        Ok(seen.iter().find(|a| a.allocation_id() == Some(id)).cloned())
    }

    /// The NAT gateway with this id. A deleted gateway is still returned for about an hour.
    pub(crate) async fn nat_gateway(&self, id: &str) -> Result<Option<NatGateway>> {
        let read = async |ids| {
            let call = self.ec2.describe_nat_gateways().filter(among("nat-gateway-id", ids));
            Ok(call.send().await.or_fail("read the NAT gateways")?.nat_gateways.unwrap_or_default())
        };
        let seen = self.looks.nat_gateways.read(id, read).await?;
        Ok(seen.iter().find(|g| g.nat_gateway_id() == Some(id)).cloned())
    }

    /// The metric alarm with this name.
    pub(crate) async fn alarm(&self, name: &str) -> Result<Option<MetricAlarm>> {
        let read = async |names| {
            let call = self.cloudwatch.describe_alarms().set_alarm_names(Some(names));
            Ok(call.send().await.or_fail("read the alarms")?.metric_alarms.unwrap_or_default())
        };
        let seen = self.looks.alarms.read(name, read).await?;
        Ok(seen.iter().find(|a| a.alarm_name() == Some(name)).cloned())
    }

    /// The mount targets of this file system.
    pub(crate) async fn mount_targets(&self, file_system: &str) -> Result<Rc<Vec<MountTarget>>> {
        let read = async |ids: Vec<String>| {
            let call = self.efs.describe_mount_targets().set_file_system_id(ids.into_iter().next());
            Ok(call.send().await.or_fail("read the mount targets")?.mount_targets.unwrap_or_default())
        };
        self.looks.mount_targets.read(file_system, read).await
    }

    /// The DB instance with this name.
    pub(crate) async fn db_instance(&self, name: &str) -> Result<Option<DbInstance>> {
        let read = async |names| {
            let named = aws_sdk_rds::types::Filter::builder().name("db-instance-id").set_values(Some(names)).build();
            let call = self.rds.describe_db_instances().filters(named);
            Ok(call.send().await.or_fail("read the DB instances")?.db_instances.unwrap_or_default())
        };
        let seen = self.looks.db_instances.read(name, read).await?;
        Ok(seen.iter().find(|i| i.db_instance_identifier() == Some(name)).cloned())
    }

    /// The tags of the load balancer, target group or listener with this ARN.
    pub(crate) async fn balancing_tags(&self, arn: &str) -> Result<Option<Vec<BalancingTag>>> {
        let read = async |arns| {
            let call = self.elb.describe_tags().set_resource_arns(Some(arns));
            Ok(call.send().await.or_fail("read the load balancing tags")?.tag_descriptions.unwrap_or_default())
        };
        let seen = self.looks.balancing_tags.read(arn, read).await?;
        let of = seen.iter().find(|d| d.resource_arn() == Some(arn));
        Ok(of.map(|d| d.tags().to_vec()))
    }

    /// The ECS service in this cluster, by name or ARN.
    pub(crate) async fn service(&self, cluster: &str, name_or_arn: &str) -> Result<Option<Service>> {
        let read = async |services: Vec<String>| {
            let asked = services.len();
            let call = self.ecs.describe_services().cluster(cluster).set_services(Some(services));
            let seen = call.include(ServiceField::Tags).send().await.or_fail("read the ECS services")?;
            ecs::described(asked, seen.services, seen.failures, "read the ECS services")
        };
        let batched = {
            let mut all = self.looks.services.borrow_mut();
            all.entry(cluster.to_owned()).or_insert_with(|| Rc::new(Batcher::new("ECS services", SERVICES))).clone()
        };
        let seen = batched.read(name_or_arn, read).await?;
        let is_it = |s: &&Service| [s.service_name(), s.service_arn()].contains(&Some(name_or_arn));
        Ok(seen.iter().find(is_it).cloned())
    }
}
