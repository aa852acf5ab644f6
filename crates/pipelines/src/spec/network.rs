//! `[network]`: the VPC and its subnets.

use ipnet::Ipv4Net;
use serde::Serialize;

use super::field::{RangeWithHint, Refusal, Rule, Visitor};

/// Tiers of subnets in every availability zone: public, private, isolated.
pub(super) const TIERS: u32 = 3;

/// The VPC and its subnets.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Network {
    /// The CIDR range of the VPC.
    pub cidr: Ipv4Net,
    /// Number of availability zones, each with a public, a private and an isolated subnet.
    pub availability_zones: u32,
    /// Number of NAT gateways, at most one per zone; zones without a gateway use another zone's.
    pub nat_gateways: u32,
    /// Prefix length of every subnet.
    pub subnet_prefix: u32,
}

impl Network {
    /// The ranges of the subnets, in ascending order; enough for every tier and zone.
    ///
    /// Empty if a subnet would be larger than the VPC, which no checked spec allows.
    pub fn subnets(&self) -> impl Iterator<Item = Ipv4Net> {
        let prefix = u8::try_from(self.subnet_prefix).unwrap_or(u8::MAX);
        self.cidr.subnets(prefix).into_iter().flatten()
    }

    pub(super) fn visit(&mut self, gateways: &RangeWithHint<u32>, v: &mut impl Visitor) {
        let Self { cidr, availability_zones, nat_gateways, subnet_prefix } = self;
        v.field("cidr", "IPv4 range of the VPC.", &VpcRange, cidr);
        v.field(
            "availability_zones",
            "Availability zones used; each gets a public, a private and an isolated subnet.",
            &RangeWithHint {
                range: 2..=3,
                hint: "Multi-AZ for the database and the cache needs two zones; use 2 or 3",
            },
            availability_zones,
        );
        v.field(
            "nat_gateways",
            "NAT gateways, at most one per zone. 1 is cheaper, but then one zone's failure cuts all.",
            gateways,
            nat_gateways,
        );
        v.field(
            "subnet_prefix",
            "Prefix length of every subnet; three subnets per zone must fit into cidr.",
            &(16..=28),
            subnet_prefix,
        );
    }
}

/// A valid VPC range that does not shadow public addresses.
/// <https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html>
struct VpcRange;

const PRIVATE: [&str; 4] = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"];

impl Rule<Ipv4Net> for VpcRange {
    fn allowed(&self) -> String {
        format!("a /16 to /28 inside {}", PRIVATE.join(", "))
    }

    fn check(&self, cidr: &Ipv4Net) -> Result<(), Refusal> {
        if !(16..=28).contains(&cidr.prefix_len()) {
            let refusal = Refusal::new(format!("has a prefix of /{}", cidr.prefix_len()));
            return Err(refusal.hint("AWS takes VPC ranges from /16 to /28"));
        }
        if cidr.trunc() != *cidr {
            let refusal = Refusal::new(format!("does not start at a multiple of its size: {cidr}"));
            return Err(refusal.hint(format!("the range that holds it is \"{}\"", cidr.trunc())));
        }
        let inside = PRIVATE.iter().filter_map(|range| range.parse::<Ipv4Net>().ok());
        if !inside.into_iter().any(|range| range.contains(cidr)) {
            let refusal = Refusal::new(format!("is not a private range: {cidr}"));
            return Err(refusal.hint("public addresses inside a VPC hide the real ones from it"));
        }
        Ok(())
    }
}
