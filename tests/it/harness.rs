//! The test harness: a temporary folder, an environment in it, and the vidpipe binary run there.
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

/// A temporary folder, and the only environment variables vidpipe receives.
pub(crate) struct Harness {
    folder: TempDir,
    variables: Vec<(String, String)>,
}

impl Harness {
    /// No account, no credentials, no endpoint.
    pub(crate) fn empty() -> Self {
        Self::inside(tempfile::tempdir().unwrap())
    }

    /// The same in memory, where fsync takes no time, if this machine has `/dev/shm`: for tests with very many runs.
    pub(crate) fn in_memory() -> Self {
        let place = tempfile::tempdir_in("/dev/shm");
        Self::inside(place.unwrap_or_else(|_| tempfile::tempdir().unwrap()))
    }

    fn inside(folder: TempDir) -> Self {
        let home = folder.path().join("home");
        fs::create_dir(&home).unwrap();
        fs::create_dir(folder.path().join("here")).unwrap();
        let harness = Self { folder, variables: Vec::new() };
        // Without these, the SDK requests credentials from the machine it runs on.
        harness
            .with("PATH", &std::env::var("PATH").unwrap())
            .with("HOME", home.to_str().unwrap())
            .with("AWS_EC2_METADATA_DISABLED", "true")
    }

    /// With an emulator's endpoint, and credentials that only an emulator accepts.
    pub(crate) fn at(endpoint: &str) -> Self {
        let mut harness = Self::empty().with("AWS_ENDPOINT_URL", endpoint);
        harness.variables.extend(credentials());
        harness
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

    /// Runs vidpipe to its end, with the words of the line as its arguments.
    pub(crate) fn run(&self, line: &str) -> Ran {
        self.run_args(&line.split_whitespace().collect::<Vec<_>>())
    }

    /// Runs vidpipe to its end.
    pub(crate) fn run_args(&self, args: &[&str]) -> Ran {
        let output = self.command(args).output().unwrap();
        Ran {
            line: args.join(" "),
            status: output.status,
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: self.redacted(&String::from_utf8(output.stderr).unwrap()),
        }
    }

    /// Runs vidpipe to its end, with its stdout in that file.
    pub(crate) fn run_into(&self, line: &str, stdout: fs::File) -> Ran {
        let args: Vec<&str> = line.split_whitespace().collect();
        let output = self.command(&args).stdout(stdout).output().unwrap();
        let stderr = self.redacted(&String::from_utf8(output.stderr).unwrap());
        Ran { line: line.into(), status: output.status, stdout: String::new(), stderr }
    }

    /// Runs vidpipe to its end, with those bytes on its stdin.
    pub(crate) fn run_reading(&self, line: &str, stdin: &[u8]) -> Ran {
        let mut child =
            self.command(&line.split_whitespace().collect::<Vec<_>>()).stdin(Stdio::piped()).spawn().unwrap();
        // vidpipe may refuse it without reading all of it.
        let _ = child.stdin.take().unwrap().write_all(stdin);
        let output = child.wait_with_output().unwrap();
        Ran {
            line: line.into(),
            status: output.status,
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: self.redacted(&String::from_utf8(output.stderr).unwrap()),
        }
    }

    /// Starts vidpipe; its stdout is read line by line.
    pub(crate) fn start(&self, line: &str) -> Running {
        let mut child = self.command(&line.split_whitespace().collect::<Vec<_>>()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        // Drain stderr, or the pipe fills and vidpipe blocks.
        let mut stderr = child.stderr.take().unwrap();
        let stderr = thread::spawn(move || {
            let mut text = String::new();
            stderr.read_to_string(&mut text).map(|_| text).unwrap()
        });
        Running { child, lines, stderr: Some(stderr) }
    }

    /// The working directory.
    pub(crate) fn here(&self) -> PathBuf {
        self.folder.path().join("here")
    }

    /// Writes a file into the working directory.
    pub(crate) fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        fs::write(self.here().join(name), text).unwrap();
    }

    /// The environment directory for the endpoint.
    pub(crate) fn place(&self) -> PathBuf {
        self.here().join(".vidpipe/streamtech/123456789012-us-east-1").join(SUFFIX)
    }

    /// The environment directory in the sandbox.
    pub(crate) fn sandbox_place(&self) -> PathBuf {
        self.here().join(".vidpipe/sandbox/streamtech/123456789012-us-east-1").join(SUFFIX)
    }

    /// The state of the only recorded environment, whatever its directory.
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

    /// The state on disk.
    pub(crate) fn state(&self) -> Value {
        serde_json::from_slice(&fs::read(self.place().join("state.json")).unwrap()).unwrap()
    }

    /// The recorded runs, oldest first: the command, and every line.
    pub(crate) fn runs(&self) -> Vec<(String, Vec<Value>)> {
        let mut files: Vec<PathBuf> =
            fs::read_dir(self.place().join("runs")).unwrap().map(|f| f.unwrap().path()).collect();
        files.sort();
        let command = |f: &Path| f.file_stem().unwrap().to_str().unwrap().rsplit_once('-').unwrap().1.to_owned();
        files.iter().map(|f| (command(f), json_lines(&fs::read_to_string(f).unwrap()))).collect()
    }

    /// The text without the parts that differ from run to run.
    fn redacted(&self, text: &str) -> String {
        text.replace(self.folder.path().to_str().unwrap(), "[FOLDER]")
    }
}

/// Credentials that only an emulator accepts.
pub(crate) fn credentials() -> [(String, String); 2] {
    [("AWS_ACCESS_KEY_ID", "testing"), ("AWS_SECRET_ACCESS_KEY", "testing")].map(|(k, v)| (k.into(), v.into()))
}

/// Every line, parsed.
pub(crate) fn json_lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"))).collect()
}

