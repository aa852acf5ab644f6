//! How AWS behaves today: how fast, how consistent, how patient with many calls, and what goes wrong.

use std::fmt;
use std::sync::Arc;

use crate::faults::{Asked, Fault};

/// How AWS behaves. The default is a good day: typical times, answers that are true at once, no limits, no faults.
#[derive(Debug, Clone, Default)]
pub struct Conditions {
    /// Every draw comes from it: the same calls in the same order see the same day.
    pub seed: u64,
    /// Where in the table's range things take their time.
    pub speed: Speed,
    /// Whether what was made shows, and roles work, only after a while.
    pub lag: bool,
    /// Whether calls beyond AWS's rates are throttled.
    pub budgets: bool,
    /// Whether the account has never used any of the services: then it has none of their service-linked roles.
    pub fresh: bool,
    /// Whether the account's quotas of VPCs, gateways and addresses were raised as far as many environments need.
    pub raised_quotas: bool,
    /// What goes wrong on the way.
    pub weather: Option<Weather>,
    /// What goes wrong with the things themselves, each so many times.
    pub incidents: Vec<(Incident, u32)>,
    /// How the account sees the zones of its regions, and what they offer.
    pub zones: Zones,
}

/// How an account sees the zones of its regions, and what they offer. Ids are the same in all accounts, letters are not.
/// <https://docs.aws.amazon.com/ram/latest/userguide/working-with-az-ids.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Zones {
    /// Letters are in the order of the ids, and every zone that shows has everything.
    #[default]
    Alike,
    /// An old account: its letters are in another order, and where Fargate is not in all zones of a region, `a` is one
    /// that it is not in.
    Old,
    /// The zone with the lowest id has no DB instances of any class.
    WithoutClass,
    /// Only the zone with the lowest id has DB instances.
    OnlyOne,
}

impl Conditions {
    /// As strict as AWS is documented to be: times by seed between the table's bounds, lag and limits; no faults.
    #[must_use]
    pub fn strict(seed: u64) -> Self {
        Self { seed, speed: Speed::Drawn, lag: true, budgets: true, ..Self::default() }
    }

    /// The same with a share of all calls faulted, by seed. `share` is between 0 and 1.
    #[must_use]
    pub fn with_faults(self, share: f64) -> Self {
        let weather = Some(Weather::seeded(self.seed, share));
        Self { weather, ..self }
    }

    /// The same with somebody who decides call by call.
    #[must_use]
    pub fn with_weather(self, decide: impl Fn(&Asked<'_>) -> Option<Fault> + Send + Sync + 'static) -> Self {
        Self { weather: Some(Weather(Arc::new(decide))), ..self }
    }

    /// The same for an account that sees zones so.
    #[must_use]
    pub fn with_zones(self, zones: Zones) -> Self {
        Self { zones, ..self }
    }

    /// The same in an account that has never used any of the services.
    #[must_use]
    pub fn in_fresh_account(self) -> Self {
        Self { fresh: true, ..self }
    }

    /// The same in an account that has room for many environments.
    #[must_use]
    pub fn with_raised_quotas(self) -> Self {
        Self { raised_quotas: true, ..self }
    }

    /// The same with something that goes wrong so many times.
    #[must_use]
    pub fn with_incident(mut self, incident: Incident, times: u32) -> Self {
        self.incidents.push((incident, times));
        self
    }
}

/// Where between minimum, typical and maximum the times of the table are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Speed {
    /// Always the shortest time known.
    Fast,
    /// Always the typical time.
    #[default]
    Typical,
    /// Always the longest time known.
    Slow,
    /// Anything between the shortest and the longest, most often near the typical one, by the seed.
    Drawn,
}

/// Something that goes wrong with a thing itself, on request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Incident {
    /// A NAT gateway becomes `failed` instead of `available`.
    NatFails,
    /// A DB instance becomes `incompatible-parameters` instead of `available`.
    DatabaseIncompatible,
    /// `CreateDBInstance` is refused: the zone has no such instance class now.
    DatabaseWithoutCapacity,
    /// An instance of a DB cluster becomes `incompatible-network` instead of `available`.
    ClusterInstanceFails,
    /// A database answers the Data API that it is being resumed.
    DatabaseResumes,
    /// A replication group becomes `create-failed` instead of `available`.
    CacheFails,
    /// `CreateReplicationGroup` is refused: the zone has no such node type now.
    CacheWithoutCapacity,
    /// A load balancer becomes `failed` instead of `active`.
    BalancerFails,
    /// `CreateLoadBalancer` is refused: the account may have no load balancers before AWS Support lets it.
    BalancersForbidden,
    /// A load balancer shows `failed` for some seconds before it becomes `active`.
    BalancerStumbles,
    /// A VPC link becomes `FAILED` instead of `AVAILABLE`.
    LinkFails,
    /// A service's tasks stop soon after they start, always for the same reason.
    TasksCrash,
    /// A mount target becomes `error` instead of `available`.
    MountTargetFails,
    /// The container of a task that RunTask runs ends with exit code 1, and says why in its log.
    OneOffFails,
    /// GuardDuty puts its endpoint into a VPC in which a Fargate task is placed.
    GuardDuty,
    /// Somebody makes an endpoint in a subnet in which a Fargate task is placed.
    ForeignEndpoint,
    /// `CreateBucket` is refused: an account somewhere else in the world has a bucket of that name.
    BucketNameTaken,
    /// `CreateBucket` with tags is refused, as in the regions of some partitions.
    BucketTagsRefused,
}

type Decide = dyn Fn(&Asked<'_>) -> Option<Fault> + Send + Sync;

/// Decides, call by call, what goes wrong on the way.
#[derive(Clone)]
pub struct Weather(Arc<Decide>);

impl fmt::Debug for Weather {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Weather").finish()
    }
}

impl Weather {
    /// Faults a share of all calls, between 0 and 1, with every fault that passes, by the seed.
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
