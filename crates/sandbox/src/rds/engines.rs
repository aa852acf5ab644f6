//! Engine versions. AWS lists the versions it offers; winterbaume echoes the request. The lists are a selection of
//! AWS's. <https://docs.aws.amazon.com/AmazonRDS/latest/PostgreSQLReleaseNotes/postgresql-release-calendar.html>
//! <https://docs.aws.amazon.com/AmazonRDS/latest/AuroraPostgreSQLReleaseNotes/AuroraPostgreSQL.Updates.html>

use aws_sdk_rds::operation::describe_db_engine_versions::{
    DescribeDbEngineVersionsInput, DescribeDbEngineVersionsOutput,
};
use aws_sdk_rds::types::{DbEngineVersion, ServerlessV2FeaturesSupport};

use crate::context::Context;
use crate::typed::{Rule, Step, before};

/// PostgreSQL versions, oldest first; the last of each major version is its default.
const POSTGRES: &[&str] =
    &["14.17", "14.18", "14.19", "15.12", "15.13", "15.14", "16.8", "16.9", "16.10", "17.4", "17.5", "17.6"];
/// The same for Aurora PostgreSQL.
const AURORA: &[&str] = &["14.9", "14.17", "14.18", "15.12", "15.13", "16.8", "16.9", "17.4", "17.5"];
/// The first minor version of each major version with auto-pause.
/// <https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2-auto-pause.html>
const PAUSING: &[(u32, u32)] = &[(13, 15), (14, 12), (15, 7), (16, 3), (17, 0)];
/// The largest capacity of a Serverless v2 instance, in ACUs.
const MOST_ACU: f64 = 256.0;

pub(super) fn rules() -> Vec<Rule> {
    vec![before(describe)]
}

fn major(version: &str) -> &str {
    version.split('.').next().unwrap_or(version)
}

/// The versions of an engine; empty for an unknown engine.
pub(super) fn versions(engine: &str) -> &'static [&'static str] {
    match engine {
        "postgres" => POSTGRES,
        "aurora-postgresql" => AURORA,
        _ => &[],
    }
}

/// Whether AWS offers that version; a major version stands for its newest minor version.
pub(crate) fn is_offered(engine: &str, version: &str) -> bool {
    versions(engine).iter().any(|offered| *offered == version || major(offered) == version)
}

/// The capacity range of Serverless v2 instances of a version of Aurora, in ACUs.
pub(crate) fn capacity(version: &str) -> (f64, f64) {
    let mut numbers = version.split('.').map(|number| number.parse().unwrap_or(u32::MAX));
    let (major, minor) = (numbers.next(), numbers.next().unwrap_or(u32::MAX));
    let pauses = PAUSING.iter().any(|(of, first)| Some(*of) == major && minor >= *first);
    (if pauses { 0.0 } else { 0.5 }, MOST_ACU)
}

fn described(engine: &str, version: &str) -> DbEngineVersion {
    let major = major(version);
    let aurora = engine != "postgres";
    let (least, most) = capacity(version);
    let serverless = ServerlessV2FeaturesSupport::builder().min_capacity(least).max_capacity(most).build();
    let description = if aurora { "Aurora PostgreSQL" } else { "PostgreSQL" };
    let described = DbEngineVersion::builder()
        .engine(engine)
        .engine_version(version)
        .major_engine_version(major)
        .db_parameter_group_family(format!("{engine}{major}"))
        .db_engine_description(description)
        .db_engine_version_description(format!("{description} {version}-R1"))
        .exportable_log_types("postgresql")
        .supports_log_exports_to_cloudwatch_logs(true)
        .supports_read_replica(!aurora)
        .status("available");
    if aurora {
        described.serverless_v2_features_support(serverless)
    } else {
        described.exportable_log_types("upgrade")
    }
    .build()
}

/// A major version selects all its minor versions.
fn describe(_: &mut Context<'_>, input: &DescribeDbEngineVersionsInput) -> Step<DescribeDbEngineVersionsOutput> {
    let engine = input.engine().unwrap_or("postgres");
    let versions = versions(engine);
    if versions.is_empty() {
        return Step::Pass;
    }
    let requested = |version: &&&str| {
        let family = format!("{engine}{}", major(version));
        let newest = versions.iter().rfind(|other| major(other) == major(version));
        (input.engine_version()).is_none_or(|asked| asked == **version || asked == major(version))
            && input.db_parameter_group_family().is_none_or(|asked| asked == family)
            && (input.default_only() != Some(true) || newest == Some(*version))
    };
    let versions = versions.iter().filter(requested).map(|version| described(engine, version)).collect();
    Step::Answer(DescribeDbEngineVersionsOutput::builder().set_db_engine_versions(Some(versions)).build())
}
