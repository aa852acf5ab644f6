//! Only one run at a time may change an environment; other commands may read it.
use crate::{
    gate::{Gate, Held, Lost},
    harness::Harness,
    moto::Moto,
};
use std::fs::File;

#[test]
fn a_second_run_is_told_of_the_first() {
    let moto = Moto::start();
    let gate = Gate::before(moto.endpoint());
    let harness = Harness::at(&gate.endpoint());
    gate.shut_at(20, Lost::Call);
    let first = harness.start("up --suffix staging --yes -o jsonl");
    gate.wait_shut();

    // Not through the gate, which is shut, but for the same account.
    let direct = Harness::at(moto.endpoint());
    let folder = harness.here().join(".vidpipe");
    let before = moto.live();
    for command in ["up", "down"] {
        let second = direct.run(&format!("{command} --suffix staging --yes --state {}", folder.display())).ends(5);
        let holder = format!("`vidpipe up`, process {} on ", first.id());
        assert!(second.stderr.contains(&holder), "{}", second.stderr);
        assert!(second.stderr.contains("wait for it to end"), "{}", second.stderr);
    }
    assert_eq!(moto.live().differing(&before), [""; 0]);
    for command in ["status", "plan"] {
        direct.run(&format!("{command} --suffix staging --state {}", folder.display())).ends(0);
    }
    gate.open(Held::GoOn);
    first.wait().ends(0);
}

/// Only the kernel's lock counts: a lock file without it is no lock, and a file with it is one, whatever its content.
#[test]
fn the_kernel_decides() {
    let harness = Harness::empty();
    harness.run("up --suffix staging --sandbox --yes").ends(0);
    let file = File::options().write(true).open(harness.sandbox_place().join("state.json.lock")).unwrap();
    file.lock().unwrap();
    let ran = harness.run("down --suffix staging --sandbox --yes").ends(5);
    insta::assert_snapshot!("locked_by_nobody_known", ran.text());
    drop(file);
    harness.run("down --suffix staging --sandbox --yes").ends(0);
}
