//! The content security policy of the page: it may only display itself. Its style and its script are allowed by hash,
//! so text from a run cannot act as either, even if escaping failed.
use super::super::svg;

/// The page's own style; the charts' style is appended.
const PAGE: &str = include_str!("page.css");
/// The script that sorts the table of tasks. The page is complete without it.
pub(super) const SCRIPT: &str = include_str!("page.js");

/// The SHA-256 of [`style`], in the policy's format; a test verifies it.
const STYLE_HASH: &str = "sha256-u/DTAciaZiTYxveobffYr6pnrPuTzjEncey2VztK98k=";
/// The SHA-256 of [`SCRIPT`], in the same format.
const SCRIPT_HASH: &str = "sha256-D5Tg3KvPozY1W8sVWYyDuPUqYC2rLrDrLrLGmCboyW0=";

/// The style of the page and its charts.
pub(super) fn style() -> String {
    [PAGE, svg::STYLE].concat()
}

/// The content of the policy's meta element. <https://www.w3.org/TR/CSP3/>
pub(super) fn policy() -> String {
    format!(
        "default-src 'none'; style-src '{STYLE_HASH}'; script-src '{SCRIPT_HASH}'; base-uri 'none'; form-action 'none'"
    )
}
