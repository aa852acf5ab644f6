//! Security groups: they let through what the wiring says and nothing else, and what is behind them is not public.
use super::{
    ec2::{filter, pairs},
    look::Look,
    network,
};
use crate::kinds::{
    ec2::{IngressRule, NoEgress, SecurityGroup, Source},
    ecs::Service,
};
use aws_sdk_ec2::types::IpPermission;
use std::collections::BTreeSet;
use vidpipe_engine::{Result, verify::Section::Access};

pub(super) async fn security_group(look: &Look<'_>, want: SecurityGroup) -> Result<()> {
    let call = look.aws.ec2.describe_security_groups().group_ids(&look.id.0);
    let seen = ask!(look, "DescribeSecurityGroups", call)?;
    let group = look.there(seen.security_groups().first())?;
    let has: BTreeSet<String> = group.ip_permissions().iter().flat_map(said).collect();
    let open: Vec<&String> = has.iter().filter(|rule| rule.ends_with("0.0.0.0/0") || rule.ends_with("::/0")).collect();
    let said = match open.first() {
        None => Ok(format!("{} rules, none for 0.0.0.0/0 or ::/0", has.len())),
        Some(rule) => Err(format!("it lets in {rule}")),
    };
    look.told(Access, "it lets nobody in from everywhere", said);
    let rules = look.all::<IngressRule>("ec2:ingress-rule")?;
    let wanted = rules.iter().filter(|(_, r)| r.group_id == look.id.0).map(|(_, r)| rule(r));
    look.are(Access, "it lets in what the wiring says, no more", "IpPermissions", has, wanted);
    look.tags(&want.name, pairs(group.tags()));
    interfaces(look).await
}

/// What is in the group stands in closed subnets, and has no public address; unless its service is wanted in open ones.
async fn interfaces(look: &Look<'_>) -> Result<()> {
    let open = network::open(look)?;
    let services = look.all::<Service>("ecs:service")?;
    let mine = services.iter().filter(|(_, s)| s.security_groups.contains(&look.id.0));
    if mine.flat_map(|(_, s)| &s.subnets).any(|id| open.contains(id)) {
        return Ok(());
    }
    let call = look.aws.ec2.describe_network_interfaces().filters(filter("group-id", &look.id.0));
    let seen = all!(look, "DescribeNetworkInterfaces", call)?;
    if seen.is_empty() {
        look.not_asked(Access, "its interfaces are not public", "EC2 shows no network interface in it");
        return Ok(());
    }
    let public = seen.iter().find_map(|i| i.association().and_then(|a| a.public_ip()));
    let addressed = match public {
        Some(address) => Err(format!("an interface in it has the public address {address}")),
        None => Ok(format!("{} interfaces without a public address", seen.len())),
    };
    look.told(Access, "its interfaces are not public", addressed);
    network::inside(look, "its interfaces are in closed subnets", seen.iter().filter_map(|i| i.subnet_id()))
}

/// Each source of a permission, with what it may reach.
fn said(permission: &IpPermission) -> Vec<String> {
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

/// The rules are all compared where their group is; here is only whether this one is there, and whose it is.
pub(super) async fn ingress_rule(look: &Look<'_>, want: IngressRule) -> Result<()> {
    look.settled(Access, "the rule is there", "DescribeSecurityGroups").await?;
    let call = look.aws.ec2.describe_security_group_rules().filters(filter("group-id", &want.group_id));
    let wanted = rule(&want);
    let seen = all!(look, "DescribeSecurityGroupRules", call)?;
    let mine = seen.iter().find(|r| {
        let from = r.referenced_group_info().and_then(|g| g.group_id()).or(r.cidr_ipv4()).unwrap_or_default();
        let port = r.from_port().unwrap_or_default();
        let ingress = r.is_egress() != Some(true);
        ingress && format!("{} {port} from {from}", r.ip_protocol().unwrap_or_default()) == wanted
    });
    look.tags(&look.node().0, pairs(look.there(mine)?.tags()));
    Ok(())
}

/// What the kind doubts of a group that was made a moment ago is certain of one that stands.
pub(super) async fn no_egress(look: &Look<'_>, want: NoEgress) -> Result<()> {
    let call = look.aws.ec2.describe_security_groups().group_ids(&want.group_id);
    let seen = ask!(look, "DescribeSecurityGroups", call)?;
    let group = look.there(seen.security_groups().first())?;
    let out: BTreeSet<String> = group.ip_permissions_egress().iter().flat_map(said).collect();
    look.are(Access, "it lets nothing out", "IpPermissionsEgress", out, [""; 0]);
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
        assert_eq!(said(&permission), ["tcp 5432 from sg-1", "tcp 5432 from 0.0.0.0/0", "tcp 5432 from ::/0"]);
        let all = IpPermission::builder().ip_protocol("-1").ip_ranges(IpRange::builder().cidr_ip("10.0.0.0/8").build());
        assert_eq!(said(&all.build()), ["-1 all from 10.0.0.0/8"]);
    }
}
