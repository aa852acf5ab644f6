//! The refusals of AWS, and the resources AWS creates by itself: one rule each, with its source.
//!
//! A `Law` is a typed or wire rule with a name, a statement and a source. `docs/sandbox.md` lists all of them. These
//! rules do not create resources or change their properties; `mends` and `lifecycle` do.

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
    /// The code that models the resource, in `mends` or `lifecycle`, enforces the rule.
    Elsewhere,
}

/// A rule with its description.
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

    /// A rule that the code modelling the resource enforces, in `mends` or `lifecycle`.
    pub(crate) const fn documented_only(
        name: &'static str,
        says: &'static str,
        basis: Basis,
        source: &'static str,
    ) -> Self {
        Self { about: About { name, says, basis, source }, body: Body::Elsewhere }
    }
}

/// All rules, by service.
fn laws() -> Vec<Law> {
    let services = [
        // Service-linked roles are checked before the request itself.
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

/// The descriptions of all rules.
pub(crate) fn catalogue() -> Vec<About> {
    laws().into_iter().map(|law| law.about).collect()
}

/// The rules on typed inputs and outputs, and those that record facts for them.
pub(crate) fn typed_rules() -> Vec<Rule> {
    let typed = |law: Law| match law.body {
        Body::Typed(rule) => Some(rule),
        _ => None,
    };
    laws().into_iter().filter_map(typed).chain(iam::notes()).collect()
}

/// The rules on the wire.
pub(crate) fn wire_rules() -> Vec<WireRule> {
    let wire = |law: Law| match law.body {
        Body::Wire(rule) => Some(rule),
        _ => None,
    };
    laws().into_iter().filter_map(wire).collect()
}
