//! A reader of a run's output never blocks the run: neither one that stops reading, nor one that closes the pipe.
use crate::{
    gate::{Gate, Held, Lost},
    harness::{Harness, json_lines},
    moto::Moto,
};
use serde_json::Value;
use std::{
    io::{BufRead, BufReader, Read},
    process::Child,
};

/// Produces more than a pipe holds, all of it on stderr.
const TALKATIVE: &str = "--log debug";

fn code(mut run: Child) -> Option<i32> {
    run.wait().unwrap().code()
}

/// Asserts that the environment is complete.
fn is_up(harness: &Harness) {
    let nodes = harness.run("status --suffix staging --sandbox -o json").ends(0).json()["nodes"].take();
    let nodes = nodes.as_array().unwrap();
    assert!(nodes.len() > 60 && nodes.iter().all(|n| n["phase"] == "ready"), "{nodes:#?}");
}

fn is_down(harness: &Harness) {
    assert!(!harness.sandbox_place().join("state.json").exists());
}

#[test]
fn a_device_that_is_full_is_told_of_after_the_summary() {
    let harness = Harness::empty();
    let up = "$VIDPIPE up --suffix staging --sandbox --yes -o jsonl";
    let ran = harness.run_in_shell(&format!("{up} > /dev/full")).ends(1);
    let (summary, error) = (ran.stderr.find("done in").unwrap(), ran.stderr.find("failed to write to stdout").unwrap());
    assert!(summary < error, "{}", ran.stderr);
    is_up(&harness);
    // No message can be shown; the exit code reports the failure.
    harness.run_in_shell(&format!("{up} 2> /dev/full")).ends(1);
    let down = "$VIDPIPE down --suffix staging --sandbox --yes -o json";
    let ran = harness.run_in_shell(&format!("{down} > /dev/full")).ends(1);
    assert!(ran.stderr.contains("failed to write to stdout"), "{}", ran.stderr);
    is_down(&harness);
    // A command that is not a run has no other result.
    harness.run_in_shell("$VIDPIPE init -c - > /dev/full").ends(1);
}

#[test]
fn a_reader_that_goes_away_loses_a_run_nothing_but_its_code() {
    let harness = Harness::empty();
    let mut up = harness.spawn("up --suffix staging --sandbox --yes -o jsonl");
    drop(up.stdout.take());
    let mut output = String::new();
    up.stderr.take().unwrap().read_to_string(&mut output).unwrap();
    assert_eq!(code(up), Some(1), "{output}");
    assert!(output.contains("failed to write to stdout: Broken pipe"), "{output}");
    is_up(&harness);
    // For a command that is not a run, the reader has read enough.
    let mut plan = harness.spawn("plan --suffix staging --sandbox --all");
    drop(plan.stdout.take());
    assert_eq!(code(plan), Some(0));
    let mut down = harness.spawn("down --suffix staging --sandbox --yes");
    drop((down.stdout.take(), down.stderr.take()));
    assert_eq!(code(down), Some(1));
    is_down(&harness);
}

#[test]
fn a_reader_that_stalls_does_not_hold_a_run() {
    let harness = Harness::empty();
    // The unread output stays in the pipes, which are open until the end.
    let mut up = harness.spawn(&format!("up --suffix staging --sandbox --yes -o jsonl {TALKATIVE}"));
    let pipes = (up.stdout.take(), up.stderr.take());
    assert_eq!(code(up), Some(1));
    drop(pipes);
    is_up(&harness);
    // The other stream is not blocked either.
    let mut down = harness.spawn(&format!("down --suffix staging --sandbox --yes -o jsonl {TALKATIVE}"));
    let (stalled, mut output) = (down.stderr.take(), String::new());
    down.stdout.take().unwrap().read_to_string(&mut output).unwrap();
    assert_eq!(code(down), Some(1));
    drop(stalled);
    assert_eq!(json_lines(&output).last().unwrap()["event"], "swept", "{output}");
    is_down(&harness);
}

