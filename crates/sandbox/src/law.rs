//! The refusals of AWS, and the resources AWS creates by itself: one rule each, with its source.
//!
//! A `Law` is a typed or wire rule with a name, a statement and a source. `docs/sandbox.md` lists all of them. These
//! rules do not create resources or change their properties; the model and the lifecycle of a service do.

use crate::typed::Rule;
use crate::wire::WireRule;

/// The basis of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Basis {
    /// AWS documents it.
    Documented,
    /// Users of AWS report it.
    Reported,
    /// It is likely, but no statement of it is known.
    Assumed,
}

/// The description of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct About {
    /// Its name, `service/what`.
    pub name: &'static str,
    /// The behaviour of AWS, in one sentence.
    pub says: &'static str,
    /// The basis of the rule.
    pub basis: Basis,
    /// The page, the report, or the reason.
    pub source: &'static str,
}

enum Body {
    Typed(Rule),
    Wire(WireRule),
    /// The model or the lifecycle of the resource enforces the rule.
    Elsewhere,
}

/// A rule with its description.
pub(crate) struct Law {
    pub(crate) about: About,
    body: Body,
}

impl From<Rule> for Body {
    fn from(rule: Rule) -> Self {
        Self::Typed(rule)
    }
}

impl From<WireRule> for Body {
    fn from(rule: WireRule) -> Self {
        Self::Wire(rule)
    }
}

#[expect(private_bounds, reason = "a body is made of rules only")]
impl Law {
    /// A rule that AWS documents on the page `source`.
    pub(crate) fn documented(
        name: &'static str,
        says: &'static str,
        source: &'static str,
        rule: impl Into<Body>,
    ) -> Self {
        Self { about: About { name, says, basis: Basis::Documented, source }, body: rule.into() }
    }

    /// A rule that users report in `source`.
    pub(crate) fn reported(
        name: &'static str,
        says: &'static str,
        source: &'static str,
        rule: impl Into<Body>,
    ) -> Self {
        Self { about: About { name, says, basis: Basis::Reported, source }, body: rule.into() }
    }

    /// A rule without a known statement, assumed for the reason `source`.
    pub(crate) fn assumed(name: &'static str, says: &'static str, source: &'static str, rule: impl Into<Body>) -> Self {
        Self { about: About { name, says, basis: Basis::Assumed, source }, body: rule.into() }
    }

    /// A rule that the model or the lifecycle of the resource enforces.
    pub(crate) const fn documented_only(
        name: &'static str,
        says: &'static str,
        basis: Basis,
        source: &'static str,
    ) -> Self {
        Self { about: About { name, says, basis, source }, body: Body::Elsewhere }
    }

    /// The rule, if it is one on typed inputs and outputs.
    pub(crate) fn typed(self) -> Option<Rule> {
        match self.body {
            Body::Typed(rule) => Some(rule),
            _ => None,
        }
    }

    /// The rule, if it is one on the wire.
    pub(crate) fn wire(self) -> Option<WireRule> {
        match self.body {
            Body::Wire(rule) => Some(rule),
            _ => None,
        }
    }
}
