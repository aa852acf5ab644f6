//! No operation on a stale record changes another lineage's resources with the same names and ids.
use crate::subject::{calm, holds};
use std::collections::BTreeMap;
use vidpipe_aws::KINDS;
use vidpipe_engine::Name;
use vidpipe_pipelines::spec::{
    Pipeline::{Streamflix, Streamtech},
    Spec,
};
use vidpipe_rehearse::suites::{Subject, Tally, taken, taken_each};

/// The pipelines, with their optional resources.
fn subjects() -> [Subject; 3] {
    let tokyo = "pipeline = \"streamtech-tokyo\"\n";
    let streamflix = "pipeline = \"streamflix\"\n[alerts]\nemail = \"ops@example.com\"\n";
    [tokyo, streamflix, "[api]\naccount_logging_role = true\n"].map(|text| {
        let spec = Spec::load("vidpipe.toml".as_ref(), text).expect("a good spec");
        Subject { spec, ..calm(Streamtech) }
    })
}

/// A node of every kind, with a pipeline that contains it.
async fn kinds() -> BTreeMap<&'static str, (Subject, Name)> {
    let mut all = BTreeMap::new();
    for subject in subjects() {
        all.extend(subject.kinds().await.into_iter().map(|(kind, node)| (kind, (subject.clone(), node))));
    }
    all
}

fn recreated_by_another_lineage(part: usize, parts: usize) {
    holds(async {
        let kinds = kinds().await;
        let missing: Vec<&str> = KINDS.iter().map(|k| k.name()).filter(|kind| !kinds.contains_key(kind)).collect();
        assert!(missing.is_empty(), "no pipeline has any of these: {missing:?}");
        let mut all = Tally::default();
        for (subject, node) in kinds.into_values().skip(part).step_by(parts) {
            let tally = taken_each(&subject, &[node]).await;
            all = Tally { name: tally.name, ..all }.and(tally);
        }
        all
    });
}

#[test]
fn every_kind_recreated_by_another_lineage_is_left_alone_1() {
    recreated_by_another_lineage(0, 4);
}

#[test]
fn every_kind_recreated_by_another_lineage_is_left_alone_2() {
    recreated_by_another_lineage(1, 4);
}

#[test]
fn every_kind_recreated_by_another_lineage_is_left_alone_3() {
    recreated_by_another_lineage(2, 4);
}

#[test]
fn every_kind_recreated_by_another_lineage_is_left_alone_4() {
    recreated_by_another_lineage(3, 4);
}

#[test]
fn a_copy_of_an_old_state_removes_nothing_of_the_environment_that_stands() {
    holds(async { taken(&calm(Streamtech)).await.and(taken(&calm(Streamflix)).await) });
}
