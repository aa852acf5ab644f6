//! Chooses the zones: by id, among those that offer all that is required. Zone letters differ between accounts; ids
//! do not, so two accounts with the same spec use the same zones.
use super::database::Offer;
use crate::{Aws, error::OrFail};
use aws_sdk_ec2::types::Filter;
use vidpipe_engine::{Class, Error, Result, Stop, patiently};

/// The zones with [Fargate](https://docs.aws.amazon.com/AmazonECS/latest/developerguide/AWS_Fargate-Regions.html),
/// for regions where not all zones have it; as of November 2026. No API reports this, nor the same for ElastiCache.
const FARGATE: &[(&str, &[&str])] = &[
    ("ap-northeast-1", &["apne1-az1", "apne1-az2", "apne1-az4"]),
    ("cn-north-1", &["cnn1-az1", "cnn1-az2"]),
    ("us-west-1", &["usw1-az1", "usw1-az3"]),
];

/// A zone of a region.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Zone {
    /// The id in all accounts, such as `euc1-az2`.
    pub(super) id: String,
    /// The name in this account, such as `eu-central-1a`.
    pub(super) name: String,
}

/// The region's zones, sorted by id.
/// [DescribeAvailabilityZones](https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeAvailabilityZones.html)
pub(super) async fn ask(aws: &Aws) -> Result<Vec<Zone>> {
    let filter = |name: &str, value: &str| Filter::builder().name(name).values(value).build();
    let call = aws.ec2.describe_availability_zones().filters(filter("state", "available"));
    let call = call.filters(filter("zone-type", "availability-zone"));
    let ask = async || call.clone().send().await.or_fail("ask for the region's availability zones");
    let answer = patiently(&Stop::default(), ask).await?;
    let named = answer.availability_zones.unwrap_or_default().into_iter().filter_map(|zone| {
        let name = zone.zone_name?;
        // An emulator may return no ids.
        Some(Zone { id: zone.zone_id.unwrap_or_else(|| name.clone()), name })
    });
    let mut zones: Vec<Zone> = named.collect();
    zones.sort();
    Ok(zones)
}

/// The names and ids of `number` zones: first those in use, in their order; then those with the lowest ids of all
/// that offer what is required.
pub(super) fn choose(
    region: &str,
    all: &[Zone],
    offer: &Offer,
    number: usize,
    used: &[String],
) -> Result<(Vec<String>, Vec<String>)> {
    let known = |name: &String| all.iter().find(|zone| zone.name == *name).cloned();
    let used: Vec<Zone> =
        used.iter().map(|name| known(name).unwrap_or_else(|| Zone { id: name.clone(), name: name.clone() })).collect();
    let lacking: Vec<(&Zone, Option<String>)> = all.iter().map(|zone| (zone, lacks(region, zone, offer))).collect();
    let fitting = lacking.iter().filter(|(zone, lacks)| lacks.is_none() && !used.contains(zone));
    let chosen: Vec<Zone> = used.iter().chain(fitting.map(|(zone, _)| *zone)).take(number).cloned().collect();
    if chosen.len() < number {
        return Err(too_few(region, number, &lacking));
    }
    Ok(chosen.into_iter().map(|zone| (zone.name, zone.id)).unzip())
}

/// The requirement that the zone does not offer, if any.
fn lacks(region: &str, zone: &Zone, offer: &Offer) -> Option<String> {
    let fargate = FARGATE.iter().find(|(exception, _)| *exception == region);
    if fargate.is_some_and(|(_, zones)| !zones.contains(&zone.id.as_str()) && zone.id != zone.name) {
        return Some("no Fargate".into());
    }
    // Without any zones in the offer, the class counts as offered everywhere.
    (!offer.zones.is_empty() && !offer.zones.contains(&zone.name)).then(|| format!("no {}", offer.class))
}

fn too_few(region: &str, number: usize, lacking: &[(&Zone, Option<String>)]) -> Error {
    let reasons = lacking
        .iter()
        .map(|(zone, lacks)| format!("{} ({}) has {}", zone.id, zone.name, lacks.as_deref().unwrap_or("all of it")));
    let reasons: Vec<String> = reasons.collect();
    let reasons = if reasons.is_empty() { "it shows none to these credentials".into() } else { reasons.join(", ") };
    Error::new(
        Class::Invalid,
        format!("find {number} availability zones in {region} with all that is wanted: {reasons}"),
    )
    .hint("lower network.availability_zones, choose another database.instance_class, or another region in the spec")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zone(id: &str, letter: &str) -> Zone {
        Zone { id: id.into(), name: format!("ap-northeast-1{letter}") }
    }

    /// The zones of Tokyo in an old account: `a` is the zone without Fargate.
    fn tokyo() -> Vec<Zone> {
        vec![zone("apne1-az1", "c"), zone("apne1-az2", "d"), zone("apne1-az3", "a"), zone("apne1-az4", "b")]
    }

    fn offer(letters: &[&str]) -> Offer {
        let zones = letters.iter().map(|letter| format!("ap-northeast-1{letter}")).collect();
        Offer { version: "15.8".into(), class: "db.t4g.micro".into(), zones }
    }

    fn chosen(letters: &[&str], number: usize, used: &[&str]) -> Result<Vec<String>> {
        let used: Vec<String> = used.iter().map(|letter| format!("ap-northeast-1{letter}")).collect();
        choose("ap-northeast-1", &tokyo(), &offer(letters), number, &used).map(|(_, ids)| ids)
    }

    #[test]
    fn a_zone_without_fargate_or_the_class_is_passed_over() {
        assert_eq!(chosen(&["a", "b", "c", "d"], 2, &[]).unwrap(), ["apne1-az1", "apne1-az2"]);
        assert_eq!(chosen(&["a", "b", "c", "d"], 3, &[]).unwrap(), ["apne1-az1", "apne1-az2", "apne1-az4"]);
        assert_eq!(chosen(&["a", "b", "d"], 2, &[]).unwrap(), ["apne1-az2", "apne1-az4"]);
        assert_eq!(chosen(&[], 2, &[]).unwrap(), ["apne1-az1", "apne1-az2"]);
    }

    #[test]
    fn zones_in_use_stay_and_others_come_after_them() {
        assert_eq!(chosen(&["c", "d"], 3, &["b", "a"]).unwrap(), ["apne1-az4", "apne1-az3", "apne1-az1"]);
        // Even a zone that AWS no longer lists.
        assert_eq!(chosen(&["c", "d"], 2, &["z"]).unwrap(), ["ap-northeast-1z", "apne1-az1"]);
    }

    #[test]
    fn a_region_with_too_few_is_refused_by_name() {
        let error = chosen(&["a", "d"], 2, &[]).unwrap_err();
        assert_eq!(
            error.message,
            "find 2 availability zones in ap-northeast-1 with all that is wanted: apne1-az1 (ap-northeast-1c) has no \
             db.t4g.micro, apne1-az2 (ap-northeast-1d) has all of it, apne1-az3 (ap-northeast-1a) has no Fargate, \
             apne1-az4 (ap-northeast-1b) has no db.t4g.micro"
        );
    }
}
