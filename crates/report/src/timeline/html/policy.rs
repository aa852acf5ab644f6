//! The content security policy of the page: it may only display itself. Its style and its script are allowed by hash,
//! so text from a run cannot act as either, even if escaping failed.
use super::super::svg;
use maud::{Markup, PreEscaped};

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

/// The meta elements, with the policy: <https://www.w3.org/TR/CSP3/>. `maud` leaves void elements open, which is not XML.
pub(super) fn metas() -> Markup {
    PreEscaped(format!(
        "<meta charset=\"utf-8\"/>\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src '{STYLE_HASH}'; \
         script-src '{SCRIPT_HASH}'; base-uri 'none'; form-action 'none'\"/>\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n\
         <meta name=\"referrer\" content=\"no-referrer\"/>\n"
    ))
}
