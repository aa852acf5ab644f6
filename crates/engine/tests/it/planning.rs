//! Plans: pure, and told in full before anything exists.
use crate::world::{KINDS, Net, Out, SMALL, Sizes, machine, pipeline};
use std::fmt::Write;
use vidpipe_engine::{Graph, Plan, pace::Timings, plan};

fn told(plan: &Plan<crate::cloud::Cloud>) -> String {
    plan.steps.iter().fold(String::new(), |mut s, step| {
        let spec = step.spec.as_ref().map(ToString::to_string).unwrap_or_default();
        let because = step.because.as_ref().map(|b| format!(" because of {b}")).unwrap_or_default();
        writeln!(s, "{:?} {}{because} {spec}", step.action, step.name).unwrap();
        s
    })
}

#[test]
fn a_new_environment_is_told_in_symbols() {
    insta::assert_snapshot!(told(&machine().plan(&pipeline(SMALL))));
}

#[tokio::test(start_paused = true)]
async fn an_unchanged_environment_is_kept() {
    let m = machine();
    m.done(&pipeline(SMALL)).await;
    insta::assert_snapshot!(told(&m.plan(&pipeline(SMALL))));
}

#[tokio::test(start_paused = true)]
async fn a_replacement_spreads_to_what_holds_it_and_not_to_what_reads_it() {
    let m = machine();
    m.done(&pipeline(SMALL)).await;
    insta::assert_snapshot!(told(&m.plan(&pipeline(Sizes { disk: 2, ..SMALL }))));
    insta::assert_snapshot!(told(&m.plan(&pipeline(Sizes { net: 2, ..SMALL }))));
    insta::assert_snapshot!(told(&m.plan(&pipeline(Sizes { gate: 2, app: 2, ..SMALL }))));
}

#[tokio::test(start_paused = true)]
async fn down_removes_everything_and_needs_only_the_state() {
    let m = machine();
    m.done(&pipeline(SMALL)).await;
    let plan = m.plan(&Graph::default());
    assert!(plan.changes() && plan.steps.iter().all(|s| s.loses.is_some() || s.name.0 == "flag"));
    insta::assert_snapshot!(told(&plan));
}

#[test]
fn an_order_of_removal_that_goes_in_a_circle_is_a_bug_with_names() {
    let mut g = Graph::default();
    let a = g.add("a", (), |()| Net { size: 1 });
    let b = g.add("b", &a, |a: Out| crate::world::Disk { size: 1, net: a.id });
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
