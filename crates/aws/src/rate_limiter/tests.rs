use super::*;
use aws_config::{BehaviorVersion, Region, SdkConfig, identity::IdentityCache};
use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use aws_smithy_runtime_api::client::interceptors::SharedInterceptor;
use std::{
    future::pending,
    sync::Mutex,
    time::{SystemTime, UNIX_EPOCH},
};

#[derive(Debug)]
struct Silent;

impl HttpConnector for Silent {
    fn call(&self, _: HttpRequest) -> HttpConnectorFuture {
        HttpConnectorFuture::new(pending())
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_never_comes_is_given_up() {
    let began = Instant::now();
    let answer = sent(&SharedHttpConnector::new(Silent), HttpRequest::empty()).await;
    assert!(answer.is_err_and(|e| e.is_timeout()));
    assert_eq!(began.elapsed(), ANSWER);
}

#[tokio::test]
async fn no_more_of_an_answer_is_read_than_any_answer_has() {
    let good = read(SdkBody::from(vec![b' '; LONGEST])).await;
    assert_eq!(good.map(|body| body.len()).ok(), Some(LONGEST));
    let error = read(SdkBody::from(vec![b' '; LONGEST + 1])).await.expect_err("it is too long");
    assert!(format!("{error:?}").contains("the answer is longer than 32 MiB"), "{error:?}");
}

#[tokio::test(start_paused = true)]
async fn a_call_beyond_its_budget_waits_and_a_throttled_budget_waits_longer() {
    let (rate_limiter, began) = (RateLimiter::default(), Instant::now());
    rate_limiter.count(Arc::default(), crate::services::budgets);
    let action = Action { service: "API Gateway".into(), name: "CreateRestApi".into() };
    rate_limiter.take(&action).await;
    assert!(began.elapsed().is_zero());
    rate_limiter.take(&action).await;
    let once = began.elapsed();
    assert!(once >= Duration::from_secs(3), "{once:?}");
    rate_limiter.slow_down(&action, Instant::now());
    rate_limiter.take(&action).await;
    assert!(began.elapsed() - once > once, "{:?}", began.elapsed());
    // A rate of one call in half a minute is not lowered: the next call may succeed.
    let rare = Action { service: "API Gateway".into(), name: "DeleteRestApi".into() };
    rate_limiter.take(&rare).await;
    rate_limiter.slow_down(&rare, Instant::now());
    let began = Instant::now();
    rate_limiter.take(&rare).await;
    assert!((30..34).contains(&began.elapsed().as_secs()), "{:?}", began.elapsed());
}

/// Accepts every request, and records its time of arrival and its signing time.
#[derive(Clone, Debug)]
struct Post {
    began: Instant,
    seen: Arc<Mutex<Vec<(Duration, String)>>>,
}

impl HttpConnector for Post {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let signed = request.headers().get("x-amz-date").unwrap_or_default().to_owned();
        self.seen.lock().expect("nobody panics").push((self.began.elapsed(), signed));
        HttpConnectorFuture::ready(Ok(HttpResponse::new(202_u16.try_into().expect("a status"), SdkBody::empty())))
    }
}

impl HttpClient for Post {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

/// A wall clock that follows the paused clock.
#[derive(Debug)]
struct Wall(Instant);

impl aws_smithy_async::time::TimeSource for Wall {
    fn now(&self) -> SystemTime {
        UNIX_EPOCH + self.0.elapsed()
    }
}

#[tokio::test(start_paused = true)]
async fn however_long_the_queue_is_a_request_is_signed_when_it_is_sent() {
    let (rate_limiter, began) = (RateLimiter::default(), Instant::now());
    rate_limiter.count(Arc::default(), crate::services::budgets);
    let post = Post { began, seen: Arc::default() };
    let keys = Credentials::new("key", "secret", None, None, "test");
    let config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-central-1"))
        .credentials_provider(SharedCredentialsProvider::new(keys))
        .time_source(Wall(began))
        .identity_cache(rate_limiter.before(IdentityCache::lazy().build()))
        .http_client(rate_limiter.watching(SharedHttpClient::new(post.clone())))
        .build();
    let config = aws_sdk_apigateway::config::Builder::from(&config).interceptor(SharedInterceptor::new(Naming));
    let client = aws_sdk_apigateway::Client::from_conf(config.build());
    let calls = (0..15).map(|_| client.delete_rest_api().rest_api_id("a1").send());
    for answer in futures::future::join_all(calls).await {
        answer.expect("it is deleted");
    }
    let seen = post.seen.lock().expect("nobody panics");
    let (last, _) = seen.last().expect("there were calls");
    assert!(seen.len() == 15 && *last > Duration::from_secs(400), "the queue was short: {seen:?}");
    for (at, signed) in seen.iter() {
        let secs = at.as_secs();
        let (hours, minutes, secs) = (secs / 3600, secs / 60 % 60, secs % 60);
        assert_eq!(*signed, format!("19700101T{hours:02}{minutes:02}{secs:02}Z"), "sent after {at:?}");
    }
}
