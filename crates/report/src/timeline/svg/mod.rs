//! x
use super::Timeline;
/// x
pub fn svg(_run: &Timeline) -> String {
    String::new()
}
