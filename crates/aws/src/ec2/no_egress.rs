//! A security group without egress: the allow-all rule that AWS adds to every new group is
//! [revoked](https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RevokeSecurityGroupEgress.html).
//!
//! That rule may become visible seconds after the group, and revoking it before then fails as if it did not exist. So
//! the group counts as closed only once the rule was visible and then disappeared, or was not visible for a minute. A
//! single response without a rule proves nothing.
use crate::{
    Aws, Cx, OrFail,
    check::CheckCx,
    declare::AwsKind,
    ec2::{owner, verify},
    permissions::{Permission, allow},
};
use aws_sdk_ec2::types::{IpPermission, IpRange};
use serde::{Deserialize, Serialize};
use vidpipe_engine::{Class, Error, Identity, Observed, Owned, Owner, PhysicalId, Removal, Resource, Result};

/// The specification of the resource.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct NoEgress {
    /// The security group.
    pub group_id: String,
}

impl NoEgress {
    async fn read(&self, cx: &Cx) -> Result<Egress> {
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

/// The known state of a group's egress.
#[derive(Clone, Copy, PartialEq)]
enum Egress {
    /// The group does not exist or is not visible yet.
    NoGroup,
    /// The group has an egress rule.
    Open,
    /// The group is confirmed to have no egress rule.
    Closed,
    /// No rule is visible, but it may be too early to conclude that none exists.
    Unknown,
}

/// The message while it is unknown whether the group is closed.
const UNSEEN: &str = "the rule that every new group has does not show yet";

/// The default egress rule of a new group.
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
        match self.read(cx).await? {
            // An earlier call whose response was lost revoked the rule.
            Egress::Closed => return Ok(PhysicalId(self.group_id.clone())),
            Egress::Unknown | Egress::NoGroup => {
                return Err(Error::new(Class::Propagating, format!("revoke the security group's egress: {UNSEEN}")));
            }
            Egress::Open => {}
        }
        let call = cx.cloud.ec2.revoke_security_group_egress().group_id(&self.group_id).ip_permissions(everything());
        match call.send().await.or_fail("revoke the security group's egress") {
            // The rule was just visible. An earlier call may have revoked it; the next read confirms this.
            Err(e) if e.code.as_deref() == Some("InvalidPermission.NotFound") => {
                Err(Error { class: Class::Propagating, ..e })
            }
            other => other.map(|_| PhysicalId(self.group_id.clone())),
        }
    }

    async fn find(&self, cx: &Cx) -> Result<Option<PhysicalId>> {
        Ok((self.read(cx).await? == Egress::Closed).then(|| PhysicalId(self.group_id.clone())))
    }

    async fn owner(&self, cx: &Cx, _id: &PhysicalId) -> Result<Owned> {
        owner::security_group(cx, &self.group_id).await
    }

    async fn observe(&self, cx: &Cx, _id: &PhysicalId) -> Result<Observed<()>> {
        Ok(match self.read(cx).await? {
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

impl AwsKind for NoEgress {
    const PERMISSIONS: &'static [Permission] = &[
        allow(&["ec2:AuthorizeSecurityGroupEgress", "ec2:RevokeSecurityGroupEgress"]).ours(),
        allow(&["ec2:DescribeSecurityGroups"]),
        allow(&["ec2:DescribeSecurityGroupRules"]).to_verify(),
    ];

    async fn check(check: &CheckCx<'_>, want: Self) -> Result<()> {
        verify::firewall::no_egress(check, want).await
    }
}
