//! A ministack server of the test's own: an AWS that shares no code with moto, checks every signature, and lets a user do
//! only what policies allow. The user has the policies of the user guide. It does not police the order of removal.
use crate::{
    moto::{installed, inventory},
    world::World,
};
use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

/// A server on a free port of loopback, ended with the test.
struct Ministack {
    server: Child,
    endpoint: String,
    /// Of the user with our policies.
    keys: [String; 2],
}

impl Ministack {
    /// Start it, and wait until it answers.
    fn start() -> Self {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut command = Command::new(installed("ministack", "VIDPIPE_TEST_MINISTACK_PYTHON"));
        command.env_clear().env("PATH", std::env::var_os("PATH").unwrap()).env("PYTHONDONTWRITEBYTECODE", "1");
        command.arg(here.join("tests/ministack/launch.py")).arg("--policies");
        for policy in ["network-data", "compute-api", "checks", "streaming"] {
            command.arg(here.join(format!("docs/guide/src/permissions-{policy}.json")));
        }
        let mut server = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(server.stdout.take().unwrap()).lines();
        let mut line = || lines.next().and_then(Result::ok).expect("ministack did not start");
        let endpoint = line().strip_prefix("listening on ").unwrap().to_owned();
        let keys = line();
        let mut keys = keys.split(' ').skip(1).map(str::to_owned);
        let keys = [keys.next().unwrap(), keys.next().unwrap()];
        Self { server, endpoint, keys }
    }

    /// A folder whose user has these keys.
    fn world(&self, [id, secret]: [&str; 2]) -> World {
        let world = World::empty().with("AWS_ENDPOINT_URL", &self.endpoint);
        world.with("AWS_ACCESS_KEY_ID", id).with("AWS_SECRET_ACCESS_KEY", secret)
    }
}

impl Drop for Ministack {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// Up, up again, verified, and down, as a user who may do what the guide says. `unlike` AWS are the things of which
/// ministack tells otherwise.
fn lives(spec: &str, region: &str, unlike: &[&str]) {
    let ministack = Ministack::start();
    let [id, secret] = &ministack.keys;
    let world = ministack.world([id, secret]);
    world.write("vidpipe.toml", spec);
    let live = || inventory(&ministack.endpoint, region);
    let before = live();
    world.run("up --suffix staging --yes").ends(0);
    let made = live();
    assert_ne!(made, before);
    world.run("up --suffix staging --yes --refresh").ends(0);
    assert_eq!(live().differing(&made), [""; 0], "there was nothing to change");
    let told = world.run("verify --suffix staging -o json").ends(1).json();
    let checks = told["checks"].as_array().unwrap();
    let failed = checks.iter().filter(|check| ["failed", "unknown"].contains(&check["verdict"].as_str().unwrap()));
    let mut failed: Vec<&str> = failed.map(|check| check["node"].as_str().unwrap()).collect();
    failed.sort_unstable();
    assert_eq!(failed, unlike, "{told:#}");
    world.run("down --suffix staging --yes").ends(0);
    assert_eq!(live().differing(&before), [""; 0], "something is left");
}

/// Its stage is asked with the key and without: ministack knows which of them opens the API.
#[test]
fn streamtech_lives_on_ministack() {
    // It knows no newest version of a major one.
    let spec = "pipeline = \"streamtech\"\n[database]\nengine_version = \"15.3\"\n";
    lives(spec, "us-east-1", &["cache", "nat-1-address", "nat-2-address", "targets"]);
}

#[test]
fn streamflix_lives_on_ministack() {
    let unlike = ["database-1", "database-2", "nat-1-address", "nat-2-address"];
    lives("pipeline = \"streamflix\"\n", "eu-central-1", &unlike);
}

/// It does judge: of a signature by another key it takes nothing.
#[test]
fn a_wrong_signature_is_refused() {
    let ministack = Ministack::start();
    let [id, _] = &ministack.keys;
    let world = ministack.world([id, "another-secret-than-that-of-this-key"]);
    let ran = world.run("up --suffix staging --yes");
    assert_ne!(ran.code(), 0);
    assert!(ran.stderr.contains("SignatureDoesNotMatch"), "{}", ran.stderr);
}
