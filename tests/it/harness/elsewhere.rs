//! Runs vidpipe with its streams held by another process: a shell, a terminal, or a reader that may not read.
use super::{Harness, Ran};
use crate::moto::python;
use std::process::{Child, Command, Stdio};

impl Harness {
    /// Runs a shell command line to its end, in which `$VIDPIPE` is the binary.
    pub(crate) fn run_in_shell(&self, line: &str) -> Ran {
        let mut shell = Command::new("sh");
        shell.args(["-c", line]).env_clear().envs(self.variables.iter().cloned());
        let output = shell.env("VIDPIPE", env!("CARGO_BIN_EXE_vidpipe")).current_dir(self.here()).output().unwrap();
        Ran {
            line: line.into(),
            status: output.status,
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: self.redacted(&String::from_utf8(output.stderr).unwrap()),
        }
    }

    /// Starts vidpipe; the caller may read its output or not.
    pub(crate) fn spawn(&self, line: &str) -> Child {
        self.command(&line.split_whitespace().collect::<Vec<_>>()).spawn().unwrap()
    }

    /// Starts vidpipe on its own terminal, which that Python program holds: the program gets the command as its
    /// arguments.
    pub(crate) fn start_at_terminal(&self, program: &str, line: &str) -> Child {
        let mut terminal = python();
        terminal.args(["-c", program, env!("CARGO_BIN_EXE_vidpipe")]).args(line.split_whitespace());
        terminal.current_dir(self.here()).env_clear().envs(self.variables.iter().cloned());
        terminal.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap()
    }

    /// Runs vidpipe to its end on its own terminal, at which that text is typed. All output goes to the terminal.
    pub(crate) fn run_at_terminal(&self, line: &str, typed: &str) -> Ran {
        let mut terminal = python();
        terminal.args(["-c", AT_TERMINAL, typed, env!("CARGO_BIN_EXE_vidpipe")]).args(line.split_whitespace());
        let output = terminal.current_dir(self.here()).envs(self.variables.iter().cloned()).output().unwrap();
        let stderr = self.redacted(&String::from_utf8_lossy(&output.stdout));
        Ran { line: line.into(), status: output.status, stdout: String::new(), stderr }
    }
}

/// A terminal, in Python: the first argument is typed at it, the others are the command to run there.
const AT_TERMINAL: &str = "
import os, pty, sys
child, terminal = pty.fork()
if child == 0:
    os.execv(sys.argv[2], sys.argv[2:])
os.write(terminal, sys.argv[1].encode() + b'\\n')
while True:
    try:
        said = os.read(terminal, 65536)
    except OSError:
        break
    if not said:
        break
    sys.stdout.buffer.write(said)
sys.stdout.buffer.flush()
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
";
