//! How long a read outside of a run is retried, and what is reported meanwhile.
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    time::Duration,
};
use tokio::time::Instant;
use vidpipe_engine::{Class, Error, Stop, event::Halt, patiently, telling};

/// Runs a read that fails that many times, with these classes in rotation: returns its result and its duration.
async fn asked(classes: &[Class], failures: usize) -> (Result<u32, Class>, Duration) {
    let (tried, began, stop) = (Cell::new(0), Instant::now(), Stop::default());
    let answer = patiently(&stop, async || {
        let nth = tried.replace(tried.get() + 1);
        if nth < failures { Err(Error::new(classes[nth % classes.len()], "look")) } else { Ok(7) }
    });
    (answer.await.map_err(|e| e.class), began.elapsed())
}

#[tokio::test(start_paused = true)]
async fn what_passes_is_asked_again() {
    for class in [Class::Throttled, Class::NotSent, Class::Unclear] {
        assert_eq!(asked(&[class], 12).await.0, Ok(7), "{class:?}");
    }
    assert_eq!(asked(&[Class::Unclear, Class::NotSent, Class::Throttled], 8).await.0, Ok(7));
}

#[tokio::test(start_paused = true)]
async fn but_not_for_ever() {
    for class in [Class::Throttled, Class::NotSent, Class::Unclear] {
        let most = class.retry().and_then(|retry| retry.within).unwrap();
        let (answer, took) = asked(&[class], usize::MAX).await;
        assert_eq!(answer, Err(class));
        assert!(took <= most && took > most / 2, "{class:?}: {took:?}");
    }
    // Failures of one call add up, whatever their class.
    let (answer, took) = asked(&[Class::Unclear, Class::NotSent], usize::MAX).await;
    assert!(answer.is_err() && took <= Duration::from_secs(120), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn another_call_of_the_question_has_patience_of_its_own() {
    let (tried, began) = (Cell::new(0_u32), Instant::now());
    let answer: Result<(), Error> = patiently(&Stop::default(), async || {
        tried.set(tried.get() + 1);
        Err(Error::new(Class::Unclear, format!("look at part {}", tried.get() % 3)))
    })
    .await;
    assert_eq!(answer.unwrap_err().class, Class::Unclear);
    let took = began.elapsed();
    assert!(took > Duration::from_secs(500) && took <= Duration::from_secs(600), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn what_is_being_changed_is_read_again_for_half_a_minute() {
    assert_eq!(asked(&[Class::Busy], 5).await.0, Ok(7));
    let (answer, took) = asked(&[Class::Busy], usize::MAX).await;
    assert!(
        answer == Err(Class::Busy) && took > Duration::from_secs(20) && took <= Duration::from_secs(30),
        "{took:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn what_will_be_said_again_is_believed() {
    for class in [Class::Denied, Class::Expired, Class::NotFound, Class::Invalid, Class::Propagating] {
        assert_eq!(asked(&[class], 1).await, (Err(class), Duration::ZERO));
    }
}

#[tokio::test(start_paused = true)]
async fn who_waits_for_more_than_a_moment_hears_for_what() {
    let heard = Rc::new(RefCell::new(Vec::new()));
    let log = heard.clone();
    let tell = move |unanswered: &vidpipe_engine::Unanswered<'_>| {
        log.borrow_mut().push((unanswered.error.message.clone(), unanswered.since, unanswered.left));
    };
    telling(tell, async {
        asked(&[Class::Unclear], 2).await.0.unwrap();
        assert!(heard.borrow().is_empty(), "a moment is nothing to speak of");
        asked(&[Class::Unclear], 6).await.0.unwrap();
    })
    .await;
    let heard = heard.borrow();
    assert!(heard.len() >= 2 && heard.iter().all(|(message, ..)| message == "look"), "{heard:?}");
    assert!(heard.windows(2).all(|two| two[0].1 < two[1].1 && two[0].2 > two[1].2), "{heard:?}");
}

/// A service that accepts the request and never responds.
#[tokio::test(start_paused = true)]
async fn a_wish_to_stop_ends_a_question_in_flight() {
    let (stop, began) = (Stop::default(), Instant::now());
    let asking = patiently(&stop, async || std::future::pending::<Result<(), Error>>().await);
    let asked = async {
        tokio::time::sleep(Duration::from_secs(7)).await;
        stop.ask_for(Halt::Deadline);
        // The first reason counts.
        stop.ask();
    };
    let (answer, ()) = tokio::join!(asking, asked);
    assert_eq!((answer.unwrap_err().class, began.elapsed().as_secs()), (Class::Interrupted, 7));
    assert_eq!(stop.why(), Some(Halt::Deadline));
}

#[tokio::test(start_paused = true)]
async fn a_wish_to_stop_ends_the_pause() {
    let stop = Stop::default();
    stop.ask();
    let answer: Result<(), Error> = patiently(&stop, async || Err(Error::new(Class::Throttled, "look"))).await;
    assert_eq!(answer.unwrap_err().class, Class::Interrupted);
}
