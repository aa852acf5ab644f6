//! Looks that show several things at once: nodes that would look at the same moment share one call, where the API can.
//!
//! EC2 and RDS are asked by filter: where one thing of several is not there, they show the others, and do not refuse.
//! What has no such call is looked at one by one: roles, secrets, keys, buckets, the parts of a REST API; and log groups,
//! whose call does not say what becomes of names that are not there.
use crate::{Aws, OrFail, ecs};
use aws_sdk_cloudwatch::types::MetricAlarm;
use aws_sdk_ec2::types::{Address, Filter, NatGateway, RouteTable, SecurityGroup, Subnet};
use aws_sdk_ecs::types::{Service, ServiceField};
use aws_sdk_efs::types::MountTargetDescription as MountTarget;
use aws_sdk_rds::types::DbInstance;
use std::{cell::RefCell, collections::BTreeMap, rc::Rc};
use vidpipe_engine::{Gathered, Result};

/// What one answer shows without a second page, of [DB instances](https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeDBInstances.html)
/// too; a filter of EC2 has [up to 200 values](https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html).
const MANY: usize = 100;
/// As [DescribeAlarms](https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html) does.
const ALARMS: usize = 50;
/// [DescribeServices](https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeServices.html) takes so many.
const SERVICES: usize = 10;
/// Asked for by what they are part of.
const ONE: usize = 1;

/// Who looks at what now.
pub(crate) struct Looks {
    subnets: Gathered<Vec<Subnet>>,
    route_tables: Gathered<Vec<RouteTable>>,
    security_groups: Gathered<Vec<SecurityGroup>>,
    addresses: Gathered<Vec<Address>>,
    nat_gateways: Gathered<Vec<NatGateway>>,
    alarms: Gathered<Vec<MetricAlarm>>,
    mount_targets: Gathered<Vec<MountTarget>>,
    db_instances: Gathered<Vec<DbInstance>>,
    /// By cluster.
    services: RefCell<BTreeMap<String, Rc<Gathered<Vec<Service>>>>>,
}

impl Default for Looks {
    fn default() -> Self {
        Self {
            subnets: Gathered::new("subnets", MANY),
            route_tables: Gathered::new("route tables", MANY),
            security_groups: Gathered::new("security groups", MANY),
            addresses: Gathered::new("addresses", MANY),
            nat_gateways: Gathered::new("NAT gateways", MANY),
            alarms: Gathered::new("alarms", ALARMS),
            mount_targets: Gathered::new("mount targets", ONE),
            db_instances: Gathered::new("DB instances", MANY),
            services: RefCell::default(),
        }
    }
}

fn among(name: &str, ids: Vec<String>) -> Filter {
    Filter::builder().name(name).set_values(Some(ids)).build()
}

impl Aws {
    /// The subnet of that id.
    pub(crate) async fn subnet(&self, id: &str) -> Result<Option<Subnet>> {
        let look = async |ids| {
            let call = self.ec2.describe_subnets().filters(among("subnet-id", ids));
            Ok(call.send().await.or_fail("look at the subnets")?.subnets.unwrap_or_default())
        };
        let seen = self.looks.subnets.look(id, look).await?;
        Ok(seen.iter().find(|s| s.subnet_id() == Some(id)).cloned())
    }

    /// The route table of that id, with its routes and associations.
    pub(crate) async fn route_table(&self, id: &str) -> Result<Option<RouteTable>> {
        let look = async |ids| {
            let call = self.ec2.describe_route_tables().filters(among("route-table-id", ids));
            Ok(call.send().await.or_fail("look at the route tables")?.route_tables.unwrap_or_default())
        };
        let seen = self.looks.route_tables.look(id, look).await?;
        Ok(seen.iter().find(|t| t.route_table_id() == Some(id)).cloned())
    }

