//! A [VPC link](https://docs.aws.amazon.com/apigateway/latest/api/API_CreateVpcLink.html), which connects a REST API to
//! a network load balancer in the VPC. Creating it takes minutes. It cannot be deleted while a route of an API uses it.
use crate::{
    Aws, Cx, OrFail,
    apigateway::{PAGE, REST, of_intent, owner, tags, verify},
    check::CheckCx,
    declare::AwsKind,
    ids,
    permissions::{Permission, allow},
};
use aws_sdk_apigateway::types::VpcLinkStatus;
use serde::{Deserialize, Serialize};
use vidpipe_engine::{Drawn, Identity, Observed, Owned, Owner, PhysicalId, Removal, Resource, Result};

/// The specification of the resource.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct VpcLink {
    /// Its name, which need not be unique.
    pub name: String,
    /// The network load balancer it connects to.
    pub target_arn: String,
}

/// The outputs other nodes may use.
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
    const OWNER: Owner = Owner::Tags;
    const DRAWN: Drawn = Drawn::Box;
    const TIMING: &'static str = "apigw_vpc_link";

    async fn create(&self, cx: &Cx) -> Result<PhysicalId> {
        let call = cx.cloud.apigateway.create_vpc_link().name(&self.name).target_arns(&self.target_arn);
        let made = call.set_tags(tags(cx, &self.name)).send().await.or_fail("create the VPC link")?;
        ids::id(made.id, "VPC link")
    }

    async fn find(&self, cx: &Cx) -> Result<Option<PhysicalId>> {
        let pages = items!(cx.cloud.apigateway.get_vpc_links().limit(PAGE));
        let links = pages.all().await.or_fail("find the VPC link")?;
        let ours = links.into_iter().find(|l| of_intent(cx, l.tags()));
        Ok(ours.and_then(|l| l.id).map(PhysicalId))
    }

    async fn owner(&self, cx: &Cx, id: &PhysicalId) -> Result<Owned> {
        owner::vpc_link(cx, &id.0).await
    }

    async fn observe(&self, cx: &Cx, id: &PhysicalId) -> Result<Observed<VpcLinkOutput>> {
        let seen = cx.cloud.apigateway.get_vpc_link().vpc_link_id(&id.0).send().await.or_fail("read the VPC link")?;
        let output = VpcLinkOutput { id: id.0.clone() };
        let message = seen.status_message();
        Ok(match seen.status() {
            Some(VpcLinkStatus::Available) => Observed::Ready(output),
            Some(VpcLinkStatus::Failed) => Observed::Broken(message.unwrap_or("it failed").to_owned()),
            Some(VpcLinkStatus::Deleting) => Observed::pending("deleting"),
            status => {
                let why = message.or(status.map(|s| s.as_str())).unwrap_or("PENDING").to_owned();
                Observed::Pending { why, known: Some(output) }
            }
        })
    }

    async fn delete(&self, cx: &Cx, id: &PhysicalId) -> Result<Removal> {
        cx.cloud.apigateway.delete_vpc_link().vpc_link_id(&id.0).send().await.or_fail("delete the VPC link")?;
        Ok(Removal::Asked)
    }
}

impl AwsKind for VpcLink {
    const PERMISSIONS: &'static [Permission] = &[
        REST,
        allow(&[
            "ec2:CreateVpcEndpointServiceConfiguration",
            "ec2:DeleteVpcEndpointServiceConfigurations",
            "ec2:DescribeVpcEndpointServiceConfigurations",
            "ec2:ModifyVpcEndpointServicePermissions",
        ])
        .on_behalf(),
    ];

    async fn check(check: &CheckCx<'_>, want: Self) -> Result<()> {
        verify::vpc_link(check, want).await
    }
}
