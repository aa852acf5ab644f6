//! A [VPC](https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpc.html).
use crate::{
    Aws, Cx, OrFail,
    check::CheckCx,
    declare::AwsKind,
    ec2::{GUESTS, TAGS, endpoints, interfaces, owner, verify},
    ids,
    permissions::{Permission, allow},
    tags,
};
use aws_sdk_ec2::types::{Filter, ResourceType, VpcState};
use serde::{Deserialize, Serialize};
use vidpipe_engine::{Drawn, Holder, Identity, Observed, Owned, Owner, PhysicalId, Removal, Resource, Result};

/// The specification of the resource.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct Vpc {
    /// Its `Name` tag.
    pub name: String,
    /// Its address range, such as `10.0.0.0/16`.
    pub cidr: String,
}

/// The outputs other nodes may use.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VpcOutput {
    /// `vpc-...`
    pub id: String,
}

/// The VPC's subnets and route tables, except the main table, which is deleted with the VPC.
async fn parts(cx: &Cx, vpc: &str) -> Result<Vec<Holder>> {
    let within = Filter::builder().name("vpc-id").values(vpc).build();
    let call = cx.cloud.ec2.describe_subnets().filters(within.clone());
    let subnets = call.send().await.or_fail("read the VPC's subnets")?;
    let subnets = subnets.subnets().iter().map(|s| (("subnet", s.subnet_id()), s.tags()));
    let call = cx.cloud.ec2.describe_route_tables().filters(within);
    let tables = call.send().await.or_fail("read the VPC's route tables")?;
    let others = tables.route_tables().iter().filter(|t| !t.associations().iter().any(|a| a.main() == Some(true)));
    let tables = others.map(|t| (("route table", t.route_table_id()), t.tags()));
    let named = |((what, id), tags): ((&str, Option<&str>), _)| {
        Holder::new(what, id.unwrap_or("without an id"), tags::ec2_whose(cx, tags))
    };
    Ok(subnets.chain(tables).map(named).collect())
}

impl Resource for Vpc {
    type Cloud = Aws;
    type Output = VpcOutput;
    const KIND: &'static str = "ec2:vpc";
    const IDENTITY: Identity = Identity::Tagged;
    const OWNER: Owner = Owner::Tags;
    const DRAWN: Drawn = Drawn::Area;
    const TIMING: &'static str = "ec2_vpc";

    async fn create(&self, cx: &Cx) -> Result<PhysicalId> {
        let call = cx.cloud.ec2.create_vpc().cidr_block(&self.cidr);
        let call = call.tag_specifications(tags::ec2(cx, &self.name, ResourceType::Vpc));
        let made = call.send().await.or_fail("create the VPC")?;
        ids::id(made.vpc.and_then(|v| v.vpc_id), "VPC")
    }

    async fn find(&self, cx: &Cx) -> Result<Option<PhysicalId>> {
        let call = cx.cloud.ec2.describe_vpcs().filters(tags::ec2_intent(cx));
        let found = call.send().await.or_fail("find the VPC")?;
        Ok(found.vpcs().first().and_then(|v| v.vpc_id.clone()).map(PhysicalId))
    }

    async fn owner(&self, cx: &Cx, id: &PhysicalId) -> Result<Owned> {
        owner::vpc(cx, &id.0).await
    }

    async fn observe(&self, cx: &Cx, id: &PhysicalId) -> Result<Observed<VpcOutput>> {
        let seen = cx.cloud.ec2.describe_vpcs().vpc_ids(&id.0).send().await.or_fail("read the VPC")?;
        Ok(match seen.vpcs().first().and_then(|v| v.state()) {
            None => Observed::Absent,
            Some(VpcState::Available) => Observed::Ready(VpcOutput { id: id.0.clone() }),
            Some(state) => Observed::pending(state.as_str()),
        })
    }

    async fn delete(&self, cx: &Cx, id: &PhysicalId) -> Result<Removal> {
        cx.cloud.ec2.delete_vpc().vpc_id(&id.0).send().await.or_fail("delete the VPC")?;
        Ok(Removal::Asked)
    }

    async fn holders(&self, cx: &Cx, id: &PhysicalId) -> Result<Vec<Holder>> {
        let mut all = interfaces::holders(cx, "vpc-id", &id.0).await?;
        all.extend(endpoints::holders(cx, &id.0, |_| true).await?);
        all.extend(endpoints::groups(cx, &id.0).await?);
        all.extend(parts(cx, &id.0).await?);
        Ok(all)
    }

    async fn dismiss(&self, cx: &Cx, guest: &Holder) -> Result<()> {
        endpoints::dismiss(cx, guest).await
    }
}

impl AwsKind for Vpc {
    const PERMISSIONS: &'static [Permission] = &[
        allow(&["ec2:CreateVpc"]).on(&["arn:aws:ec2:*:*:vpc/*"]).tagged(),
        allow(&["ec2:DeleteVpc"]).ours(),
        allow(&["ec2:DescribeVpcs"]),
        TAGS,
        allow(&["ec2:DescribeNetworkInterfaces", "ec2:DescribeSecurityGroups", "ec2:DescribeVpcEndpoints"]).to_repair(),
        GUESTS,
    ];

    async fn check(check: &CheckCx<'_>, want: Self) -> Result<()> {
        verify::vpc(check, want).await
    }
}
