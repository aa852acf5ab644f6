//! Resources that hold data are removed only by consent, and never recreated because they are broken. In these tests
//! every kind holds data once it has been ready, except the flag, a setting.
use crate::{
    cloud::Cloud,
    world::{App, Disk, FOREVER, KINDS, Machine, Net, Out, PLENTY, SMALL, Sizes, machine, pipeline},
};
use jiff::Timestamp;
use std::{collections::BTreeSet, time::Duration};
use vidpipe_engine::{Action, Consent, Drift, Graph, Name, Summary, event::Event, refresh};

/// An existing environment, whose runs may lose the data of these nodes.
async fn standing(want: &Graph<Cloud>, allowed: &[&str]) -> Machine {
    let mut m = machine();
    m.done(want).await;
    m.consent = to(allowed);
    m.cloud.calls.borrow_mut().clear();
    m.events.borrow_mut().clear();
    m
}

fn to(nodes: &[&str]) -> Consent {
    Consent::To(nodes.iter().map(|n| Name::from(*n)).collect())
}

async fn go(m: &Machine, want: &Graph<Cloud>) -> Summary {
    m.go(want, PLENTY, FOREVER).await.unwrap()
}

fn unconsented(m: &Machine, want: &Graph<Cloud>) -> Vec<String> {
    m.plan(want).unconsented(&m.consent).iter().map(|s| s.name.0.clone()).collect()
}

fn deleted(m: &Machine) -> Vec<String> {
    m.cloud.calls.borrow().iter().filter_map(|c| c.strip_prefix("delete ")).map(str::to_owned).collect()
}

/// The error of that node, and its hint.
fn failure(m: &Machine, of: &str) -> (String, String) {
    let failed = |e: &Event| match e {
        Event::Failed { node, error, .. } if node.0 == of => {
            Some((error.message.clone(), error.hint.clone().unwrap_or_default()))
        }
        _ => None,
    };
    m.events.borrow().iter().find_map(failed).unwrap_or_else(|| panic!("{of} did not fail"))
}

async fn looked_at(m: &Machine) -> Vec<(String, Drift)> {
    let mut state = m.disk.borrow().clone();
    let drifted = refresh(&m.cloud, KINDS, &mut state, Timestamp::UNIX_EPOCH).await.unwrap();
    *m.disk.borrow_mut() = state;
    drifted.into_iter().map(|(name, drift)| (name.0, drift)).collect()
}

