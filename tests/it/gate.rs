//! A gate in front of an AWS endpoint. It records every call, can shut at an exact call (before the call has reached
//! AWS, or after AWS has done it and before the answer is received), and can return AWS's transient errors for a while.
use crate::{
    answers::Answer,
    instead::{Foreign, Instead, Kept},
    request::{Call, Request},
};
use std::{
    io::{self, Read, Write},
    net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Condvar, Mutex, MutexGuard},
    thread,
    time::Duration,
};

/// The part that is lost of the call at which the gate shuts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Lost {
    /// The call: AWS never received it.
    Call,
    /// The answer: AWS did the call.
    Answer,
}

/// The fate of the calls that a shut gate held back.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Held {
    /// They continue unchanged.
    GoOn,
    /// Their connections end, and AWS never receives them.
    AreLost,
}

/// A listener that forwards calls to an endpoint.
pub(crate) struct Gate(Arc<Shared>);

struct Shared {
    address: SocketAddr,
    /// `None`: nothing is behind the gate, and every connection ends without an answer.
    beyond: Option<SocketAddr>,
    door: Mutex<Door>,
    moved: Condvar,
}

#[derive(Default)]
struct Door {
    calls: Vec<Call>,
    /// Shut after this many more calls that change something.
    shuts: Option<(usize, Lost)>,
    shut: bool,
    /// Answer nothing after this many more calls, of any kind.
    silent: Option<usize>,
    /// The operation that is refused.
    refused: Option<String>,
    /// How often the gate was opened again, and the fate of the calls it then held.
    opened: usize,
    held: Option<Held>,
    /// The answers returned for a while, in this order if several are for one operation.
    kept: Vec<Kept>,
}

impl Gate {
    /// A gate in front of that endpoint.
    pub(crate) fn before(endpoint: &str) -> Self {
        let beyond = endpoint.strip_prefix("http://").unwrap().parse().unwrap();
        Self::new(Some(beyond))
    }

    /// A gate with nothing behind it.
    pub(crate) fn before_nothing() -> Self {
        Self::new(None)
    }

    fn new(beyond: Option<SocketAddr>) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let (door, moved) = (Mutex::default(), Condvar::new());
        let shared = Arc::new(Shared { address: listener.local_addr().unwrap(), beyond, door, moved });
        let gate = Self(shared.clone());
        // The threads end with the process, which belongs to this test.
        thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                let shared = shared.clone();
                // Serving a client that is killed in the middle is the purpose of the gate.
                thread::spawn(move || shared.serve(connection).unwrap_or_default());
            }
        });
        gate
    }

    /// Its URL.
    pub(crate) fn endpoint(&self) -> String {
        format!("http://{}", self.0.address)
    }

    /// Shuts at the nth call from now that changes something, counted from 1.
    pub(crate) fn shut_at(&self, nth: usize, lost: Lost) {
        self.0.door().shuts = Some((nth, lost));
    }

    /// Waits until the gate has shut. Never returns if fewer calls arrive.
    pub(crate) fn wait_shut(&self) {
        let door = self.0.moved.wait_while(self.0.door(), |door| !door.shut).unwrap();
        drop(door);
    }

    /// Opens the gate again.
    pub(crate) fn open(&self, held: Held) {
        let mut door = self.0.door();
        (door.shut, door.shuts, door.held) = (false, None, Some(held));
        door.opened += 1;
        self.0.moved.notify_all();
    }

    /// Whether it is shut.
    pub(crate) fn is_shut(&self) -> bool {
        self.0.door().shut
    }

    /// After this many more calls, of any kind, accepts every call and answers none.
    pub(crate) fn fall_silent_after(&self, calls: usize) {
        self.0.door().silent = Some(calls);
    }

    /// Waits until a call is not answered. Never returns if fewer calls arrive.
    pub(crate) fn wait_silent(&self) {
        drop(self.0.moved.wait_while(self.0.door(), |door| !door.shut).unwrap());
    }

    /// Answers again. The unanswered calls are lost.
    pub(crate) fn speak(&self) {
        self.0.door().silent = None;
        self.open(Held::AreLost);
    }

    /// From now on, the operation is refused, and AWS does not receive it. For services that answer in XML.
    pub(crate) fn refuse(&self, operation: Option<&str>) {
        self.0.door().refused = operation.map(str::to_owned);
    }

    /// Each operation is answered so for that long from its first call on, one answer after the other.
    pub(crate) fn keep(&self, answers: impl IntoIterator<Item = Answer>, lasting: Duration) {
        self.0.door().kept.extend(answers.into_iter().map(|answer| Kept::new(answer.into(), lasting)));
    }

    /// AWS's answers to the operation are changed so for that long from its first call on.
    pub(crate) fn change(&self, operation: &'static str, how: fn(&str) -> String, lasting: Duration) {
        self.0.door().kept.push(Kept::new(Instead::Changed(operation, how), lasting));
    }

    /// The operation is answered so for that long from its first call on; once, if for no time.
    pub(crate) fn foreign(&self, foreign: Foreign, lasting: Duration) {
        self.0.door().kept.push(Kept::new(Instead::Foreign(foreign), lasting));
    }

    /// The answers that were kept and never given.
    pub(crate) fn never_given(&self) -> Vec<String> {
        self.0.door().kept.iter().filter(|kept| !kept.was_given()).map(Kept::name).collect()
    }

    /// Forgets the calls so far.
    pub(crate) fn forget(&self) {
        self.0.door().calls.clear();
    }

    /// Every call since then.
    pub(crate) fn calls(&self) -> Vec<String> {
        self.0.door().calls.iter().map(|c| c.name.clone()).collect()
    }

    /// Every call since then that changes something.
    pub(crate) fn changes(&self) -> Vec<String> {
        self.0.door().calls.iter().filter(|c| c.changes).map(|c| c.name.clone()).collect()
    }
}

