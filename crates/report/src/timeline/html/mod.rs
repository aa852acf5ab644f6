//! A run as one self-contained page that loads no other resources.
//!
//! The page is well-formed XML too, so that a parser can check that it is complete. All text of a run is external text:
//! `maud` escapes it.
mod facts;
mod lists;
mod policy;
mod tasks;

use super::{
    Difference, Timeline,
    svg::{Shape, figure},
};
use crate::text::page;
use maud::{DOCTYPE, Markup, PreEscaped, html};

/// The run, and its difference from an earlier run, as one HTML document.
pub fn html(run: &Timeline, against: Option<&Difference>) -> String {
    let markup = html! {
        (DOCTYPE) "\n"
        html lang="en" {
            "\n"
            head {
                "\n"
                (policy::metas())
                title { (run.command) " " (run.environment()) } "\n"
                style { (PreEscaped(policy::style())) } "\n"
            }
            "\n"
            body {
                "\n"
                (facts::head(run, against))
                main {
                    "\n"
                    (facts::troubles(run))
                    (picture(run))
                    (lists::path(run))
                    @if let Some(difference) = against { (lists::difference(difference)) }
                    (lists::pauses(run))
                    (lists::calls(run))
                    (tasks::tasks(run))
                }
                "\n"
                footer { "Drawn from the run's history by vidpipe." } "\n"
                script { (PreEscaped(policy::SCRIPT)) } "\n"
            }
            "\n"
        }
        "\n"
    };
    page(&markup.into_string(), false)
}

/// A section of the page.
fn section(heading: &str, lead: &str, body: Markup) -> Markup {
    html! {
        section {
            h2 { (heading) } "\n"
            @if !lead.is_empty() { p .lead { (lead) } "\n" }
            (body)
        }
        "\n"
    }
}

fn picture(run: &Timeline) -> Markup {
    if run.rows.iter().all(|r| r.from.is_none()) {
        return Markup::default();
    }
    let body = html! { div .picture { (figure(run, Shape::Wide)) (figure(run, Shape::Narrow)) } "\n" };
    section(
        "Over time",
        "A line for each task, from its start to its end; quick tasks of one moment share a line.",
        body,
    )
}
