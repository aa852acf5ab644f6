//! Answers that are not AWS's, on the built binary: errors of proxies, lists that show nothing, pages without an end. What they
//! say is not believed.
use crate::{gate::Gate, instead::Foreign, moto::Moto, world::World};
use std::{
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
    time::Duration,
};

fn page() -> String {
    "<html><head><title>Not allowed here</title></head></html>".into()
}

/// Each once: the operation, the status, whether it is a page, and whether AWS has done the call. What has only its tags to be
/// known by is looked for over a minute where it was not made, so that is left to the sandbox.
const ERRORS: [(&str, u16, bool, bool); 12] = [
    ("CreateVpc", 404, true, true),
    ("CreateSecurityGroup", 403, false, true),
    ("CreateCluster", 403, true, false),
    ("CreateRole", 404, false, false),
    ("CreateDBInstance", 403, false, true),
    ("CreateLogGroup", 404, true, true),
    ("DeleteVpc", 404, false, false),
    ("DeleteNatGateway", 404, true, false),
    ("DeleteCluster", 403, true, false),
    ("DeleteDBInstance", 404, true, false),
    ("DeleteRole", 404, false, true),
    ("DeleteLogGroup", 403, false, false),
];

#[test]
fn an_error_without_a_code_and_a_list_that_shows_nothing_are_not_believed() {
    let moto = Moto::start();
    let gate = Gate::before(moto.endpoint());
    let world = World::at(&gate.endpoint());
    let before = moto.live();
    for (operation, status, is_page, done) in ERRORS {
        let body = if is_page { page } else { String::new };
        gate.foreign(Foreign { operation, status, body, done }, Duration::ZERO);
    }
    world.run("up --suffix staging --yes").ends(0);
    assert_eq!(moto.live().twice(), [""; 0], "made twice");
    // Nobody hears of the cluster until half of it is removed.
    gate.change("DescribeClusters", |_| r#"{"clusters": [], "failures": []}"#.into(), Duration::from_secs(3));
    world.run("down --suffix staging --yes").ends(0);
    assert_eq!(moto.live().differing(&before), [""; 0], "something is left");
    assert_eq!(gate.never_given(), [""; 0]);
}

/// One more page of the versions of a database, each with another token.
fn more_versions() -> String {
    static PAGES: AtomicUsize = AtomicUsize::new(0);
    let token = PAGES.fetch_add(1, Relaxed);
    format!(
        "<DescribeDBEngineVersionsResponse><DescribeDBEngineVersionsResult><Marker>{token}</Marker><DBEngineVersions/>\
         </DescribeDBEngineVersionsResult></DescribeDBEngineVersionsResponse>"
    )
}

#[test]
fn pages_without_an_end_end_with_an_error_that_names_the_call() {
    let moto = Moto::start();
    let gate = Gate::before(moto.endpoint());
    let world = World::at(&gate.endpoint());
    let versions = Foreign { operation: "DescribeDBEngineVersions", status: 200, body: more_versions, done: false };
    gate.foreign(versions, Duration::from_secs(600));
    let ran = world.run("up --suffix staging --yes");
    for told in ["RDS DescribeDBEngineVersions", "the listing does not end", "proxy"] {
        assert!(ran.stderr.contains(told), "{told:?} is not told:\n{}", ran.stderr);
    }
    assert_eq!(gate.changes(), [""; 0]);
}
