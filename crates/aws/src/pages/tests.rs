//! Listings against a fake HTTP client.
use super::*;
use crate::{Aws, Connection, OrFail};
use aws_smithy_runtime_api::{
    client::{
        http::{
            HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
            SharedHttpConnector,
        },
        orchestrator::HttpResponse,
    },
    http::StatusCode,
};
use aws_smithy_types::body::SdkBody;
use std::{
    fs,
    ops::Range,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
};
use vidpipe_engine::{Class, Error, Result};

/// Answers the nth request, from 0, with the token that `token` returns for it.
#[derive(Clone, Debug)]
struct Listed {
    token: fn(usize) -> Option<usize>,
    asked: Arc<AtomicUsize>,
}

impl HttpConnector for Listed {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let nth = self.asked.fetch_add(1, Relaxed);
        let token = (self.token)(nth);
        let sent = String::from_utf8_lossy(request.body().bytes().unwrap_or_default()).into_owned();
        let body = if sent.contains("ListRoles") {
            let marker = token.map(|t| format!("<Marker>t{t}</Marker>")).unwrap_or_default();
            format!(
                "<ListRolesResponse><ListRolesResult><Roles><member><Path>/</Path><RoleName>r{nth}</RoleName>\
                 <RoleId>i</RoleId><Arn>a</Arn><CreateDate>2020-01-01T00:00:00Z</CreateDate></member></Roles>\
                 <IsTruncated>{}</IsTruncated>{marker}</ListRolesResult></ListRolesResponse>",
                token.is_some()
            )
        } else if sent.contains("DescribeDBEngineVersions") {
            let marker = token.map(|t| format!("<Marker>t{t}</Marker>")).unwrap_or_default();
            format!(
                "<DescribeDBEngineVersionsResponse><DescribeDBEngineVersionsResult>{marker}<DBEngineVersions>\
                 <DBEngineVersion><EngineVersion>{nth}</EngineVersion></DBEngineVersion></DBEngineVersions>\
                 </DescribeDBEngineVersionsResult></DescribeDBEngineVersionsResponse>"
            )
        } else {
            let next = token.map(|t| format!(r#", "position": "t{t}", "nextToken": "t{t}""#)).unwrap_or_default();
            format!(r#"{{"item": [{{"id": "i{nth}"}}], "clusterArns": ["c{nth}"]{next}}}"#)
        };
        HttpConnectorFuture::ready(Ok(HttpResponse::new(StatusCode::try_from(200).unwrap(), SdkBody::from(body))))
    }
}

impl HttpClient for Listed {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

/// Reads the same listing in XML, in JSON, and by GET. Returns each result and the number of pages requested.
async fn listed(token: fn(usize) -> Option<usize>, of: Range<usize>) -> Vec<(Result<usize, Error>, usize)> {
    let mut all = Vec::new();
    for nth in of {
        let asked = Arc::default();
        let http = SharedHttpClient::new(Listed { token, asked: Arc::clone(&asked) });
        let connection = Connection { unmetered: true, ..Connection::in_process("eu-west-1", http, vec![]) };
        let aws = Aws::connect(connection).await;
        let doing = "list them";
        let came = match nth {
            0 => items!(aws.iam.list_roles()).all().await.or_fail(doing).map(|all| all.len()),
            1 => items!(aws.ecs.list_clusters()).all().await.or_fail(doing).map(|all| all.len()),
            2 => items!(aws.apigateway.get_rest_apis()).all().await.or_fail(doing).map(|all| all.len()),
            _ => pages!(aws.rds.describe_db_engine_versions()).all().await.or_fail(doing).map(|all| all.len()),
        };
        all.push((came, asked.load(Relaxed)));
    }
    all
}

const CALLS: [&str; 4] =
    ["IAM ListRoles", "ECS ListClusters", "API Gateway GetRestApis", "RDS DescribeDBEngineVersions"];

#[tokio::test]
async fn a_listing_is_read_to_its_last_page() {
    for (came, asked) in listed(|nth| (nth < 6).then_some(nth), 0..4).await {
        assert_eq!((came.unwrap(), asked), (7, 7));
    }
}

#[tokio::test]
async fn a_token_that_comes_again_ends_a_listing_with_an_error_that_names_the_call() {
    // Immediately, and after some others. The SDK takes the first for the end of the listing.
    for token in [(|_| Some(0)) as fn(usize) -> Option<usize>, |nth| Some(nth % 3)] {
        for ((came, asked), call) in listed(token, 0..4).await.into_iter().zip(CALLS) {
            let error = came.unwrap_err();
            assert_eq!((error.class, error.call.as_deref()), (Class::Unclear, Some(call)), "{error:?}");
            assert!(error.message.starts_with("list them: the listing goes round"), "{error:?}");
            assert!(error.hint.is_some_and(|hint| hint.contains("proxy")) && asked < 5, "{asked} pages");
        }
    }
}

#[tokio::test]
async fn a_listing_without_an_end_ends_with_an_error_that_names_the_call() {
    for ((came, asked), call) in listed(Some, 0..1).await.into_iter().zip(CALLS) {
        let error = came.unwrap_err();
        assert_eq!((error.class, error.call.as_deref()), (Class::Invalid, Some(call)), "{error:?}");
        assert_eq!(
            (error.message.as_str(), asked),
            ("list them: the listing does not end: more than 2000 pages", MOST)
        );
    }
}

#[tokio::test]
async fn what_is_asked_between_two_pages_is_no_page_of_the_listing() {
    let http = SharedHttpClient::new(Listed { token: |nth| (nth < 8).then_some(nth), asked: Arc::default() });
    let connection = Connection { unmetered: true, ..Connection::in_process("eu-west-1", http, vec![]) };
    let aws = Aws::connect(connection).await;
    let mut roles = items!(aws.iam.list_roles());
    while let Some(role) = roles.next().await {
        role.or_fail("list the roles").unwrap();
        for _ in 0..2 {
            aws.iam.list_roles().send().await.or_fail("read the first page").unwrap();
        }
    }
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let all = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    all.flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] }).collect()
}

/// Calls that page by themselves.
const PAGING: [&str; 7] =
    ["into_paginator", "next_token(", "next_marker(", "set_marker(", ".marker(", "set_position(", "starting_token"];

#[test]
fn nothing_else_pages() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let (mut read, mut pages) = (0, Vec::new());
    for path in
        sources(&src).into_iter().filter(|path| !path.starts_with(src.join("pages")) && !path.ends_with("pages.rs"))
    {
        let text = fs::read_to_string(&path).unwrap();
        read += 1;
        pages.extend(PAGING.iter().filter(|word| text.contains(**word)).map(|word| (path.clone(), *word)));
    }
    assert!(read > 100, "{read} sources");
    assert_eq!(pages, [], "use `items!` or `pages!`: they know when a listing does not end");
}
