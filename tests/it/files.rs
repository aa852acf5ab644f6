//! The user's files: only the requested files are written, reads are limited, and changes to the state folder during a
//! run lose nothing and create nothing twice.
use crate::{
    gate::{Gate, Held, Lost},
    harness::Harness,
    moto::Moto,
};
use serde_json::Value;
use std::{
    fs::{self, File},
    os::unix::fs::{FileTypeExt, PermissionsExt, symlink},
    path::Path,
    process::Command,
};

const UP: &str = "up --suffix staging --sandbox --yes";
const OUTPUTS: &str = "outputs --suffix staging --sandbox";

fn pipe(path: &Path) {
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

fn outputs(text: &str) -> Value {
    let value: Value = serde_json::from_str(text).unwrap_or_else(|e| panic!("{e}: {text}"));
    assert!(value["VpcId"].is_string(), "{value}");
    value
}

#[test]
fn outputs_go_where_they_are_sent() {
    let harness = Harness::empty();
    harness.run(UP).ends(0);
    let here = harness.here();
    let text = harness.run(OUTPUTS).ends(0).stdout;

    // A device and a stream are written to, and are not replaced.
    for stream in ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"] {
        let both = harness.run(&format!("{OUTPUTS} --flat-file {stream}")).ends(0).stdout;
        outputs(both.strip_suffix(&text).unwrap());
        let file = harness.here().join("redirected");
        harness.run_into(&format!("{OUTPUTS} --flat-file {stream}"), File::create(&file).unwrap()).ends(0);
        assert_eq!(fs::read_to_string(file).unwrap(), both, "{stream}");
    }
    harness.run(&format!("{OUTPUTS} --flat-file /dev/null")).ends(0);
    assert!(fs::metadata("/dev/null").unwrap().file_type().is_char_device());

    // A file planted beside the output is not touched.
    harness.write("precious", "precious");
    symlink("precious", here.join("out.json.tmp")).unwrap();
    harness.run(&format!("{OUTPUTS} --flat-file out.json")).ends(0);
    outputs(&fs::read_to_string(here.join("out.json")).unwrap());
    assert_eq!(fs::read_to_string(here.join("precious")).unwrap(), "precious");
    assert!(fs::symlink_metadata(here.join("out.json.tmp")).unwrap().is_symlink());

    // A link stays a link, and a mode stays as it was.
    fs::create_dir(here.join("shared")).unwrap();
    symlink("shared/flat.json", here.join("link.json")).unwrap();
    for _ in 0..2 {
        harness.run(&format!("{OUTPUTS} --flat-file link.json")).ends(0);
        assert!(fs::symlink_metadata(here.join("link.json")).unwrap().is_symlink());
        fs::set_permissions(here.join("shared/flat.json"), fs::Permissions::from_mode(0o640)).unwrap();
    }
    harness.run(&format!("{OUTPUTS} --flat-file link.json")).ends(0);
    assert_eq!(mode(&here.join("shared/flat.json")), 0o640);
    outputs(&fs::read_to_string(here.join("shared/flat.json")).unwrap());

    // The same writer writes drawings, pages and evidence.
    for command in ["timeline --svg link.json", "timeline --html link.json", "verify --report link.json"] {
        harness.run(&format!("{command} --suffix staging --sandbox"));
        assert!(fs::symlink_metadata(here.join("link.json")).unwrap().is_symlink(), "{command}");
        let text = fs::read_to_string(here.join("shared/flat.json")).unwrap();
        assert!(text.starts_with(['<', '#']), "{command}: {text:.80}");
    }
}

#[test]
fn a_place_where_nothing_can_be_written_is_refused_before_anything_is_made() {
    let harness = Harness::empty();
    pipe(&harness.here().join("pipe"));
    for bad in ["--flat-file .", "--flat-file home/..", "--log-file .", "--log-file pipe"] {
        let ran = harness.run(&format!("{UP} {bad}")).ends(6);
        assert!(ran.stderr.contains("failed to write"), "{bad}: {}", ran.stderr);
        assert!(ran.stderr.contains("help: "), "{bad}: {}", ran.stderr);
        assert!(!harness.here().join(".vidpipe").exists(), "{bad}");
    }
}

