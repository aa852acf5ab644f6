//! What is refused, and what is said then: an object store that does not answer, or refuses, never looks empty.
use super::world::{World, now};
use futures::FutureExt;
use std::{sync::Arc, time::Duration};
use tokio::time::Instant;
use vidpipe_store::{
    ErrorKind,
    remote::{Asked, Bucket, Condition, Fault, Object, Objects, Refusal, RemoteEnv, Stamp, TTL, Terms},
};

/// A store that answers everything with one fault.
struct Faulty(Fault);

impl Faulty {
    fn answer<T: Send>(&self) -> Asked<'_, T> {
        let fault = self.0.clone();
        async move { Err(fault) }.boxed()
    }
}

impl Objects for Faulty {
    fn get<'a>(&'a self, _: &'a str) -> Asked<'a, Option<Object>> {
        self.answer()
    }
    fn head<'a>(&'a self, _: &'a str) -> Asked<'a, Option<Stamp>> {
        self.answer()
    }
    fn put<'a>(&'a self, _: &'a str, _: Vec<u8>, _: &'a Condition, _: &'a str) -> Asked<'a, Stamp> {
        self.answer()
    }
    fn delete<'a>(&'a self, _: &'a str, _: Option<&'a str>) -> Asked<'a, ()> {
        self.answer()
    }
    fn list<'a>(&'a self, _: &'a str) -> Asked<'a, Vec<String>> {
        self.answer()
    }
    fn forget<'a>(&'a self, _: &'a str, _: Vec<String>) -> Asked<'a, ()> {
        self.answer()
    }
}

fn bucket(fault: Fault) -> Bucket {
    let began = Instant::now();
    let terms = Terms { ttl: TTL, ticks: Arc::new(move || began.elapsed()), new_id: Arc::new(|| "id".into()) };
    Bucket::new(Arc::new(Faulty(fault)), "s3://states/team", "team", terms)
}

fn env(fault: Fault) -> RemoteEnv {
    bucket(fault).environment("p", "1", "r", "s").unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_refusal_says_what_is_missing_and_is_never_an_empty_state() {
    let refused = |why, action| Fault::Refused { why, action, message: "no".into() };
    for (fault, says) in [
        (refused(Refusal::NoBucket, "s3:GetObject"), "vidpipe state init s3://states"),
        (
            refused(Refusal::Denied, "s3:GetObject"),
            r#"{"Action":"s3:GetObject","Effect":"Allow","Resource":"arn:aws:s3:::states/team/p/1-r/s/state.json"}"#,
        ),
        (refused(Refusal::Key, "s3:GetObject"), "enable the KMS key"),
        (refused(Refusal::Credentials, "s3:GetObject"), "sign in again"),
    ] {
        for e in [
            env(fault.clone()).read().await.unwrap_err(),
            env(fault.clone()).lock("up", now(), &|_| {}).await.unwrap_err(),
            bucket(fault.clone()).list().await.unwrap_err(),
        ] {
            assert_eq!(e.kind(), ErrorKind::Refused, "{e}");
            assert!(e.hint().contains(says) || e.to_string().contains("list"), "{e}: {}", e.hint());
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_store_that_does_not_answer_is_asked_again_and_then_is_an_error() {
    let began = Instant::now();
    let e = env(Fault::Unclear("connection reset".into())).read().await.unwrap_err();
    assert_eq!(e.kind(), ErrorKind::Io);
    assert!(e.to_string().contains("connection reset"), "{e}");
    assert!(began.elapsed() >= Duration::from_secs(30), "{:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn what_another_tool_wrote_is_not_touched() {
    let world = World::new(|| Duration::ZERO);
    world.objects.place("states/p/1-r/s/state.json", br#"{"version":4,"terraform_version":"1.9.0"}"#);
    for e in [world.healthy().read().await.unwrap_err(), world.healthy().lock("up", now(), &|_| {}).await.unwrap_err()]
    {
        assert!(e.to_string().contains("vidpipe did not write it"), "{e}");
        assert!(e.hint().contains("a prefix that only vidpipe uses"), "{}", e.hint());
    }
    assert_eq!(world.objects.keys(), ["states/p/1-r/s/state.json"], "a lease was left");
}

#[tokio::test(start_paused = true)]
async fn a_state_of_a_newer_version_or_a_damaged_one_is_refused() {
    let world = World::new(|| Duration::ZERO);
    for (text, says) in [
        (r#"{"format": 99}"#, "has format 99"),
        ("", "vidpipe did not write it"),
        (r#"{"format": 1, "checksum": "sha256:0"}"#, "was changed by something other than vidpipe"),
    ] {
        world.objects.place("states/p/1-r/s/state.json", text.as_bytes());
        let e = world.healthy().lock("up", now(), &|_| {}).await.unwrap_err();
        assert!(e.to_string().contains(says), "{text}: {e}");
        assert_eq!(e.kind(), ErrorKind::Refused);
    }
}
