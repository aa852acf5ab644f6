//! API rate limits, per account, region and action: what a service publishes, in its own folder; and a careful guess
//! where none is published. The rate limiter halves a rate when AWS throttles, and raises it again slowly.
use vidpipe_engine::Rate;

/// Where nothing is published: the rates of reads and of changes.
const READS: Rate = rate(100.0, 20.0);
const CHANGES: Rate = rate(50.0, 5.0);

/// The share of AWS's limits that is used: the network does not preserve the intervals between calls.
const USED: f64 = 0.95;

pub(crate) const fn rate(burst: f64, per_s: f64) -> Rate {
    Rate { burst, per_s: per_s * USED }
}

/// This many calls per second.
pub(crate) const fn each_s(calls: f64) -> Rate {
    rate(calls, calls)
}

/// One call per this many seconds.
pub(crate) const fn one_in_s(seconds: f64) -> Rate {
    rate(1.0, 1.0 / seconds)
}

/// Returns whether the action is a read.
pub(crate) fn is_read(action: &str) -> bool {
    ["Describe", "List", "Get", "Head", "Lookup"].iter().any(|verb| action.starts_with(verb))
}

/// The budgets of an API that publishes none.
pub(crate) fn unpublished(action: &str) -> Vec<(&str, Rate)> {
    vec![(action, if is_read(action) { READS } else { CHANGES })]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_are_known_by_their_verb() {
        assert!(is_read("DescribeVpcs") && is_read("HeadBucket") && !is_read("CreateVpc") && !is_read("TagResource"));
    }
}
