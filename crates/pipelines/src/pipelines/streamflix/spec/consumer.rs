//! `[worker]`: the Fargate service that reads the stream, mostly on Spot.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::spec::environment;
use crate::spec::field::{Any, Entries, Visitor};
use crate::spec::setting::Choice;
use crate::spec::{Count, Task};

/// The Fargate service that reads the stream.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Consumer {
    /// The tasks of the service.
    #[serde(flatten)]
    pub task: Task,
    /// The number of tasks.
    #[serde(flatten)]
    pub count: Count,
    /// The subnets of the tasks.
    pub subnets: Subnets,
    /// Tasks that never run on Spot.
    pub on_demand_base: u32,
    /// Weight of Fargate at its usual price for the other tasks.
    pub on_demand_weight: u32,
    /// Weight of Fargate Spot for the other tasks.
    pub spot_weight: u32,
    /// Auto-scaling target for the age of the oldest unread record, in seconds.
    pub iterator_age_target_seconds: u32,
    /// Auto-scaling target for the records per minute and task.
    pub records_per_task: u32,
    /// How a task retries.
    #[serde(flatten)]
    pub backoff: Backoff,
    /// Environment variables besides the ones vidpipe sets.
    pub environment: BTreeMap<String, String>,
}

/// The subnets that the tasks of a service run in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Subnets {
    /// Private subnets: no public addresses, egress through NAT.
    Private,
    /// Public subnets: public addresses, no NAT.
    Public,
}

impl Choice for Subnets {
    const CHOICES: &'static [(&'static str, Self)] = &[("private", Self::Private), ("public", Self::Public)];
}

/// How a task retries a failed operation: the delay doubles up to the maximum.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Backoff {
    /// Attempts at one record before it is sent to the queue: `RETRY_MAX_ATTEMPTS`.
    pub retry_max_attempts: u32,
    /// Delay before the second attempt, in milliseconds: `RETRY_BASE_DELAY_MS`.
    pub retry_base_delay_ms: u32,
    /// Maximum delay between two attempts, in milliseconds: `RETRY_MAX_DELAY_MS`.
    pub retry_max_delay_ms: u32,
}

/// CloudWatch's granularity is one minute, and records are retained for at most a year.
const AGES: std::ops::RangeInclusive<u32> = 1..=31_536_000;

impl Consumer {
    pub(super) fn visit(&mut self, v: &mut impl Visitor) {
        self.task.visit(v);
        self.count.visit(0, v);
        self.visit_capacity(v);
        let about = "Age of the oldest unread record auto-scaling aims at, in seconds.";
        v.field("iterator_age_target_seconds", about, &AGES, &mut self.iterator_age_target_seconds);
        let about = "Records a minute for each task that auto-scaling aims at.";
        v.field("records_per_task", about, &(1..=60_000_000), &mut self.records_per_task);
        self.backoff.visit(v);
        environment::visit(&ENVIRONMENT, &mut self.environment, v);
    }

    fn visit_capacity(&mut self, v: &mut impl Visitor) {
        // No `..`: a new field must be passed to a visitor here or above.
        let Self {
            task: _,
            count: _,
            subnets,
            on_demand_base,
            on_demand_weight,
            spot_weight,
            iterator_age_target_seconds: _,
            records_per_task: _,
            backoff: _,
            environment: _,
        } = self;
        v.field(
            "subnets",
            "Where the tasks run: private, and out through NAT; or public, without NAT gateways.",
            &Any,
            subnets,
        );
        // https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CapacityProviderStrategyItem.html
        v.field("on_demand_base", "Tasks that never run on Spot.", &(0..=1000), on_demand_base);
        let about = "Share of the other tasks on Fargate at its usual price.";
        v.field("on_demand_weight", about, &(0..=1000), on_demand_weight);
        let about = "Share of the other tasks on Fargate Spot, which is cheaper and may be taken away.";
        v.field("spot_weight", about, &(0..=1000), spot_weight);
    }
}

impl Backoff {
    fn visit(&mut self, v: &mut impl Visitor) {
        let Self { retry_max_attempts, retry_base_delay_ms, retry_max_delay_ms } = self;
        let about = "Tries of one record before it goes to the queue: RETRY_MAX_ATTEMPTS.";
        v.field("retry_max_attempts", about, &(1..=100), retry_max_attempts);
        let about = "Pause before the second try, in milliseconds; it doubles each time: RETRY_BASE_DELAY_MS.";
        v.field("retry_base_delay_ms", about, &(1..=3_600_000), retry_base_delay_ms);
        let about = "Longest pause between two tries, in milliseconds: RETRY_MAX_DELAY_MS.";
        v.field("retry_max_delay_ms", about, &(1..=3_600_000), retry_max_delay_ms);
    }
}

const ENVIRONMENT: Entries = environment::rule(
    "up to 100 variables and 32 KiB; names of letters, digits and underscores, not \
     REGION, STREAM_NAME, DLQ_URL, RETRY_*, DB_*, ECS_* or AWS_CONTAINER_*",
    |before, name, value| {
        let beginnings = ["RETRY_", "DB_", "ECS_", "AWS_CONTAINER_"];
        environment::check(before, name, value, &["REGION", "STREAM_NAME", "DLQ_URL"], &beginnings)
    },
);
