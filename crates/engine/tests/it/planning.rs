//! Plans: pure, and complete before any resource exists.
use crate::world::{Disk, KINDS, Net, Out, SMALL, Sizes, machine, pipeline};
use std::fmt::Write;
use vidpipe_engine::{Action, Graph, Plan, pace::Timings, plan};

fn lines(plan: &Plan<crate::cloud::Cloud>) -> String {
    plan.steps.iter().fold(String::new(), |mut s, step| {
        let spec = step.spec.as_ref().map(ToString::to_string).unwrap_or_default();
        let because = step.because.as_ref().map(|b| format!(" because of {b}")).unwrap_or_default();
        writeln!(s, "{:?} {}{because} {spec}", step.action, step.name).unwrap();
        s
    })
}

#[test]
fn a_new_environment_is_told_in_symbols() {
    insta::assert_snapshot!(lines(&machine().plan(&pipeline(SMALL))));
}

#[tokio::test(start_paused = true)]
async fn an_unchanged_environment_is_kept() {
    let m = machine();
    m.done(&pipeline(SMALL)).await;
    insta::assert_snapshot!(lines(&m.plan(&pipeline(SMALL))));
}

#[tokio::test(start_paused = true)]
async fn a_replacement_spreads_to_what_holds_it_and_not_to_what_reads_it() {
    let m = machine();
    m.done(&pipeline(SMALL)).await;
    insta::assert_snapshot!(lines(&m.plan(&pipeline(Sizes { disk: 2, ..SMALL }))));
    insta::assert_snapshot!(lines(&m.plan(&pipeline(Sizes { net: 2, ..SMALL }))));
    insta::assert_snapshot!(lines(&m.plan(&pipeline(Sizes { gate: 2, app: 2, ..SMALL }))));
}

/// A network that is replaced, and a disk that uses it without holding it.
fn loosely(size: u32, follows: bool) -> Graph<crate::cloud::Cloud> {
    let mut g = Graph::default();
    let net = g.add("net", (), move |()| Net { size });
    let uses = if follows { net.value().follows() } else { net.value() };
    g.add("disk", uses, |_| Disk { size: 1, net: None });
    g
}

#[tokio::test(start_paused = true)]
async fn what_follows_is_replaced_with_what_it_does_not_hold() {
    for (follows, action) in [(true, Action::Replace), (false, Action::Decide)] {
        let m = machine();
        m.done(&loosely(1, follows)).await;
        let plan = m.plan(&loosely(2, follows));
        let disk = plan.steps.iter().find(|s| s.name.0 == "disk").unwrap();
        assert_eq!(disk.action, action, "follows: {follows}");
        m.done(&loosely(2, follows)).await;
        assert!(!m.plan(&loosely(2, follows)).changes());
    }
}

#[tokio::test(start_paused = true)]
async fn down_removes_everything_and_needs_only_the_state() {
    let m = machine();
    m.done(&pipeline(SMALL)).await;
    let plan = m.plan(&Graph::default());
    assert!(plan.changes() && plan.steps.iter().all(|s| s.data_loss.is_some() || s.name.0 == "flag"));
    insta::assert_snapshot!(lines(&plan));
}

#[test]
fn an_order_of_removal_that_goes_in_a_circle_is_a_bug_with_names() {
    let mut g = Graph::default();
    let a = g.add("a", (), |()| Net { size: 1 });
    let b = g.add("b", &a, |a: Out| Disk { size: 1, net: a.id });
    g.outlives(&b, &a);
    let m = machine();
    let made = |name: &str| {
        use vidpipe_engine::{Entry, Name, Phase, PhysicalId, Token};
        let node = &g.nodes[&Name::from(name)];
        Entry {
            kind: node.kind.name().into(),
            spec: serde_json::json!({"size": 1, "net": null}),
            edges: node.edges.clone(),
            token: Token("t".into()),
            phase: Phase::Ready { id: PhysicalId(name.into()), output: serde_json::json!({"id": name}) },
            since: jiff::Timestamp::UNIX_EPOCH,
            trouble: None,
            never_ready: false,
        }
    };
    for name in ["a", "b"] {
        m.disk.borrow_mut().entries.insert(name.into(), made(name));
    }
    let plan = plan(&Graph::default(), &m.disk.borrow(), KINDS, &Timings::default()).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let refused =
        runtime.block_on(async { m.runner(1, vidpipe_engine::Stop::default()).run(&plan).await }).unwrap_err();
    assert!(refused.to_string().contains("remove a, remove b"), "{refused}");
}
