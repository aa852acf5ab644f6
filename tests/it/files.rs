//! The user's files: what is written is what was asked for and nothing else, what is read has a limit, and what becomes of
//! the state folder while a run goes on loses nothing and makes nothing twice.
use crate::{
    gate::{Gate, Held, Lost},
    moto::Moto,
    world::World,
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
    let world = World::empty();
    world.run(UP).ends(0);
    let here = world.here();
    let told = world.run(OUTPUTS).ends(0).stdout;

    // A device and a stream are written to, and stay what they are.
    for stream in ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"] {
        let both = world.run(&format!("{OUTPUTS} --flat-file {stream}")).ends(0).stdout;
        outputs(both.strip_suffix(&told).unwrap());
        let file = world.here().join("redirected");
        world.run_into(&format!("{OUTPUTS} --flat-file {stream}"), File::create(&file).unwrap()).ends(0);
        assert_eq!(fs::read_to_string(file).unwrap(), both, "{stream}");
    }
    world.run(&format!("{OUTPUTS} --flat-file /dev/null")).ends(0);
    assert!(fs::metadata("/dev/null").unwrap().file_type().is_char_device());

    // What somebody has planted beside it is not touched.
    world.write("precious", "precious");
    symlink("precious", here.join("out.json.tmp")).unwrap();
    world.run(&format!("{OUTPUTS} --flat-file out.json")).ends(0);
    outputs(&fs::read_to_string(here.join("out.json")).unwrap());
    assert_eq!(fs::read_to_string(here.join("precious")).unwrap(), "precious");
    assert!(fs::symlink_metadata(here.join("out.json.tmp")).unwrap().is_symlink());

    // A link stays one, and a mode stays what it was.
    fs::create_dir(here.join("shared")).unwrap();
    symlink("shared/flat.json", here.join("link.json")).unwrap();
    for _ in 0..2 {
        world.run(&format!("{OUTPUTS} --flat-file link.json")).ends(0);
        assert!(fs::symlink_metadata(here.join("link.json")).unwrap().is_symlink());
        fs::set_permissions(here.join("shared/flat.json"), fs::Permissions::from_mode(0o640)).unwrap();
    }
    world.run(&format!("{OUTPUTS} --flat-file link.json")).ends(0);
    assert_eq!(mode(&here.join("shared/flat.json")), 0o640);
    outputs(&fs::read_to_string(here.join("shared/flat.json")).unwrap());

    // The same writer draws, and writes pages and evidence.
    for command in ["timeline --svg link.json", "timeline --html link.json", "verify --report link.json"] {
        world.run(&format!("{command} --suffix staging --sandbox"));
        assert!(fs::symlink_metadata(here.join("link.json")).unwrap().is_symlink(), "{command}");
        let text = fs::read_to_string(here.join("shared/flat.json")).unwrap();
        assert!(text.starts_with(['<', '#']), "{command}: {text:.80}");
    }
}

#[test]
fn a_place_where_nothing_can_be_written_is_refused_before_anything_is_made() {
    let world = World::empty();
    pipe(&world.here().join("pipe"));
    for bad in ["--flat-file .", "--flat-file home/..", "--log-file .", "--log-file pipe"] {
        let ran = world.run(&format!("{UP} {bad}")).ends(6);
        assert!(ran.stderr.contains("failed to write"), "{bad}: {}", ran.stderr);
        assert!(ran.stderr.contains("help: "), "{bad}: {}", ran.stderr);
        assert!(!world.here().join(".vidpipe").exists(), "{bad}");
    }
}

#[test]
fn a_spec_is_a_file_of_its_size() {
    let world = World::empty();
    pipe(&world.here().join("pipe"));
    File::create(world.here().join("large")).unwrap().set_len(1 << 40).unwrap();
    for (bad, why) in [("pipe", "a pipe"), ("/dev/zero", "a device"), (".", "a folder"), ("large", "larger than 1 MiB")]
    {
        for command in ["plan --suffix staging --sandbox", "graph", "rehearse"] {
            let ran = world.run(&format!("{command} --config {bad}")).ends(6);
            let told = format!("failed to read the spec {bad}: it is {why}");
            assert!(ran.stderr.contains(&told) && ran.stderr.contains("help: "), "{command}: {}", ran.stderr);
        }
    }
    world.write("spec.toml", "[metadata]\nmigrations = \"sql\"\n");
    fs::create_dir(world.here().join("sql")).unwrap();
    pipe(&world.here().join("sql/001_a.sql"));
    let ran = world.run("plan --suffix staging --sandbox --config spec.toml").ends(6);
    assert!(ran.stderr.contains("001_a.sql: it is a pipe, not a file"), "{}", ran.stderr);
    fs::remove_file(world.here().join("sql/001_a.sql")).unwrap();
    for number in 0..=999 {
        world.write(&format!("sql/{number:03}_a.sql"), "select 1;");
    }
    let ran = world.run("plan --suffix staging --sandbox --config spec.toml").ends(6);
    assert!(ran.stderr.contains("more than 999 files end in .sql"), "{}", ran.stderr);
}

