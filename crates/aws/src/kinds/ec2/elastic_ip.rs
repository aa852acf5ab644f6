//! An [elastic IP address](https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AllocateAddress.html). It is billed
//! as long as it exists, and cannot be released before the NAT gateway that has it is gone.
use crate::{Aws, Cx, OrFail, kinds, owner, tags};
use aws_sdk_ec2::types::{DomainType, ResourceType};
use serde::{Deserialize, Serialize};
use vidpipe_engine::{Class, Error, Identity, Observed, Owned, Owner, PhysicalId, Removal, Resource, Result};

/// What it is made from.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct ElasticIp {
    /// Its `Name` tag.
    pub name: String,
}

/// What others may read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ElasticIpOutput {
    /// `eipalloc-...`
    pub allocation_id: String,
    /// The address, such as `203.0.113.25`: what others may put on their allow-lists.
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
        kinds::id(made.allocation_id, "elastic IP address")
    }

    async fn find(&self, cx: &Cx) -> Result<Option<PhysicalId>> {
        let call = cx.cloud.ec2.describe_addresses().filters(tags::ec2_intent(cx));
        let found = call.send().await.or_fail("look for the elastic IP address")?;
        Ok(found.addresses().first().and_then(|a| a.allocation_id.clone()).map(PhysicalId))
    }

    async fn owner(&self, cx: &Cx, id: &PhysicalId) -> Result<Owned> {
        owner::ec2::address(cx, &id.0).await
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
        // AWS also says so of an address that a NAT gateway still has, or had a moment ago, and of one that is somebody
        // else's by now. Only our own are shown to us.
        match cx.cloud.address(&id.0).await? {
            None => Ok(Removal::Asked),
            Some(_) => Err(Error { class: Class::Busy, hint: None, ..e }),
        }
    }
}
