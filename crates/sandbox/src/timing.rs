//! How long AWS takes to make and remove things: the timing table of `crates/aws`, where its sources are noted.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::Deserialize;

#[derive(Deserialize)]
struct Table {
    resources: HashMap<String, Row>,
}

#[derive(Deserialize)]
struct Row {
    create_s: Option<Range>,
    delete_s: Option<Range>,
    steady_s: Option<Range>,
}

#[derive(Deserialize)]
struct Range {
    typical: f64,
}

static TABLE: LazyLock<HashMap<String, Row>> = LazyLock::new(|| {
    serde_json::from_str::<Table>(include_str!("../../aws/data/aws_timing.json"))
        .expect("the timing table is part of the program and its shape is tested")
        .resources
});

fn typical(row: &str, pick: fn(&Row) -> Option<&Range>) -> f64 {
    TABLE.get(row).and_then(pick).map_or(0.0, |range| range.typical)
}

/// Seconds from the create call until the thing can be used, or 0 for an unknown row.
pub(crate) fn create(row: &str) -> f64 {
    typical(row, |row| row.create_s.as_ref())
}

/// Seconds from the delete call until the thing is gone, or 0 for an unknown row.
pub(crate) fn delete(row: &str) -> f64 {
    typical(row, |row| row.delete_s.as_ref())
}

/// Seconds until a service runs all it should, or 0 for an unknown row.
pub(crate) fn steady(row: &str) -> f64 {
    typical(row, |row| row.steady_s.as_ref())
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_table_has_the_rows_we_ask_for() {
        assert!(super::create("rds_db_instance_postgres_multi_az") > 300.0);
        assert!(super::delete("ec2_nat_gateway") > 30.0);
        assert!(super::steady("ecs_service") > 10.0);
        assert!(super::create("no such row") == 0.0);
    }
}
