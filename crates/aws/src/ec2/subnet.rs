//! A [subnet](https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSubnet.html). It cannot be deleted while
//! it contains a network interface.
use crate::{
    Aws, Cx, OrFail,
    check::CheckCx,
    declare::AwsKind,
    ec2::{GUESTS, TAGS, endpoints, interfaces, owner, verify},
    ids,
    permissions::{Permission, allow},
    tags,
};
use aws_sdk_ec2::types::{ResourceType, SubnetState};
use serde::{Deserialize, Serialize};
use vidpipe_engine::{Drawn, Holder, Identity, Observed, Owned, Owner, PhysicalId, Removal, Resource, Result};

/// The specification of the resource.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct Subnet {
    /// Its `Name` tag.
    pub name: String,
    /// The VPC it is part of.
    pub vpc_id: String,
    /// Its availability zone, such as `us-east-1a`.
    pub zone: String,
    /// Its address range, such as `10.0.1.0/24`.
    pub cidr: String,
}

/// The outputs other nodes may use.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SubnetOutput {
    /// `subnet-...`
    pub id: String,
    /// Its availability zone.
    pub zone: String,
}

impl Resource for Subnet {
    type Cloud = Aws;
    type Output = SubnetOutput;
    const KIND: &'static str = "ec2:subnet";
    const IDENTITY: Identity = Identity::Tagged;
    const OWNER: Owner = Owner::Tags;
    const DRAWN: Drawn = Drawn::Area;
    const TIMING: &'static str = "ec2_subnet";

    async fn create(&self, cx: &Cx) -> Result<PhysicalId> {
        let call = cx.cloud.ec2.create_subnet().vpc_id(&self.vpc_id).cidr_block(&self.cidr);
        let call = call.availability_zone(&self.zone);
        let call = call.tag_specifications(tags::ec2(cx, &self.name, ResourceType::Subnet));
        let made = call.send().await.or_fail("create the subnet")?;
        ids::id(made.subnet.and_then(|s| s.subnet_id), "subnet")
    }

    async fn find(&self, cx: &Cx) -> Result<Option<PhysicalId>> {
        let call = cx.cloud.ec2.describe_subnets().filters(tags::ec2_intent(cx));
        let found = call.send().await.or_fail("find the subnet")?;
        Ok(found.subnets().first().and_then(|s| s.subnet_id.clone()).map(PhysicalId))
    }

    async fn owner(&self, cx: &Cx, id: &PhysicalId) -> Result<Owned> {
        owner::subnet(cx, &id.0).await
    }

    async fn observe(&self, cx: &Cx, id: &PhysicalId) -> Result<Observed<SubnetOutput>> {
        Ok(match cx.cloud.subnet(&id.0).await?.and_then(|s| s.state) {
            None => Observed::Absent,
            Some(SubnetState::Available) => Observed::Ready(SubnetOutput { id: id.0.clone(), zone: self.zone.clone() }),
            Some(state) => Observed::pending(state.as_str()),
        })
    }

    async fn delete(&self, cx: &Cx, id: &PhysicalId) -> Result<Removal> {
        cx.cloud.ec2.delete_subnet().subnet_id(&id.0).send().await.or_fail("delete the subnet")?;
        Ok(Removal::Asked)
    }

    async fn holders(&self, cx: &Cx, id: &PhysicalId) -> Result<Vec<Holder>> {
        let mut all = interfaces::holders(cx, "subnet-id", &id.0).await?;
        all.extend(endpoints::holders(cx, &self.vpc_id, |e| e.subnet_ids().contains(&id.0)).await?);
        Ok(all)
    }

    async fn dismiss(&self, cx: &Cx, guest: &Holder) -> Result<()> {
        endpoints::dismiss(cx, guest).await
    }
}

impl AwsKind for Subnet {
    const PERMISSIONS: &'static [Permission] = &[
        allow(&["ec2:CreateSubnet"]).on(&["arn:aws:ec2:*:*:subnet/*"]).tagged(),
        allow(&["ec2:CreateSubnet"]).on(&["arn:aws:ec2:*:*:vpc/*"]).ours(),
        allow(&["ec2:DeleteSubnet"]).ours(),
        allow(&["ec2:DescribeAvailabilityZones", "ec2:DescribeSubnets"]),
        TAGS,
        allow(&["ec2:DescribeNetworkInterfaces", "ec2:DescribeVpcEndpoints"]).to_repair(),
        GUESTS,
    ];

    async fn check(check: &CheckCx<'_>, want: Self) -> Result<()> {
        verify::subnet(check, want).await
    }
}
