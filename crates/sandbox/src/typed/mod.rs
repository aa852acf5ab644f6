//! The outer layer: SDK interceptors that see the typed input and the typed output of a call.
//!
//! A rule is a small function on the types of one operation. Rules run in the order of the list. This module must not
//! know any service; the rules do.

mod interceptor;
mod rule;

pub(crate) use interceptor::Interceptor;
pub(crate) use rule::{Rule, Step, after, before};

/// All typed rules, by service.
pub(crate) fn rules() -> Vec<Rule> {
    let mut rules = Vec::new();
    rules.extend(crate::strict::typed_rules());
    rules.extend(crate::mends::typed_rules());
    rules.extend(crate::lifecycle::typed_rules());
    rules.extend(crate::mends::last_rules());
    rules
}
