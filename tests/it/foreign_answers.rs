//! Answers that are not from AWS, against the built binary: errors of proxies, empty lists, pages without an end.
//! vidpipe does not trust them.
use crate::{gate::Gate, harness::Harness, instead::Foreign, moto::Moto};
use std::{
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
    time::Duration,
};

fn page() -> String {
    "<html><head><title>Not allowed here</title></head></html>".into()
}

/// Each is returned once: the operation, the status, whether the body is a page, and whether AWS has done the call.
/// Without a creation, a resource that only its tags identify is polled for over a minute, so the sandbox's tests cover
/// those.
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
    let harness = Harness::at(&gate.endpoint());
    let before = moto.live();
    for (operation, status, is_page, done) in ERRORS {
        let body = if is_page { page } else { String::new };
        gate.foreign(Foreign { operation, status, body, done }, Duration::ZERO);
    }
    harness.run("up --suffix staging --yes").ends(0);
    assert_eq!(moto.live().twice(), [""; 0], "made twice");
    // The cluster is not listed until half of the removal is done.
    gate.change("DescribeClusters", |_| r#"{"clusters": [], "failures": []}"#.into(), Duration::from_secs(3));
    harness.run("down --suffix staging --yes").ends(0);
    assert_eq!(moto.live().differing(&before), [""; 0], "something is left");
    assert_eq!(gate.never_given(), [""; 0]);
}

/// One more page of database engine versions, each with another token.
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
    let harness = Harness::at(&gate.endpoint());
    let versions = Foreign { operation: "DescribeDBEngineVersions", status: 200, body: more_versions, done: false };
    gate.foreign(versions, Duration::from_secs(600));
    let ran = harness.run("up --suffix staging --yes");
    for text in ["RDS DescribeDBEngineVersions", "the listing does not end", "proxy"] {
        assert!(ran.stderr.contains(text), "{text:?} is not told:\n{}", ran.stderr);
    }
    assert_eq!(gate.changes(), [""; 0]);
}