    /// The security group of that id, with its rules.
    pub(crate) async fn security_group(&self, id: &str) -> Result<Option<SecurityGroup>> {
        let look = async |ids| {
            let call = self.ec2.describe_security_groups().filters(among("group-id", ids));
            Ok(call.send().await.or_fail("look at the security groups")?.security_groups.unwrap_or_default())
        };
        let seen = self.looks.security_groups.look(id, look).await?;
        Ok(seen.iter().find(|g| g.group_id() == Some(id)).cloned())
    }

    /// The elastic IP address of that allocation id.
    pub(crate) async fn address(&self, id: &str) -> Result<Option<Address>> {
        let look = async |ids| {
            let call = self.ec2.describe_addresses().filters(among("allocation-id", ids));
            Ok(call.send().await.or_fail("look at the elastic IP addresses")?.addresses.unwrap_or_default())
        };
        let seen = self.looks.addresses.look(id, look).await?;
        Ok(seen.iter().find(|a| a.allocation_id() == Some(id)).cloned())
    }

    /// The NAT gateway of that id; one that is gone shows for about an hour.
    pub(crate) async fn nat_gateway(&self, id: &str) -> Result<Option<NatGateway>> {
        let look = async |ids| {
            let call = self.ec2.describe_nat_gateways().filter(among("nat-gateway-id", ids));
            Ok(call.send().await.or_fail("look at the NAT gateways")?.nat_gateways.unwrap_or_default())
        };
        let seen = self.looks.nat_gateways.look(id, look).await?;
        Ok(seen.iter().find(|g| g.nat_gateway_id() == Some(id)).cloned())
    }

    /// The metric alarm of that name.
    pub(crate) async fn alarm(&self, name: &str) -> Result<Option<MetricAlarm>> {
        let look = async |names| {
            let call = self.cloudwatch.describe_alarms().set_alarm_names(Some(names));
            Ok(call.send().await.or_fail("look at the alarms")?.metric_alarms.unwrap_or_default())
        };
        let seen = self.looks.alarms.look(name, look).await?;
        Ok(seen.iter().find(|a| a.alarm_name() == Some(name)).cloned())
    }

    /// The mount targets of that file system.
    pub(crate) async fn mount_targets(&self, file_system: &str) -> Result<Rc<Vec<MountTarget>>> {
        let look = async |ids: Vec<String>| {
            let call = self.efs.describe_mount_targets().set_file_system_id(ids.into_iter().next());
            Ok(call.send().await.or_fail("look at the mount targets")?.mount_targets.unwrap_or_default())
        };
        self.looks.mount_targets.look(file_system, look).await
    }

    /// The DB instance of that name.
    pub(crate) async fn db_instance(&self, name: &str) -> Result<Option<DbInstance>> {
        let look = async |names| {
            let named = aws_sdk_rds::types::Filter::builder().name("db-instance-id").set_values(Some(names)).build();
            let call = self.rds.describe_db_instances().filters(named);
            Ok(call.send().await.or_fail("look at the DB instances")?.db_instances.unwrap_or_default())
        };
        let seen = self.looks.db_instances.look(name, look).await?;
        Ok(seen.iter().find(|i| i.db_instance_identifier() == Some(name)).cloned())
    }

    /// The ECS service of that cluster, by its name or ARN.
    pub(crate) async fn service(&self, cluster: &str, name_or_arn: &str) -> Result<Option<Service>> {
        let look = async |services: Vec<String>| {
            let asked = services.len();
            let call = self.ecs.describe_services().cluster(cluster).set_services(Some(services));
            let seen = call.include(ServiceField::Tags).send().await.or_fail("look at the ECS services")?;
            ecs::shown(asked, seen.services, seen.failures, "look at the ECS services")
        };
        let gathered = {
            let mut all = self.looks.services.borrow_mut();
            all.entry(cluster.to_owned()).or_insert_with(|| Rc::new(Gathered::new("ECS services", SERVICES))).clone()
        };
        let seen = gathered.look(name_or_arn, look).await?;
        let is_it = |s: &&Service| [s.service_name(), s.service_arn()].contains(&Some(name_or_arn));
        Ok(seen.iter().find(is_it).cloned())
    }
}
