use crate::{Aws, Connection};
use aws_config::credential_process::CredentialProcessProvider;
use aws_credential_types::{
    Credentials,
    provider::{self, ProvideCredentials, SharedCredentialsProvider, error::CredentialsError, future},
};
use aws_smithy_runtime_api::client::{
    http::{
        HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
    },
    orchestrator::{HttpRequest, HttpResponse},
    runtime_components::RuntimeComponents,
};
use aws_smithy_types::body::SdkBody;
use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::{Duration, SystemTime},
};
use tokio::time::Instant;
use vidpipe_engine::{Class, Result, Stop, patiently};

/// A fake STS that returns the same account for every caller, after `fails` server errors.
#[derive(Clone, Debug, Default)]
struct Sts {
    asked: Arc<AtomicUsize>,
    fails: Arc<AtomicUsize>,
}

const IDENTITY: &str = "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\
    <GetCallerIdentityResult><Arn>arn:aws-us-gov:sts::210987654321:assumed-role/r/s</Arn><UserId>u</UserId>\
    <Account>210987654321</Account></GetCallerIdentityResult></GetCallerIdentityResponse>";

impl HttpConnector for Sts {
    fn call(&self, _: HttpRequest) -> HttpConnectorFuture {
        self.asked.fetch_add(1, Relaxed);
        let fails = self.fails.fetch_update(Relaxed, Relaxed, |left| left.checked_sub(1)).is_ok();
        let (status, body) = if fails { (500_u16, "") } else { (200, IDENTITY) };
        HttpConnectorFuture::ready(Ok(HttpResponse::new(status.try_into().expect("a status"), SdkBody::from(body))))
    }
}

impl HttpClient for Sts {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

/// A provider of credentials that expire at once and differ each time. `nth` produces the nth response.
struct Fake<F> {
    asked: Arc<AtomicUsize>,
    nth: F,
}

impl<F> fmt::Debug for Fake<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Fake")
    }
}

fn fresh(nth: usize) -> Credentials {
    Credentials::new(format!("key-{nth}"), "secret", None, Some(SystemTime::UNIX_EPOCH), "fake")
}

impl<F, A> ProvideCredentials for Fake<F>
where
    F: Fn(usize) -> A + Send + Sync,
    A: Future<Output = provider::Result> + Send,
{
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        let nth = self.asked.fetch_add(1, Relaxed);
        future::ProvideCredentials::new(async move { (self.nth)(nth).await })
    }
}

struct World {
    aws: Aws,
    sts: Sts,
    asked: Arc<AtomicUsize>,
}

impl World {
    /// Connects clients to a provider with this function.
    async fn new<F, A>(nth: F) -> Self
    where
        F: Fn(usize) -> A + Send + Sync + 'static,
        A: Future<Output = provider::Result> + Send + 'static,
    {
        let asked = Arc::<AtomicUsize>::default();
        let (aws, sts) = connected(SharedCredentialsProvider::new(Fake { asked: asked.clone(), nth })).await;
        Self { aws, sts, asked }
    }

    fn asked(&self) -> usize {
        self.asked.load(Relaxed)
    }
}

async fn connected(credentials: SharedCredentialsProvider) -> (Aws, Sts) {
    let sts = Sts::default();
    let http = Some(SharedHttpClient::new(sts.clone()));
    let credentials = Some(credentials);
    let connection = Connection { region: "us-gov-west-1".into(), http, credentials, ..Connection::default() };
    (Aws::connect(connection).await, sts)
}

/// Makes one call, with retries.
async fn call(aws: &Aws) -> Result<()> {
    use crate::OrFail;
    let ask = async || aws.sts.get_caller_identity().send().await.or_fail("ask").map(drop);
    patiently(&Stop::default(), ask).await
}

#[tokio::test(start_paused = true)]
async fn a_hiccup_at_a_renewal_passes() {
    let hiccup = |nth| async move {
        match nth {
            2..5 => Err(CredentialsError::provider_error("503 from the STS")),
            nth => Ok(fresh(nth)),
        }
    };
    let world = World::new(hiccup).await;
    assert_eq!(world.aws.caller().await.unwrap().partition, "aws-us-gov");
    for _ in 0..3 {
        call(&world.aws).await.unwrap();
    }
    assert!(world.asked() > 5, "{}", world.asked());
}

#[tokio::test(start_paused = true)]
async fn however_many_wait_few_ask_for_credentials() {
    let gone = |nth| async move {
        if nth == 0 { Ok(fresh(nth)) } else { Err(CredentialsError::provider_error("503 from the STS")) }
    };
    let world = World::new(gone).await;
    world.aws.caller().await.unwrap();
    let (before, began) = (world.asked(), Instant::now());
    let answers = futures::future::join_all((0..32).map(|_| call(&world.aws))).await;
    assert!(answers.iter().all(|a| a.as_ref().is_err_and(|e| e.class == Class::NotSent)), "{answers:?}");
    assert!(answers[0].as_ref().is_err_and(|e| e.message.contains("503 from the STS")), "{answers:?}");
    assert!(began.elapsed() > Duration::from_secs(60));
    assert!(world.asked() - before <= 10, "they were asked for {} times", world.asked() - before);
}

#[tokio::test(start_paused = true)]
async fn what_has_run_out_is_not_asked_for_again() {
    let world = World::new(|_| async {
        Err(CredentialsError::provider_error("the SSO token has expired and cannot be refreshed"))
    });
    let world = world.await;
    assert_eq!(world.aws.caller().await.unwrap_err().class, Class::Expired);
    assert_eq!(world.asked(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_program_that_refuses_at_first_is_not_started_again() {
    let refuses = || CredentialsError::provider_error("external process exited with code 1. Stderr: wrong code");
    let world = World::new(move |_| async move { Err(refuses()) }).await;
    let error = world.aws.caller().await.unwrap_err();
    assert_eq!((error.class, world.asked()), (Class::Expired, 1));
    assert!(error.message.contains("ended with exit status 1"), "{}", error.message);
    assert!(!error.message.contains("wrong code"), "it may hold a secret: {}", error.message);
    // After a success the same failure is transient.
    let world = World::new(move |nth| async move { if nth == 1 { Err(refuses()) } else { Ok(fresh(nth)) } }).await;
    world.aws.caller().await.unwrap();
    call(&world.aws).await.unwrap();
}

#[tokio::test(start_paused = true)]
#[allow(clippy::disallowed_methods, reason = "the provider answers late; the clock is paused")]
async fn a_second_factor_may_be_typed_in_slowly() {
    let slow = |nth| async move {
        tokio::time::sleep(Duration::from_secs(240)).await;
        Ok(fresh(nth))
    };
    World::new(slow).await.aws.caller().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn whose_renewed_credentials_are_is_asked_until_it_is_said() {
    let world = World::new(|nth| async move { Ok(fresh(nth)) }).await;
    world.aws.caller().await.unwrap();
    world.sts.fails.store(3, Relaxed);
    let before = world.sts.asked.load(Relaxed);
    call(&world.aws).await.unwrap();
    assert_eq!(world.asked(), 2, "it was not for want of credentials");
    assert_eq!(world.sts.asked.load(Relaxed) - before, 5);
}

#[tokio::test]
async fn a_real_program_may_take_its_time() {
    let text = r#"{"Version": 1, "AccessKeyId": "key", "SecretAccessKey": "secret"}"#;
    let program = CredentialProcessProvider::new(format!("sleep 1; echo '{text}'"));
    let (aws, _) = connected(SharedCredentialsProvider::new(program)).await;
    assert_eq!(aws.caller().await.unwrap().account, "210987654321");
}
