//! A [route](https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateRoute.html) of a route table, to an
//! internet gateway or a NAT gateway. When a NAT gateway is deleted, routes to it remain as blackhole routes.
use crate::{
    Aws, Cx, OrFail,
    check::CheckCx,
    declare::AwsKind,
    ec2::{owner, verify},
    permissions::{Permission, allow},
};
use aws_sdk_ec2::types::RouteState;
use serde::{Deserialize, Serialize};
use vidpipe_engine::{Identity, Observed, Owned, Owner, PhysicalId, Removal, Resource, Result};

/// The target of a route.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Via {
    /// `igw-...`
    InternetGateway(String),
    /// `nat-...`
    NatGateway(String),
}

/// The specification of the resource.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct Route {
    /// The route table it is part of.
    pub table_id: String,
    /// The destination addresses, such as `0.0.0.0/0`.
    pub destination: String,
    /// The target.
    pub via: Via,
}

impl Route {
    fn physical(&self) -> PhysicalId {
        PhysicalId(format!("{}/{}", self.table_id, self.destination))
    }

    async fn state(&self, cx: &Cx) -> Result<Option<RouteState>> {
        let seen = cx.cloud.route_table(&self.table_id).await?;
        let mut routes = seen.iter().flat_map(|t| t.routes());
        let mine = routes.find(|r| r.destination_cidr_block() == Some(&self.destination));
        Ok(mine.map(|r| r.state().cloned().unwrap_or(RouteState::Active)))
    }
}

impl Resource for Route {
    type Cloud = Aws;
    type Output = ();
    const KIND: &'static str = "ec2:route";
    const IDENTITY: Identity = Identity::Named;
    const OWNER: Owner = Owner::Of("ec2:route-table");
    const TIMING: &'static str = "ec2_route";

    async fn create(&self, cx: &Cx) -> Result<PhysicalId> {
        let call = cx.cloud.ec2.create_route().route_table_id(&self.table_id);
        let call = call.destination_cidr_block(&self.destination);
        let call = match &self.via {
            Via::InternetGateway(id) => call.gateway_id(id),
            Via::NatGateway(id) => call.nat_gateway_id(id),
        };
        call.send().await.or_fail("create the route")?;
        Ok(self.physical())
    }

    async fn find(&self, cx: &Cx) -> Result<Option<PhysicalId>> {
        Ok(self.state(cx).await?.map(|_| self.physical()))
    }

    async fn owner(&self, cx: &Cx, _id: &PhysicalId) -> Result<Owned> {
        owner::route_table(cx, &self.table_id).await
    }

    async fn observe(&self, cx: &Cx, _id: &PhysicalId) -> Result<Observed<()>> {
        Ok(if self.state(cx).await?.is_some() { Observed::Ready(()) } else { Observed::Absent })
    }

    async fn delete(&self, cx: &Cx, _id: &PhysicalId) -> Result<Removal> {
        let call = cx.cloud.ec2.delete_route().route_table_id(&self.table_id);
        call.destination_cidr_block(&self.destination).send().await.or_fail("delete the route")?;
        Ok(Removal::Asked)
    }
}

impl AwsKind for Route {
    const PERMISSIONS: &'static [Permission] =
        &[allow(&["ec2:CreateRoute", "ec2:DeleteRoute"]).ours(), allow(&["ec2:DescribeRouteTables"])];

    async fn check(check: &CheckCx<'_>, want: Self) -> Result<()> {
        verify::route(check, want).await
    }
}
