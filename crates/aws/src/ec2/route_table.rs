//! A [route table](https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateRouteTable.html) in addition to the
//! VPC's main one.
use crate::{
    Aws, Cx, OrFail,
    check::CheckCx,
    declare::AwsKind,
    ec2::{TAGS, owner, verify},
    ids,
    permissions::{Permission, allow},
    tags,
};
use aws_sdk_ec2::types::ResourceType;
use serde::{Deserialize, Serialize};
use vidpipe_engine::{Identity, Observed, Owned, Owner, PhysicalId, Removal, Resource, Result};

/// The specification of the resource.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct RouteTable {
    /// Its `Name` tag.
    pub name: String,
    /// The VPC it is part of.
    pub vpc_id: String,
}

/// The outputs other nodes may use.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RouteTableOutput {
    /// `rtb-...`
    pub id: String,
}

impl Resource for RouteTable {
    type Cloud = Aws;
    type Output = RouteTableOutput;
    const KIND: &'static str = "ec2:route-table";
    const IDENTITY: Identity = Identity::Token;
    const OWNER: Owner = Owner::Tags;
    const TIMING: &'static str = "ec2_route_table";

    async fn create(&self, cx: &Cx) -> Result<PhysicalId> {
        let call = cx.cloud.ec2.create_route_table().vpc_id(&self.vpc_id).client_token(&cx.token.0);
        let call = call.tag_specifications(tags::ec2(cx, &self.name, ResourceType::RouteTable));
        let made = call.send().await.or_fail("create the route table")?;
        ids::id(made.route_table.and_then(|t| t.route_table_id), "route table")
    }

    async fn find(&self, cx: &Cx) -> Result<Option<PhysicalId>> {
        let call = cx.cloud.ec2.describe_route_tables().filters(tags::ec2_intent(cx));
        let found = call.send().await.or_fail("find the route table")?;
        Ok(found.route_tables().first().and_then(|t| t.route_table_id.clone()).map(PhysicalId))
    }

    async fn owner(&self, cx: &Cx, id: &PhysicalId) -> Result<Owned> {
        owner::route_table(cx, &id.0).await
    }

    async fn observe(&self, cx: &Cx, id: &PhysicalId) -> Result<Observed<RouteTableOutput>> {
        Ok(match cx.cloud.route_table(&id.0).await? {
            None => Observed::Absent,
            Some(_) => Observed::Ready(RouteTableOutput { id: id.0.clone() }),
        })
    }

    async fn delete(&self, cx: &Cx, id: &PhysicalId) -> Result<Removal> {
        cx.cloud.ec2.delete_route_table().route_table_id(&id.0).send().await.or_fail("delete the route table")?;
        Ok(Removal::Asked)
    }
}

impl AwsKind for RouteTable {
    const PERMISSIONS: &'static [Permission] = &[
        allow(&["ec2:CreateRouteTable"]).on(&["arn:aws:ec2:*:*:route-table/*"]).tagged(),
        allow(&["ec2:CreateRouteTable"]).on(&["arn:aws:ec2:*:*:vpc/*"]).ours(),
        allow(&["ec2:DeleteRouteTable"]).ours(),
        allow(&["ec2:DescribeRouteTables"]),
        TAGS,
    ];

    async fn check(check: &CheckCx<'_>, want: Self) -> Result<()> {
        verify::route_table(check, want).await
    }
}
