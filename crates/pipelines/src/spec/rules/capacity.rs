//! Capacities of Aurora Serverless v2.

use super::super::field::{Refusal, Rule};

/// Aurora capacity units, in steps of a half.
/// <https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ServerlessV2ScalingConfiguration.html>
pub(crate) struct Capacity {
    pub(crate) least: f64,
}

const MOST: f64 = 256.0;

impl Rule<f64> for Capacity {
    fn allowed(&self) -> String {
        format!("{:?} to {MOST:?}, in steps of 0.5", self.least)
    }

    fn check(&self, acu: &f64) -> Result<(), Refusal> {
        if !(self.least..=MOST).contains(acu) {
            return Err(Refusal::new(format!("is out of range: {acu:?}")));
        }
        if (acu * 2.0).fract() == 0.0 {
            return Ok(());
        }
        let nearest = (acu * 2.0).round() / 2.0;
        let refusal = Refusal::new(format!("is not one of Aurora's steps: {acu:?}"));
        Err(refusal.hint(format!("the nearest allowed value is {nearest:?}")))
    }
}
