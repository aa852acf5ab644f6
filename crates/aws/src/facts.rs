//! What is asked of the region once, before the first create, and then kept with the environment: its zones, and the
//! newest database version it offers. Asked again later the answers could differ, and nothing may move because of that.
use crate::{Aws, Caller, error::OrFail};
use aws_sdk_ec2::types::Filter;
use serde::{Deserialize, Serialize};
use vidpipe_engine::{Class, Error, Result};

mod aurora;
pub use aurora::{newest_aurora, offers_class};

/// What a pipeline needs to know of where it goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// The twelve digits of the account.
    pub account: String,
    /// `aws`, `aws-cn` or `aws-us-gov`.
    pub partition: String,
    /// The region.
    pub region: String,
    /// The zones to use, in order.
    pub zones: Vec<String>,
    /// The full version of the database engine.
    pub postgres_version: String,
}

impl Facts {
    /// Ask the region. Only reads.
    ///
    /// # Errors
    /// When the region has fewer zones, or no such database version.
    pub async fn ask(aws: &Aws, caller: &Caller, zones: usize, postgres: &str) -> Result<Self> {
        let (zones, postgres_version) = futures::try_join!(ask_zones(aws, zones), newest_postgres(aws, postgres))?;
        let Caller { account, partition } = caller.clone();
        Ok(Self { account, partition, region: aws.region.clone(), zones, postgres_version })
    }
}

/// [DescribeAvailabilityZones](https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeAvailabilityZones.html)
async fn ask_zones(aws: &Aws, wanted: usize) -> Result<Vec<String>> {
    let filter = |name: &str, value: &str| Filter::builder().name(name).values(value).build();
    let said = aws
        .ec2
        .describe_availability_zones()
        .filters(filter("state", "available"))
        .filters(filter("zone-type", "availability-zone"))
        .send()
        .await
        .or_fail("ask for the region's availability zones")?;
    let mut zones: Vec<String> = said.availability_zones().iter().filter_map(|z| z.zone_name.clone()).collect();
    zones.sort();
    if zones.len() < wanted {
        let (region, has) = (&aws.region, zones.len());
        return Err(Error::new(
            Class::Invalid,
            format!("find {wanted} availability zones in {region}: it offers {has}"),
        )
        .hint("lower network.availability_zones in the spec, or choose another region"));
    }
    zones.truncate(wanted);
    Ok(zones)
}

/// [DescribeDBEngineVersions](https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeDBEngineVersions.html)
async fn newest_postgres(aws: &Aws, wanted: &str) -> Result<String> {
    let said = aws
        .rds
        .describe_db_engine_versions()
        .engine("postgres")
        .engine_version(wanted)
        .send()
        .await
        .or_fail("ask which PostgreSQL versions the region offers")?;
    let numbers = |v: &str| v.split('.').map(|n| n.parse::<u32>().unwrap_or(0)).collect::<Vec<_>>();
    let offered = said.db_engine_versions().iter().filter_map(|v| v.engine_version());
    let matching = offered.filter(|v| *v == wanted || v.starts_with(&format!("{wanted}.")));
    matching.max_by_key(|v| numbers(v)).map(str::to_owned).ok_or_else(|| {
        Error::new(Class::Invalid, format!("find PostgreSQL {wanted} in {}: RDS does not offer it there", aws.region))
            .hint("set database.engine_version in the spec to a major version such as \"15\"")
    })
}
