//! Engine versions. AWS lists what it offers; winterbaume echoes what was asked.
//! <https://docs.aws.amazon.com/AmazonRDS/latest/PostgreSQLReleaseNotes/postgresql-release-calendar.html>

use aws_sdk_rds::operation::describe_db_engine_versions::{
    DescribeDbEngineVersionsInput, DescribeDbEngineVersionsOutput,
};
use aws_sdk_rds::types::DbEngineVersion;

use crate::context::Context;
use crate::typed::{Rule, Step, before};

/// PostgreSQL versions, oldest first; the last of each major version is its default.
const POSTGRES: &[&str] =
    &["14.17", "14.18", "14.19", "15.12", "15.13", "15.14", "16.8", "16.9", "16.10", "17.4", "17.5", "17.6"];

pub(super) fn rules() -> Vec<Rule> {
    vec![before(describe)]
}

fn major(version: &str) -> &str {
    version.split('.').next().unwrap_or(version)
}

/// Whether AWS makes instances of that version; a major version alone stands for its newest.
pub(crate) fn is_offered(version: &str) -> bool {
    POSTGRES.iter().any(|offered| *offered == version || major(offered) == version)
}

fn shown(version: &str) -> DbEngineVersion {
    let major = major(version);
    DbEngineVersion::builder()
        .engine("postgres")
        .engine_version(version)
        .major_engine_version(major)
        .db_parameter_group_family(format!("postgres{major}"))
        .db_engine_description("PostgreSQL")
        .db_engine_version_description(format!("PostgreSQL {version}-R1"))
        .exportable_log_types("postgresql")
        .exportable_log_types("upgrade")
        .supports_log_exports_to_cloudwatch_logs(true)
        .supports_read_replica(true)
        .status("available")
        .build()
}

/// A major version alone asks for every minor version of it.
fn describe(_: &mut Context<'_>, input: &DescribeDbEngineVersionsInput) -> Step<DescribeDbEngineVersionsOutput> {
    if input.engine().is_some_and(|engine| engine != "postgres") {
        return Step::Pass;
    }
    let wanted = |version: &&&str| {
        let family = format!("postgres{}", major(version));
        let newest = POSTGRES.iter().rfind(|other| major(other) == major(version));
        (input.engine_version()).is_none_or(|asked| asked == **version || asked == major(version))
            && input.db_parameter_group_family().is_none_or(|asked| asked == family)
            && (input.default_only() != Some(true) || newest == Some(*version))
    };
    let versions = POSTGRES.iter().filter(wanted).map(|version| shown(version)).collect();
    Step::Answer(DescribeDbEngineVersionsOutput::builder().set_db_engine_versions(Some(versions)).build())
}
