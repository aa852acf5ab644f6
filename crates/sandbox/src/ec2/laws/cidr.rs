//! IPv4 address ranges.

use std::net::Ipv4Addr;

/// A range such as `10.0.1.0/24`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Range {
    first: u32,
    /// The length of the prefix.
    pub(super) bits: u32,
}

impl Range {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (address, bits) = text.split_once('/')?;
        let (address, bits) = (address.parse::<Ipv4Addr>().ok()?, bits.parse().ok().filter(|bits| *bits <= 32)?);
        Some(Self { first: u32::from(address) & mask(bits), bits })
    }

    /// Whether it contains every address of `other`.
    pub(super) fn contains(self, other: Self) -> bool {
        self.bits <= other.bits && other.first & mask(self.bits) == self.first
    }

    /// Whether the two ranges share any address.
    pub(super) fn overlaps(self, other: Self) -> bool {
        self.contains(other) || other.contains(self)
    }
}

fn mask(bits: u32) -> u32 {
    u32::MAX.checked_shl(32 - bits).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::Range;

    #[test]
    fn ranges_contain_and_overlap() {
        let range = |text: &str| Range::parse(text).expect("it is a range");
        let (vpc, inside, half) = (range("10.0.0.0/16"), range("10.0.1.0/24"), range("10.0.1.128/25"));
        assert!(vpc.contains(inside) && !inside.contains(vpc) && !vpc.contains(range("10.1.1.0/24")));
        assert!(inside.overlaps(half) && half.overlaps(inside) && !half.overlaps(range("10.0.1.0/25")));
        assert!(range("0.0.0.0/0").contains(vpc));
        assert!(Range::parse("10.0.0.0").is_none() && Range::parse("10.0.0.0/33").is_none());
    }
}
