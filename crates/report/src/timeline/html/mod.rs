//! A run as one self-contained page that loads no other resources.
//!
//! The page is well-formed XML too, so that a parser can check that it is complete. All text of a run is external text:
//! it enters the page only through `escaped`.
mod facts;
mod lists;
mod policy;
mod tasks;

use super::{
    Difference, Timeline,
    svg::{Shape, figure},
};
use crate::markup::escaped;

/// The run, and its difference from an earlier run, as one HTML document.
pub fn html(run: &Timeline, against: Option<&Difference>) -> String {
    let title = escaped(&format!("{} {}", run.command, run.environment()));
    let sections = [
        facts::troubles(run),
        picture(run),
        lists::path(run),
        against.map(lists::difference).unwrap_or_default(),
        lists::pauses(run),
        lists::calls(run),
        tasks::tasks(run),
    ];
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\"/>\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n\
         <meta name=\"referrer\" content=\"no-referrer\"/>\n<title>{title}</title>\n<style>{style}</style>\n</head>\n\
         <body>\n{head}<main>\n{sections}</main>\n\
         <footer>Drawn from the run's history by vidpipe.</footer>\n\
         <script>{script}</script>\n</body>\n</html>\n",
        policy = policy::policy(),
        style = policy::style(),
        head = facts::head(run, against),
        sections = sections.concat(),
        script = policy::SCRIPT,
    )
}

/// A section of the page; empty if it has no body. The heading and the lead are text, the body is markup.
fn section(heading: &str, lead: &str, body: &str) -> String {
    if body.is_empty() {
        return String::new();
    }
    let lead = if lead.is_empty() { String::new() } else { format!("<p class=\"lead\">{}</p>\n", escaped(lead)) };
    format!("<section>\n<h2>{}</h2>\n{lead}{body}</section>\n", escaped(heading))
}

fn picture(run: &Timeline) -> String {
    if run.rows.iter().all(|r| r.from.is_none()) {
        return String::new();
    }
    let body = format!("<div class=\"picture\">\n{}{}</div>\n", figure(run, Shape::Wide), figure(run, Shape::Narrow));
    section(
        "Over time",
        "A line for each task, from its start to its end; quick tasks of one moment share a line.",
        &body,
    )
}
