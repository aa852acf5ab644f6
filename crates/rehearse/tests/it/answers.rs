//! Unreliable responses: errors without an AWS error code, and reads that omit existing resources. Covers one node of
//! every kind of every pipeline.
use crate::subject::{calm, holds, kinds};
use vidpipe_pipelines::spec::Pipeline::{Streamflix, Streamtech, StreamtechTokyo};
use vidpipe_rehearse::suites::{codeless_each, hidden_each, hidden_from_refresh};

#[test]
fn an_error_without_a_code_makes_nothing_twice_and_forgets_nothing() {
    holds(async { codeless_each(&calm(Streamtech), &kinds(Streamtech, &[]).await).await });
}

#[test]
fn an_error_without_a_code_makes_nothing_twice_and_forgets_nothing_elsewhere() {
    holds(async {
        let streamflix = codeless_each(&calm(Streamflix), &kinds(Streamflix, &[Streamtech]).await).await;
        let tokyo = kinds(StreamtechTokyo, &[Streamtech, Streamflix]).await;
        streamflix.and(codeless_each(&calm(StreamtechTokyo), &tokyo).await)
    });
}

#[test]
fn looks_that_show_nothing_leave_nothing() {
    holds(async { hidden_each(&calm(Streamtech), &kinds(Streamtech, &[]).await).await });
}

#[test]
fn looks_that_show_nothing_leave_nothing_elsewhere() {
    holds(async { hidden_each(&calm(Streamflix), &kinds(Streamflix, &[Streamtech]).await).await });
}

#[test]
fn a_look_that_shows_nothing_makes_nothing_anew() {
    holds(async {
        hidden_from_refresh(&calm(Streamtech), 11).await.and(hidden_from_refresh(&calm(Streamflix), 11).await)
    });
}
