//! What is asked of the region and the account once, before the first create, and then kept with the environment: zones, the
//! newest database version offered, and the secrets that are there already. Asked again later the answers could differ, and
//! nothing may move because of that.
use crate::{Aws, Caller, error::OrFail};
use aws_sdk_ec2::types::Filter;
use serde::{Deserialize, Serialize};
use vidpipe_engine::{Class, Error, Result};

mod database;
mod secrets;

pub use database::{newest_aurora, offers_class};
pub use secrets::{Existing, Login};

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
    /// The full version of PostgreSQL, on RDS or Aurora.
    pub postgres_version: String,
    /// The secret with the database's user and password, if one is there already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub login: Option<Existing>,
    /// The secret that is the API key, if one is there already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub api_key: Option<Existing>,
}

/// What a pipeline asks.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// How many zones.
    pub zones: usize,
    /// Which engine its database is.
    pub engine: Engine<'a>,
    /// A major version of PostgreSQL, or a full one.
    pub version: &'a str,
    /// A secret to log in to the database with, if it is not to be made.
    pub login: Option<Login<'a>>,
    /// Name or ARN of a secret that is the API key, if it is not to be made.
    pub api_key: Option<&'a str>,
}

/// Which engine a database is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine<'a> {
    /// RDS for PostgreSQL.
    Rds {
        /// The class of its instance.
        class: &'a str,
    },
    /// Aurora PostgreSQL, Serverless v2.
    Aurora,
}

impl Facts {
    /// Ask the region and the account. Only reads.
    ///
    /// # Errors
    /// When the region has fewer zones, or no such database version or class; when a secret is missing, going, or of no use.
    pub async fn ask(aws: &Aws, caller: &Caller, wanted: &Wanted<'_>) -> Result<Self> {
        let version = database::newest(aws, wanted.engine, wanted.version);
        let secrets = secrets::ask(aws, wanted.login, wanted.api_key);
        let (zones, postgres_version, (login, api_key)) =
            futures::try_join!(ask_zones(aws, wanted.zones), version, secrets)?;
        let Caller { account, partition } = caller.clone();
        Ok(Self { account, partition, region: aws.region.clone(), zones, postgres_version, login, api_key })
    }

    /// These facts again, which were kept, if they still are what is wanted; a secret that is gone is not.
    ///
    /// # Errors
    /// When a secret is missing, going, or of no use.
    pub async fn kept(mut self, aws: &Aws, wanted: &Wanted<'_>) -> Result<Option<Self>> {
        let version = &self.postgres_version;
        let same_version = version == wanted.version || version.starts_with(&format!("{}.", wanted.version));
        let is_same = |kept: &Option<Existing>, asked| kept.as_ref().map(|kept| kept.asked.as_str()) == asked;
        let same_secrets =
            is_same(&self.login, wanted.login.map(|l| l.secret)) && is_same(&self.api_key, wanted.api_key);
        if self.zones.len() < wanted.zones || !same_version || !same_secrets {
            return Ok(None);
        }
        let again = |kept: &Option<Existing>| kept.as_ref().map(|kept| kept.arn.clone());
        let (login, api_key) = (again(&self.login), again(&self.api_key));
        let login = wanted.login.zip(login.as_deref()).map(|(login, secret)| Login { secret, ..login });
        secrets::ask(aws, login, api_key.as_deref()).await?;
        self.zones.truncate(wanted.zones);
        Ok(Some(self))
    }

    /// For a picture of what nobody has asked for yet.
    #[must_use]
    pub fn placeholders(region: &str, wanted: &Wanted<'_>) -> Self {
        let zones = ["a", "b", "c"].iter().take(wanted.zones);
        let account = "123456789012";
        Self {
            account: account.into(),
            partition: "aws".into(),
            region: region.into(),
            zones: zones.map(|z| format!("{region}{z}")).collect(),
            postgres_version: wanted.version.into(),
            login: wanted.login.map(|login| Existing::placeholder(region, account, login.secret)),
            api_key: wanted.api_key.map(|secret| Existing::placeholder(region, account, secret)),
        }
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
