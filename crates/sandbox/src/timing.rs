//! The times AWS takes to create and remove resources: the timing table of `crates/aws`, which notes its sources.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::conditions::Speed;

#[derive(Deserialize)]
struct Table {
    resources: HashMap<String, Row>,
}

#[derive(Deserialize)]
struct Row {
    create_s: Option<Range>,
    delete_s: Option<Range>,
    steady_s: Option<Range>,
    eni_release_s: Option<Range>,
    #[serde(default)]
    eventual_consistency_s: f64,
}

/// A range of seconds.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
pub(crate) struct Range {
    min: f64,
    typical: f64,
    max: f64,
}

impl Range {
    /// Between `min` and `max`, most often near `typical`.
    pub(crate) const fn between(min: f64, typical: f64, max: f64) -> Self {
        Self { min, typical, max }
    }

    /// Seconds at the given speed; `chance` draws a number between 0 and 1 and is called only if one is needed.
    pub(crate) fn at(self, speed: Speed, chance: impl FnOnce() -> f64) -> f64 {
        match speed {
            Speed::Fast => self.min,
            Speed::Typical => self.typical,
            Speed::Slow => self.max,
            Speed::Drawn => self.triangular(chance()),
        }
    }

    /// The triangular distribution between the bounds with its peak at the typical value.
    fn triangular(self, chance: f64) -> f64 {
        let (all, low) = (self.max - self.min, self.typical - self.min);
        if all <= 0.0 {
            self.typical
        } else if chance < low / all {
            self.min + (chance * all * low).sqrt()
        } else {
            self.max - ((1.0 - chance) * all * (self.max - self.typical)).sqrt()
        }
    }
}

static TABLE: LazyLock<HashMap<String, Row>> = LazyLock::new(|| {
    serde_json::from_str::<Table>(include_str!("../../aws/data/aws_timing.json"))
        .expect("the timing table is part of the program and its shape is tested")
        .resources
});

fn row(row: &str, pick: fn(&Row) -> Option<Range>) -> Range {
    TABLE.get(row).and_then(pick).unwrap_or_default()
}

/// From the create call until the resource can be used; zero for an unknown row.
pub(crate) fn create(name: &str) -> Range {
    row(name, |row| row.create_s)
}

/// From the delete call until the resource is deleted; zero for an unknown row.
pub(crate) fn delete(name: &str) -> Range {
    row(name, |row| row.delete_s)
}

/// Until a service reaches its desired count; zero for an unknown row.
pub(crate) fn steady(name: &str) -> Range {
    row(name, |row| row.steady_s)
}

/// Until the network interfaces of a deleted resource are deleted; zero for an unknown row.
pub(crate) fn release(name: &str) -> Range {
    row(name, |row| row.eni_release_s)
}

/// Typical seconds until a write shows everywhere; 0 for an unknown row.
pub(crate) fn consistency(name: &str) -> f64 {
    TABLE.get(name).map_or(0.0, |row| row.eventual_consistency_s)
}

#[cfg(test)]
mod tests {
    use crate::conditions::Speed;

    #[test]
    fn the_table_has_the_rows_we_ask_for() {
        let typical = |range: super::Range| range.at(Speed::Typical, || 0.0);
        assert!(typical(super::create("rds_db_instance_postgres_multi_az")) > 300.0);
        assert!(typical(super::delete("ec2_nat_gateway")) > 30.0);
        assert!(typical(super::steady("ecs_service")) > 10.0);
        assert!(typical(super::release("elbv2_nlb")) > 20.0);
        assert!(typical(super::create("no such row")) == 0.0);
        assert!(super::consistency("iam_role") > 5.0);
    }

    #[test]
    fn a_drawn_time_is_between_the_bounds_and_most_often_near_the_typical_one() {
        let range = super::create("efs_mount_target");
        let drawn: Vec<f64> = (0..=10).map(|i| range.at(Speed::Drawn, || f64::from(i) / 10.0)).collect();
        assert_eq!((drawn[0], drawn[10]), (range.min, range.max));
        assert!(drawn.is_sorted(), "{drawn:?}");
        assert!(range.at(Speed::Fast, || 0.0) == range.min && range.at(Speed::Slow, || 0.0) == range.max);
    }
}
