//! The tags of every resource, set by the call that creates it, which identify our own resources.
use crate::Cx;
use aws_sdk_ec2::types::{Filter, ResourceType, Tag, TagSpecification};
use aws_smithy_types::error::operation::BuildError;
use vidpipe_engine::{Class, Error, Owned, Result, Whose};

/// The prefix of all our own tags.
pub const PREFIX: &str = "vidpipe:";
pub(crate) const LINEAGE: &str = "vidpipe:lineage";
pub(crate) const NODE: &str = "vidpipe:node";
pub(crate) const INTENT: &str = "vidpipe:intent";

/// The tags of the node's resource, sorted by key. `name` becomes its `Name`, which the consoles show.
pub(crate) fn of(cx: &Cx, name: &str) -> Vec<(String, String)> {
    let own = [
        ("Name", name),
        (INTENT, &cx.token.0),
        (LINEAGE, &cx.env.lineage),
        (NODE, &cx.node.0),
        ("vidpipe:pipeline", &cx.env.pipeline),
        ("vidpipe:suffix", &cx.env.suffix),
    ];
    let own = own.into_iter().map(|(k, v)| (k.to_owned(), v.to_owned()));
    let extra = cx.cloud.extra_tags.iter().map(|(k, v)| (k.clone(), v.clone()));
    let mut all: Vec<_> = extra.chain(own).collect();
    all.sort();
    all
}

/// The node's tags in a service's own type: `tags::typed(cx, name, |k, v| Tag::builder().key(k).value(v).build())`.
pub(crate) fn typed<T>(cx: &Cx, name: &str, tag: impl Fn(String, String) -> T) -> Vec<T> {
    of(cx, name).into_iter().map(|(k, v)| tag(k, v)).collect()
}

/// The node's tags in a service's own type, for services whose tags are checked while they are built.
pub(crate) fn checked<T>(
    cx: &Cx,
    name: &str,
    tag: impl Fn(String, String) -> std::result::Result<T, BuildError>,
) -> Result<Vec<T>> {
    let tags = of(cx, name).into_iter().map(|(k, v)| tag(k, v)).collect::<std::result::Result<_, _>>();
    tags.map_err(|e| Error::new(Class::Invalid, format!("write the tags of {name}")).caused_by(e))
}

/// Returns whether these are the tags of this node of this environment.
pub(crate) fn are_ours<'a>(cx: &Cx, tags: impl IntoIterator<Item = (&'a str, &'a str)>) -> bool {
    let (mut lineage, mut node) = (false, false);
    for (key, value) in tags {
        lineage |= key == LINEAGE && value == cx.env.lineage;
        node |= key == NODE && value == cx.node.0;
    }
    lineage && node
}

/// The owner: the lineage in these tags.
pub(crate) fn lineage<'a>(tags: impl IntoIterator<Item = (&'a str, &'a str)>) -> Option<&'a str> {
    tags.into_iter().find(|(key, _)| *key == LINEAGE).map(|(_, lineage)| lineage)
}

/// The owner of a resource with these tags.
pub(crate) fn owned<'a>(cx: &Cx, tags: impl IntoIterator<Item = (&'a str, &'a str)>) -> Owned {
    match lineage(tags) {
        Some(lineage) if lineage == cx.env.lineage => Owned::Ours,
        Some(other) => Owned::Theirs(other.into()),
        None => Owned::Unmarked,
    }
}

/// The owner of an EC2 resource with these tags: this environment or another.
pub(crate) fn ec2_whose(cx: &Cx, tags: &[Tag]) -> Whose {
    let ours = lineage(tags.iter().filter_map(|t| t.key().zip(t.value()))) == Some(&cx.env.lineage);
    if ours { Whose::Ours } else { Whose::Theirs }
}

/// Returns whether these are the tags of a resource that this intent created.
pub(crate) fn are_of_intent<'a>(cx: &Cx, tags: impl IntoIterator<Item = (&'a str, &'a str)>) -> bool {
    tags.into_iter().any(|(key, value)| key == INTENT && value == cx.token.0)
}

/// The error for an existing resource with our name but not our tags, for create calls that would change it.
pub(crate) fn taken(what: &str, name: &str) -> Error {
    Error::new(Class::AlreadyExists, format!("create the {what}: {name} exists already")).code("AlreadyExists")
}

/// The node's tags for an EC2 create call.
pub(crate) fn ec2(cx: &Cx, name: &str, of: ResourceType) -> TagSpecification {
    let tags = typed(cx, name, |k, v| Tag::builder().key(k).value(v).build());
    TagSpecification::builder().resource_type(of).set_tags(Some(tags)).build()
}

/// The EC2 filter for resources that this intent created.
pub(crate) fn ec2_intent(cx: &Cx) -> Filter {
    Filter::builder().name(format!("tag:{INTENT}")).values(&cx.token.0).build()
}

/// The EC2 filter for resources of this lineage.
pub(crate) fn ec2_lineage(lineage: &str) -> Filter {
    Filter::builder().name(format!("tag:{LINEAGE}")).values(lineage).build()
}
