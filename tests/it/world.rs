//! A folder of its own, an environment of its own, and vidpipe in it.
use serde_json::Value;
use std::{
    fs,
    io::{BufRead, BufReader, Lines, Read, Write},
    os::unix::process::ExitStatusExt,
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, ExitStatus, Stdio},
    thread::{self, JoinHandle},
};
use tempfile::TempDir;

mod elsewhere;

/// The suffix of a test's environment.
pub(crate) const SUFFIX: &str = "staging";

/// A fresh folder, and the only variables vidpipe sees.
pub(crate) struct World {
    folder: TempDir,
    variables: Vec<(String, String)>,
}

impl World {
    /// No account, no credentials, no endpoint.
    pub(crate) fn empty() -> Self {
        Self::inside(tempfile::tempdir().unwrap())
    }

    /// The same, where syncing takes no time, if this machine has such a place: for tests with very many runs.
    pub(crate) fn in_memory() -> Self {
        let place = tempfile::tempdir_in("/dev/shm");
        Self::inside(place.unwrap_or_else(|_| tempfile::tempdir().unwrap()))
    }

    fn inside(folder: TempDir) -> Self {
        let home = folder.path().join("home");
        fs::create_dir(&home).unwrap();
        fs::create_dir(folder.path().join("here")).unwrap();
        let world = Self { folder, variables: Vec::new() };
        // Without these, the SDK asks the machine it runs on for credentials.
        world
            .with("PATH", &std::env::var("PATH").unwrap())
            .with("HOME", home.to_str().unwrap())
            .with("AWS_EC2_METADATA_DISABLED", "true")
    }

    /// With credentials that only an emulator takes, and its endpoint.
    pub(crate) fn at(endpoint: &str) -> Self {
        let mut world = Self::empty().with("AWS_ENDPOINT_URL", endpoint);
        world.variables.extend(credentials());
        world
    }

    /// With one more variable.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.into(), value.into()));
        self
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_vidpipe"));
        command.args(args).current_dir(self.here()).env_clear().envs(self.variables.iter().cloned());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Run it to its end, with these words as its arguments.
    pub(crate) fn run(&self, line: &str) -> Ran {
        self.run_args(&line.split_whitespace().collect::<Vec<_>>())
    }

    /// Run it to its end.
    pub(crate) fn run_args(&self, args: &[&str]) -> Ran {
        let output = self.command(args).output().unwrap();
        Ran {
            line: args.join(" "),
            status: output.status,
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: self.redacted(&String::from_utf8(output.stderr).unwrap()),
        }
    }

    /// Run it to its end with its stdout in that file.
    pub(crate) fn run_into(&self, line: &str, stdout: fs::File) -> Ran {
        let args: Vec<&str> = line.split_whitespace().collect();
        let output = self.command(&args).stdout(stdout).output().unwrap();
        let stderr = self.redacted(&String::from_utf8(output.stderr).unwrap());
        Ran { line: line.into(), status: output.status, stdout: String::new(), stderr }
    }

    /// Run it to its end, with that on its stdin.
    pub(crate) fn run_reading(&self, line: &str, stdin: &[u8]) -> Ran {
        let mut child =
            self.command(&line.split_whitespace().collect::<Vec<_>>()).stdin(Stdio::piped()).spawn().unwrap();
        // It need not read it all to refuse it.
        let _ = child.stdin.take().unwrap().write_all(stdin);
        let output = child.wait_with_output().unwrap();
        Ran {
            line: line.into(),
            status: output.status,
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: self.redacted(&String::from_utf8(output.stderr).unwrap()),
        }
    }

    /// Start it, and read its stdout line by line.
    pub(crate) fn start(&self, line: &str) -> Running {
        let mut child = self.command(&line.split_whitespace().collect::<Vec<_>>()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        // Read as it comes, or the pipe fills and vidpipe stops for us.
        let mut stderr = child.stderr.take().unwrap();
        let stderr = thread::spawn(move || {
            let mut text = String::new();
            stderr.read_to_string(&mut text).map(|_| text).unwrap()
        });
        Running { child, lines, stderr: Some(stderr) }
    }

    /// Where it runs.
    pub(crate) fn here(&self) -> PathBuf {
        self.folder.path().join("here")
    }

    /// Put a file where it runs.
    pub(crate) fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        fs::write(self.here().join(name), text).unwrap();
    }

    /// The folder of the environment on the endpoint.
    pub(crate) fn place(&self) -> PathBuf {
        self.here().join(".vidpipe/streamtech/123456789012-us-east-1").join(SUFFIX)
    }

    /// The folder of the environment in the sandbox.
    pub(crate) fn sandbox_place(&self) -> PathBuf {
        self.here().join(".vidpipe/sandbox/streamtech/123456789012-us-east-1").join(SUFFIX)
    }

