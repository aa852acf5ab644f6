//! A [VPC link](https://docs.aws.amazon.com/apigateway/latest/api/API_CreateVpcLink.html): how a REST API reaches a network
//! load balancer inside the VPC. It takes minutes to come, and cannot go while a route of an API leads through it.
use crate::{
    Aws, Cx, OrFail,
    apigateway::{PAGE, of_intent, tags},
    kinds,
};
use aws_sdk_apigateway::types::VpcLinkStatus;
use serde::{Deserialize, Serialize};
use vidpipe_engine::{Identity, Observed, PhysicalId, Removal, Resource, Result};

/// What it is made from.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct VpcLink {
    /// Its name, which need not be unique.
    pub name: String,
    /// The network load balancer it leads to.
    pub target_arn: String,
}

/// What others may read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VpcLinkOutput {
    /// Ten letters and digits.
    pub id: String,
}

impl Resource for VpcLink {
    type Cloud = Aws;
    type Output = VpcLinkOutput;
    const KIND: &'static str = "apigateway:vpc-link";
    const IDENTITY: Identity = Identity::Tagged;
    const TIMING: &'static str = "apigw_vpc_link";

    async fn create(&self, cx: &Cx) -> Result<PhysicalId> {
        let call = cx.cloud.apigateway.create_vpc_link().name(&self.name).target_arns(&self.target_arn);
        let made = call.set_tags(tags(cx, &self.name)).send().await.or_fail("create the VPC link")?;
        kinds::id(made.id, "VPC link")
    }

    async fn find(&self, cx: &Cx) -> Result<Option<PhysicalId>> {
        let pages = items!(cx.cloud.apigateway.get_vpc_links().limit(PAGE));
        let links = pages.all().await.or_fail("look for the VPC link")?;
        let ours = links.into_iter().find(|l| of_intent(cx, l.tags()));
        Ok(ours.and_then(|l| l.id).map(PhysicalId))
    }

    async fn observe(&self, cx: &Cx, id: &PhysicalId) -> Result<Observed<VpcLinkOutput>> {
        let seen =
            cx.cloud.apigateway.get_vpc_link().vpc_link_id(&id.0).send().await.or_fail("look at the VPC link")?;
        let output = VpcLinkOutput { id: id.0.clone() };
        let said = seen.status_message();
        Ok(match seen.status() {
            Some(VpcLinkStatus::Available) => Observed::Ready(output),
            Some(VpcLinkStatus::Failed) => Observed::Broken(said.unwrap_or("it failed").to_owned()),
            Some(VpcLinkStatus::Deleting) => Observed::pending("deleting"),
            status => {
                let why = said.or(status.map(|s| s.as_str())).unwrap_or("PENDING").to_owned();
                Observed::Pending { why, known: Some(output) }
            }
        })
    }

    async fn delete(&self, cx: &Cx, id: &PhysicalId) -> Result<Removal> {
        cx.cloud.apigateway.delete_vpc_link().vpc_link_id(&id.0).send().await.or_fail("delete the VPC link")?;
        Ok(Removal::Asked)
    }
}
