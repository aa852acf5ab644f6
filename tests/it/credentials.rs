//! A credentials provider may fail briefly: that ends no command, and is not reported as "expired".
use crate::harness::Harness;
use std::{
    io::{self, BufRead, BufReader, Read, Write},
    net::{Ipv4Addr, TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

/// An AWS that implements only STS, whose first answers to an action are 500s, and refuses everything else.
pub(crate) struct Sts {
    pub(crate) endpoint: String,
    /// The requested actions, in order; an action that is not of STS is "other".
    asked: Arc<Mutex<Vec<&'static str>>>,
}

const ASSUMED: &str = "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><AssumeRoleResult>\
    <Credentials><AccessKeyId>ROLE</AccessKeyId><SecretAccessKey>secret</SecretAccessKey>\
    <SessionToken>token</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials>\
    </AssumeRoleResult></AssumeRoleResponse>";
const IDENTITY: &str = "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\
    <GetCallerIdentityResult><Arn>arn:aws:sts::123456789012:assumed-role/vidpipe/x</Arn><UserId>u</UserId>\
    <Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>";
const DENIED: &str = "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code>\
    <Message>only STS is here</Message></Error><RequestId>r</RequestId></ErrorResponse>";

impl Sts {
    fn new(hiccups: usize) -> Self {
        Self::refusing(hiccups, DENIED)
    }

    /// It refuses everything else with that body.
    pub(crate) fn refusing(hiccups: usize, denied: &'static str) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::<Mutex<Vec<_>>>::default();
        let log = asked.clone();
        // The threads end with the process, which belongs to this test.
        thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                let log = log.clone();
                thread::spawn(move || while answer(&connection, &log, hiccups, denied).is_ok() {});
            }
        });
        Self { endpoint, asked }
    }

    pub(crate) fn asked(&self, action: &str) -> usize {
        self.asked.lock().unwrap().iter().filter(|one| **one == action).count()
    }
}

fn answer(connection: &TcpStream, log: &Mutex<Vec<&'static str>>, hiccups: usize, denied: &str) -> io::Result<()> {
    let (mut reader, mut length, mut line) = (BufReader::new(connection), 0, String::new());
    while reader.read_line(&mut line)? > 0 && !line.trim().is_empty() {
        if let Some((_, given)) = line.to_lowercase().split_once("content-length:") {
            length = given.trim().parse().map_err(io::Error::other)?;
        }
        line.clear();
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let body = String::from_utf8_lossy(&body);
    if line.is_empty() && body.is_empty() {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    let action =
        ["AssumeRole", "GetCallerIdentity"].into_iter().find(|action| body.contains(action)).unwrap_or("other");
    let before = {
        let mut log = log.lock().unwrap();
        log.push(action);
        log.iter().filter(|one| **one == action).count()
    };
    let (status, text) = match action {
        "other" => ("403 Forbidden", denied),
        _ if before <= hiccups => ("500 Internal Server Error", ""),
        "AssumeRole" => ("200 OK", ASSUMED),
        _ => ("200 OK", IDENTITY),
    };
    write!(&*connection, "HTTP/1.1 {status}\r\ncontent-length: {}\r\n\r\n{text}", text.len())
}

fn harness(sts: &Sts) -> Harness {
    let harness = Harness::empty().with("AWS_ENDPOINT_URL", &sts.endpoint).with("AWS_CONFIG_FILE", "aws.config");
    let config = "[default]\nrole_arn = arn:aws:iam::123456789012:role/vidpipe\nsource_profile = base\n\
                  [profile base]\naws_access_key_id = base\naws_secret_access_key = secret\n";
    harness.write("aws.config", config);
    harness
}

#[test]
fn a_role_is_assumed_though_sts_fails_at_first() {
    let sts = Sts::new(1);
    // The command continues until another service refuses it.
    let ran = harness(&sts).run("plan --suffix staging").ends(6);
    assert!(ran.stderr.contains("only STS is here"), "{}", ran.stderr);
    assert_eq!((sts.asked("AssumeRole"), sts.asked("GetCallerIdentity")), (2, 2), "{:?}", sts.asked.lock().unwrap());
}

#[test]
fn a_program_that_hands_out_none_is_told_without_its_words() {
    let sts = Sts::new(0);
    let harness = Harness::empty().with("AWS_ENDPOINT_URL", &sts.endpoint).with("AWS_CONFIG_FILE", "aws.config");
    harness
        .write("aws.config", "[default]\ncredential_process = sh -c 'echo the key is hunter2 >&2; exit 3' hunter3\n");
    let ran = harness.run("plan --suffix staging").ends(6);
    for text in ["the credential process `sh` ended with exit status 3", "sign in"] {
        assert!(ran.stderr.contains(text), "{text} is not told: {}", ran.stderr);
    }
    assert!(!ran.stderr.contains("hunter"), "{}", ran.stderr);
}
