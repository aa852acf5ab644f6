//! A [gateway endpoint](https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html): a route to a service
//! of the region that passes no NAT gateway. It is free of charge. AWS adds the route to each of its tables, and removes
//! it with the endpoint.
//!
//! [CreateVpcEndpoint](https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpcEndpoint.html)
use crate::{
    Aws, Cx, OrFail,
    check::CheckCx,
    declare::AwsKind,
    ec2::{TAGS, endpoints, verify},
    ids,
    owner::once,
    permissions::{Permission, allow},
    settings::same_set,
    tags,
};
use aws_sdk_ec2::types::{ResourceType, VpcEndpoint as Seen, VpcEndpointType};
use serde::{Deserialize, Serialize};
use vidpipe_engine::{
    Change, Class, Error, Identity, Observed, Owned, Owner, PhysicalId, Removal, Resource, Result, verify::Section,
};

/// The specification of the resource.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct VpcEndpoint {
    /// Its `Name` tag.
    pub name: String,
    /// The VPC it is part of.
    pub vpc_id: String,
    /// The service it leads to, such as `com.amazonaws.us-east-1.s3`.
    pub service_name: String,
    /// The route tables that get a route to the service.
    pub route_table_ids: Vec<String>,
}

/// The outputs other nodes may use.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VpcEndpointOutput {
    /// `vpce-...`
    pub id: String,
}

/// The endpoint with this id; `None` if it does not exist, or no longer.
async fn read(cx: &Cx, id: &str) -> Result<Option<Seen>> {
    let call = cx.cloud.ec2.describe_vpc_endpoints().vpc_endpoint_ids(id);
    match call.send().await.or_fail("read the VPC endpoint") {
        Err(e) if e.class == Class::NotFound => Ok(None),
        Err(e) => Err(e),
        Ok(seen) => Ok(seen.vpc_endpoints.unwrap_or_default().into_iter().find(|e| !endpoints::is_gone(e))),
    }
}

impl Resource for VpcEndpoint {
    type Cloud = Aws;
    type Output = VpcEndpointOutput;
    const KIND: &'static str = "ec2:vpc-endpoint";
    const IDENTITY: Identity = Identity::Token;
    const OWNER: Owner = Owner::Tags;
    const TIMING: &'static str = "ec2_vpc_endpoint_gateway";
    const UPDATES: bool = true;

    async fn create(&self, cx: &Cx) -> Result<PhysicalId> {
        let call = cx.cloud.ec2.create_vpc_endpoint().vpc_id(&self.vpc_id).service_name(&self.service_name);
        let call = call.vpc_endpoint_type(VpcEndpointType::Gateway).client_token(&cx.token.0);
        let call = call.set_route_table_ids(Some(self.route_table_ids.clone()));
        let call = call.tag_specifications(tags::ec2(cx, &self.name, ResourceType::VpcEndpoint));
        let made = call.send().await.or_fail("create the VPC endpoint")?;
        ids::id(made.vpc_endpoint.and_then(|e| e.vpc_endpoint_id), "VPC endpoint")
    }

    async fn find(&self, cx: &Cx) -> Result<Option<PhysicalId>> {
        let call = cx.cloud.ec2.describe_vpc_endpoints().filters(tags::ec2_intent(cx));
        let found = call.send().await.or_fail("find the VPC endpoint")?;
        let alive = found.vpc_endpoints().iter().find(|e| !endpoints::is_gone(e));
        Ok(alive.and_then(|e| e.vpc_endpoint_id.clone()).map(PhysicalId))
    }

    async fn owner(&self, cx: &Cx, id: &PhysicalId) -> Result<Owned> {
        let owner = async || {
            let seen = read(cx, &id.0).await?;
            let tags = |e: &Seen| tags::owned(cx, e.tags().iter().filter_map(|t| t.key().zip(t.value())));
            Ok(seen.as_ref().map_or(Owned::Absent, tags))
        };
        once(cx, "VPC endpoint", &id.0, owner).await
    }

    async fn observe(&self, cx: &Cx, id: &PhysicalId) -> Result<Observed<VpcEndpointOutput>> {
        let Some(seen) = read(cx, &id.0).await? else { return Ok(Observed::Absent) };
        let output = VpcEndpointOutput { id: id.0.clone() };
        Ok(match endpoints::state(&seen).as_str() {
            "available" if same_set(seen.route_table_ids(), &self.route_table_ids) => Observed::Ready(output),
            "available" => Observed::differs("not as specified: the route tables", Some(output)),
            state @ ("failed" | "rejected" | "expired") => {
                let why = seen.last_error().and_then(|e| e.message()).unwrap_or("AWS gives no reason");
                Observed::Broken(format!("it is {state}: {why}"))
            }
            state => Observed::pending(state),
        })
    }

    async fn update(&self, cx: &Cx, id: &PhysicalId) -> Result<()> {
        let seen = read(cx, &id.0).await?;
        let seen = seen.ok_or_else(|| Error::new(Class::NotFound, "update the VPC endpoint: it does not exist"))?;
        let has = seen.route_table_ids();
        let missing: Vec<_> = self.route_table_ids.iter().filter(|id| !has.contains(id)).cloned().collect();
        let surplus: Vec<_> = has.iter().filter(|id| !self.route_table_ids.contains(id)).cloned().collect();
        if missing.is_empty() && surplus.is_empty() {
            return Ok(());
        }
        let call = cx.cloud.ec2.modify_vpc_endpoint().vpc_endpoint_id(&id.0);
        let call = call.set_add_route_table_ids(Some(missing)).set_remove_route_table_ids(Some(surplus));
        call.send().await.or_fail("change the route tables of the VPC endpoint").map(drop)
    }

    async fn delete(&self, cx: &Cx, id: &PhysicalId) -> Result<Removal> {
        endpoints::delete(cx, &id.0, "delete the VPC endpoint").await?;
        Ok(Removal::Asked)
    }

    fn change(&self, old: &Self) -> Change {
        let replaces = (&self.name, &self.vpc_id, &self.service_name) != (&old.name, &old.vpc_id, &old.service_name);
        match (self == old, replaces) {
            (true, _) => Change::None,
            (false, false) => Change::Update,
            (false, true) => Change::Replace,
        }
    }
}

impl AwsKind for VpcEndpoint {
    const PERMISSIONS: &'static [Permission] = &[
        allow(&["ec2:CreateVpcEndpoint"]).on(&["arn:aws:ec2:*:*:vpc-endpoint/*"]).tagged(),
        allow(&["ec2:CreateVpcEndpoint"]).on(&["arn:aws:ec2:*:*:route-table/*", "arn:aws:ec2:*:*:vpc/*"]).ours(),
        allow(&["ec2:DeleteVpcEndpoints", "ec2:ModifyVpcEndpoint"]).ours(),
        allow(&["ec2:DescribeVpcEndpoints"]),
        TAGS,
    ];

    async fn check(check: &CheckCx<'_>, want: Self) -> Result<()> {
        let call = check.aws.ec2.describe_vpc_endpoints().vpc_endpoint_ids(&check.id.0);
        let seen = ask!(check, "DescribeVpcEndpoints", call)?;
        let endpoint = check.there(seen.vpc_endpoints().first())?;
        check.is(Section::Availability, "the endpoint is available", "State", endpoints::state(endpoint), "available");
        let (tables, wanted) = (endpoint.route_table_ids(), &want.route_table_ids);
        check.are(Section::Availability, "its route tables lead to it", "RouteTableIds", tables, wanted);
        check.tags(&want.name, verify::pairs(endpoint.tags()));
        Ok(())
    }
}
