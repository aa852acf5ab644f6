//! A moto server for each test, and its inventory.
use crate::harness::credentials;
use serde_json::Value;
use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
};

/// A server on a free loopback port, ended with the test.
pub(crate) struct Moto {
    server: Child,
    endpoint: String,
}

impl Moto {
    /// Starts it, and waits until it answers.
    pub(crate) fn start() -> Self {
        let mut server = script("launch.py").args(["--port", "0"]).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(server.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let endpoint =
            line.trim().strip_prefix("listening on ").unwrap_or_else(|| panic!("moto did not start: {line:?}"));
        Self { endpoint: endpoint.into(), server }
    }

    /// Its URL.
    pub(crate) fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// Every resource, by kind.
    pub(crate) fn live(&self) -> Live {
        inventory(&self.endpoint, "us-east-1")
    }

    /// Every resource in that region, by kind.
    pub(crate) fn live_in(&self, region: &str) -> Live {
        inventory(&self.endpoint, region)
    }

    /// Whether every resource exists that the program vidpipe replaces would have created; with a line for each.
    pub(crate) fn parity(&self, suffix: &str) -> (bool, String) {
        let mut parity = script("parity.py");
        let ran = parity.args(["--endpoint", &self.endpoint, "--suffix", suffix]).output().unwrap();
        let text = String::from_utf8_lossy(&ran.stdout).into_owned() + &String::from_utf8_lossy(&ran.stderr);
        (ran.status.success(), text)
    }

    /// The output of a few lines of Python, with `boto3` imported and `client(service)` defined.
    pub(crate) fn python(&self, lines: &str) -> String {
        let client =
            format!("client = lambda s, region='us-east-1': boto3.client(s, region, endpoint_url='{}')", self.endpoint);
        let printed = output(python().arg("-c").arg(format!("import boto3\n{client}\n{lines}")));
        String::from_utf8(printed.stdout).unwrap()
    }
}

/// Every resource in a region of an endpoint, by kind.
pub(crate) fn inventory(endpoint: &str, region: &str) -> Live {
    let taken = output(script("inventory.py").args(["--endpoint", endpoint, "--region", region]));
    let mut taken: Value = serde_json::from_slice(&taken.stdout).unwrap();
    Live(serde_json::from_value(taken["live"].take()).unwrap())
}

impl Drop for Moto {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// The existing resources, by kind.
#[derive(Debug, PartialEq)]
pub(crate) struct Live(BTreeMap<String, Vec<Value>>);

impl Live {
    /// The number of resources of each kind.
    pub(crate) fn counts(&self) -> BTreeMap<&str, usize> {
        self.0.iter().map(|(kind, items)| (kind.as_str(), items.len())).collect()
    }

    /// The kinds with resources that were added, removed or changed.
    pub(crate) fn differing<'a>(&'a self, other: &'a Self) -> Vec<&'a str> {
        let differs = |kind: &&String| self.0.get(*kind) != other.0.get(*kind);
        let mut kinds: Vec<&str> = self.0.keys().chain(other.0.keys()).filter(differs).map(String::as_str).collect();
        kinds.sort_unstable();
        kinds.dedup();
        kinds
    }

    /// The resources of a kind.
    pub(crate) fn of(&self, kind: &str) -> &[Value] {
        self.0.get(kind).unwrap_or_else(|| panic!("the inventory knows no {kind}"))
    }

    /// The nodes whose tag more than one resource of a kind carries.
    pub(crate) fn twice(&self) -> Vec<String> {
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        for (kind, items) in &self.0 {
            for node in items.iter().filter_map(|item| tag(item, "vidpipe:node")) {
                *seen.entry(format!("{kind} of {node}")).or_default() += 1;
            }
        }
        seen.into_iter().filter(|(_, n)| *n > 1).map(|(what, _)| what).collect()
    }
}

/// A tag, in any of the shapes AWS uses.
fn tag<'a>(item: &'a Value, name: &str) -> Option<&'a str> {
    let of = |tags: &'a Value| match tags {
        Value::Object(tags) => tags.get(name)?.as_str(),
        Value::Array(tags) => {
            let key = |t: &&Value| ["Key", "key", "TagKey"].iter().any(|k| t[*k] == name);
            let tag = tags.iter().find(key)?;
            ["Value", "value", "TagValue"].iter().find_map(|v| tag[*v].as_str())
        }
        _ => None,
    };
    ["Tags", "tags", "TagSet", "TagList"].iter().find_map(|field| of(&item[*field]))
}

/// The Python that has `tests/moto/requirements.txt` installed.
pub(crate) fn python() -> Command {
    let mut command = Command::new(installed("moto", "VIDPIPE_TEST_PYTHON"));
    command.env_clear().env("PATH", std::env::var_os("PATH").unwrap()).envs(credentials());
    // Write no bytecode into the repository's folders.
    command.env("PYTHONDONTWRITEBYTECODE", "1").stdin(Stdio::null());
    command
}

/// The Python of an emulator: the one that a variable names, or the one that `.ci/run` installs.
pub(crate) fn installed(emulator: &str, variable: &str) -> PathBuf {
    let made = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("target/{emulator}-venv/bin/python"));
    let python = std::env::var_os(variable).map_or(made, PathBuf::from);
    assert!(
        python.exists(),
        "there is no {}: run .ci/run once, which makes it, or set {variable} to a Python that has tests/{emulator}/requirements.txt installed",
        python.display()
    );
    python
}

fn script(name: &str) -> Command {
    let mut command = python();
    command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/moto").join(name));
    command
}

fn output(command: &mut Command) -> Output {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    output
}
