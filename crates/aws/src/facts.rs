//! Facts about the region and the account, read once before the first create and then kept with the environment:
//! zones, the newest database version offered, and existing secrets. A later read could return other answers, and
//! nothing may change because of that.
use crate::{Aws, Caller};
use serde::{Deserialize, Serialize};
use vidpipe_engine::Result;

mod database;
mod secrets;
mod zones;

pub use database::{newest_aurora, offers_class};
pub use secrets::{Existing, Login};

/// Facts about the region and the account that a pipeline depends on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// The twelve digits of the account.
    pub account: String,
    /// The partition, such as `aws` or `aws-cn`: the part of its ARNs after `arn:`.
    pub partition: String,
    /// The region.
    pub region: String,
    /// The zones to use, in order, by their names in this account, such as `eu-central-1a`.
    pub zones: Vec<String>,
    /// The ids of these zones, which are the same in every account, such as `euc1-az2`. Environments from before zone
    /// ids were recorded have none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub zone_ids: Vec<String>,
    /// The full version of PostgreSQL, on RDS or Aurora.
    pub postgres_version: String,
    /// The existing secret with the database's user and password, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub login: Option<Existing>,
    /// The existing secret that is the API key, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub api_key: Option<Existing>,
}

/// The requirements of a pipeline.
#[derive(Clone, Copy, Debug)]
pub struct Requirements<'a> {
    /// The number of zones.
    pub zones: usize,
    /// The database engine.
    pub engine: Engine<'a>,
    /// A major version of PostgreSQL, or a full one.
    pub version: &'a str,
    /// The existing secret with the database login; `None` creates one.
    pub login: Option<Login<'a>>,
    /// The name or ARN of the existing secret that is the API key; `None` creates one.
    pub api_key: Option<&'a str>,
}

/// A database engine.
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
    /// Reads the facts from the region and the account. Changes nothing.
    ///
    /// # Errors
    /// When too few zones of the region offer all that is required, or it lacks the database version or class; when a
    /// secret is missing, scheduled for deletion, or unusable.
    pub async fn ask(aws: &Aws, caller: &Caller, requirements: &Requirements<'_>) -> Result<Self> {
        let offer = database::newest(aws, requirements.engine, requirements.version);
        let secrets = secrets::ask(aws, requirements.login, requirements.api_key);
        let (all, offer, (login, api_key)) = futures::try_join!(zones::ask(aws), offer, secrets)?;
        let (zones, zone_ids) = zones::choose(&aws.region, &all, &offer, requirements.zones, &[])?;
        let Caller { account, partition } = caller.clone();
        let (region, postgres_version) = (aws.region.clone(), offer.version);
        Ok(Self { account, partition, region, zones, zone_ids, postgres_version, login, api_key })
    }

    /// Returns the recorded facts, and reads those whose requirements have changed. Zones stay as they are whatever
    /// else changes; additional zones come after them.
    ///
    /// # Errors
    /// As for [`Facts::ask`].
    pub async fn kept(mut self, aws: &Aws, requirements: &Requirements<'_>) -> Result<Self> {
        let version = &self.postgres_version;
        if version != requirements.version && !version.starts_with(&format!("{}.", requirements.version)) {
            self.postgres_version = database::newest(aws, requirements.engine, requirements.version).await?.version;
        }
        if self.zones.len() < requirements.zones {
            let offer = database::offer(aws, requirements.engine, &self.postgres_version);
            let (all, offer) = futures::try_join!(zones::ask(aws), offer)?;
            (self.zones, self.zone_ids) = zones::choose(&aws.region, &all, &offer, requirements.zones, &self.zones)?;
        }
        self.zones.truncate(requirements.zones);
        self.zone_ids.truncate(requirements.zones);
        self.read_again(aws, requirements).await
    }

    /// Reads the secrets again. If they are unchanged, they are read by their recorded ARNs.
    async fn read_again(mut self, aws: &Aws, requirements: &Requirements<'_>) -> Result<Self> {
        let is_same = |kept: &Option<Existing>, asked| kept.as_ref().map(|kept| kept.asked.as_str()) == asked;
        if !is_same(&self.login, requirements.login.map(|l| l.secret)) || !is_same(&self.api_key, requirements.api_key)
        {
            (self.login, self.api_key) = secrets::ask(aws, requirements.login, requirements.api_key).await?;
            return Ok(self);
        }
        let arn = |kept: &Option<Existing>| kept.as_ref().map(|kept| kept.arn.clone());
        let (login, api_key) = (arn(&self.login), arn(&self.api_key));
        let login = requirements.login.zip(login.as_deref()).map(|(login, secret)| Login { secret, ..login });
        secrets::ask(aws, login, api_key.as_deref()).await?;
        Ok(self)
    }

    /// Placeholder facts, for a plan without calls to AWS.
    #[must_use]
    pub fn placeholders(region: &str, requirements: &Requirements<'_>) -> Self {
        let zones = ["a", "b", "c"].iter().take(requirements.zones);
        let account = "123456789012";
        Self {
            account: account.into(),
            partition: "aws".into(),
            region: region.into(),
            zones: zones.map(|z| format!("{region}{z}")).collect(),
            zone_ids: Vec::new(),
            postgres_version: requirements.version.into(),
            login: requirements.login.map(|login| Existing::placeholder(region, account, login.secret)),
            api_key: requirements.api_key.map(|secret| Existing::placeholder(region, account, secret)),
        }
    }
}
