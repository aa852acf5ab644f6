//! vidpipe where others hold its streams: a shell, a terminal, a reader that need not read.
use super::{Ran, World};
use crate::moto::python;
use std::process::{Child, Command, Stdio};

impl World {
    /// Run a line of a shell to its end, in which `$VIDPIPE` is the program.
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

    /// Start it, for whoever reads what it says, or does not.
    pub(crate) fn spawn(&self, line: &str) -> Child {
        self.command(&line.split_whitespace().collect::<Vec<_>>()).spawn().unwrap()
    }

    /// Start it at a terminal of its own, which that program in Python holds: it is given the command as its arguments.
    pub(crate) fn start_at_terminal(&self, program: &str, line: &str) -> Child {
        let mut terminal = python();
        terminal.args(["-c", program, env!("CARGO_BIN_EXE_vidpipe")]).args(line.split_whitespace());
        terminal.current_dir(self.here()).env_clear().envs(self.variables.iter().cloned());
        terminal.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap()
    }

    /// Run it to its end at a terminal of its own, where that is typed. It says everything on the terminal.
    pub(crate) fn run_at_terminal(&self, line: &str, typed: &str) -> Ran {
        let mut terminal = python();
        terminal.args(["-c", AT_TERMINAL, typed, env!("CARGO_BIN_EXE_vidpipe")]).args(line.split_whitespace());
        let output = terminal.current_dir(self.here()).envs(self.variables.iter().cloned()).output().unwrap();
        let stderr = self.redacted(&String::from_utf8_lossy(&output.stdout));
        Ran { line: line.into(), status: output.status, stdout: String::new(), stderr }
    }
}

/// A terminal, in Python: the first argument is typed at it, the others are the command that is run there.
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
