//! What is asked of the region and the account once, before the first create, and then kept with the environment: zones, the
//! newest database version offered, and the secrets that are there already. Asked again later the answers could differ, and
//! nothing may move because of that.
use crate::{Aws, Caller};
use serde::{Deserialize, Serialize};
use vidpipe_engine::Result;

mod database;
mod secrets;
mod zones;

pub use database::{newest_aurora, offers_class};
pub use secrets::{Existing, Login};

/// What a pipeline needs to know of where it goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// The twelve digits of the account.
    pub account: String,
    /// What ARNs there begin with after `arn:`, such as `aws` or `aws-cn`.
    pub partition: String,
    /// The region.
    pub region: String,
    /// The zones to use, in order, by the letters this account sees them under, such as `eu-central-1a`.
    pub zones: Vec<String>,
    /// The ids of these zones, which are the same in every account, such as `euc1-az2`. Environments of before they were
    /// asked for have none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub zone_ids: Vec<String>,
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
    /// When the region has fewer zones that offer all that is wanted there, or no such database version or class; when a
    /// secret is missing, going, or of no use.
    pub async fn ask(aws: &Aws, caller: &Caller, wanted: &Wanted<'_>) -> Result<Self> {
        let offer = database::newest(aws, wanted.engine, wanted.version);
        let secrets = secrets::ask(aws, wanted.login, wanted.api_key);
        let (all, offer, (login, api_key)) = futures::try_join!(zones::ask(aws), offer, secrets)?;
        let (zones, zone_ids) = zones::choose(&aws.region, &all, &offer, wanted.zones, &[])?;
        let Caller { account, partition } = caller.clone();
        let (region, postgres_version) = (aws.region.clone(), offer.version);
        Ok(Self { account, partition, region, zones, zone_ids, postgres_version, login, api_key })
    }

    /// These facts again, which were kept: what is wanted otherwise by now is asked for anew. Zones stay as they are,
    /// whatever else is wanted; if more of them are wanted, those come after them.
    ///
    /// # Errors
    /// As for [`Facts::ask`].
    pub async fn kept(mut self, aws: &Aws, wanted: &Wanted<'_>) -> Result<Self> {
        let version = &self.postgres_version;
        if version != wanted.version && !version.starts_with(&format!("{}.", wanted.version)) {
            self.postgres_version = database::newest(aws, wanted.engine, wanted.version).await?.version;
        }
        if self.zones.len() < wanted.zones {
            let offer = database::offer(aws, wanted.engine, &self.postgres_version);
            let (all, offer) = futures::try_join!(zones::ask(aws), offer)?;
            (self.zones, self.zone_ids) = zones::choose(&aws.region, &all, &offer, wanted.zones, &self.zones)?;
        }
        self.zones.truncate(wanted.zones);
        self.zone_ids.truncate(wanted.zones);
        self.look_again(aws, wanted).await
    }

    /// The secrets are looked at again, those that are the same by the ARN that was found for them.
    async fn look_again(mut self, aws: &Aws, wanted: &Wanted<'_>) -> Result<Self> {
        let is_same = |kept: &Option<Existing>, asked| kept.as_ref().map(|kept| kept.asked.as_str()) == asked;
        if !is_same(&self.login, wanted.login.map(|l| l.secret)) || !is_same(&self.api_key, wanted.api_key) {
            (self.login, self.api_key) = secrets::ask(aws, wanted.login, wanted.api_key).await?;
            return Ok(self);
        }
        let arn = |kept: &Option<Existing>| kept.as_ref().map(|kept| kept.arn.clone());
        let (login, api_key) = (arn(&self.login), arn(&self.api_key));
        let login = wanted.login.zip(login.as_deref()).map(|(login, secret)| Login { secret, ..login });
        secrets::ask(aws, login, api_key.as_deref()).await?;
        Ok(self)
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
            zone_ids: Vec::new(),
            postgres_version: wanted.version.into(),
            login: wanted.login.map(|login| Existing::placeholder(region, account, login.secret)),
            api_key: wanted.api_key.map(|secret| Existing::placeholder(region, account, secret)),
        }
    }
}
