//! The settings of a thing as one list that drives both halves of a change: what a look finds different is what an update
//! sends, and nothing else. It makes no calls.
use vidpipe_engine::{Observed, Result};

/// How AWS has a setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Has {
    /// As wanted.
    Wanted,
    /// It is becoming as wanted: asked for, and being applied.
    Coming,
    /// Otherwise.
    Other,
}

impl Has {
    /// As wanted, or not. What an answer leaves out is not held against it.
    pub(crate) fn same<T: PartialEq>(seen: Option<T>, wanted: T) -> Self {
        if seen.is_none_or(|seen| seen == wanted) { Self::Wanted } else { Self::Other }
    }

    /// The same where AWS also says what it will become: that decides.
    pub(crate) fn becomes<T: PartialEq>(seen: Option<T>, pending: Option<T>, wanted: T) -> Self {
        match pending {
            Some(pending) if pending == wanted => Self::Coming,
            Some(_) => Self::Other,
            None => Self::same(seen, wanted),
        }
    }
}

struct Setting<'a, Call> {
    what: &'static str,
    has: Has,
    set: Option<Box<dyn FnOnce(Call) -> Call + 'a>>,
}

/// What a thing should be, held against what AWS says it is; `Call` is the request that changes it.
pub(crate) struct Settings<'a, Call> {
    all: Vec<Setting<'a, Call>>,
}

impl<'a, Call> Settings<'a, Call> {
    pub(crate) const fn new() -> Self {
        Self { all: Vec::new() }
    }

    /// A setting that is as wanted or not, and how a request sets it.
    pub(crate) fn is<T: PartialEq + Clone + 'a>(
        self,
        what: &'static str,
        seen: Option<T>,
        wanted: T,
        set: impl FnOnce(Call, T) -> Call + 'a,
    ) -> Self {
        self.has(what, Has::same(seen, wanted.clone()), |call| set(call, wanted))
    }

    /// A setting of which AWS also says what it will become.
    pub(crate) fn becomes<T: PartialEq + Clone + 'a>(
        self,
        what: &'static str,
        (seen, pending): (Option<T>, Option<T>),
        wanted: T,
        set: impl FnOnce(Call, T) -> Call + 'a,
    ) -> Self {
        self.has(what, Has::becomes(seen, pending, wanted.clone()), |call| set(call, wanted))
    }

    /// A setting compared in its own way.
    pub(crate) fn has(mut self, what: &'static str, has: Has, set: impl FnOnce(Call) -> Call + 'a) -> Self {
        self.all.push(Setting { what, has, set: Some(Box::new(set)) });
        self
    }

    /// A setting that another call changes.
    pub(crate) fn elsewhere(mut self, what: &'static str, has: Has) -> Self {
        self.all.push(Setting { what, has, set: None });
        self
    }

    fn first(&self, has: Has) -> Option<&'static str> {
        self.all.iter().find(|s| s.has == has).map(|s| s.what)
    }

    /// The request with what differs, and nothing else; `None` if there is nothing to ask for.
    pub(crate) fn ask(self, call: Call) -> Option<Call> {
        let mut differing = self.all.into_iter().filter(|s| s.has == Has::Other).filter_map(|s| s.set);
        let first = differing.next()?;
        Some(differing.fold(first(call), |call, set| set(call)))
    }

    /// What a look at it comes to, once it is at rest. It may lack what others want to read of it.
    pub(crate) fn observed<T>(&self, output: Option<T>, lacks: &str) -> Observed<T> {
        match (self.first(Has::Other), self.first(Has::Coming), output) {
            (Some(what), _, known) => Observed::differs(format!("not as wanted: {what}"), known),
            (None, Some(what), known) => Observed::Pending { why: format!("being changed: {what}"), known },
            (None, None, Some(output)) => Observed::Ready(output),
            (None, None, None) => Observed::pending(lacks),
        }
    }
}

/// An update in which AWS finds nothing to change is done: somebody else was faster, or an answer was lost.
pub(crate) fn unless_as_wanted(asked: Result<()>) -> Result<()> {
    match asked {
        Err(e) if e.message.contains("No modifications were requested") => Ok(()),
        other => other,
    }
}

/// Whether these are the same, in any order.
pub(crate) fn same_set<'a, S: AsRef<str> + ?Sized + 'a>(
    seen: impl IntoIterator<Item = &'a S>,
    wanted: &'a [String],
) -> bool {
    let sorted = |all: &mut Vec<&'a str>| {
        all.sort_unstable();
        all.dedup();
    };
    let (mut seen, mut wanted) =
        (Vec::from_iter(seen.into_iter().map(AsRef::as_ref)), Vec::from_iter(wanted.iter().map(String::as_str)));
    sorted(&mut seen);
    sorted(&mut wanted);
    seen == wanted
}

/// How a thing has its security groups, of which AWS says whether each is `active`, `adding` or `removing`; one that shows
/// none is not held to them.
pub(crate) fn memberships<'a>(seen: &[(&'a str, &'a str)], wanted: &'a [String]) -> Has {
    let stays = seen.iter().filter(|(_, status)| *status != "removing").map(|(id, _)| *id);
    let same = same_set(stays, wanted);
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
        let elsewhere = settings([Some(1), Some(2)]).elsewhere("third", Has::Other);
        assert_eq!(elsewhere.observed(Some(()), ""), Observed::differs("not as wanted: third", Some(())));
        assert_eq!(elsewhere.ask(vec![]), None);
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
        let wanted = ["sg-1".to_owned()];
        assert_eq!(memberships(&[], &wanted), Has::Wanted);
        assert_eq!(memberships(&[("sg-1", "active")], &wanted), Has::Wanted);
        assert_eq!(memberships(&[("sg-1", "adding"), ("sg-2", "removing")], &wanted), Has::Coming);
        assert_eq!(memberships(&[("sg-1", "active"), ("sg-2", "active")], &wanted), Has::Other);
    }

    #[test]
    fn nothing_to_change_is_done() {
        let refused = |words: &str| unless_as_wanted(Err(Error::new(Class::Invalid, words)));
        assert!(refused("change the cache: No modifications were requested").is_ok());
        assert!(refused("change the cache: no such node type").is_err());
    }
}
