//! What the page may do: nothing but show itself. Its style and its script are named by their hashes, so text from a run
//! can be neither, even if it broke out of its place.
use super::super::svg;

/// The page's own style; the pictures' follows it.
const PAGE: &str = include_str!("page.css");
/// What sorts the table of tasks. The page is whole without it.
pub(super) const SCRIPT: &str = include_str!("page.js");

/// The SHA-256 of [`style`], as a policy names it; a test compares them.
const STYLE_HASH: &str = "sha256-u/DTAciaZiTYxveobffYr6pnrPuTzjEncey2VztK98k=";
/// The same of [`SCRIPT`].
const SCRIPT_HASH: &str = "sha256-D5Tg3KvPozY1W8sVWYyDuPUqYC2rLrDrLrLGmCboyW0=";

/// The style of the page and its pictures.
pub(super) fn style() -> String {
    [PAGE, svg::STYLE].concat()
}

/// The policy, as its meta element holds it. <https://www.w3.org/TR/CSP3/>
pub(super) fn policy() -> String {
    format!(
        "default-src 'none'; style-src '{STYLE_HASH}'; script-src '{SCRIPT_HASH}'; base-uri 'none'; form-action 'none'"
    )
}