#[tokio::test(start_paused = true)]
async fn a_replacement_needs_the_consent_of_each_node_that_goes() {
    let larger = pipeline(Sizes { net: 2, ..SMALL });
    let m = standing(&pipeline(SMALL), &["app", "disk", "gate"]).await;
    assert_eq!(unconsented(&m, &larger), ["net"], "the flag holds nothing");
    // A run without that consent does no more than what is allowed.
    assert!(!go(&m, &larger).await.is_complete());
    let (why, hint) = failure(&m, "net");
    assert!(why.contains("this loses everything"), "{why}");
    assert!(hint.contains("--allow-data-loss net"), "{hint}");
    assert!(!deleted(&m).contains(&"net".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn what_is_not_wanted_any_more_stays_without_consent() {
    let mut without = pipeline(SMALL);
    without.nodes.shift_remove(&Name::from("app"));
    let mut m = standing(&pipeline(SMALL), &[]).await;
    assert_eq!(unconsented(&m, &without), ["app"]);
    assert!(!go(&m, &without).await.is_complete());
    assert_eq!(deleted(&m), [""; 0]);
    m.consent = to(&["app"]);
    assert_eq!(unconsented(&m, &without), [""; 0]);
    assert!(go(&m, &without).await.is_complete());
    assert_eq!(deleted(&m), ["app"]);
}

/// A disk that depends on the id of one network, or of a second one that does not exist yet.
fn on(second: bool) -> Graph<Cloud> {
    let mut g = Graph::default();
    let a = g.add("a", (), |()| Net { size: 1 });
    let disk = |net: Out| Disk { size: 1, net: net.id };
    match second {
        false => g.add("disk", a.value(), disk),
        true => {
            let b = g.add("b", (), |()| Net { size: 1 });
            g.add("disk", b.value(), disk)
        }
    };
    g
}

#[tokio::test(start_paused = true)]
async fn what_moves_to_something_new_is_known_before() {
    let m = standing(&on(false), &[]).await;
    let plan = m.plan(&on(true));
    let disk = plan.steps.iter().find(|s| s.name.0 == "disk").unwrap();
    assert_eq!((disk.action, disk.fixed.as_slice()), (Action::Replace, &["net".to_owned()][..]));
    assert_eq!(unconsented(&m, &on(true)), ["disk"]);
}

#[tokio::test(start_paused = true)]
async fn what_turns_out_late_to_need_a_replacement_is_refused_with_the_same_words() {
    let mut m = standing(&on(false), &[]).await;
    // The network was deleted outside vidpipe: its replacement has another id.
    m.cloud.things.borrow_mut().retain(|_, thing| thing.node != "a");
    assert_eq!(looked_at(&m).await, [("a".to_owned(), Drift::Gone)]);
    assert_eq!(unconsented(&m, &on(false)), [""; 0], "nobody can know it before");
    assert!(!go(&m, &on(false)).await.is_complete());
    assert!(failure(&m, "disk").1.contains("--allow-data-loss disk"));
    assert_eq!(deleted(&m), [""; 0]);
    m.consent = to(&["disk"]);
    assert!(go(&m, &on(false)).await.is_complete());
    assert_eq!((deleted(&m), m.cloud.called("create disk")), (vec!["disk".to_owned()], 1));
}

#[tokio::test(start_paused = true)]
async fn what_was_never_ready_holds_nothing() {
    let mut m = machine();
    m.consent = to(&[]);
    m.cloud.break_next.borrow_mut().insert("disk".into());
    assert!(!go(&m, &pipeline(SMALL)).await.is_complete());
    assert_eq!(unconsented(&m, &pipeline(SMALL)), [""; 0]);
    assert!(go(&m, &pipeline(SMALL)).await.is_complete());
    assert_eq!(m.cloud.called("create disk"), 2);
}

#[tokio::test(start_paused = true)]
async fn what_an_allowed_run_began_to_remove_is_finished_by_the_next() {
    let mut m = standing(&pipeline(SMALL), &["disk"]).await;
    let larger = pipeline(Sizes { disk: 2, ..SMALL });
    assert!(m.go(&larger, PLENTY, Duration::from_secs(3)).await.is_none());
    assert_eq!(m.phases()["disk"], "deleting");
    m.consent = to(&[]);
    assert_eq!(unconsented(&m, &larger), [""; 0]);
    assert!(go(&m, &larger).await.is_complete());
}

#[tokio::test(start_paused = true)]
async fn what_breaks_after_it_was_ready_is_looked_at_again_until_somebody_repairs_it() {
    let mut m = standing(&pipeline(SMALL), &[]).await;
    m.cloud.fail("disk");
    assert_eq!(looked_at(&m).await, [("disk".to_owned(), Drift::Broken("CREATE_FAILED".into()))]);
    for consent in [to(&[]), to(&["disk"]), Consent::Everything] {
        m.consent = consent;
        let plan = m.plan(&pipeline(SMALL));
        assert_eq!((plan.count(Action::Recheck), plan.count(Action::Keep), plan.changes()), (1, 4, false));
        let summary = go(&m, &pipeline(SMALL)).await;
        assert_eq!((summary.failed, summary.skipped), (1, 0));
    }
    let (why, hint) = failure(&m, "disk");
    assert!(why.contains("CREATE_FAILED") && hint.contains("never replaces it"), "{why}, {hint}");
    assert_eq!(*m.cloud.calls.borrow(), [""; 0], "nothing was changed");
    assert_eq!(m.phases()["disk"], "ready");

    m.cloud.repair("disk");
    let summary = go(&m, &pipeline(SMALL)).await;
    assert_eq!((summary.is_complete(), summary.changed), (true, 0));
    assert_eq!(m.plan(&pipeline(SMALL)).count(Action::Keep), 5, "its trouble is over");
}

/// Only an app, which can be updated in place.
fn app(size: u32) -> Graph<Cloud> {
    let mut g = Graph::default();
    g.add("app", (), move |()| App { size, net: None, gate: None });
    g
}

#[tokio::test(start_paused = true)]
async fn a_change_that_repairs_it_is_made_and_given_time() {
    let m = standing(&app(1), &[]).await;
    m.cloud.fail("app");
    looked_at(&m).await;
    assert_eq!(m.plan(&app(2)).count(Action::Update), 1);
    let repair = async {
        tokio::time::sleep(Duration::from_secs(90)).await;
        m.cloud.repair("app");
    };
    let want = app(2);
    let (summary, ()) = tokio::join!(go(&m, &want), repair);
    assert!(summary.is_complete(), "{:?}", m.events.borrow());
    assert_eq!(*m.cloud.calls.borrow(), ["update app"]);
}

#[tokio::test(start_paused = true)]
async fn what_vanishes_during_a_change_is_made_anew_without_a_removal() {
    let m = standing(&app(1), &[]).await;
    let vanish = async {
        tokio::time::sleep(Duration::from_millis(1_500)).await;
        m.cloud.things.borrow_mut().clear();
    };
    let want = app(2);
    let (summary, ()) = tokio::join!(go(&m, &want), vanish);
    assert!(!summary.is_complete());
    assert!(failure(&m, "app").0.contains("it is gone"));
    assert!(go(&m, &want).await.is_complete());
    assert_eq!(*m.cloud.calls.borrow(), ["update app", "create app"]);
}

/// Every combination of sizes, with and without the app and the disk, from all ready: what a run without consent does.
#[tokio::test(start_paused = true)]
async fn no_run_without_consent_ever_removes_what_holds_data() {
    for case in 0..64_u32 {
        let bit = |n: u32| (case >> n) & 1;
        let sizes = Sizes { net: 1 + bit(0), gate: 1 + bit(1), disk: 1 + bit(2), app: 1 + bit(3) };
        let mut want = pipeline(sizes);
        let gone: Vec<&str> =
            [("app", 4), ("disk", 5)].into_iter().filter(|(_, n)| bit(*n) == 1).map(|(n, _)| n).collect();
        if gone.contains(&"disk") && !gone.contains(&"app") {
            // The app reads the disk, so a graph without the disk cannot contain the app.
            continue;
        }
        gone.iter().for_each(|name| drop(want.nodes.shift_remove(&Name::from(*name))));
        want.outputs.clear();
        let m = standing(&pipeline(SMALL), &[]).await;
        let plan = m.plan(&want);
        let losing: BTreeSet<_> = plan.steps.iter().filter(|s| s.data_loss.is_some()).map(|s| s.name.clone()).collect();
        let refused: BTreeSet<_> = plan.unconsented(&m.consent).iter().map(|s| s.name.clone()).collect();
        assert_eq!(losing, refused, "case {case}");
        go(&m, &want).await;
        assert_eq!(deleted(&m), [""; 0], "case {case}");
    }
}

/// After a false "not found" the name is still taken by the old resource, with its data. It must not be treated as a
/// new one.
#[tokio::test(start_paused = true)]
async fn what_was_taken_for_gone_and_is_found_again_still_holds_its_data() {
    let m = standing(&pipeline(SMALL), &[]).await;
    let hidden = m.cloud.things.borrow_mut().remove("disk").unwrap();
    assert_eq!(looked_at(&m).await, [("disk".to_owned(), Drift::Gone)]);
    m.cloud.things.borrow_mut().insert("disk".into(), hidden);
    m.cloud.fail("disk");
    assert!(!go(&m, &pipeline(SMALL)).await.is_complete());
    assert!(failure(&m, "disk").1.contains("never replaces it"));
    assert!(!go(&m, &pipeline(Sizes { disk: 2, ..SMALL })).await.is_complete());
    assert_eq!(deleted(&m), [""; 0]);
    m.cloud.repair("disk");
    assert!(go(&m, &pipeline(SMALL)).await.is_complete());
    assert_eq!(deleted(&m), [""; 0]);
}
