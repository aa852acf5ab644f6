//! The resources that block a deletion, for when the provider does not name them.
use std::fmt;

/// The owner of a blocking resource, which determines how it is handled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// It belongs to this environment: its removal is a task in the plan.
    Ours,
    /// It is being deleted, or ends by itself.
    Going,
    /// A service placed it in a resource of ours, and leaves it there: its deletion is requested with that resource.
    Guest,
    /// It belongs to another owner: it is reported, and never touched.
    Theirs,
}

/// A resource that blocks a deletion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// The type of the resource in plain words, such as `VPC endpoint`.
    pub what: String,
    /// The provider's identifier of the resource.
    pub id: String,
    /// Further details: the service it connects to, or the resource it belongs to; may be empty.
    pub about: String,
    /// The owner.
    pub whose: Whose,
}

impl Holder {
    /// A holder with that type and id.
    pub fn new(what: &str, id: &str, whose: Whose) -> Self {
        Self { what: what.into(), id: id.into(), about: String::new(), whose }
    }

    /// The same holder with further details.
    pub fn about(self, about: impl Into<String>) -> Self {
        Self { about: about.into(), ..self }
    }
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.what, self.id)?;
        let going = if self.whose == Whose::Going { "going" } else { "" };
        let details: Vec<&str> = [self.about.as_str(), going].into_iter().filter(|s| !s.is_empty()).collect();
        if details.is_empty() { Ok(()) } else { write!(f, " ({})", details.join(", ")) }
    }
}

/// The maximum number of holders listed in a message.
const NAMED: usize = 4;

/// All holders in one text; those of other owners come first.
pub(crate) fn list<'a>(holders: impl IntoIterator<Item = &'a Holder>) -> String {
    let mut all: Vec<&Holder> = holders.into_iter().collect();
    all.sort_by_key(|holder| holder.whose != Whose::Theirs);
    let mut named: Vec<String> = all.iter().take(NAMED).map(ToString::to_string).collect();
    if let Some(more) = all.len().checked_sub(NAMED).filter(|more| *more > 0) {
        named.push(format!("{more} more"));
    }
    named.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holders_are_named_and_the_rest_counted() {
        let interface = |n: u32| Holder::new("network interface", &format!("eni-{n}"), Whose::Ours);
        let going = Holder { whose: Whose::Going, ..interface(1) }.about("ELB net/video/1");
        assert_eq!(going.to_string(), "network interface eni-1 (ELB net/video/1, going)");
        let mut all: Vec<Holder> = (1..=5).map(interface).collect();
        all.push(Holder::new("VPC endpoint", "vpce-1", Whose::Theirs));
        let text = list(&all);
        assert!(text.starts_with("VPC endpoint vpce-1, network interface eni-1"), "{text}");
        assert!(text.ends_with("eni-3, 2 more"), "{text}");
    }
}
