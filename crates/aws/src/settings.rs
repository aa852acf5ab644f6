//! The settings of a resource as one list for both reading and updating: an update sends exactly the settings that a
//! read finds different. Makes no calls.
use vidpipe_engine::{Observed, Result};

/// The state of a setting on AWS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Has {
    /// As desired.
    Wanted,
    /// Being changed to the desired value.
    Coming,
    /// Different from the desired value.
    Other,
}

impl Has {
    /// Compares a value with the desired one. A value missing from the answer counts as equal.
    pub(crate) fn same<T: PartialEq>(seen: Option<T>, desired: T) -> Self {
        if seen.is_none_or(|seen| seen == desired) { Self::Wanted } else { Self::Other }
    }

    /// The same for a value with a pending change, which decides.
    pub(crate) fn becomes<T: PartialEq>(seen: Option<T>, pending: Option<T>, desired: T) -> Self {
        match pending {
            Some(pending) if pending == desired => Self::Coming,
            Some(_) => Self::Other,
            None => Self::same(seen, desired),
        }
    }
}

struct Setting<'a, Call> {
    what: &'static str,
    has: Has,
    set: Option<Box<dyn FnOnce(Call) -> Call + 'a>>,
}

/// The desired settings of a resource, compared with its state on AWS. `Call` is the request that changes them.
pub(crate) struct Settings<'a, Call> {
    all: Vec<Setting<'a, Call>>,
}

impl<'a, Call> Settings<'a, Call> {
    pub(crate) const fn new() -> Self {
        Self { all: Vec::new() }
    }

    /// Adds a setting without pending values, and how a request sets it.
    pub(crate) fn is<T: PartialEq + Clone + 'a>(
        self,
        what: &'static str,
        seen: Option<T>,
        desired: T,
        set: impl FnOnce(Call, T) -> Call + 'a,
    ) -> Self {
        self.has(what, Has::same(seen, desired.clone()), |call| set(call, desired))
    }

    /// Adds a setting with a pending value.
    pub(crate) fn becomes<T: PartialEq + Clone + 'a>(
        self,
        what: &'static str,
        (seen, pending): (Option<T>, Option<T>),
        desired: T,
        set: impl FnOnce(Call, T) -> Call + 'a,
    ) -> Self {
        self.has(what, Has::becomes(seen, pending, desired.clone()), |call| set(call, desired))
    }

    /// Adds a setting compared by the caller.
    pub(crate) fn has(mut self, what: &'static str, has: Has, set: impl FnOnce(Call) -> Call + 'a) -> Self {
        self.all.push(Setting { what, has, set: Some(Box::new(set)) });
        self
    }

    /// Adds a setting that another call changes.
    pub(crate) fn compared(mut self, what: &'static str, has: Has) -> Self {
        self.all.push(Setting { what, has, set: None });
        self
    }

    fn first(&self, has: Has) -> Option<&'static str> {
        self.all.iter().find(|s| s.has == has).map(|s| s.what)
    }

    /// The request with exactly the settings that differ; `None` if there are none.
    pub(crate) fn ask(self, call: Call) -> Option<Call> {
        let mut differing = self.all.into_iter().filter(|s| s.has == Has::Other).filter_map(|s| s.set);
        let first = differing.next()?;
        Some(differing.fold(first(call), |call, set| set(call)))
    }

    /// The observation of a resource at rest. Without `output`, it is pending on `lacks`.
    pub(crate) fn observed<T>(&self, output: Option<T>, lacks: &str) -> Observed<T> {
        match (self.first(Has::Other), self.first(Has::Coming), output) {
            (Some(what), _, known) => Observed::differs(format!("not as specified: {what}"), known),
            (None, Some(what), known) => Observed::Pending { why: format!("being changed: {what}"), known },
            (None, None, Some(output)) => Observed::Ready(output),
            (None, None, None) => Observed::pending(lacks),
        }
    }
}

