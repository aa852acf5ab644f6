//! Checks that a region offers the database version and instance class. Only reads.
use super::Engine;
use crate::{Aws, error::OrFail};
use std::collections::BTreeSet;
use vidpipe_engine::{Class, Error, Result, Stop, patiently};

const POSTGRES: &str = "postgres";
const AURORA: &str = "aurora-postgresql";
/// The class of Serverless v2 instances.
const SERVERLESS: &str = "db.serverless";
/// The zones needed for a writer and a reader that does not fail with it.
const ZONES: usize = 2;

/// A region's offer for a database.
#[derive(Debug)]
pub(super) struct Offer {
    /// The full version.
    pub(super) version: String,
    /// The class of the instances.
    pub(super) class: String,
    /// The zones with instances of that class and version, by their names in this account.
    pub(super) zones: BTreeSet<String>,
}

/// The newest matching version the region offers, if instances of the required class are available for it.
pub(super) async fn newest(aws: &Aws, engine: Engine<'_>, requested: &str) -> Result<Offer> {
    match engine {
        Engine::Aurora => aurora(aws, requested).await,
        Engine::Rds { class } => {
            let offer = offer(aws, engine, &newest_postgres(aws, requested).await?).await?;
            if offer.zones.is_empty() {
                return Err(no_class(aws, POSTGRES, &offer.version, class));
            }
            Ok(offer)
        }
    }
}

/// The offer for exactly this version.
pub(super) async fn offer(aws: &Aws, engine: Engine<'_>, version: &str) -> Result<Offer> {
    let (engine, class) = match engine {
        Engine::Aurora => (AURORA, SERVERLESS),
        Engine::Rds { class } => (POSTGRES, class),
    };
    let zones = zones(aws, engine, version, class).await?;
    Ok(Offer { version: version.into(), class: class.into(), zones })
}

/// The newest version of PostgreSQL on RDS the region offers for a major version, or exactly this version.
/// [DescribeDBEngineVersions](https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeDBEngineVersions.html)
///
/// # Errors
/// When the region does not offer it.
async fn newest_postgres(aws: &Aws, requested: &str) -> Result<String> {
    newest_of(aws, POSTGRES, requested).await?.ok_or_else(|| {
        Error::new(
            Class::Invalid,
            format!("find PostgreSQL {requested} in {}: RDS does not offer it there", aws.region),
        )
        .hint("set database.engine_version in the spec to a major version such as \"15\"")
    })
}

/// The newest version of Aurora PostgreSQL the region offers for a major version, or exactly this version, if
/// Serverless v2 instances are available for it in two zones.
/// [DescribeDBEngineVersions](https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeDBEngineVersions.html)
///
/// # Errors
/// When the region does not offer it.
pub async fn newest_aurora(aws: &Aws, requested: &str) -> Result<String> {
    aurora(aws, requested).await.map(|offer| offer.version)
}

async fn aurora(aws: &Aws, requested: &str) -> Result<Offer> {
    let newest = newest_of(aws, AURORA, requested).await?.ok_or_else(|| {
        let what = format!("find Aurora PostgreSQL {requested} in {}: RDS does not offer it there", aws.region);
        Error::new(Class::Invalid, what)
            .hint("set database.engine_version in the spec to a major version such as \"16\"")
    })?;
    let offer = offer(aws, Engine::Aurora, &newest).await?;
    let zones = offer.zones.len();
    if zones < ZONES {
        let region = &aws.region;
        let what = format!("find {SERVERLESS} for Aurora PostgreSQL {newest} in {region}: {zones} zones offer it");
        return Err(Error::new(Class::Invalid, what)
            .hint("set database.engine_version in the spec to another version, or choose another region"));
    }
    Ok(offer)
}

/// Checks that the region offers instances of this class and version.
///
/// # Errors
/// When it does not.
pub async fn offers_class(aws: &Aws, engine: &str, version: &str, class: &str) -> Result<()> {
    if !zones(aws, engine, version, class).await?.is_empty() {
        return Ok(());
    }
    Err(no_class(aws, engine, version, class))
}

fn no_class(aws: &Aws, engine: &str, version: &str, class: &str) -> Error {
    let what = format!("find {class} for {engine} {version} in {}: RDS does not offer it there", aws.region);
    Error::new(Class::Invalid, what).hint("set database.instance_class in the spec to another class")
}

/// The newest version the region offers of this engine.
async fn newest_of(aws: &Aws, engine: &str, requested: &str) -> Result<Option<String>> {
    let call = aws.rds.describe_db_engine_versions().engine(engine).engine_version(requested);
    let pages = async || items!(call.clone()).all().await;
    let ask = async || pages().await.or_fail("ask which database versions the region offers");
    let answer = patiently(&Stop::default(), ask).await?;
    Ok(newest_number(answer.iter().filter_map(|v| v.engine_version()), requested).map(str::to_owned))
}

/// The zones that offer it.
/// [DescribeOrderableDBInstanceOptions](https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeOrderableDBInstanceOptions.html)
async fn zones(aws: &Aws, engine: &str, version: &str, class: &str) -> Result<BTreeSet<String>> {
    let call = aws.rds.describe_orderable_db_instance_options().engine(engine).engine_version(version);
    let call = call.db_instance_class(class).vpc(true);
    let pages = async || items!(call.clone()).all().await;
    let ask = async || pages().await.or_fail("ask which instance classes the region offers");
    let answer = patiently(&Stop::default(), ask).await?;
    let named = |o: &aws_sdk_rds::types::OrderableDbInstanceOption| {
        o.availability_zones().iter().filter_map(|z| z.name.clone()).collect::<Vec<_>>()
    };
    Ok(answer.iter().filter(|o| o.db_instance_class() == Some(class)).flat_map(named).collect())
}

/// The newest of the offered versions that equals `requested`, or is of that major version. Versions with words in them,
/// such as `16.4-limitless`, are other engines.
fn newest_number<'a>(offered: impl Iterator<Item = &'a str>, requested: &str) -> Option<&'a str> {
    let numbers = |v: &str| v.split('.').map(|n| n.parse::<u32>().ok()).collect::<Option<Vec<_>>>();
    let matching = offered.filter(|v| *v == requested || v.starts_with(&format!("{requested}.")));
    matching.filter_map(|v| Some((numbers(v)?, v))).max().map(|(_, v)| v)
}

#[cfg(test)]
mod tests {
    use super::newest_number;

    #[test]
    fn the_newest_is_by_numbers_and_of_the_same_engine() {
        let offered = ["16.9", "16.10", "16.11-limitless", "15.12", "1.9"];
        let newest = |requested| newest_number(offered.into_iter(), requested);
        assert_eq!(newest("16"), Some("16.10"));
        assert_eq!(newest("16.9"), Some("16.9"));
        assert_eq!(newest("1"), Some("1.9"));
        assert_eq!(newest("17"), None);
    }
}
