//! An internet gateway's
//! [attachment](https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AttachInternetGateway.html) to a VPC. It
//! cannot be detached while anything in the VPC, such as a NAT gateway, has a public address.
use crate::{
    Aws, Cx, OrFail,
    check::CheckCx,
    declare::AwsKind,
    ec2::{interfaces, owner, verify},
    permissions::{Permission, allow},
};
use serde::{Deserialize, Serialize};
use vidpipe_engine::{Holder, Identity, Observed, Owned, Owner, PhysicalId, Removal, Resource, Result};

/// The specification of the resource.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct InternetGatewayAttachment {
    /// The gateway.
    pub gateway_id: String,
    /// The VPC.
    pub vpc_id: String,
}

/// The outputs other nodes may use.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InternetGatewayAttachmentOutput {
    /// The gateway, now attached: the target of routes.
    pub gateway_id: String,
}

impl InternetGatewayAttachment {
    fn physical(&self) -> PhysicalId {
        PhysicalId(format!("{}/{}", self.gateway_id, self.vpc_id))
    }

    async fn state(&self, cx: &Cx) -> Result<Option<String>> {
        let call = cx.cloud.ec2.describe_internet_gateways().internet_gateway_ids(&self.gateway_id);
        let seen = call.send().await.or_fail("read the internet gateway's attachment")?;
        let attached = seen.internet_gateways().iter().flat_map(|g| g.attachments());
        let mine = attached.into_iter().find(|a| a.vpc_id() == Some(&self.vpc_id));
        Ok(mine.map(|a| a.state().map_or("available", |s| s.as_str()).to_owned()))
    }
}

impl Resource for InternetGatewayAttachment {
    type Cloud = Aws;
    type Output = InternetGatewayAttachmentOutput;
    const KIND: &'static str = "ec2:internet-gateway-attachment";
    const IDENTITY: Identity = Identity::Named;
    const OWNER: Owner = Owner::Of("ec2:internet-gateway");
    const TIMING: &'static str = "ec2_internet_gateway";

    async fn create(&self, cx: &Cx) -> Result<PhysicalId> {
        let call = cx.cloud.ec2.attach_internet_gateway().internet_gateway_id(&self.gateway_id);
        call.vpc_id(&self.vpc_id).send().await.or_fail("attach the internet gateway")?;
        Ok(self.physical())
    }

    async fn find(&self, cx: &Cx) -> Result<Option<PhysicalId>> {
        Ok(self.state(cx).await?.map(|_| self.physical()))
    }

    async fn owner(&self, cx: &Cx, _id: &PhysicalId) -> Result<Owned> {
        owner::internet_gateway(cx, &self.gateway_id).await
    }

    async fn observe(&self, cx: &Cx, _id: &PhysicalId) -> Result<Observed<Self::Output>> {
        Ok(match self.state(cx).await?.as_deref() {
            None | Some("detached") => Observed::Absent,
            // For gateways EC2 returns `available` where it returns `attached` for other resources.
            Some("available" | "attached") => {
                Observed::Ready(InternetGatewayAttachmentOutput { gateway_id: self.gateway_id.clone() })
            }
            Some(state) => Observed::pending(state),
        })
    }

    async fn delete(&self, cx: &Cx, _id: &PhysicalId) -> Result<Removal> {
        let call = cx.cloud.ec2.detach_internet_gateway().internet_gateway_id(&self.gateway_id);
        match call.vpc_id(&self.vpc_id).send().await.or_fail("detach the internet gateway") {
            Err(e) if e.code.as_deref() == Some("Gateway.NotAttached") => Ok(Removal::Asked),
            other => other.map(|_| Removal::Asked),
        }
    }

    async fn holders(&self, cx: &Cx, _id: &PhysicalId) -> Result<Vec<Holder>> {
        interfaces::public_holders(cx, &self.vpc_id).await
    }
}

impl AwsKind for InternetGatewayAttachment {
    const PERMISSIONS: &'static [Permission] = &[
        allow(&["ec2:AttachInternetGateway", "ec2:DetachInternetGateway"]).ours(),
        allow(&["ec2:DescribeInternetGateways"]),
        allow(&["ec2:DescribeNetworkInterfaces"]).to_repair(),
    ];

    async fn check(check: &CheckCx<'_>, want: Self) -> Result<()> {
        verify::internet_gateway_attachment(check, want).await
    }
}
