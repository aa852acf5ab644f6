//! Security groups, and the rules between them.
use super::{Parts, network::Network};
use vidpipe_aws::{
    Aws,
    kinds::ec2::{IngressRule, NoEgress, SecurityGroup, Source},
};
use vidpipe_engine::{Graph, Handle};

/// A service's group, and the rules its traffic passes: to the data stores, and from whoever calls it.
pub(crate) struct Open {
    pub(crate) group: Handle<SecurityGroup>,
    pub(crate) rules: Vec<Handle<IngressRule>>,
}

/// The port of PostgreSQL.
pub(crate) const POSTGRES: u16 = 5432;

/// A group that lets everything out and nothing in. `name` is its name without the suffix.
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

/// Nothing goes out of that group. `store` is the node's name without what is added to it.
pub(crate) fn close(g: &mut Graph<Aws>, store: &str, group: &Handle<SecurityGroup>) {
    g.add(&format!("{store}-no-egress"), group, |group| NoEgress { group_id: group.id });
}

/// What is in one group may call what is in another.
pub(crate) fn let_in(
    g: &mut Graph<Aws>,
    to: &Handle<SecurityGroup>,
    from: &Handle<SecurityGroup>,
    port: u16,
    description: &str,
) -> Handle<IngressRule> {
    let (node, description) = (format!("{}-from-{}", to.name(), from.name()), description.to_owned());
    // Both groups are held: a group that a rule names cannot be deleted.
    g.add(&node, (to, from), move |(to, from)| IngressRule {
        group_id: to.id,
        protocol: "tcp".into(),
        port,
        source: Source::Group(from.id),
        description: description.clone(),
    })
}
