//! One holder at a time.
use super::world::{PREFIX, What, World, now, unfinished};
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::{
    task::LocalSet,
    time::{Instant, sleep},
};
use vidpipe_engine::{Class, Store};
use vidpipe_store::{
    StoreError,
    remote::{
        TTL,
        memory::{Failure, Memory, Request, Trouble},
    },
};

fn at_once() -> Duration {
    Duration::ZERO
}

async fn within<T>(work: impl Future<Output = T>) -> T {
    LocalSet::new().run_until(work).await
}

#[tokio::test(start_paused = true)]
async fn a_run_whose_holder_goes_on_is_refused_and_names_it() {
    let world = World::new(at_once);
    let (first, _) = world.healthy().lock("up", now(), &|_| {}).await.unwrap();
    let refused = world.healthy().lock("down", now(), &|_| {}).await.unwrap_err();
    let StoreError::Locked { holder: Some(holder), .. } = &refused else { panic!("{refused}") };
    assert_eq!((holder.pid, holder.command.as_str()), (std::process::id(), "up"));
    assert!(refused.hint().contains("its lease ends by itself"), "{}", refused.hint());
    first.release().await;
    let (second, _) = world.healthy().lock("down", now(), &|_| {}).await.unwrap();
    second.release().await;
    assert_eq!(world.objects.keys(), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn a_lease_that_is_not_renewed_runs_out() {
    let world = World::new(at_once);
    let (dead, _) = world.healthy().lock("up", now(), &|_| {}).await.unwrap();
    // As on another machine: whether the process lives is not known.
    let lease = world.objects.content(&format!("{PREFIX}lease.json")).unwrap();
    drop(dead);
    let text = String::from_utf8(lease).unwrap();
    let mut document: serde_json::Value = serde_json::from_str(&text).unwrap();
    document["holder"]["host"] = "another".into();
    world.objects.place(&format!("{PREFIX}lease.json"), &serde_json::to_vec(&document).unwrap());
    let began = Instant::now();
    let heard = std::cell::Cell::new(0);
    let (next, _) = world.healthy().lock("up", now(), &|_| heard.set(heard.get() + 1)).await.unwrap();
    let waited = began.elapsed();
    assert!((TTL..TTL + Duration::from_secs(5)).contains(&waited), "{waited:?}");
    assert!(heard.get() > 10, "the wait is told");
    next.release().await;
}

#[tokio::test(start_paused = true)]
async fn a_holder_that_cannot_renew_starts_no_call() {
    within(async {
        let world = World::new(at_once);
        let cut = Arc::new(AtomicBool::new(false));
        let is_cut = Arc::clone(&cut);
        let objects = world.objects.with(move |_| match is_cut.load(Ordering::Relaxed) {
            true => Trouble { failure: Some(Failure::RequestLost), ..Trouble::default() },
            false => Trouble::default(),
        });
        let began = Instant::now();
        let env = world.env(&objects, move || began.elapsed());
        let (lock, _) = env.lock("up", now(), &|_| {}).await.unwrap();
        cut.store(true, Ordering::Relaxed);
        let (mut store, state) = (lock.store(), unfinished());
        sleep(TTL / 2).await;
        store.check(&state).unwrap();
        sleep(TTL / 2).await;
        let e = store.check(&state).unwrap_err();
        assert_eq!(e.class, Class::Taken);
        assert!(e.message.contains("not renewed in time"), "{}", e.message);
        assert_eq!(store.save(&state).await.unwrap_err().class, Class::Taken);
        assert_eq!(world.objects.content(&format!("{PREFIX}state.json")), None, "it saved without its lease");
        // The network is back, and nobody took over: the lease is good again.
        cut.store(false, Ordering::Relaxed);
        sleep(TTL).await;
        store.check(&state).unwrap();
        lock.release().await;
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_run_leaves_no_versions_behind() {
    within(async {
        let world = World::new(at_once);
        for what in [What::Up, What::Up, What::Down] {
            assert!(world.command(&world.healthy(), what).await.unwrap());
        }
        for (name, most) in [("state.json", 3), ("lease.json", 3)] {
            let versions = world.objects.versions(&format!("{PREFIX}{name}"));
            assert!(versions <= most, "{versions} versions of {name}");
        }
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_state_that_another_program_changed_is_not_overwritten() {
    within(async {
        let world = World::new(at_once);
        assert!(world.command(&world.healthy(), What::Up).await.unwrap());
        let (lock, state) = world.healthy().lock("up", now(), &|_| {}).await.unwrap();
        let state = state.unwrap();
        let other = world.objects.content(&format!("{PREFIX}state.json")).unwrap();
        world.objects.place(&format!("{PREFIX}state.json"), &[other.as_slice(), b" "].concat());
        let e = lock.store().save(&state).await.unwrap_err();
        assert_eq!(e.class, Class::Taken);
        assert!(e.message.contains("changed by something else"), "{}", e.message);
        lock.release().await;
    })
    .await;
}

/// The objects, of which the `nth` write of that key goes wrong.
fn failing(objects: &Memory, key: &'static str, nth: usize, trouble: Trouble) -> Memory {
    let count = AtomicUsize::new(0);
    objects.with(move |request: &Request<'_>| {
        let counts = request.operation == "put" && request.key.ends_with(key);
        match counts && count.fetch_add(1, Ordering::Relaxed) == nth {
            true => trouble,
            false => Trouble::default(),
        }
    })
}

#[tokio::test(start_paused = true)]
async fn a_write_whose_answer_is_lost_is_not_taken_for_anothers() {
    within(async {
        for failure in [Failure::AnswerLost, Failure::RequestLost, Failure::Conflict, Failure::Busy, Failure::Late] {
            for (key, nth) in [("lease.json", 0), ("lease.json", 1), ("state.json", 0), ("state.json", 3)] {
                let world = World::new(at_once);
                let trouble = Trouble { failure: Some(failure), after: Duration::from_secs(1), ..Trouble::default() };
                let objects = failing(&world.objects, key, nth, trouble);
                let began = Instant::now();
                let env = world.env(&objects, move || began.elapsed());
                let at = format!("{failure:?} at write {nth} of {key}");
                for what in [What::Up, What::Down] {
                    let done = world.command(&env, what).await;
                    assert!(matches!(done, Ok(true)), "{at}: {what:?} {done:?}");
                }
                assert_eq!(world.objects.keys(), [""; 0], "{at}");
            }
        }
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_save_of_the_last_holder_that_arrives_late_does_not_count() {
    within(async {
        let world = World::new(at_once);
        assert!(world.command(&world.healthy(), What::Up).await.unwrap());
        // What it writes from now on arrives when another run holds the environment.
        let is_late = Arc::new(AtomicBool::new(false));
        let now_late = Arc::clone(&is_late);
        let objects = world.objects.with(move |request: &Request<'_>| match now_late.load(Ordering::Relaxed) {
            true if request.key.ends_with("state.json") => {
                Trouble { failure: Some(Failure::Late), after: Duration::from_secs(70), ..Trouble::default() }
            }
            _ => Trouble::default(),
        });
        let began = Instant::now();
        let env = world.env(&objects, move || began.elapsed());
        let (first, state) = env.lock("up", now(), &|_| {}).await.unwrap();
        let mut state = state.unwrap();
        state.serial += 1;
        is_late.store(true, Ordering::Relaxed);
        tokio::select! {
            biased;
            () = sleep(Duration::from_millis(100)) => {}
            _ = first.store().save(&state) => {}
        }
        drop(first);
        let (second, state) = world.healthy().lock("up", now(), &|_| {}).await.unwrap();
        sleep(Duration::from_secs(20)).await;
        second.store().save(&state.unwrap()).await.unwrap();
        second.release().await;
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_takeover_begins_the_next_epoch() {
    within(async {
        let world = World::new(at_once);
        let (first, _) = world.healthy().lock("up", now(), &|_| {}).await.unwrap();
        first.store().save(&unfinished()).await.unwrap();
        drop(first);
        let began = Instant::now();
        let (second, state) = world.healthy().lock("up", now(), &|_| {}).await.unwrap();
        assert_eq!((state.unwrap().epoch, second.epoch()), (2, 2));
        let waited = began.elapsed();
        assert!((60..=65).contains(&waited.as_secs()), "{waited:?}");
        second.release().await;
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn an_object_without_versions_is_never_deleted_as_an_old_one() {
    within(async {
        let world = World::new(at_once);
        world.objects.suspend_versions();
        assert!(world.command(&world.healthy(), What::Up).await.unwrap());
        assert_eq!(world.objects.keys(), [format!("{PREFIX}state.json")]);
        assert!(world.command(&world.healthy(), What::Down).await.unwrap());
        assert_eq!(world.objects.keys(), [""; 0]);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_renewal_that_was_given_up_and_arrives_is_no_others() {
    within(async {
        let world = World::new(at_once);
        let hung = Trouble { failure: Some(Failure::AnswerLost), after: Duration::from_secs(30), ..Trouble::default() };
        let objects = failing(&world.objects, "lease.json", 1, hung);
        let began = Instant::now();
        let env = world.env(&objects, move || began.elapsed());
        let (lock, _) = env.lock("up", now(), &|_| {}).await.unwrap();
        for _ in 0..20 {
            sleep(TTL / 4).await;
        }
        lock.store().check(&unfinished()).unwrap();
        lock.release().await;
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_save_that_a_stop_dropped_and_that_arrives_is_no_others() {
    within(async {
        let world = World::new(at_once);
        let slow = Trouble { before: Duration::from_millis(50), after: Duration::from_secs(2), ..Trouble::default() };
        let objects = failing(&world.objects, "state.json", 0, slow);
        let began = Instant::now();
        let env = world.env(&objects, move || began.elapsed());
        let (lock, _) = env.lock("up", now(), &|_| {}).await.unwrap();
        let mut state = unfinished();
        tokio::select! {
            biased;
            () = sleep(Duration::from_secs(1)) => {}
            _ = lock.store().save(&state) => panic!("it is slow"),
        }
        state.serial += 1;
        lock.store().save(&state).await.unwrap();
        lock.release().await;
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn what_a_run_knew_is_kept_if_its_state_is_taken_away() {
    within(async {
        let world = World::new(at_once);
        let (lock, _) = world.healthy().lock("up", now(), &|_| {}).await.unwrap();
        let mut state = unfinished();
        lock.store().save(&state).await.unwrap();
        world.objects.take_away(&format!("{PREFIX}state.json"));
        state.serial += 1;
        let e = lock.store().save(&state).await.unwrap_err();
        assert_eq!(e.class, Class::Taken);
        let kept = world.objects.keys().into_iter().find(|key| key.contains("rescued")).unwrap();
        let hint = e.hint.as_deref().unwrap();
        assert!(hint.contains(&kept.replace("states/", "s3://bucket/states/")), "{hint}");
        // It is lost for good: no call may follow.
        assert_eq!(lock.store().check(&state).unwrap_err().class, Class::Taken);
        lock.release().await;
    })
    .await;
}
