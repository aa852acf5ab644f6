//! A [security group](https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html) without its
//! rules, which are separate nodes. It cannot be deleted while a rule or a network interface refers to it.
use crate::{
    Aws, Cx, OrFail,
    check::CheckCx,
    declare::AwsKind,
    ec2::{TAGS, endpoints, interfaces, owner, verify},
    ids,
    permissions::{Permission, allow},
    tags,
};
use aws_sdk_ec2::types::{ResourceType, VpcEndpoint};
use serde::{Deserialize, Serialize};
use vidpipe_engine::{Holder, Identity, Observed, Owned, Owner, PhysicalId, Removal, Resource, Result};

/// The specification of the resource.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct SecurityGroup {
    /// Its name, unique in the VPC regardless of case, and its `Name` tag.
    pub name: String,
    /// The description; at most 255 letters, digits, spaces and `._-:/()#,@[]+=&;{}!$*`.
    pub description: String,
    /// The VPC it is part of.
    pub vpc_id: String,
}

/// The outputs other nodes may use.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SecurityGroupOutput {
    /// `sg-...`
    pub id: String,
}

impl Resource for SecurityGroup {
    type Cloud = Aws;
    type Output = SecurityGroupOutput;
    const KIND: &'static str = "ec2:security-group";
    const IDENTITY: Identity = Identity::Tagged;
    const OWNER: Owner = Owner::Tags;
    const TIMING: &'static str = "ec2_security_group";

    async fn create(&self, cx: &Cx) -> Result<PhysicalId> {
        let call = cx.cloud.ec2.create_security_group().group_name(&self.name).description(&self.description);
        let call = call.vpc_id(&self.vpc_id);
        let call = call.tag_specifications(tags::ec2(cx, &self.name, ResourceType::SecurityGroup));
        let made = call.send().await.or_fail("create the security group")?;
        ids::id(made.group_id, "security group")
    }

    async fn find(&self, cx: &Cx) -> Result<Option<PhysicalId>> {
        let call = cx.cloud.ec2.describe_security_groups().filters(tags::ec2_intent(cx));
        let found = call.send().await.or_fail("find the security group")?;
        Ok(found.security_groups().first().and_then(|g| g.group_id.clone()).map(PhysicalId))
    }

    async fn owner(&self, cx: &Cx, id: &PhysicalId) -> Result<Owned> {
        owner::security_group(cx, &id.0).await
    }

    async fn observe(&self, cx: &Cx, id: &PhysicalId) -> Result<Observed<SecurityGroupOutput>> {
        Ok(match cx.cloud.security_group(&id.0).await? {
            None => Observed::Absent,
            Some(_) => Observed::Ready(SecurityGroupOutput { id: id.0.clone() }),
        })
    }

    async fn delete(&self, cx: &Cx, id: &PhysicalId) -> Result<Removal> {
        let rules = cx.cloud.security_group(&id.0).await?.and_then(|g| g.ip_permissions).unwrap_or_default();
        if !rules.is_empty() {
            let call = cx.cloud.ec2.revoke_security_group_ingress().group_id(&id.0).set_ip_permissions(Some(rules));
            return match call.send().await.or_fail("revoke the security group's rules") {
                // The rules were already revoked and the read was stale. The group itself may still exist.
                Err(e) if e.code.as_deref() == Some("InvalidPermission.NotFound") => Ok(Removal::Partly),
                other => other.map(|_| Removal::Partly),
            };
        }
        cx.cloud.ec2.delete_security_group().group_id(&id.0).send().await.or_fail("delete the security group")?;
        Ok(Removal::Asked)
    }

    async fn holders(&self, cx: &Cx, id: &PhysicalId) -> Result<Vec<Holder>> {
        let mut all = interfaces::holders(cx, "group-id", &id.0).await?;
        let within = |e: &VpcEndpoint| e.groups().iter().any(|g| g.group_id() == Some(&id.0));
        all.extend(endpoints::holders(cx, &self.vpc_id, within).await?);
        all.extend(endpoints::referring(cx, &id.0).await?);
        Ok(all)
    }
}

impl AwsKind for SecurityGroup {
    const PERMISSIONS: &'static [Permission] = &[
        allow(&["ec2:CreateSecurityGroup"]).on(&["arn:aws:ec2:*:*:security-group/*"]).tagged(),
        allow(&["ec2:CreateSecurityGroup"]).on(&["arn:aws:ec2:*:*:vpc/*"]).ours(),
        allow(&["ec2:DeleteSecurityGroup"]).ours(),
        allow(&["ec2:DescribeSecurityGroups"]),
        TAGS,
        allow(&["ec2:DescribeNetworkInterfaces", "ec2:DescribeVpcEndpoints"]).to_repair(),
        allow(&["ec2:DescribeNetworkInterfaces", "ec2:DescribeSecurityGroupRules"]).to_verify(),
    ];

    async fn check(check: &CheckCx<'_>, want: Self) -> Result<()> {
        verify::firewall::security_group(check, want).await
    }
}
