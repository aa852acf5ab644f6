//! x
use super::{Difference, Timeline};
/// x
pub fn html(_run: &Timeline, _d: Option<&Difference>) -> String {
    String::new()
}