/// Treats an update without anything to change as done: somebody else made the change, or an answer was lost.
pub(crate) fn unless_as_wanted(asked: Result<()>) -> Result<()> {
    match asked {
        Err(e) if e.message.contains("No modifications were requested") => Ok(()),
        other => other,
    }
}

/// Returns whether both hold the same items, in any order.
pub(crate) fn same_set<'a, S: AsRef<str> + ?Sized + 'a>(
    seen: impl IntoIterator<Item = &'a S>,
    desired: &'a [String],
) -> bool {
    let sorted = |all: &mut Vec<&'a str>| {
        all.sort_unstable();
        all.dedup();
    };
    let (mut seen, mut desired) =
        (Vec::from_iter(seen.into_iter().map(AsRef::as_ref)), Vec::from_iter(desired.iter().map(String::as_str)));
    sorted(&mut seen);
    sorted(&mut desired);
    seen == desired
}

/// Compares the security groups of a resource, each `active`, `adding` or `removing`, with the desired ones. A
/// resource that shows none counts as equal.
pub(crate) fn memberships<'a>(seen: &[(&'a str, &'a str)], desired: &'a [String]) -> Has {
    let stays = seen.iter().filter(|(_, status)| *status != "removing").map(|(id, _)| *id);
    let same = same_set(stays, desired);
    match seen {
        [] => Has::Wanted,
        _ if !same => Has::Other,
        _ if seen.iter().any(|(_, status)| *status != "active") => Has::Coming,
        _ => Has::Wanted,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use vidpipe_engine::{Class, Error};

    fn settings(seen: [Option<u8>; 2]) -> Settings<'static, Vec<String>> {
        let set = |mut call: Vec<String>, value: u8| {
            call.push(value.to_string());
            call
        };
        Settings::new().is("first", seen[0], 1, set).becomes("second", (seen[1], None), 2, set)
    }

    #[test]
    fn only_what_differs_is_asked_for() {
        assert_eq!(settings([Some(1), Some(2)]).ask(vec![]), None);
        assert_eq!(settings([Some(1), Some(3)]).ask(vec![]), Some(vec!["2".to_owned()]));
        assert_eq!(settings([None, None]).ask(vec![]), None, "what is not told is not held against it");
        let compared = settings([Some(1), Some(2)]).compared("third", Has::Other);
        assert_eq!(compared.observed(Some(()), ""), Observed::differs("not as specified: third", Some(())));
        assert_eq!(compared.ask(vec![]), None);
    }

    #[test]
    fn what_it_will_become_decides() {
        assert_eq!(Has::becomes(Some(1), Some(2), 2), Has::Coming);
        assert_eq!(Has::becomes(Some(2), Some(1), 2), Has::Other);
        let coming = Settings::<()>::new().becomes("size", (Some(1), Some(2)), 2, |(), _| ());
        assert_eq!(
            coming.observed(Some(()), ""),
            Observed::Pending { why: "being changed: size".into(), known: Some(()) }
        );
        assert_eq!(coming.ask(()), None);
    }

    #[test]
    fn a_group_that_is_still_joining_or_leaving_is_coming() {
        let desired = ["sg-1".to_owned()];
        assert_eq!(memberships(&[], &desired), Has::Wanted);
        assert_eq!(memberships(&[("sg-1", "active")], &desired), Has::Wanted);
        assert_eq!(memberships(&[("sg-1", "adding"), ("sg-2", "removing")], &desired), Has::Coming);
        assert_eq!(memberships(&[("sg-1", "active"), ("sg-2", "active")], &desired), Has::Other);
    }

    #[test]
    fn nothing_to_change_is_done() {
        let refused = |words: &str| unless_as_wanted(Err(Error::new(Class::Invalid, words)));
        assert!(refused("change the cache: No modifications were requested").is_ok());
        assert!(refused("change the cache: no such node type").is_err());
    }
}
