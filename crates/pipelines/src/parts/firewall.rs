//! Security groups, and the rules between them.
use super::{Parts, network::Network};
use vidpipe_aws::{
    Aws,
    kinds::ec2::{IngressRule, NoEgress, SecurityGroup, Source},
};
use vidpipe_engine::{Graph, Handle};

/// A service's security group, and the ingress rules for its traffic: to the data stores, and from its callers.
pub(crate) struct Open {
    pub(crate) group: Handle<SecurityGroup>,
    pub(crate) rules: Vec<Handle<IngressRule>>,
}

/// The default port of PostgreSQL.
pub(crate) const POSTGRES: u16 = 5432;

/// A security group that allows all egress and no ingress. `name` is its name without the suffix.
pub(crate) fn group<D>(
    g: &mut Graph<Aws>,
    p: &Parts<'_, D>,
    net: &Network,
    node: &str,
    name: &str,
    description: &'static str,
) -> Handle<SecurityGroup> {
    let name = p.names.of(name);
    g.add(node, &net.vpc, move |vpc| SecurityGroup {
        name: name.clone(),
        description: description.into(),
        vpc_id: vpc.id,
    })
}

/// Denies the group all egress. `store` is the prefix of the node's name.
pub(crate) fn close(g: &mut Graph<Aws>, store: &str, group: &Handle<SecurityGroup>) {
    g.add(&format!("{store}-no-egress"), group, |group| NoEgress { group_id: group.id });
}

/// Allows ingress from one group to another on the port.
pub(crate) fn let_in(
    g: &mut Graph<Aws>,
    to: &Handle<SecurityGroup>,
    from: &Handle<SecurityGroup>,
    port: u16,
    description: &str,
) -> Handle<IngressRule> {
    let whose = |group: &Handle<SecurityGroup>| group.name().0.trim_end_matches("-security-group").to_owned();
    let (node, description) = (format!("{}-ingress-from-{}", whose(to), whose(from)), description.to_owned());
    // The rule depends on both groups: a group that a rule references cannot be deleted.
    g.add(&node, (to, from), move |(to, from)| IngressRule {
        group_id: to.id,
        protocol: "tcp".into(),
        port,
        source: Source::Group(from.id),
        description: description.clone(),
    })
}
