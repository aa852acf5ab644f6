//! Orderable instance options. AWS lists classes by engine and version with the zones that offer them; winterbaume
//! answers a single class with MySQL's licence, whatever was requested. The list is a selection of AWS's, offered in
//! every zone with DB instances.
//! <https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeOrderableDBInstanceOptions.html>

use aws_sdk_rds::operation::describe_orderable_db_instance_options::{
    DescribeOrderableDbInstanceOptionsInput, DescribeOrderableDbInstanceOptionsOutput,
};
use aws_sdk_rds::types::{AvailabilityZone, OrderableDbInstanceOption};

use super::engines::versions;
use crate::context::Context;
use crate::ec2::zones;
use crate::typed::{Rule, Step, before};

const POSTGRES: &[&str] = &[
    "db.t3.micro",
    "db.t3.small",
    "db.t3.medium",
    "db.t3.large",
    "db.t4g.medium",
    "db.m6g.large",
    "db.r6g.large",
    "db.r6g.xlarge",
];
const AURORA: &[&str] = &["db.serverless", "db.t3.medium", "db.t4g.medium", "db.r6g.large", "db.r6g.xlarge"];

pub(super) fn rules() -> Vec<Rule> {
    vec![before(describe)]
}

/// The classes of an engine.
fn classes(engine: &str) -> &'static [&'static str] {
    if engine == "postgres" { POSTGRES } else { AURORA }
}

/// Whether the engine offers that class.
pub(crate) fn is_class(engine: &str, class: &str) -> bool {
    versions(engine).is_empty() || classes(engine).contains(&class)
}

fn option(context: &Context<'_>, engine: &str, version: &str, class: &str) -> OrderableDbInstanceOption {
    let zones = zones(context).into_iter().filter(|zone| zone.databases);
    let zones = zones.map(|zone| AvailabilityZone::builder().name(zone.name).build()).collect();
    OrderableDbInstanceOption::builder()
        .engine(engine)
        .engine_version(version)
        .db_instance_class(class)
        .license_model("postgresql-license")
        .set_availability_zones(Some(zones))
        .storage_type(if engine == "postgres" { "gp3" } else { "aurora" })
        .multi_az_capable(engine == "postgres")
        .supports_iam_database_authentication(true)
        .supports_storage_encryption(true)
        .vpc(true)
        .build()
}

fn describe(
    context: &mut Context<'_>,
    input: &DescribeOrderableDbInstanceOptionsInput,
) -> Step<DescribeOrderableDbInstanceOptionsOutput> {
    let engine = input.engine().unwrap_or_default();
    if versions(engine).is_empty() {
        return Step::Pass;
    }
    let versions = versions(engine).iter().filter(|one| input.engine_version().is_none_or(|asked| asked == **one));
    let options = versions.flat_map(|version| classes(engine).iter().map(move |class| (*version, *class)));
    let asked = options.filter(|(_, class)| input.db_instance_class().is_none_or(|asked| asked == *class));
    let options = asked.map(|(version, class)| option(context, engine, version, class)).collect();
    let options = DescribeOrderableDbInstanceOptionsOutput::builder().set_orderable_db_instance_options(Some(options));
    Step::Answer(options.build())
}
