//! A ministack server for each test: an emulator that shares no code with moto, checks every signature, and enforces
//! policies. The user has the policies of the user guide. It does not check the order of deletion.
use crate::{
    harness::Harness,
    moto::{installed, inventory},
};
use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

/// A server on a free loopback port, ended with the test.
struct Ministack {
    server: Child,
    endpoint: String,
    /// The keys of the user with our policies.
    keys: [String; 2],
}

impl Ministack {
    /// Starts it with a user who has the policies of a pipeline, and waits until it answers.
    fn start(pipeline: &str) -> Self {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut command = Command::new(installed("ministack", "VIDPIPE_TEST_MINISTACK_PYTHON"));
        command.env_clear().env("PATH", std::env::var_os("PATH").unwrap()).env("PYTHONDONTWRITEBYTECODE", "1");
        command.arg(here.join("tests/ministack/launch.py")).arg("--policies");
        let policy = |number| here.join(format!("docs/guide/src/permissions-{pipeline}-{number}.json"));
        let policies: Vec<_> = (1..).map(policy).take_while(|policy| policy.exists()).collect();
        assert!(!policies.is_empty(), "the guide has no policies for {pipeline}");
        command.args(policies);
        let mut server = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(server.stdout.take().unwrap()).lines();
        let mut line = || lines.next().and_then(Result::ok).expect("ministack did not start");
        let endpoint = line().strip_prefix("listening on ").unwrap().to_owned();
        let keys = line();
        let mut keys = keys.split(' ').skip(1).map(str::to_owned);
        let keys = [keys.next().unwrap(), keys.next().unwrap()];
        Self { server, endpoint, keys }
    }

    /// A harness whose user has these keys.
    fn harness(&self, [id, secret]: [&str; 2]) -> Harness {
        let harness = Harness::empty().with("AWS_ENDPOINT_URL", &self.endpoint);
        harness.with("AWS_ACCESS_KEY_ID", id).with("AWS_SECRET_ACCESS_KEY", secret)
    }
}

impl Drop for Ministack {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// Up, up again, verify, and down, as a user with the permissions in the guide. `unlike` names the nodes that ministack
/// describes differently from AWS.
fn lives(pipeline: &str, more: &str, region: &str, unlike: &[&str]) {
    let ministack = Ministack::start(pipeline);
    let spec = format!("pipeline = \"{pipeline}\"\n{more}");
    let [id, secret] = &ministack.keys;
    let harness = ministack.harness([id, secret]);
    harness.write("vidpipe.toml", &spec);
    let live = || inventory(&ministack.endpoint, region);
    let before = live();
    harness.run("up --suffix staging --yes").ends(0);
    let made = live();
    assert_ne!(made, before);
    harness.run("up --suffix staging --yes --refresh").ends(0);
    assert_eq!(live().differing(&made), [""; 0], "there was nothing to change");
    let text = harness.run("verify --suffix staging -o json").ends(1).json();
    let checks = text["checks"].as_array().unwrap();
    let failed = checks.iter().filter(|check| ["failed", "unknown"].contains(&check["verdict"].as_str().unwrap()));
    let mut failed: Vec<&str> = failed.map(|check| check["node"].as_str().unwrap()).collect();
    failed.sort_unstable();
    assert_eq!(failed, unlike, "{text:#}");
    harness.run("down --suffix staging --yes").ends(0);
    assert_eq!(live().differing(&before), [""; 0], "something is left");
}

/// Its stage is called with the key and without: ministack checks which key opens the API.
#[test]
fn streamtech_lives_on_ministack() {
    // ministack does not report the newest version of a major version.
    let version = "[database]\nengine_version = \"15.3\"\n";
    lives(
        "streamtech",
        version,
        "us-east-1",
        &["cache", "nat-gateway-1-elastic-ip", "nat-gateway-2-elastic-ip", "target-group"],
    );
}

#[test]
fn streamflix_lives_on_ministack() {
    let unlike = ["database-1", "database-2", "nat-gateway-1-elastic-ip", "nat-gateway-2-elastic-ip"];
    lives("streamflix", "", "eu-central-1", &unlike);
}

/// ministack does check signatures: it refuses one made with another key.
#[test]
fn a_wrong_signature_is_refused() {
    let ministack = Ministack::start("streamtech");
    let [id, _] = &ministack.keys;
    let harness = ministack.harness([id, "another-secret-than-that-of-this-key"]);
    let ran = harness.run("up --suffix staging --yes");
    assert_ne!(ran.code(), 0);
    assert!(ran.stderr.contains("SignatureDoesNotMatch"), "{}", ran.stderr);
}
