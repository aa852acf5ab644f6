//! An unattached
//! [internet gateway](https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateInternetGateway.html).
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
use vidpipe_engine::{Drawn, Identity, Observed, Owned, Owner, PhysicalId, Removal, Resource, Result};

/// The specification of the resource.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct InternetGateway {
    /// Its `Name` tag.
    pub name: String,
}

/// The outputs other nodes may use.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InternetGatewayOutput {
    /// `igw-...`
    pub id: String,
}

impl Resource for InternetGateway {
    type Cloud = Aws;
    type Output = InternetGatewayOutput;
    const KIND: &'static str = "ec2:internet-gateway";
    const IDENTITY: Identity = Identity::Tagged;
    const OWNER: Owner = Owner::Tags;
    const DRAWN: Drawn = Drawn::Box;
    const TIMING: &'static str = "ec2_internet_gateway";

    async fn create(&self, cx: &Cx) -> Result<PhysicalId> {
        let call = cx.cloud.ec2.create_internet_gateway();
        let call = call.tag_specifications(tags::ec2(cx, &self.name, ResourceType::InternetGateway));
        let made = call.send().await.or_fail("create the internet gateway")?;
        ids::id(made.internet_gateway.and_then(|g| g.internet_gateway_id), "internet gateway")
    }

    async fn find(&self, cx: &Cx) -> Result<Option<PhysicalId>> {
        let call = cx.cloud.ec2.describe_internet_gateways().filters(tags::ec2_intent(cx));
        let found = call.send().await.or_fail("find the internet gateway")?;
        Ok(found.internet_gateways().first().and_then(|g| g.internet_gateway_id.clone()).map(PhysicalId))
    }

    async fn owner(&self, cx: &Cx, id: &PhysicalId) -> Result<Owned> {
        owner::internet_gateway(cx, &id.0).await
    }

    async fn observe(&self, cx: &Cx, id: &PhysicalId) -> Result<Observed<InternetGatewayOutput>> {
        let call = cx.cloud.ec2.describe_internet_gateways().internet_gateway_ids(&id.0);
        let seen = call.send().await.or_fail("read the internet gateway")?;
        Ok(match seen.internet_gateways().first() {
            None => Observed::Absent,
            Some(_) => Observed::Ready(InternetGatewayOutput { id: id.0.clone() }),
        })
    }

    async fn delete(&self, cx: &Cx, id: &PhysicalId) -> Result<Removal> {
        let call = cx.cloud.ec2.delete_internet_gateway().internet_gateway_id(&id.0);
        call.send().await.or_fail("delete the internet gateway")?;
        Ok(Removal::Asked)
    }
}

impl AwsKind for InternetGateway {
    const PERMISSIONS: &'static [Permission] = &[
        allow(&["ec2:CreateInternetGateway"]).on(&["arn:aws:ec2:*:*:internet-gateway/*"]).tagged(),
        allow(&["ec2:DeleteInternetGateway"]).ours(),
        allow(&["ec2:DescribeInternetGateways"]),
        TAGS,
    ];

    async fn check(check: &CheckCx<'_>, want: Self) -> Result<()> {
        verify::internet_gateway(check, want).await
    }
}
