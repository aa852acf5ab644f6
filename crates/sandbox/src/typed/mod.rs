//! The outer layer: SDK interceptors that see the typed input and the typed output of a call.
//!
//! A rule is one small function on one operation's types. Rules run in the order they are listed. This module knows no
//! service; the rules do.

mod interceptor;
mod rule;

pub(crate) use interceptor::Interceptor;
pub(crate) use rule::{Rule, Step, after, before};

/// Every typed rule, by service.
pub(crate) fn rules() -> Vec<Rule> {
    let mut rules = Vec::new();
    rules.extend(crate::strict::typed_rules());
    rules.extend(crate::mends::typed_rules());
    rules.extend(crate::lifecycle::typed_rules());
    rules.extend(crate::mends::last_rules());
    rules
}
