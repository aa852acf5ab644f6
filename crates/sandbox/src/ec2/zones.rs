//! The zones of a region: their ids, their letters in this account, and their capacity. Winterbaume knows letters only.
//! <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeAvailabilityZones.html>

use aws_sdk_ec2::operation::describe_availability_zones::{
    DescribeAvailabilityZonesInput, DescribeAvailabilityZonesOutput,
};
use aws_sdk_ec2::types::{AvailabilityZone, AvailabilityZoneState};

use crate::conditions::Zones;
use crate::context::Context;
use crate::typed::{Rule, Step, before};

/// Regions whose zones are not numbered from 1 to 3: the numbers of the zones with Fargate, and a zone without Fargate.
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/AWS_Fargate-Regions.html>
const EXCEPTIONS: &[(&str, &[u8], u8)] = &[("ap-northeast-1", &[1, 2, 4], 3), ("us-west-1", &[1, 3], 2)];
const USUAL: &[u8] = &[1, 2, 3];
const LETTERS: &str = "abcd";

pub(super) fn rules() -> Vec<Rule> {
    vec![before(describe)]
}

/// A zone as the account sees it.
pub(crate) struct Zone {
    /// The name in this account, such as `eu-central-1a`.
    pub(crate) name: String,
    /// The id in all accounts, such as `euc1-az1`.
    pub(crate) id: String,
    /// Whether the zone offers Fargate.
    pub(crate) fargate: bool,
    /// Whether the zone offers DB instances.
    pub(crate) databases: bool,
}

/// The region's zones, in the order of their letters.
pub(crate) fn zones(context: &Context<'_>) -> Vec<Zone> {
    let exception = EXCEPTIONS.iter().find(|(region, ..)| *region == context.region);
    let (numbers, without) = exception.map_or((USUAL, None), |(_, numbers, without)| (*numbers, Some(*without)));
    let old = context.conditions.zones == Zones::Old;
    let mut shown: Vec<u8> = without.filter(|_| old).into_iter().chain(numbers.iter().copied()).collect();
    if old && without.is_none() {
        shown.rotate_right(1);
    }
    let lowest = numbers[0];
    let zone = |(letter, number): (char, u8)| Zone {
        name: format!("{}{letter}", context.region),
        id: format!("{}-az{number}", short(context.region)),
        fargate: without != Some(number),
        databases: match context.conditions.zones {
            Zones::Alike | Zones::Old => true,
            Zones::WithoutClass => number != lowest,
            Zones::OnlyOne => number == lowest,
        },
    };
    LETTERS.chars().zip(shown).map(zone).collect()
}

/// The region's prefix in zone ids: `euc1` for `eu-central-1`, `apne1` for `ap-northeast-1`.
fn short(region: &str) -> String {
    let mut parts = region.split('-');
    let mut short = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let directions = ["north", "south", "east", "west", "central"];
        let mut rest = part;
        while let Some(direction) = directions.iter().find(|direction| rest.starts_with(**direction)) {
            short.push_str(&direction[..1]);
            rest = &rest[direction.len()..];
        }
        short.push_str(rest);
    }
    short
}

fn describe(
    context: &mut Context<'_>,
    input: &DescribeAvailabilityZonesInput,
) -> Step<DescribeAvailabilityZonesOutput> {
    let zone = |zone: &Zone| {
        AvailabilityZone::builder()
            .zone_name(&zone.name)
            .zone_id(&zone.id)
            .region_name(context.region)
            .zone_type("availability-zone")
            .state(AvailabilityZoneState::Available)
            .opt_in_status("opt-in-not-required".into())
            .build()
    };
    let asked = |zone: &AvailabilityZone| {
        input.filters().iter().all(|filter| {
            let has = match filter.name().unwrap_or_default() {
                "state" => zone.state().map(AvailabilityZoneState::as_str),
                "zone-type" => zone.zone_type(),
                "zone-id" => zone.zone_id(),
                "zone-name" => zone.zone_name(),
                _ => return true,
            };
            has.is_some_and(|has| filter.values().iter().any(|value| value == has))
        })
    };
    let shown: Vec<AvailabilityZone> = zones(context).iter().map(zone).filter(asked).collect();
    Step::Answer(DescribeAvailabilityZonesOutput::builder().set_availability_zones(Some(shown)).build())
}

#[cfg(test)]
mod tests {
    use super::short;

    #[test]
    fn regions_are_short_in_the_ids_of_their_zones() {
        for (region, expected) in
            [("eu-central-1", "euc1"), ("us-east-1", "use1"), ("ap-northeast-1", "apne1"), ("cn-north-1", "cnn1")]
        {
            assert_eq!(short(region), expected);
        }
    }
}
