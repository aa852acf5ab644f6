//! A public [NAT gateway](https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNatGateway.html). Creating
//! it takes about two minutes and deleting it about one. Until it is deleted it holds its address, its subnet and the
//! internet gateway.
use crate::{
    Aws, Cx, OrFail,
    check::CheckCx,
    declare::AwsKind,
    ec2::{TAGS, owner, verify},
    ids,
    permissions::{Permission, allow},
    tags,
};
use aws_sdk_ec2::types::{NatGatewayState, ResourceType};
use serde::{Deserialize, Serialize};
use vidpipe_engine::{Drawn, Identity, Observed, Owned, Owner, PhysicalId, Removal, Resource, Result};

/// The specification of the resource.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct NatGateway {
    /// Its `Name` tag.
    pub name: String,
    /// The public subnet it is placed in.
    pub subnet_id: String,
    /// Its elastic IP address.
    pub allocation_id: String,
}

/// The outputs other nodes may use.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NatGatewayOutput {
    /// `nat-...`
    pub id: String,
}

impl Resource for NatGateway {
    type Cloud = Aws;
    type Output = NatGatewayOutput;
    const KIND: &'static str = "ec2:nat-gateway";
    const IDENTITY: Identity = Identity::Token;
    const OWNER: Owner = Owner::Tags;
    const DRAWN: Drawn = Drawn::Box;
    const TIMING: &'static str = "ec2_nat_gateway";
    /// A failed gateway has released its address and subnet and costs nothing. AWS
    /// [removes it](https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-troubleshooting.html) after about an
    /// hour.
    const SPENT: bool = true;

    async fn create(&self, cx: &Cx) -> Result<PhysicalId> {
        let call = cx.cloud.ec2.create_nat_gateway().subnet_id(&self.subnet_id).allocation_id(&self.allocation_id);
        let call = call.client_token(&cx.token.0);
        let call = call.tag_specifications(tags::ec2(cx, &self.name, ResourceType::Natgateway));
        let made = call.send().await.or_fail("create the NAT gateway")?;
        ids::id(made.nat_gateway.and_then(|g| g.nat_gateway_id), "NAT gateway")
    }

    async fn find(&self, cx: &Cx) -> Result<Option<PhysicalId>> {
        let call = cx.cloud.ec2.describe_nat_gateways().filter(tags::ec2_intent(cx));
        let found = call.send().await.or_fail("find the NAT gateway")?;
        let alive = found.nat_gateways().iter().find(|g| g.state() != Some(&NatGatewayState::Deleted));
        Ok(alive.and_then(|g| g.nat_gateway_id.clone()).map(PhysicalId))
    }

    async fn owner(&self, cx: &Cx, id: &PhysicalId) -> Result<Owned> {
        owner::nat_gateway(cx, &id.0).await
    }

    async fn observe(&self, cx: &Cx, id: &PhysicalId) -> Result<Observed<NatGatewayOutput>> {
        let Some(gateway) = cx.cloud.nat_gateway(&id.0).await? else { return Ok(Observed::Absent) };
        let output = NatGatewayOutput { id: id.0.clone() };
        Ok(match gateway.state() {
            None | Some(NatGatewayState::Deleted) => Observed::Absent,
            Some(NatGatewayState::Available) => Observed::Ready(output),
            Some(NatGatewayState::Failed) => {
                let message = gateway.failure_message().or(gateway.failure_code()).unwrap_or("it failed");
                Observed::Broken(message.to_owned())
            }
            Some(state) => Observed::Pending { why: state.as_str().to_owned(), known: Some(output) },
        })
    }

    async fn delete(&self, cx: &Cx, id: &PhysicalId) -> Result<Removal> {
        cx.cloud.ec2.delete_nat_gateway().nat_gateway_id(&id.0).send().await.or_fail("delete the NAT gateway")?;
        Ok(Removal::Asked)
    }
}

impl AwsKind for NatGateway {
    const PERMISSIONS: &'static [Permission] = &[
        allow(&["ec2:CreateNatGateway"]).on(&["arn:aws:ec2:*:*:natgateway/*"]).tagged(),
        allow(&["ec2:CreateNatGateway"]).on(&["arn:aws:ec2:*:*:elastic-ip/*", "arn:aws:ec2:*:*:subnet/*"]).ours(),
        allow(&["ec2:DeleteNatGateway"]).ours(),
        allow(&["ec2:DescribeNatGateways"]),
        TAGS,
    ];

    async fn check(check: &CheckCx<'_>, want: Self) -> Result<()> {
        verify::nat_gateway(check, want).await
    }
}
