//! What AWS refuses, and what appears by itself: one law each, with where it is known from.
//!
//! A law is a small rule like any other, with a name, what it says, and its source. The list of all of them is
//! `docs/sandbox.md`. Nothing here makes a thing or changes what it is; `mends` and `lifecycle` do.

use crate::typed::Rule;
use crate::wire::WireRule;

mod apigateway;
mod autoscaling;
mod cloudtrail;
mod cloudwatch;
pub(crate) mod ec2;
mod ecs;
mod efs;
mod elasticache;
mod elbv2;
pub(crate) mod iam;
pub(crate) mod interfaces;
mod kinesis;
pub(crate) mod kms;
mod linked;
pub(crate) mod logs;
pub(crate) mod network;
pub(crate) mod principals;
mod rds;
mod rdsdata;
mod s3;
mod secrets;
mod sns;
mod sqs;

/// Where a law is known from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Basis {
    /// AWS says so in its documentation.
    Documented,
    /// Users of AWS report it.
    Reported,
    /// It is likely, and nobody is known to have said so.
    Assumed,
}

/// What there is to know about a law.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct About {
    /// Its name, `service/what`.
    pub name: &'static str,
    /// What AWS does, in one sentence.
    pub says: &'static str,
    /// Where it is known from.
    pub basis: Basis,
    /// The page, the report, or the reason.
    pub source: &'static str,
}

enum Body {
    Typed(Rule),
    Wire(WireRule),
    /// The part of the sandbox that keeps the thing keeps this law too.
    Elsewhere,
}

/// One law.
pub(crate) struct Law {
    about: About,
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
    /// A law that AWS documents on that page.
    pub(crate) fn documented(
        name: &'static str,
        says: &'static str,
        source: &'static str,
        rule: impl Into<Body>,
    ) -> Self {
        Self { about: About { name, says, basis: Basis::Documented, source }, body: rule.into() }
    }

    /// A law that users report there.
    pub(crate) fn reported(
        name: &'static str,
        says: &'static str,
        source: &'static str,
        rule: impl Into<Body>,
    ) -> Self {
        Self { about: About { name, says, basis: Basis::Reported, source }, body: rule.into() }
    }

    /// A law nobody is known to have stated, for that reason.
    pub(crate) fn assumed(name: &'static str, says: &'static str, source: &'static str, rule: impl Into<Body>) -> Self {
        Self { about: About { name, says, basis: Basis::Assumed, source }, body: rule.into() }
    }

    /// A law that is kept where the thing itself is kept, in `mends` or `lifecycle`.
    pub(crate) const fn elsewhere(name: &'static str, says: &'static str, basis: Basis, source: &'static str) -> Self {
        Self { about: About { name, says, basis, source }, body: Body::Elsewhere }
    }
}

/// Every law, by service.
fn laws() -> Vec<Law> {
    let services = [
        // Whether a service can act at all comes before what it is asked for.
        linked::laws,
        apigateway::laws,
        autoscaling::laws,
        cloudtrail::laws,
        cloudwatch::laws,
        ec2::laws,
        ecs::laws,
        efs::laws,
        elasticache::laws,
        elbv2::laws,
        iam::laws,
        kinesis::laws,
        kms::laws,
        logs::laws,
        rds::laws,
        rdsdata::laws,
        s3::laws,
        secrets::laws,
        sns::laws,
        sqs::laws,
    ];
    services.into_iter().flat_map(|laws| laws()).collect()
}

/// What there is to know about every law.
pub(crate) fn catalogue() -> Vec<About> {
    laws().into_iter().map(|law| law.about).collect()
}

/// The laws on typed inputs and outputs, and what they need to know.
pub(crate) fn typed_rules() -> Vec<Rule> {
    let typed = |law: Law| match law.body {
        Body::Typed(rule) => Some(rule),
        _ => None,
    };
    laws().into_iter().filter_map(typed).chain(iam::notes()).collect()
}

/// The laws on the wire.
pub(crate) fn wire_rules() -> Vec<WireRule> {
    let wire = |law: Law| match law.body {
        Body::Wire(rule) => Some(rule),
        _ => None,
    };
    laws().into_iter().filter_map(wire).collect()
}