impl Shared {
    fn door(&self) -> MutexGuard<'_, Door> {
        self.door.lock().unwrap()
    }

    fn serve(&self, mut client: TcpStream) -> io::Result<()> {
        let Some(request) = Request::read(&client)? else { return Ok(()) };
        let Some(beyond) = self.beyond else {
            self.door().calls.push(request.call());
            return client.shutdown(Shutdown::Both);
        };
        let verdict = self.pass(&request.call());
        if verdict == Verdict::Lost {
            return Ok(());
        }
        if verdict == Verdict::Refused {
            client.write_all(refusal().as_bytes())?;
            return client.shutdown(Shutdown::Both);
        }
        let instead = self.instead(&request);
        if let Some(bytes) = instead.as_ref().and_then(|instead| instead.unasked(&request)) {
            client.write_all(&bytes)?;
            return client.shutdown(Shutdown::Both);
        }
        let mut answer = Vec::new();
        let mut aws = TcpStream::connect(beyond)?;
        aws.write_all(&request.bytes)?;
        aws.read_to_end(&mut answer)?;
        if verdict == Verdict::Unheard {
            self.shut();
            return Ok(());
        }
        client.write_all(&instead.map_or(answer.clone(), |instead| instead.of(&request, answer)))?;
        client.shutdown(Shutdown::Both)
    }

    /// The answer in place of AWS's answer, or the change of it.
    fn instead(&self, request: &Request) -> Option<Instead> {
        let mut door = self.door();
        door.kept.iter_mut().find_map(|kept| kept.give(request))
    }

    /// Whether a call may continue; at a shut gate it waits.
    fn pass(&self, call: &Call) -> Verdict {
        let mut door = self.door();
        if door.refused.as_ref() == Some(&call.name) {
            return Verdict::Refused;
        }
        if let Some(left) = door.silent {
            door.silent = Some(left.saturating_sub(1));
            door.shut |= left == 0;
            self.moved.notify_all();
        }
        if !door.shut
            && call.changes
            && let Some((left, lost)) = door.shuts.take()
        {
            match (left, lost) {
                (1, Lost::Answer) => {
                    door.calls.push(call.clone());
                    return Verdict::Unheard;
                }
                (1, Lost::Call) => {
                    drop(door);
                    self.shut();
                    door = self.door();
                }
                (more, _) => door.shuts = Some((more - 1, lost)),
            }
        }
        if door.shut {
            let opened = door.opened;
            door = self.moved.wait_while(door, |door| door.opened == opened).unwrap();
            if door.held == Some(Held::AreLost) {
                return Verdict::Lost;
            }
        }
        door.calls.push(call.clone());
        Verdict::Passed
    }

    fn shut(&self) {
        self.door().shut = true;
        self.moved.notify_all();
    }
}

#[derive(PartialEq)]
enum Verdict {
    Passed,
    /// The call continues, and its answer is dropped.
    Unheard,
    Lost,
    Refused,
}

fn refusal() -> String {
    let body = "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>the role of this test may \
                not do that</Message></Error><RequestId>request-of-the-gate</RequestId></ErrorResponse>";
    format!(
        "HTTP/1.1 403 Forbidden\r\ncontent-type: text/xml\r\nx-amzn-requestid: request-of-the-gate\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}
