//! Ownership of a resource: determined by its tags, never by its name, id or ARN.

/// How the owner of a resource of a kind is determined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// By its own tags.
    Tags,
    /// By the tags of the resource, of that kind, that it is a part or a setting of.
    Of(&'static str),
    /// It belongs to the account, not to an environment.
    Account,
}

/// The owner of a resource, as last read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Owned {
    /// It does not exist, or the resource it is a part of does not.
    Absent,
    /// It has our lineage tag.
    Ours,
    /// It has the given other lineage tag: our resource is deleted.
    Theirs(String),
    /// It has no lineage tag. It may belong to another user who does not use vidpipe, or be ours without its tags: the
    /// owner cannot be determined.
    Unmarked,
}