/// A finished run.
#[derive(Debug)]
pub(crate) struct Ran {
    line: String,
    status: ExitStatus,
    /// Its stdout.
    pub(crate) stdout: String,
    /// Its stderr, without the path of the test's folder.
    pub(crate) stderr: String,
}

impl Ran {
    /// Asserts the exit code.
    #[track_caller]
    pub(crate) fn ends(self, code: i32) -> Self {
        let Self { line, status, stdout, stderr } = &self;
        assert_eq!(status.code(), Some(code), "vidpipe {line}: {status}\nstdout:\n{stdout}\nstderr:\n{stderr}");
        self
    }

    /// The arguments it was started with.
    pub(crate) fn line(&self) -> &str {
        &self.line
    }

    /// The exit code.
    #[track_caller]
    pub(crate) fn code(&self) -> i32 {
        self.status.code().unwrap_or_else(|| panic!("vidpipe {}: {}\n{}", self.line, self.status, self.stderr))
    }

    /// The stdout, parsed as one JSON value.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|e| panic!("vidpipe {}: {e}\n{}", self.line, self.stdout))
    }

    /// The exit code and stderr, for a snapshot.
    pub(crate) fn text(&self) -> String {
        assert_eq!(self.stdout, "", "vidpipe {}: what is refused is no data", self.line);
        format!("exit {}\n{}", self.status.code().unwrap(), self.stderr)
    }
}

/// A run in progress. It is killed when dropped.
pub(crate) struct Running {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    stderr: Option<JoinHandle<String>>,
}

impl Running {
    /// The process id.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends it a signal.
    pub(crate) fn signal(&self, signal: rustix::process::Signal) {
        let pid = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(pid, signal).unwrap();
    }

    /// Reads its stdout until that many lines have arrived, or it ends. Returns the number of lines.
    pub(crate) fn read(&mut self, lines: usize) -> usize {
        self.lines.by_ref().take(lines).map(Result::unwrap).count()
    }

    /// Reads its events until that event arrives.
    #[track_caller]
    pub(crate) fn read_until(&mut self, event: &str) {
        let is_event = |line: Result<String, _>| {
            let line: Value = serde_json::from_str(&Result::<_, std::io::Error>::unwrap(line)).unwrap();
            line["event"] == event
        };
        assert!(self.lines.by_ref().any(is_event), "it ended without the event {event}");
    }

    /// Kills it, as a power cut would. Returns whether it was still running.
    pub(crate) fn killed(mut self) -> bool {
        self.child.kill().unwrap();
        self.child.wait().unwrap().signal() == Some(9)
    }

    /// Whether it is still running.
    pub(crate) fn goes_on(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// Waits until it ends by itself.
    pub(crate) fn wait(mut self) -> Ran {
        let stdout = self.lines.by_ref().map(|line| line.unwrap() + "\n").collect();
        let status = self.child.wait().unwrap();
        Ran { line: "(started)".into(), status, stdout, stderr: self.join_stderr() }
    }

    fn join_stderr(&mut self) -> String {
        self.stderr.take().map(|reader| reader.join().unwrap()).unwrap_or_default()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
