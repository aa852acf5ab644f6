//! Batched reads: nodes that read resources of one type at the same moment share one call. They are read with filters:
//! if one of several resources does not exist, the call returns the others instead of failing.
use crate::{Aws, OrFail};
use aws_sdk_ec2::types::{Address, Filter, NatGateway, RouteTable, SecurityGroup, Subnet};
use vidpipe_engine::{Batcher, Result};

/// The number of resources that one answer holds without a second page. A filter has
/// [up to 200 values](https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html).
const MANY: usize = 100;

/// The reads in progress, by resource type.
struct Reads {
    subnets: Batcher<Vec<Subnet>>,
    route_tables: Batcher<Vec<RouteTable>>,
    security_groups: Batcher<Vec<SecurityGroup>>,
    addresses: Batcher<Vec<Address>>,
    nat_gateways: Batcher<Vec<NatGateway>>,
}

impl Default for Reads {
    fn default() -> Self {
        Self {
            subnets: Batcher::new("subnets", MANY),
            route_tables: Batcher::new("route tables", MANY),
            security_groups: Batcher::new("security groups", MANY),
            addresses: Batcher::new("addresses", MANY),
            nat_gateways: Batcher::new("NAT gateways", MANY),
        }
    }
}

fn among(name: &str, ids: Vec<String>) -> Filter {
    Filter::builder().name(name).set_values(Some(ids)).build()
}

impl Aws {
    /// The subnet with this id.
    pub(crate) async fn subnet(&self, id: &str) -> Result<Option<Subnet>> {
        let reads = self.shared::<Reads>();
        let read = async |ids| {
            let call = self.ec2.describe_subnets().filters(among("subnet-id", ids));
            Ok(call.send().await.or_fail("read the subnets")?.subnets.unwrap_or_default())
        };
        let seen = reads.subnets.read(id, read).await?;
        Ok(seen.iter().find(|s| s.subnet_id() == Some(id)).cloned())
    }

    /// The route table with this id, with its routes and associations.
    pub(crate) async fn route_table(&self, id: &str) -> Result<Option<RouteTable>> {
        let reads = self.shared::<Reads>();
        let read = async |ids| {
            let call = self.ec2.describe_route_tables().filters(among("route-table-id", ids));
            Ok(call.send().await.or_fail("read the route tables")?.route_tables.unwrap_or_default())
        };
        let seen = reads.route_tables.read(id, read).await?;
        Ok(seen.iter().find(|t| t.route_table_id() == Some(id)).cloned())
    }

    /// The security group with this id, with its rules.
    pub(crate) async fn security_group(&self, id: &str) -> Result<Option<SecurityGroup>> {
        let reads = self.shared::<Reads>();
        let read = async |ids| {
            let call = self.ec2.describe_security_groups().filters(among("group-id", ids));
            Ok(call.send().await.or_fail("read the security groups")?.security_groups.unwrap_or_default())
        };
        let seen = reads.security_groups.read(id, read).await?;
        Ok(seen.iter().find(|g| g.group_id() == Some(id)).cloned())
    }

    /// The Elastic IP address with this allocation id.
    pub(crate) async fn address(&self, id: &str) -> Result<Option<Address>> {
        let reads = self.shared::<Reads>();
        let read = async |ids| {
            let call = self.ec2.describe_addresses().filters(among("allocation-id", ids));
            Ok(call.send().await.or_fail("read the elastic IP addresses")?.addresses.unwrap_or_default())
        };
        let seen = reads.addresses.read(id, read).await?;
        Ok(seen.iter().find(|a| a.allocation_id() == Some(id)).cloned())
    }

    /// The NAT gateway with this id. A deleted gateway is still returned for about an hour.
    pub(crate) async fn nat_gateway(&self, id: &str) -> Result<Option<NatGateway>> {
        let reads = self.shared::<Reads>();
        let read = async |ids| {
            let call = self.ec2.describe_nat_gateways().filter(among("nat-gateway-id", ids));
            Ok(call.send().await.or_fail("read the NAT gateways")?.nat_gateways.unwrap_or_default())
        };
        let seen = reads.nat_gateways.read(id, read).await?;
        Ok(seen.iter().find(|g| g.nat_gateway_id() == Some(id)).cloned())
    }
}