    /// What is recorded of the one environment there is, wherever it is.
    pub(crate) fn only_state(&self) -> Value {
        let mut folders = vec![self.here().join(".vidpipe")];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
                match entry.is_dir() {
                    true => folders.push(entry),
                    false if entry.ends_with("state.json") => {
                        return serde_json::from_slice(&fs::read(entry).unwrap()).unwrap();
                    }
                    false => {}
                }
            }
        }
        panic!("nothing is recorded")
    }

    /// The state, as it is on disk.
    pub(crate) fn state(&self) -> Value {
        serde_json::from_slice(&fs::read(self.place().join("state.json")).unwrap()).unwrap()
    }

    /// The runs that were kept, oldest first: the command, and every line.
    pub(crate) fn runs(&self) -> Vec<(String, Vec<Value>)> {
        let mut files: Vec<PathBuf> =
            fs::read_dir(self.place().join("runs")).unwrap().map(|f| f.unwrap().path()).collect();
        files.sort();
        let command = |f: &Path| f.file_stem().unwrap().to_str().unwrap().rsplit_once('-').unwrap().1.to_owned();
        files.iter().map(|f| (command(f), json_lines(&fs::read_to_string(f).unwrap()))).collect()
    }

    /// Text without what differs from run to run.
    fn redacted(&self, text: &str) -> String {
        text.replace(self.folder.path().to_str().unwrap(), "[FOLDER]")
    }
}

/// Credentials that only an emulator takes.
pub(crate) fn credentials() -> [(String, String); 2] {
    [("AWS_ACCESS_KEY_ID", "testing"), ("AWS_SECRET_ACCESS_KEY", "testing")].map(|(k, v)| (k.into(), v.into()))
}

/// Every line, parsed.
pub(crate) fn json_lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"))).collect()
}

/// A run that ended.
#[derive(Debug)]
pub(crate) struct Ran {
    line: String,
    status: ExitStatus,
    /// What it wrote to stdout.
    pub(crate) stdout: String,
    /// What it wrote to stderr, without the test's folder.
    pub(crate) stderr: String,
}

impl Ran {
    /// It ended with that code.
    #[track_caller]
    pub(crate) fn ends(self, code: i32) -> Self {
        let Self { line, status, stdout, stderr } = &self;
        assert_eq!(status.code(), Some(code), "vidpipe {line}: {status}\nstdout:\n{stdout}\nstderr:\n{stderr}");
        self
    }

    /// The words it was started with.
    pub(crate) fn line(&self) -> &str {
        &self.line
    }

    /// The code it ended with.
    #[track_caller]
    pub(crate) fn code(&self) -> i32 {
        self.status.code().unwrap_or_else(|| panic!("vidpipe {}: {}\n{}", self.line, self.status, self.stderr))
    }

    /// stdout, which is one JSON value.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|e| panic!("vidpipe {}: {e}\n{}", self.line, self.stdout))
    }

    /// The code it ended with, and what it said, for a snapshot.
    pub(crate) fn told(&self) -> String {
        assert_eq!(self.stdout, "", "vidpipe {}: what is refused is no data", self.line);
        format!("exit {}\n{}", self.status.code().unwrap(), self.stderr)
    }
}

/// A run that goes on. It is killed when the test lets go of it.
pub(crate) struct Running {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    stderr: Option<JoinHandle<String>>,
}

impl Running {
    /// The process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Send it a signal.
    pub(crate) fn signal(&self, signal: rustix::process::Signal) {
        let pid = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(pid, signal).unwrap();
    }

    /// Read its stdout until that many lines have come, or it ends.
    pub(crate) fn read(&mut self, lines: usize) -> usize {
        self.lines.by_ref().take(lines).map(Result::unwrap).count()
    }

    /// Read its events until that one comes.
    #[track_caller]
    pub(crate) fn read_until(&mut self, event: &str) {
        let wanted = |line: Result<String, _>| {
            let line: Value = serde_json::from_str(&Result::<_, std::io::Error>::unwrap(line)).unwrap();
            line["event"] == event
        };
        assert!(self.lines.by_ref().any(wanted), "it ended without the event {event}");
    }

    /// End it as a power cut would; whether it had not ended before.
    pub(crate) fn killed(mut self) -> bool {
        self.child.kill().unwrap();
        self.child.wait().unwrap().signal() == Some(9)
    }

    /// Whether it has not ended yet.
    pub(crate) fn goes_on(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// Wait until it ends by itself.
    pub(crate) fn wait(mut self) -> Ran {
        let stdout = self.lines.by_ref().map(|line| line.unwrap() + "\n").collect();
        let status = self.child.wait().unwrap();
        Ran { line: "(started)".into(), status, stdout, stderr: self.said() }
    }

    fn said(&mut self) -> String {
        self.stderr.take().map(|said| said.join().unwrap()).unwrap_or_default()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
