//! Whose a thing is: a name, an id or an ARN does not say so, what it carries does.

/// How the owner of things of a kind is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// By the tags that it carries itself.
    Tags,
    /// By those of what it is a part or a setting of, a thing of that kind.
    Of(&'static str),
    /// It is the account's, and of no environment.
    Account,
}

/// Whose one thing is, as of a look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Owned {
    /// It is not there, or what it is a part of is not.
    Absent,
    /// It carries our lineage.
    Ours,
    /// It carries that other lineage: whatever ours was, it is gone.
    Theirs(String),
    /// It carries none. It may be somebody else's who does not use vidpipe, or ours without its tags: nobody can say.
    Unmarked,
}
