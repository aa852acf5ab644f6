//! What keeps a thing from going, where its provider says no more than that something does.
use std::fmt;

/// Whose that is, and so what becomes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// This environment's: removing it is a task of its own.
    Ours,
    /// It is going, or ends by itself.
    Going,
    /// A service put it into a thing of ours, and leaves it there: it goes with that thing, and is asked to.
    Guest,
    /// Somebody else's: it is named, and never touched.
    Theirs,
}

/// Something that keeps a thing from going.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// What it is, as people call it, such as `VPC endpoint`.
    pub what: String,
    /// The provider's name for it.
    pub id: String,
    /// What else tells it apart: the service it leads to, what it belongs to; may be empty.
    pub about: String,
    /// Whose it is.
    pub whose: Whose,
}

impl Holder {
    /// Something of that name.
    pub fn new(what: &str, id: &str, whose: Whose) -> Self {
        Self { what: what.into(), id: id.into(), about: String::new(), whose }
    }

    /// The same, with what else tells it apart.
    pub fn about(self, about: impl Into<String>) -> Self {
        Self { about: about.into(), ..self }
    }
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.what, self.id)?;
        let going = if self.whose == Whose::Going { "going" } else { "" };
        let said: Vec<&str> = [self.about.as_str(), going].into_iter().filter(|s| !s.is_empty()).collect();
        if said.is_empty() { Ok(()) } else { write!(f, " ({})", said.join(", ")) }
    }
}

/// A text names at most so many.
const NAMED: usize = 4;

/// All of them in one text; those that others must remove come first.
pub(crate) fn told<'a>(holders: impl IntoIterator<Item = &'a Holder>) -> String {
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
        let told = told(&all);
        assert!(told.starts_with("VPC endpoint vpce-1, network interface eni-1"), "{told}");
        assert!(told.ends_with("eni-3, 2 more"), "{told}");
    }
}