/// The reader may be as slow as it likes.
#[test]
fn what_only_asks_waits_for_its_reader() {
    let harness = Harness::empty();
    let mut plan = harness.spawn("plan --suffix staging --sandbox -o json --all");
    let mut lines = BufReader::with_capacity(512, plan.stdout.take().unwrap());
    let mut text = String::new();
    while lines.read_line(&mut text).unwrap() > 0 {
        std::thread::sleep(std::time::Duration::from_micros(200));
    }
    assert_eq!(code(plan), Some(0));
    let plan: Value = serde_json::from_str(&text).unwrap();
    assert!(text.len() > 65_536 && plan["steps"].is_array(), "a pipe holds all of it: {}", text.len());
}

/// Holds a terminal until its first line has arrived and a line is typed at its stdin; then it closes the terminal.
const CLOSES: &str = "
import os, pty, sys
child, terminal = pty.fork()
if child == 0:
    os.execv(sys.argv[1], sys.argv[1:])
os.read(terminal, 1)
sys.stdin.readline()
os.close(terminal)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
";

#[test]
fn a_terminal_that_closes_ends_a_run_in_good_order() {
    let moto = Moto::start();
    let gate = Gate::before(moto.endpoint());
    let harness = Harness::at(&gate.endpoint());
    let before = moto.live();
    for command in ["up --suffix staging --yes", "down --suffix staging --yes"] {
        gate.shut_at(25, Lost::Call);
        let mut run = harness.start_at_terminal(CLOSES, command);
        let closes = run.stdin.take();
        gate.wait_shut();
        drop(closes);
        assert_eq!(code(run), Some(129), "{command}");
        gate.open(Held::AreLost);
        harness.run("status --suffix staging").ends(0);
        harness.run(command).ends(0);
        assert_eq!(moto.live().twice(), [""; 0]);
    }
    assert_eq!(moto.live().differing(&before), [""; 0], "something is left");
}

/// A terminal of 120 columns that shrinks to 60 after a line is typed at its stdin. Prints the widest line of a frame
/// from before, and of the last frame after.
const RESIZED: &str = r"
import fcntl, os, pty, re, struct, sys, termios
child, terminal = pty.fork()
if child == 0:
    os.execv(sys.argv[1], sys.argv[1:])
def size(columns):
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack('HHHH', 30, columns, 0, 0))
said = b''
def widest():
    global said
    while True:
        begun = said.find(b'\x1b[?2026h')
        ended = said.find(b'\x1b[?2026l', begun)
        if 0 <= begun < ended:
            break
        said += os.read(terminal, 65536)
    frame, said = said[begun:ended], said[ended:]
    lines = re.sub(rb'\x1b\[[0-9;?]*[A-Za-z]', b'', frame).split(b'\r\n')
    return max(len(line.decode(errors='replace')) for line in lines)
size(120)
widest()
sys.stdin.readline()
before = widest()
size(60)
for frame in range(200):
    # What was drawn before is on its way still.
    after = widest()
    if after <= 60:
        break
print(before, after)
os.close(terminal)
os.waitpid(child, 0)
";

#[test]
fn a_terminal_that_is_resized_is_redrawn() {
    let moto = Moto::start();
    let gate = Gate::before(moto.endpoint());
    let harness = Harness::at(&gate.endpoint());
    gate.shut_at(25, Lost::Call);
    let mut run = harness.start_at_terminal(RESIZED, "up --suffix staging --yes");
    let types = run.stdin.take();
    gate.wait_shut();
    drop(types);
    let mut output = String::new();
    run.stdout.take().unwrap().read_to_string(&mut output).unwrap();
    assert_eq!(code(run), Some(0), "{output}");
    gate.open(Held::AreLost);
    let widths: Vec<usize> = output.split_whitespace().map(|n| n.parse().unwrap()).collect();
    assert!(widths.len() == 2 && widths[0] > 60 && widths[1] <= 60, "{output}");
}

/// `nohup` means that the terminal may close.
#[test]
fn a_hang_up_that_is_to_be_ignored_is() {
    let harness = Harness::empty();
    let line = "trap '' HUP; $VIDPIPE up --suffix staging --sandbox --yes -o jsonl & \
                for i in 1 2 3 4 5; do kill -HUP $! 2>&-; sleep 0.1; done; wait $!";
    let ran = harness.run_in_shell(line).ends(0);
    assert!(ran.stdout.contains(r#""event":"ended""#), "{}", ran.stdout);
    is_up(&harness);
}
