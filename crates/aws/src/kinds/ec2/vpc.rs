//! A [VPC](https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpc.html).
use crate::{Aws, Cx, OrFail, kinds, tags};
use aws_sdk_ec2::types::{ResourceType, VpcState};
use serde::{Deserialize, Serialize};
use vidpipe_engine::{Identity, Observed, PhysicalId, Removal, Resource, Result};

/// What it is made from.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct Vpc {
    /// Its `Name` tag.
    pub name: String,
    /// Its addresses, such as `10.0.0.0/16`.
    pub cidr: String,
}

/// What others may read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VpcOutput {
    /// `vpc-...`
    pub id: String,
}

impl Resource for Vpc {
    type Cloud = Aws;
    type Output = VpcOutput;
    const KIND: &'static str = "ec2:vpc";
    const IDENTITY: Identity = Identity::Tagged;
    const TIMING: &'static str = "ec2_vpc";

    async fn create(&self, cx: &Cx) -> Result<PhysicalId> {
        let call = cx.cloud.ec2.create_vpc().cidr_block(&self.cidr);
        let call = call.tag_specifications(tags::ec2(cx, &self.name, ResourceType::Vpc));
        let made = call.send().await.or_fail("create the VPC")?;
        kinds::id(made.vpc.and_then(|v| v.vpc_id), "VPC")
    }

    async fn find(&self, cx: &Cx) -> Result<Option<PhysicalId>> {
        let call = cx.cloud.ec2.describe_vpcs().filters(tags::ec2_intent(cx));
        let found = call.send().await.or_fail("look for the VPC")?;
        Ok(found.vpcs().first().and_then(|v| v.vpc_id.clone()).map(PhysicalId))
    }

    async fn observe(&self, cx: &Cx, id: &PhysicalId) -> Result<Observed<VpcOutput>> {
        let seen = cx.cloud.ec2.describe_vpcs().vpc_ids(&id.0).send().await.or_fail("look at the VPC")?;
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
}
