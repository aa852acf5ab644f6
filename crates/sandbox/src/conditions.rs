//! The conditions under which AWS runs: speed, consistency, rate limits and faults.

use std::fmt;
use std::sync::Arc;

use crate::faults::{Asked, Fault};

/// The behaviour of AWS. By default: typical times, consistent reads, no rate limits, no faults.
#[derive(Debug, Clone, Default)]
pub struct Conditions {
    /// The seed of every random draw: the same calls in the same order get the same results.
    pub seed: u64,
    /// The point of the table's ranges at which times are taken.
    pub speed: Speed,
    /// Whether new resources show in reads, and new roles work, only after a delay.
    pub lag: bool,
    /// Whether calls beyond AWS's rates are throttled.
    pub budgets: bool,
    /// Whether the account has never used any of the services and so has none of their service-linked roles.
    pub fresh: bool,
    /// Whether the account's quotas of VPCs, gateways and addresses are raised to hold many environments.
    pub raised_quotas: bool,
    /// The fault plan: faults of the connection and of single calls.
    pub weather: Option<FaultPlan>,
    /// Incidents that strike the resources themselves, each with the number of times it strikes.
    pub incidents: Vec<(Incident, u32)>,
    /// The mapping of zone letters to zone ids in the account, and the capacity of the zones.
    pub zones: Zones,
}

/// The mapping of zone letters to zone ids in an account, and the capacity of the zones. Ids are the same in all
/// accounts, letters are not. <https://docs.aws.amazon.com/ram/latest/userguide/working-with-az-ids.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Zones {
    /// Letters are in the order of the ids, and every zone that is listed offers everything.
    #[default]
    Alike,
    /// An old account: its letters are in another order, and where a region has a zone without Fargate, that zone is
    /// `a`.
    Old,
    /// The zone with the lowest id offers no DB instance classes.
    WithoutClass,
    /// Only the zone with the lowest id offers DB instances.
    OnlyOne,
}

impl Conditions {
    /// As strict as AWS documents: times drawn by seed between the table's bounds, lag and rate limits; no faults.
    #[must_use]
    pub fn strict(seed: u64) -> Self {
        Self { seed, speed: Speed::Drawn, lag: true, budgets: true, ..Self::default() }
    }

    /// Adds faults to a share of all calls, by seed. `share` is between 0 and 1.
    #[must_use]
    pub fn with_faults(self, share: f64) -> Self {
        let weather = Some(FaultPlan::seeded(self.seed, share));
        Self { weather, ..self }
    }

    /// Sets a fault plan that decides call by call.
    #[must_use]
    pub fn with_weather(self, decide: impl Fn(&Asked<'_>) -> Option<Fault> + Send + Sync + 'static) -> Self {
        Self { weather: Some(FaultPlan(Arc::new(decide))), ..self }
    }

    /// Sets the zones of the account.
    #[must_use]
    pub fn with_zones(self, zones: Zones) -> Self {
        Self { zones, ..self }
    }

    /// Makes the account a fresh one, which has never used any of the services.
    #[must_use]
    pub fn in_fresh_account(self) -> Self {
        Self { fresh: true, ..self }
    }

    /// Raises the account's quotas so that many environments fit.
    #[must_use]
    pub fn with_raised_quotas(self) -> Self {
        Self { raised_quotas: true, ..self }
    }

    /// Adds an incident that strikes the given number of times.
    #[must_use]
    pub fn with_incident(mut self, incident: Incident, times: u32) -> Self {
        self.incidents.push((incident, times));
        self
    }
}

/// How times are chosen between the minimum, typical and maximum of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Speed {
    /// The minimum.
    Fast,
    /// The typical time.
    #[default]
    Typical,
    /// The maximum.
    Slow,
    /// Drawn by the seed between minimum and maximum, most often near the typical time.
    Drawn,
}

/// An incident that strikes a resource, on request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Incident {
    /// A NAT gateway becomes `failed` instead of `available`.
    NatFails,
    /// A DB instance becomes `incompatible-parameters` instead of `available`.
    DatabaseIncompatible,
    /// `CreateDBInstance` is refused: the zone has no capacity for the instance class.
    DatabaseWithoutCapacity,
    /// An instance of a DB cluster becomes `incompatible-network` instead of `available`.
    ClusterInstanceFails,
    /// The Data API answers that the database is being resumed.
    DatabaseResumes,
    /// A replication group becomes `create-failed` instead of `available`.
    CacheFails,
    /// `CreateReplicationGroup` is refused: the zone has no capacity for the node type.
    CacheWithoutCapacity,
    /// A load balancer becomes `failed` instead of `active`.
    BalancerFails,
    /// `CreateLoadBalancer` is refused: AWS Support must first enable load balancers for the account.
    BalancersForbidden,
    /// A load balancer shows `failed` for some seconds before it becomes `active`.
    BalancerStumbles,
    /// A VPC link becomes `FAILED` instead of `AVAILABLE`.
    LinkFails,
    /// A service's tasks stop soon after they start, always for the same reason.
    TasksCrash,
    /// A mount target becomes `error` instead of `available`.
    MountTargetFails,
    /// The container of a task that RunTask starts exits with code 1 and logs the reason.
    OneOffFails,
    /// GuardDuty creates its endpoint in a VPC in which a Fargate task is placed.
    GuardDuty,
    /// Another user creates an endpoint in a subnet in which a Fargate task is placed.
    ForeignEndpoint,
    /// `CreateBucket` is refused: another account has a bucket of that name.
    BucketNameTaken,
    /// `CreateBucket` with tags is refused, as in the regions of some partitions.
    BucketTagsRefused,
}

type Decide = dyn Fn(&Asked<'_>) -> Option<Fault> + Send + Sync;

/// Decides, call by call, which fault strikes.
#[derive(Clone)]
pub struct FaultPlan(Arc<Decide>);

impl fmt::Debug for FaultPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Weather").finish()
    }
}

impl FaultPlan {
    /// Faults a share of all calls, between 0 and 1, with every transient fault, by the seed.
    #[must_use]
    pub fn seeded(seed: u64, share: f64) -> Self {
        Self(Arc::new(move |asked| {
            let mut rng = fastrand::Rng::with_seed(seed ^ asked.number.wrapping_mul(0x9E37_79B9_7F4A_7C15));
            (rng.f64() < share).then(|| Fault::PASSING[rng.usize(..Fault::PASSING.len())])
        }))
    }

    pub(crate) fn of(&self, asked: &Asked<'_>) -> Option<Fault> {
        (self.0)(asked)
    }
}
