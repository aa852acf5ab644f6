//! Security groups: they allow exactly the specified traffic, and the interfaces in them are not public.
use crate::{
    check::CheckCx,
    ec2::{
        IngressRule, NoEgress, SecurityGroup, Source,
        verify::{filter, network, pairs},
    },
    ecs::Service,
};
use aws_sdk_ec2::types::IpPermission;
use std::collections::BTreeSet;
use vidpipe_engine::{Result, verify::Section::Access};

pub(crate) async fn security_group(check: &CheckCx<'_>, want: SecurityGroup) -> Result<()> {
    let call = check.aws.ec2.describe_security_groups().group_ids(&check.id.0);
    let seen = ask!(check, "DescribeSecurityGroups", call)?;
    let group = check.there(seen.security_groups().first())?;
    let has: BTreeSet<String> = group.ip_permissions().iter().flat_map(sources).collect();
    let open: Vec<&String> = has.iter().filter(|rule| rule.ends_with("0.0.0.0/0") || rule.ends_with("::/0")).collect();
    let sources = match open.first() {
        None => Ok(format!("{} rules, none for 0.0.0.0/0 or ::/0", has.len())),
        Some(rule) => Err(format!("it lets in {rule}")),
    };
    check.add_result(Access, "no rule is open to the whole internet", sources);
    let rules = check.all::<IngressRule>("ec2:ingress-rule")?;
    let wanted = rules.iter().filter(|(_, r)| r.group_id == check.id.0).map(|(_, r)| rule(r));
    check.are(Access, "it lets in what the wiring says, no more", "IpPermissions", has, wanted);
    check.tags(&want.name, pairs(group.tags()));
    interfaces(check).await
}

/// Checks that the group's interfaces are in private or isolated subnets and have no public address, unless a service
/// in it is specified for public subnets.
async fn interfaces(check: &CheckCx<'_>) -> Result<()> {
    let open = network::open(check)?;
    let services = check.all::<Service>("ecs:service")?;
    let mine = services.iter().filter(|(_, s)| s.security_groups.contains(&check.id.0));
    if mine.flat_map(|(_, s)| &s.subnets).any(|id| open.contains(id)) {
        return Ok(());
    }
    let call = check.aws.ec2.describe_network_interfaces().filters(filter("group-id", &check.id.0));
    let seen = all!(check, "DescribeNetworkInterfaces", call)?;
    if seen.is_empty() {
        check.not_asked(Access, "its interfaces are not public", "EC2 shows no network interface in it");
        return Ok(());
    }
    let public = seen.iter().find_map(|i| i.association().and_then(|a| a.public_ip()));
    let addressed = match public {
        Some(address) => Err(format!("an interface in it has the public address {address}")),
        None => Ok(format!("{} interfaces without a public address", seen.len())),
    };
    check.add_result(Access, "its interfaces are not public", addressed);
    network::inside(check, "its interfaces are in closed subnets", seen.iter().filter_map(|i| i.subnet_id()))
}

/// The sources of a permission, each with protocol and ports.
fn sources(permission: &IpPermission) -> Vec<String> {
    let protocol = permission.ip_protocol().unwrap_or("-1");
    let ports = match (permission.from_port(), permission.to_port()) {
        (Some(from), Some(to)) if from == to => from.to_string(),
        (Some(from), Some(to)) => format!("{from}-{to}"),
        _ => "all".into(),
    };
    let groups = permission.user_id_group_pairs().iter().filter_map(|g| g.group_id());
    let v4 = permission.ip_ranges().iter().filter_map(|r| r.cidr_ip());
    let v6 = permission.ipv6_ranges().iter().filter_map(|r| r.cidr_ipv6());
    let lists = permission.prefix_list_ids().iter().filter_map(|l| l.prefix_list_id());
    groups.chain(v4).chain(v6).chain(lists).map(|from| format!("{protocol} {ports} from {from}")).collect()
}

fn rule(wanted: &IngressRule) -> String {
    let (Source::Group(from) | Source::Cidr(from)) = &wanted.source;
    format!("{} {} from {from}", wanted.protocol, wanted.port)
}

/// The group's own check compares all its rules. This one checks that the rule exists, and its tags.
pub(crate) async fn ingress_rule(check: &CheckCx<'_>, want: IngressRule) -> Result<()> {
    check.settled(Access, "the rule exists", "DescribeSecurityGroups").await?;
    let call = check.aws.ec2.describe_security_group_rules().filters(filter("group-id", &want.group_id));
    let wanted = rule(&want);
    let seen = all!(check, "DescribeSecurityGroupRules", call)?;
    let mine = seen.iter().find(|r| {
        let from = r.referenced_group_info().and_then(|g| g.group_id()).or(r.cidr_ipv4()).unwrap_or_default();
        let port = r.from_port().unwrap_or_default();
        let ingress = r.is_egress() != Some(true);
        ingress && format!("{} {port} from {from}", r.ip_protocol().unwrap_or_default()) == wanted
    });
    check.tags(&check.node().0, pairs(check.there(mine)?.tags()));
    Ok(())
}

/// The kind does not trust an absence in a new group; in an established group it is certain.
pub(crate) async fn no_egress(check: &CheckCx<'_>, want: NoEgress) -> Result<()> {
    let call = check.aws.ec2.describe_security_groups().group_ids(&want.group_id);
    let seen = ask!(check, "DescribeSecurityGroups", call)?;
    let group = check.there(seen.security_groups().first())?;
    let out: BTreeSet<String> = group.ip_permissions_egress().iter().flat_map(sources).collect();
    check.are(Access, "it lets nothing out", "IpPermissionsEgress", out, [""; 0]);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_sdk_ec2::types::{IpRange, Ipv6Range, UserIdGroupPair};

    #[test]
    fn every_source_of_a_permission_is_said() {
        let permission = IpPermission::builder()
            .ip_protocol("tcp")
            .from_port(5432)
            .to_port(5432)
            .user_id_group_pairs(UserIdGroupPair::builder().group_id("sg-1").build())
            .ip_ranges(IpRange::builder().cidr_ip("0.0.0.0/0").build())
            .ipv6_ranges(Ipv6Range::builder().cidr_ipv6("::/0").build())
            .build();
        assert_eq!(sources(&permission), ["tcp 5432 from sg-1", "tcp 5432 from 0.0.0.0/0", "tcp 5432 from ::/0"]);
        let all = IpPermission::builder().ip_protocol("-1").ip_ranges(IpRange::builder().cidr_ip("10.0.0.0/8").build());
        assert_eq!(sources(&all.build()), ["-1 all from 10.0.0.0/8"]);
    }
}
