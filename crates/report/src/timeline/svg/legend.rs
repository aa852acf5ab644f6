//! The legend of the colours and signs in use.
use super::{
    super::{Activity, Outcome, Timeline, bars::Bar},
    Shape, Sheet,
    rows::known,
    sheet::forecast,
};
use crate::text::px;
use maud::{Markup, html};

/// The lines of the legend, below the bars.
pub(super) struct Legend {
    pub(super) body: Markup,
    pub(super) height: f64,
}

const LINE: f64 = 20.0;
/// The distance between the bars and the legend.
const ABOVE: f64 = 26.0;

pub(super) fn legend(run: &Timeline, bars: &[Bar<'_>], sheet: &Sheet) -> Legend {
    let (mut x, mut line, mut body) = (0.0, 0.0, Markup::default());
    let start = if sheet.shape == Shape::Wide { 4.0 } else { sheet.left };
    for (sign, word) in items(run, bars, sheet) {
        let room = 30.0 + word.chars().count() as f64 * 5.9 + 18.0;
        if x > 0.0 && start + x + room > sheet.width {
            (x, line) = (0.0, line + 1.0);
        }
        let (left, top) = (start + x, sheet.bottom() + ABOVE + line * LINE);
        let item = html! {
            g transform={ "translate(" (px(left)) " " (px(top)) ")" } { (sign) text .faint x="28" y="0" { (word) } }
            "\n"
        };
        body.0 += &item.0;
        x += room;
    }
    Legend { body, height: ABOVE + line * LINE + 8.0 }
}

fn items(run: &Timeline, bars: &[Bar<'_>], sheet: &Sheet) -> Vec<(Markup, &'static str)> {
    let rows = || bars.iter().flat_map(|b| b.rows.iter().copied());
    let does = |what: fn(&Activity) -> bool| rows().flat_map(|r| &r.segments).any(|s| what(&s.doing));
    let came = |what: fn(&Outcome) -> bool| rows().any(|r| what(&r.outcome));
    let swatch = |class: &str| html! { rect .(class) x="0" y="-9" width="20" height="10" rx="2" {} };
    let line = |class: &str| html! { line .(class) x1="0" y1="-4" x2="20" y2="-4" {} };
    let path = |class: &str, d: &str| html! { path .(class) d=(d) {} };
    let critical = html! { g .critical { (swatch("wait")) } };
    let items = [
        (!run.path.is_empty(), critical, "the run waited for it"),
        (does(|d| matches!(d, Activity::Waiting { .. })), swatch("wait"), "waiting for AWS"),
        (does(|d| matches!(d, Activity::Working | Activity::Calling { .. })), swatch("call"), "calling"),
        (does(|d| matches!(d, Activity::Queued { .. })), swatch("queue"), "queued for a call budget"),
        (does(|d| matches!(d, Activity::Pausing { .. })), swatch("pause"), "before a retry"),
        (rows().any(|r| !r.usual.is_zero()), line("usual"), "usual time"),
        (rows().any(|r| !r.late.is_zero()), line("late"), "nine of ten"),
        (!forecast(run).is_empty(), line("thought"), "forecast"),
        (
            rows().any(|r| known(run, r, sheet).is_some()),
            path("known", "M10 -8 l4 4 l-4 4 l-4 -4 z"),
            "its values can be read",
        ),
        (came(|o| matches!(o, Outcome::Failed(_))), path("fell", "M6 -8 l7 7 m0 -7 l-7 7"), "failed"),
        (came(|o| *o == Outcome::CutShort), path("cut", "M8 -8 l5 4 l-5 4"), "cut short"),
    ];
    items.into_iter().filter(|(any, ..)| *any).map(|(_, sign, word)| (sign, word)).collect()
}
