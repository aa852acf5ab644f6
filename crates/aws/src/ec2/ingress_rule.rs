//! A security group's
//! [ingress rule](https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AuthorizeSecurityGroupIngress.html) for
//! one port. It is identified by group, protocol, port and source. While it names a source group, that group cannot be
//! deleted.
use crate::{
    Aws, Cx, OrFail,
    check::CheckCx,
    declare::AwsKind,
    ec2::{TAGS, owner, verify},
    permissions::{Permission, allow},
    tags,
};
use aws_sdk_ec2::types::{IpPermission, IpRange, ResourceType, UserIdGroupPair};
use serde::{Deserialize, Serialize};
use vidpipe_engine::{Change, Identity, Observed, Owned, Owner, PhysicalId, Removal, Resource, Result};

/// The source of the allowed traffic.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// The members of this security group, `sg-...`; it may be the rule's own group.
    Group(String),
    /// A range of addresses, such as `10.0.0.0/16`.
    Cidr(String),
}

/// The specification of the resource.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct IngressRule {
    /// The security group it is part of.
    pub group_id: String,
    /// `tcp` or `udp`.
    pub protocol: String,
    /// The port it opens.
    pub port: u16,
    /// The source of the allowed traffic.
    pub source: Source,
    /// The description, in the characters allowed for a security group's description.
    pub description: String,
}

impl IngressRule {
    fn physical(&self) -> PhysicalId {
        let (Source::Group(from) | Source::Cidr(from)) = &self.source;
        PhysicalId(format!("{}/{}/{}/{from}", self.group_id, self.protocol, self.port))
    }

    fn permission(&self) -> IpPermission {
        let port = i32::from(self.port);
        let rule = IpPermission::builder().ip_protocol(&self.protocol).from_port(port).to_port(port);
        let description = &self.description;
        match &self.source {
            Source::Group(id) => {
                rule.user_id_group_pairs(UserIdGroupPair::builder().group_id(id).description(description).build())
            }
            Source::Cidr(cidr) => rule.ip_ranges(IpRange::builder().cidr_ip(cidr).description(description).build()),
        }
        .build()
    }

    /// The rule's description, if the rule exists. AWS returns one permission for each protocol and port, with all its
    /// sources.
    fn among<'a>(&self, permissions: &'a [IpPermission]) -> Option<Option<&'a str>> {
        let port = Some(i32::from(self.port));
        let of_port =
            |p: &&IpPermission| p.ip_protocol() == Some(&self.protocol) && p.from_port() == port && p.to_port() == port;
        permissions.iter().filter(of_port).find_map(|p| match &self.source {
            Source::Group(id) => {
                p.user_id_group_pairs().iter().find(|g| g.group_id() == Some(id)).map(UserIdGroupPair::description)
            }
            Source::Cidr(cidr) => p.ip_ranges().iter().find(|r| r.cidr_ip() == Some(cidr)).map(IpRange::description),
        })
    }

    async fn is_there(&self, cx: &Cx) -> Result<bool> {
        let group = cx.cloud.security_group(&self.group_id).await?;
        Ok(group.is_some_and(|g| self.among(g.ip_permissions()).is_some()))
    }
}

impl Resource for IngressRule {
    type Cloud = Aws;
    type Output = ();
    const KIND: &'static str = "ec2:ingress-rule";
    const IDENTITY: Identity = Identity::Named;
    const OWNER: Owner = Owner::Of("ec2:security-group");
    const UPDATES: bool = true;
    const TIMING: &'static str = "ec2_security_group_rule";

    async fn create(&self, cx: &Cx) -> Result<PhysicalId> {
        let call = cx.cloud.ec2.authorize_security_group_ingress().group_id(&self.group_id);
        let call = call.ip_permissions(self.permission());
        let call = call.tag_specifications(tags::ec2(cx, &cx.node.0, ResourceType::SecurityGroupRule));
        call.send().await.or_fail("authorise the ingress")?;
        Ok(self.physical())
    }

    async fn find(&self, cx: &Cx) -> Result<Option<PhysicalId>> {
        Ok(self.is_there(cx).await?.then(|| self.physical()))
    }

    async fn owner(&self, cx: &Cx, _id: &PhysicalId) -> Result<Owned> {
        owner::security_group(cx, &self.group_id).await
    }

    async fn observe(&self, cx: &Cx, _id: &PhysicalId) -> Result<Observed<()>> {
        let Some(group) = cx.cloud.security_group(&self.group_id).await? else { return Ok(Observed::Absent) };
        Ok(match self.among(group.ip_permissions()) {
            None => Observed::Absent,
            Some(found) if found.is_none_or(|text| text == self.description) => Observed::Ready(()),
            Some(_) => Observed::differs("it has another description", None),
        })
    }

    async fn update(&self, cx: &Cx, _id: &PhysicalId) -> Result<()> {
        let call = cx.cloud.ec2.update_security_group_rule_descriptions_ingress().group_id(&self.group_id);
        call.ip_permissions(self.permission()).send().await.or_fail("describe the ingress rule").map(drop)
    }

    async fn delete(&self, cx: &Cx, _id: &PhysicalId) -> Result<Removal> {
        let call = cx.cloud.ec2.revoke_security_group_ingress().group_id(&self.group_id);
        call.ip_permissions(self.permission()).send().await.or_fail("revoke the ingress")?;
        Ok(Removal::Asked)
    }

    fn change(&self, old: &Self) -> Change {
        match (self == old, self.physical() == old.physical()) {
            (true, _) => Change::None,
            (false, true) => Change::Update,
            (false, false) => Change::Replace,
        }
    }
}

impl AwsKind for IngressRule {
    const PERMISSIONS: &'static [Permission] = &[
        allow(&[
            "ec2:AuthorizeSecurityGroupIngress",
            "ec2:RevokeSecurityGroupIngress",
            "ec2:UpdateSecurityGroupRuleDescriptionsIngress",
        ])
        .ours(),
        // The rule is tagged when it is made, and has no tag before.
        allow(&["ec2:AuthorizeSecurityGroupIngress"]).on(&["arn:aws:ec2:*:*:security-group-rule/*"]).tagged(),
        allow(&["ec2:DescribeSecurityGroups"]),
        TAGS,
        allow(&["ec2:DescribeSecurityGroupRules"]).to_verify(),
    ];

    async fn check(check: &CheckCx<'_>, want: Self) -> Result<()> {
        verify::firewall::ingress_rule(check, want).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(port: u16, source: Source) -> IngressRule {
        IngressRule { group_id: "sg-1".into(), protocol: "tcp".into(), port, source, description: "for a test".into() }
    }

    #[test]
    fn a_rule_is_found_among_the_sources_of_its_port_only() {
        let ours = rule(5432, Source::Group("sg-2".into()));
        let mut shown = ours.permission();
        let another = UserIdGroupPair::builder().group_id("sg-3").build();
        shown.user_id_group_pairs.get_or_insert_default().insert(0, another);
        let shown = [shown];
        assert_eq!(ours.among(&shown), Some(Some("for a test")));
        assert_eq!(rule(5433, Source::Group("sg-2".into())).among(&shown), None);
        assert_eq!(rule(5432, Source::Group("sg-4".into())).among(&shown), None);
        assert_eq!(rule(5432, Source::Cidr("10.0.0.0/16".into())).among(&shown), None);
    }
}
