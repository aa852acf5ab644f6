//! Assigns public addresses to instances launched in a subnet:
//! [ModifySubnetAttribute](https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifySubnetAttribute.html),
//! which takes one attribute per call.
use crate::{
    Aws, Cx, OrFail,
    check::CheckCx,
    declare::AwsKind,
    ec2::{owner, verify},
    permissions::{Permission, allow},
};
use aws_sdk_ec2::types::AttributeBooleanValue;
use serde::{Deserialize, Serialize};
use vidpipe_engine::{Identity, Observed, Owned, Owner, PhysicalId, Removal, Resource, Result};

/// The specification of the resource.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct SubnetPublicIp {
    /// The subnet.
    pub subnet_id: String,
}

impl SubnetPublicIp {
    async fn set(&self, cx: &Cx, on: bool) -> Result<()> {
        let value = AttributeBooleanValue::builder().value(on).build();
        let call = cx.cloud.ec2.modify_subnet_attribute().subnet_id(&self.subnet_id).map_public_ip_on_launch(value);
        call.send().await.or_fail("set whether the subnet gives public addresses").map(drop)
    }

    async fn is_set(&self, cx: &Cx) -> Result<bool> {
        Ok(cx.cloud.subnet(&self.subnet_id).await?.and_then(|s| s.map_public_ip_on_launch).unwrap_or(false))
    }
}

impl Resource for SubnetPublicIp {
    type Cloud = Aws;
    type Output = ();
    const KIND: &'static str = "ec2:subnet-public-ip";
    const IDENTITY: Identity = Identity::Setting;
    const OWNER: Owner = Owner::Of("ec2:subnet");
    const TIMING: &'static str = "ec2_subnet";

    async fn create(&self, cx: &Cx) -> Result<PhysicalId> {
        self.set(cx, true).await?;
        Ok(PhysicalId(self.subnet_id.clone()))
    }

    async fn find(&self, cx: &Cx) -> Result<Option<PhysicalId>> {
        Ok(self.is_set(cx).await?.then(|| PhysicalId(self.subnet_id.clone())))
    }

    async fn owner(&self, cx: &Cx, _id: &PhysicalId) -> Result<Owned> {
        owner::subnet(cx, &self.subnet_id).await
    }

    async fn observe(&self, cx: &Cx, _id: &PhysicalId) -> Result<Observed<()>> {
        Ok(if self.is_set(cx).await? { Observed::Ready(()) } else { Observed::Absent })
    }

    async fn delete(&self, cx: &Cx, _id: &PhysicalId) -> Result<Removal> {
        self.set(cx, false).await?;
        Ok(Removal::Asked)
    }
}

impl AwsKind for SubnetPublicIp {
    const PERMISSIONS: &'static [Permission] =
        &[allow(&["ec2:DescribeSubnets"]), allow(&["ec2:ModifySubnetAttribute"]).ours()];

    async fn check(check: &CheckCx<'_>, want: Self) -> Result<()> {
        verify::subnet_public_ip(check, want).await
    }
}