#[test]
fn a_spec_is_a_file_of_its_size() {
    let harness = Harness::empty();
    pipe(&harness.here().join("pipe"));
    File::create(harness.here().join("large")).unwrap().set_len(1 << 40).unwrap();
    for (bad, why) in [("pipe", "a pipe"), ("/dev/zero", "a device"), (".", "a folder"), ("large", "larger than 1 MiB")]
    {
        for command in ["plan --suffix staging --sandbox", "graph", "rehearse"] {
            let ran = harness.run(&format!("{command} --config {bad}")).ends(6);
            let text = format!("failed to read the spec {bad}: it is {why}");
            assert!(ran.stderr.contains(&text) && ran.stderr.contains("help: "), "{command}: {}", ran.stderr);
        }
    }
    harness.write("spec.toml", "[metadata]\nmigrations = \"sql\"\n");
    fs::create_dir(harness.here().join("sql")).unwrap();
    pipe(&harness.here().join("sql/001_a.sql"));
    let ran = harness.run("plan --suffix staging --sandbox --config spec.toml").ends(6);
    assert!(ran.stderr.contains("001_a.sql: it is a pipe, not a file"), "{}", ran.stderr);
    fs::remove_file(harness.here().join("sql/001_a.sql")).unwrap();
    for number in 0..=999 {
        harness.write(&format!("sql/{number:03}_a.sql"), "select 1;");
    }
    let ran = harness.run("plan --suffix staging --sandbox --config spec.toml").ends(6);
    assert!(ran.stderr.contains("more than 999 files end in .sql"), "{}", ran.stderr);
}

#[test]
fn folders_behind_links_are_there_for_every_command() {
    let harness = Harness::empty();
    harness.run(UP).ends(0);
    let here = harness.here();
    for (folder, to) in [(".vidpipe/sandbox/streamtech", "elsewhere"), (".vidpipe/sandbox", "further")] {
        fs::rename(here.join(folder), here.join(to)).unwrap();
        symlink(here.join(to), here.join(folder)).unwrap();
        for command in [UP, "plan --suffix staging --sandbox --detailed-exitcode", OUTPUTS] {
            harness.run(command).ends(0);
        }
        harness.run("status --suffix staging --sandbox").ends(0);
        harness.run("timeline --suffix staging --sandbox").ends(0);
        assert!(harness.run("status --sandbox").ends(0).stdout.contains("staging"));
    }
    harness.run("down --suffix staging --sandbox --yes").ends(0);
}

#[test]
fn all_in_the_state_folder_is_closed_to_others() {
    let harness = Harness::empty();
    harness.run(UP).ends(0);
    let mut open = vec![harness.here().join(".vidpipe")];
    let mut seen = 0;
    while let Some(path) = open.pop() {
        let expected = if path.is_dir() { 0o700 } else { 0o600 };
        assert_eq!(mode(&path), expected, "{}", path.display());
        seen += 1;
        if path.is_dir() {
            open.extend(fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
        }
    }
    assert!(seen > 10, "{seen}");
    harness.run("down --suffix staging --sandbox --yes").ends(0);
}

/// Only one of the two runs continues, nothing is created twice, and the first reports what happened and what to do.
#[test]
fn a_lock_file_replaced_in_the_middle_of_a_run() {
    let moto = Moto::start();
    let gate = Gate::before(moto.endpoint());
    let harness = Harness::at(&gate.endpoint());
    let before = moto.live();
    gate.shut_at(20, Lost::Answer);
    let first = harness.start("up --suffix staging --yes -o jsonl");
    gate.wait_shut();
    // Not removed first: if the file is missing, the first run recreates it, and the second is refused.
    let lock = harness.place().join("state.json.lock");
    harness.write("another", "");
    fs::rename(harness.here().join("another"), lock).unwrap();

    // Not through the gate, which is shut, but for the same account.
    let direct = Harness::at(moto.endpoint());
    let folder = harness.here().join(".vidpipe");
    let mut second = direct.start(&format!("up --suffix staging --yes -o jsonl --state {}", folder.display()));
    second.read_until("planned");
    let asked = gate.changes().len();
    gate.open(Held::AreLost);
    let first = first.wait().ends(5);
    assert_eq!(gate.changes().len(), asked, "the first run asked for more");
    // "Replaced", or "removed" if the second run has signed the file by then.
    assert!(first.stderr.contains("its lock file was re"), "{}", first.stderr);
    assert!(first.stderr.contains("run the same command again"), "{}", first.stderr);
    second.wait().ends(0);
    assert_eq!(moto.live().twice(), [""; 0]);
    harness.run("plan --suffix staging --detailed-exitcode").ends(0);
    harness.run("down --suffix staging --yes").ends(0);
    assert_eq!(moto.live().differing(&before), [""; 0], "something is left");
}

/// No other run starts: the run continues, and a later run waits for it.
#[test]
fn a_lock_file_removed_and_nobody_comes() {
    let moto = Moto::start();
    let gate = Gate::before(moto.endpoint());
    let harness = Harness::at(&gate.endpoint());
    gate.shut_at(20, Lost::Call);
    let first = harness.start("up --suffix staging --yes -o jsonl");
    gate.wait_shut();
    fs::remove_file(harness.place().join("state.json.lock")).unwrap();
    gate.shut_at(20, Lost::Call);
    gate.open(Held::GoOn);
    first.wait().ends(0);
    assert_eq!(moto.live().twice(), [""; 0]);
    harness.run("plan --suffix staging --detailed-exitcode").ends(0);
}
