//! Lifecycles on a moto server under a fault plan: a proxy that knows AWS's protocols fails a share of all calls,
//! before they are done or after. One `up` and one `down` complete, late. A tenth of all calls; with
//! `VIDPIPE_TORTURE=1`, a third.
use crate::{
    harness::Harness,
    moto::{Moto, installed},
};
use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::Path,
    process::{Child, Command, Stdio},
};

/// A proxy on a free loopback port, ended with the test.
struct Microburst {
    proxy: Child,
    endpoint: String,
}

impl Microburst {
    /// Starts it in front of that endpoint.
    fn before(endpoint: &str, share: &str) -> Self {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut command = Command::new(installed("microburst", "VIDPIPE_TEST_MICROBURST_PYTHON"));
        command.env_clear().env("PATH", std::env::var_os("PATH").unwrap()).env("PYTHONDONTWRITEBYTECODE", "1");
        command.arg(here.join("tests/microburst/launch.py")).args(["--upstream", endpoint, "--share", share]);
        let mut proxy = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(proxy.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let endpoint = line.trim().strip_prefix("listening on ").expect("microburst did not start").to_owned();
        Self { proxy, endpoint }
    }

    /// The response of its health check, once it answers.
    fn health(&self) -> String {
        let address = self.endpoint.strip_prefix("http://").unwrap();
        let mut connection = loop {
            // It prints its address before it listens there.
            if let Ok(connection) = TcpStream::connect(address) {
                break connection;
            }
            std::thread::yield_now();
        };
        let mut reply = String::new();
        connection.write_all(b"GET /_microburst/stats HTTP/1.0\r\nhost: localhost\r\n\r\n").unwrap();
        connection.read_to_string(&mut reply).unwrap();
        reply.split_once("\r\n\r\n").unwrap().1.to_owned()
    }

    /// The number of calls it has failed.
    fn spoilt(&self) -> u64 {
        let stats: serde_json::Value = serde_json::from_str(&self.health()).unwrap();
        stats["requests"]["faulted"].as_u64().unwrap()
    }
}

impl Drop for Microburst {
    fn drop(&mut self) {
        let _ = self.proxy.kill();
        let _ = self.proxy.wait();
    }
}

#[test]
fn bad_weather_ends_no_run() {
    let share = if std::env::var_os("VIDPIPE_TORTURE").is_some() { "0.3" } else { "0.1" };
    let moto = Moto::start();
    let weather = Microburst::before(moto.endpoint(), share);
    weather.health();
    let harness = Harness::at(&weather.endpoint);
    let before = moto.live();
    harness.run("up --suffix staging --yes").ends(0);
    assert_eq!(moto.live().twice(), [""; 0]);
    harness.run("up --suffix staging --yes").ends(0);
    harness.run("down --suffix staging --yes").ends(0);
    assert_eq!(moto.live().differing(&before), [""; 0], "something is left");
    assert!(weather.spoilt() > 20, "the weather was fine");
}
