//! A security group that lets nothing out: the rule that lets everything out, which AWS gives every new group,
//! [revoked](https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RevokeSecurityGroupEgress.html).
//!
//! That rule may show seconds after the group, and revoking it before then is answered as if there were none. So the group
//! counts as closed only once the rule was seen and is gone, or was not seen for a minute: an answer without a rule alone says
//! nothing.
use crate::{Aws, Cx, OrFail, owner};
use aws_sdk_ec2::types::{IpPermission, IpRange};
use serde::{Deserialize, Serialize};
use vidpipe_engine::{Class, Error, Identity, Observed, Owned, Owner, PhysicalId, Removal, Resource, Result};

/// What it is made from.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct NoEgress {
    /// The security group.
    pub group_id: String,
}

impl NoEgress {
    async fn look(&self, cx: &Cx) -> Result<Egress> {
        let absences = &cx.cloud.absences;
        Ok(match cx.cloud.security_group(&self.group_id).await? {
            None => Egress::NoGroup,
            Some(group) if !group.ip_permissions_egress().is_empty() => {
                absences.seen(&self.group_id);
                Egress::Open
            }
            Some(_) if absences.missed(&self.group_id) => Egress::Closed,
            Some(_) => Egress::Unknown,
        })
    }
}

/// What is known of what a group lets out.
#[derive(Clone, Copy, PartialEq)]
enum Egress {
    /// There is no such group, or it does not show yet.
    NoGroup,
    /// It lets something out.
    Open,
    /// It lets nothing out, for certain.
    Closed,
    /// It shows no rule, which may be too early to say.
    Unknown,
}

/// Shown while it is not known whether the group is closed.
const UNSEEN: &str = "the rule that every new group has does not show yet";

/// The rule of every new group.
fn everything() -> IpPermission {
    IpPermission::builder().ip_protocol("-1").ip_ranges(IpRange::builder().cidr_ip("0.0.0.0/0").build()).build()
}

impl Resource for NoEgress {
    type Cloud = Aws;
    type Output = ();
    const KIND: &'static str = "ec2:no-egress";
    const IDENTITY: Identity = Identity::Setting;
    const OWNER: Owner = Owner::Of("ec2:security-group");
    const TIMING: &'static str = "ec2_security_group_rule";

    async fn create(&self, cx: &Cx) -> Result<PhysicalId> {
        match self.look(cx).await? {
            // Revoked by an earlier call whose answer was lost.
            Egress::Closed => return Ok(PhysicalId(self.group_id.clone())),
            Egress::Unknown | Egress::NoGroup => {
                return Err(Error::new(Class::Propagating, format!("revoke the security group's egress: {UNSEEN}")));
            }
            Egress::Open => {}
        }
        let call = cx.cloud.ec2.revoke_security_group_egress().group_id(&self.group_id).ip_permissions(everything());
        match call.send().await.or_fail("revoke the security group's egress") {
            // It was shown a moment ago: an earlier call may have revoked it, which the next look tells.
            Err(e) if e.code.as_deref() == Some("InvalidPermission.NotFound") => {
                Err(Error { class: Class::Propagating, ..e })
            }
            other => other.map(|_| PhysicalId(self.group_id.clone())),
        }
    }

    async fn find(&self, cx: &Cx) -> Result<Option<PhysicalId>> {
        Ok((self.look(cx).await? == Egress::Closed).then(|| PhysicalId(self.group_id.clone())))
    }

    async fn owner(&self, cx: &Cx, _id: &PhysicalId) -> Result<Owned> {
        owner::ec2::security_group(cx, &self.group_id).await
    }

    async fn observe(&self, cx: &Cx, _id: &PhysicalId) -> Result<Observed<()>> {
        Ok(match self.look(cx).await? {
            Egress::Open | Egress::NoGroup => Observed::Absent,
            Egress::Closed => Observed::Ready(()),
            Egress::Unknown => Observed::pending(UNSEEN),
        })
    }

    async fn delete(&self, cx: &Cx, _id: &PhysicalId) -> Result<Removal> {
        let call = cx.cloud.ec2.authorize_security_group_egress().group_id(&self.group_id);
        match call.ip_permissions(everything()).send().await.or_fail("authorise the security group's egress") {
            Err(e) if e.class == Class::AlreadyExists => Ok(Removal::Asked),
            other => other.map(|_| Removal::Asked),
        }
    }
}
