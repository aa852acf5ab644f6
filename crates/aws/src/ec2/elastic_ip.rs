//! An [elastic IP address](https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AllocateAddress.html). It is
//! billed for as long as it exists, and cannot be released before the NAT gateway using it is deleted.
use crate::{
    Aws, Cx, OrFail,
    check::CheckCx,
    declare::AwsKind,
    ec2::{TAGS, owner, verify},
    ids,
    permissions::{Permission, allow},
    tags,
};
use aws_sdk_ec2::types::{DomainType, ResourceType};
use serde::{Deserialize, Serialize};
use vidpipe_engine::{Class, Error, Identity, Observed, Owned, Owner, PhysicalId, Removal, Resource, Result};

/// The specification of the resource.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct ElasticIp {
    /// Its `Name` tag.
    pub name: String,
}

/// The outputs other nodes may use.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ElasticIpOutput {
    /// `eipalloc-...`
    pub allocation_id: String,
    /// The address, such as `203.0.113.25`, for allow-lists of other systems.
    pub public_ip: String,
}

impl Resource for ElasticIp {
    type Cloud = Aws;
    type Output = ElasticIpOutput;
    const KIND: &'static str = "ec2:elastic-ip";
    const IDENTITY: Identity = Identity::Tagged;
    const OWNER: Owner = Owner::Tags;
    const TIMING: &'static str = "ec2_eip";

    async fn create(&self, cx: &Cx) -> Result<PhysicalId> {
        let call = cx.cloud.ec2.allocate_address().domain(DomainType::Vpc);
        let call = call.tag_specifications(tags::ec2(cx, &self.name, ResourceType::ElasticIp));
        let made = call.send().await.or_fail("allocate the elastic IP address")?;
        ids::id(made.allocation_id, "elastic IP address")
    }

    async fn find(&self, cx: &Cx) -> Result<Option<PhysicalId>> {
        let call = cx.cloud.ec2.describe_addresses().filters(tags::ec2_intent(cx));
        let found = call.send().await.or_fail("find the elastic IP address")?;
        Ok(found.addresses().first().and_then(|a| a.allocation_id.clone()).map(PhysicalId))
    }

    async fn owner(&self, cx: &Cx, id: &PhysicalId) -> Result<Owned> {
        owner::address(cx, &id.0).await
    }

    async fn observe(&self, cx: &Cx, id: &PhysicalId) -> Result<Observed<ElasticIpOutput>> {
        Ok(match cx.cloud.address(&id.0).await?.and_then(|a| a.public_ip) {
            None => Observed::Absent,
            Some(public_ip) => Observed::Ready(ElasticIpOutput { allocation_id: id.0.clone(), public_ip }),
        })
    }

    async fn delete(&self, cx: &Cx, id: &PhysicalId) -> Result<Removal> {
        let call = cx.cloud.ec2.release_address().allocation_id(&id.0);
        let Err(e) = call.send().await.or_fail("release the elastic IP address") else { return Ok(Removal::Asked) };
        if e.code.as_deref() != Some("AuthFailure") {
            return Err(e);
        }
        // AWS also returns this error for an address that a NAT gateway uses or has just released, and for one that now
        // belongs to another account. DescribeAddresses returns only this account's addresses.
        match cx.cloud.address(&id.0).await? {
            None => Ok(Removal::Asked),
            Some(_) => Err(Error { class: Class::Busy, hint: None, ..e }),
        }
    }
}

impl AwsKind for ElasticIp {
    const PERMISSIONS: &'static [Permission] = &[
        allow(&["ec2:AllocateAddress"]).on(&["arn:aws:ec2:*:*:elastic-ip/*"]).tagged(),
        allow(&["ec2:ReleaseAddress"]).ours(),
        allow(&["ec2:DescribeAddresses"]),
        TAGS,
    ];

    async fn check(check: &CheckCx<'_>, want: Self) -> Result<()> {
        verify::elastic_ip(check, want).await
    }
}
