//! A security group that lets nothing out: the rule that lets everything out, which AWS gives every new group,
//! [revoked](https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RevokeSecurityGroupEgress.html).
use crate::{Aws, Cx, OrFail};
use aws_sdk_ec2::types::{IpPermission, IpRange};
use serde::{Deserialize, Serialize};
use vidpipe_engine::{Class, Identity, Observed, PhysicalId, Removal, Resource, Result};

/// What it is made from.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct NoEgress {
    /// The security group.
    pub group_id: String,
}

impl NoEgress {
    async fn is_set(&self, cx: &Cx) -> Result<bool> {
        Ok(cx.cloud.security_group(&self.group_id).await?.is_some_and(|g| g.ip_permissions_egress().is_empty()))
    }
}

/// The rule of every new group.
fn everything() -> IpPermission {
    IpPermission::builder().ip_protocol("-1").ip_ranges(IpRange::builder().cidr_ip("0.0.0.0/0").build()).build()
}

impl Resource for NoEgress {
    type Cloud = Aws;
    type Output = ();
    const KIND: &'static str = "ec2:no-egress";
    const IDENTITY: Identity = Identity::Setting;
    const TIMING: &'static str = "ec2_security_group_rule";

    async fn create(&self, cx: &Cx) -> Result<PhysicalId> {
        let call = cx.cloud.ec2.revoke_security_group_egress().group_id(&self.group_id).ip_permissions(everything());
        match call.send().await.or_fail("revoke the security group's egress") {
            // Revoked by an earlier call whose answer was lost.
            Err(e) if e.code.as_deref() == Some("InvalidPermission.NotFound") => {}
            other => drop(other?),
        }
        Ok(PhysicalId(self.group_id.clone()))
    }

    async fn find(&self, cx: &Cx) -> Result<Option<PhysicalId>> {
        Ok(self.is_set(cx).await?.then(|| PhysicalId(self.group_id.clone())))
    }

    async fn observe(&self, cx: &Cx, _id: &PhysicalId) -> Result<Observed<()>> {
        Ok(if self.is_set(cx).await? { Observed::Ready(()) } else { Observed::Absent })
    }

    async fn delete(&self, cx: &Cx, _id: &PhysicalId) -> Result<Removal> {
        let call = cx.cloud.ec2.authorize_security_group_egress().group_id(&self.group_id);
        match call.ip_permissions(everything()).send().await.or_fail("authorise the security group's egress") {
            Err(e) if e.class == Class::AlreadyExists => Ok(Removal::Asked),
            other => other.map(|_| Removal::Asked),
        }
    }
}
