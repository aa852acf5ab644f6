//! IAM permissions, as kinds and services declare them. `crates/pipelines` makes policies of them.
//!
//! [Service Authorization Reference](https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html):
//! which actions there are, which of them can be narrowed to a resource, and which condition keys each has.

/// The tag that a resource of ours has: on the resource itself, or in the request that creates it.
const RESOURCE_TAG: &str = "aws:ResourceTag/vidpipe:lineage";
const REQUEST_TAG: &str = "aws:RequestTag/vidpipe:lineage";

/// Actions, the resources they are allowed on, and the condition under which.
#[derive(Clone, Copy, Debug)]
pub struct Permission {
    /// The actions, such as `ec2:CreateSubnet`.
    pub actions: &'static [&'static str],
    /// The resources, as ARNs in the partition `aws`, or `*`. `{name}` stands for that property of the specs of the kind
    /// that declares it, and `{iam:role.name}` for one of another kind's.
    pub on: &'static [&'static str],
    /// The condition.
    pub condition: Option<Condition>,
    /// Who needs it.
    pub purpose: Purpose,
}

/// A condition of a statement: operator, key, values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Condition {
    /// The operator, such as `StringLike`.
    pub operator: &'static str,
    /// The condition key.
    pub key: &'static str,
    /// The values, any of which is enough.
    pub values: &'static [&'static str],
}

/// Who needs a permission.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Purpose {
    /// `up` and `down`.
    Run,
    /// AWS itself, on behalf of a call of ours.
    OnBehalf,
    /// A problem that is not in every life: to name what holds a resource, to say why a task failed, to repair what was
    /// changed or stopped by hand.
    Repair,
    /// The sweep at the end of `down`.
    Sweep,
    /// `verify`.
    Verify,
}

/// These actions on any resource.
pub(crate) const fn allow(actions: &'static [&'static str]) -> Permission {
    Permission { actions, on: &["*"], condition: None, purpose: Purpose::Run }
}

impl Permission {
    /// On these resources only.
    pub(crate) const fn on(self, on: &'static [&'static str]) -> Self {
        Self { on, ..self }
    }

    /// On resources with our tag only.
    pub(crate) const fn ours(self) -> Self {
        self.when("Null", RESOURCE_TAG, &["false"])
    }

    /// Only in requests that put our tag on the resource.
    pub(crate) const fn tagged(self) -> Self {
        self.when("Null", REQUEST_TAG, &["false"])
    }

    /// Under this condition only.
    pub(crate) const fn when(self, operator: &'static str, key: &'static str, values: &'static [&'static str]) -> Self {
        Self { condition: Some(Condition { operator, key, values }), ..self }
    }

    /// Needed by AWS on behalf of our calls.
    pub(crate) const fn on_behalf(self) -> Self {
        Self { purpose: Purpose::OnBehalf, ..self }
    }

    /// Needed only to diagnose or repair a problem.
    pub(crate) const fn to_repair(self) -> Self {
        Self { purpose: Purpose::Repair, ..self }
    }

    /// Needed by the sweep.
    pub(crate) const fn to_sweep(self) -> Self {
        Self { purpose: Purpose::Sweep, ..self }
    }

    /// Needed by `verify`.
    pub(crate) const fn to_verify(self) -> Self {
        Self { purpose: Purpose::Verify, ..self }
    }
}