#[test]
fn folders_behind_links_are_there_for_every_command() {
    let world = World::empty();
    world.run(UP).ends(0);
    let here = world.here();
    for (folder, to) in [(".vidpipe/sandbox/streamtech", "elsewhere"), (".vidpipe/sandbox", "further")] {
        fs::rename(here.join(folder), here.join(to)).unwrap();
        symlink(here.join(to), here.join(folder)).unwrap();
        for command in [UP, "plan --suffix staging --sandbox --detailed-exitcode", OUTPUTS] {
            world.run(command).ends(0);
        }
        world.run("status --suffix staging --sandbox").ends(0);
        world.run("timeline --suffix staging --sandbox").ends(0);
        assert!(world.run("status --sandbox").ends(0).stdout.contains("staging"));
    }
    world.run("down --suffix staging --sandbox --yes").ends(0);
}

#[test]
fn all_in_the_state_folder_is_closed_to_others() {
    let world = World::empty();
    world.run(UP).ends(0);
    let mut open = vec![world.here().join(".vidpipe")];
    let mut seen = 0;
    while let Some(path) = open.pop() {
        let wanted = if path.is_dir() { 0o700 } else { 0o600 };
        assert_eq!(mode(&path), wanted, "{}", path.display());
        seen += 1;
        if path.is_dir() {
            open.extend(fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
        }
    }
    assert!(seen > 10, "{seen}");
    world.run("down --suffix staging --sandbox --yes").ends(0);
}

/// Only one of two goes on, nothing is made twice, and the first says what happened and what to do.
#[test]
fn a_lock_file_replaced_in_the_middle_of_a_run() {
    let moto = Moto::start();
    let gate = Gate::before(moto.endpoint());
    let world = World::at(&gate.endpoint());
    let before = moto.live();
    gate.shut_at(20, Lost::Answer);
    let first = world.start("up --suffix staging --yes -o jsonl");
    gate.wait_shut();
    // Not removed first: where there is none, the first run makes it again, and the second is refused.
    let lock = world.place().join("state.json.lock");
    world.write("another", "");
    fs::rename(world.here().join("another"), lock).unwrap();

    // Not through the gate, which is shut: the same account all the same.
    let direct = World::at(moto.endpoint());
    let folder = world.here().join(".vidpipe");
    let mut second = direct.start(&format!("up --suffix staging --yes -o jsonl --state {}", folder.display()));
    second.read_until("planned");
    let asked = gate.changes().len();
    gate.open(Held::AreLost);
    let first = first.wait().ends(3);
    assert_eq!(gate.changes().len(), asked, "the first run asked for more");
    // Replaced; or removed, if the second has signed it by then.
    assert!(first.stderr.contains("its lock file was re"), "{}", first.stderr);
    assert!(first.stderr.contains("run the same command again"), "{}", first.stderr);
    second.wait().ends(0);
    assert_eq!(moto.live().twice(), [""; 0]);
    world.run("plan --suffix staging --detailed-exitcode").ends(0);
    world.run("down --suffix staging --yes").ends(0);
    assert_eq!(moto.live().differing(&before), [""; 0], "something is left");
}

/// Nobody has come: the run goes on, and who comes later waits for it.
#[test]
fn a_lock_file_removed_and_nobody_comes() {
    let moto = Moto::start();
    let gate = Gate::before(moto.endpoint());
    let world = World::at(&gate.endpoint());
    gate.shut_at(20, Lost::Call);
    let first = world.start("up --suffix staging --yes -o jsonl");
    gate.wait_shut();
    fs::remove_file(world.place().join("state.json.lock")).unwrap();
    gate.shut_at(20, Lost::Call);
    gate.open(Held::GoOn);
    first.wait().ends(0);
    assert_eq!(moto.live().twice(), [""; 0]);
    world.run("plan --suffix staging --detailed-exitcode").ends(0);
}
