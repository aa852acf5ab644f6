//! A VPC's [DNS attributes](https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyVpcAttribute.html): DNS
//! resolution and DNS hostnames. AWS takes one attribute per call; resolution is on in every new VPC.
use crate::{
    Aws, Cx, OrFail,
    check::CheckCx,
    declare::AwsKind,
    ec2::{owner, verify},
    permissions::{Permission, allow},
};
use aws_sdk_ec2::types::{AttributeBooleanValue, VpcAttributeName};
use serde::{Deserialize, Serialize};
use vidpipe_engine::{Identity, Observed, Owned, Owner, PhysicalId, Removal, Resource, Result};

/// The specification of the resource.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct VpcDns {
    /// The VPC.
    pub vpc_id: String,
}

impl VpcDns {
    async fn hostnames(&self, cx: &Cx, on: bool) -> Result<()> {
        let value = AttributeBooleanValue::builder().value(on).build();
        let call = cx.cloud.ec2.modify_vpc_attribute().vpc_id(&self.vpc_id).enable_dns_hostnames(value);
        call.send().await.or_fail("set the VPC's DNS hostnames").map(drop)
    }

    async fn has_hostnames(&self, cx: &Cx) -> Result<bool> {
        let call = cx.cloud.ec2.describe_vpc_attribute().vpc_id(&self.vpc_id);
        let seen = call
            .attribute(VpcAttributeName::EnableDnsHostnames)
            .send()
            .await
            .or_fail("read the VPC's DNS attributes")?;
        Ok(seen.enable_dns_hostnames.and_then(|v| v.value).unwrap_or(false))
    }
}

impl Resource for VpcDns {
    type Cloud = Aws;
    type Output = ();
    const KIND: &'static str = "ec2:vpc-dns";
    const IDENTITY: Identity = Identity::Setting;
    const OWNER: Owner = Owner::Of("ec2:vpc");
    const TIMING: &'static str = "ec2_vpc";

    async fn create(&self, cx: &Cx) -> Result<PhysicalId> {
        let on = AttributeBooleanValue::builder().value(true).build();
        let call = cx.cloud.ec2.modify_vpc_attribute().vpc_id(&self.vpc_id).enable_dns_support(on);
        call.send().await.or_fail("set the VPC's DNS support")?;
        self.hostnames(cx, true).await?;
        Ok(PhysicalId(self.vpc_id.clone()))
    }

    async fn find(&self, cx: &Cx) -> Result<Option<PhysicalId>> {
        Ok(self.has_hostnames(cx).await?.then(|| PhysicalId(self.vpc_id.clone())))
    }

    async fn owner(&self, cx: &Cx, _id: &PhysicalId) -> Result<Owned> {
        owner::vpc(cx, &self.vpc_id).await
    }

    async fn observe(&self, cx: &Cx, _id: &PhysicalId) -> Result<Observed<()>> {
        Ok(if self.has_hostnames(cx).await? { Observed::Ready(()) } else { Observed::Absent })
    }

    async fn delete(&self, cx: &Cx, _id: &PhysicalId) -> Result<Removal> {
        self.hostnames(cx, false).await?;
        Ok(Removal::Asked)
    }
}

impl AwsKind for VpcDns {
    const PERMISSIONS: &'static [Permission] =
        &[allow(&["ec2:DescribeVpcAttribute", "ec2:DescribeVpcs"]), allow(&["ec2:ModifyVpcAttribute"]).ours()];

    async fn check(check: &CheckCx<'_>, want: Self) -> Result<()> {
        verify::vpc_dns(check, want).await
    }
}
