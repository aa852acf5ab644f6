//! One run at a time for an environment; others may look.
use crate::{
    gate::{Gate, Held, Lost},
    moto::Moto,
    world::World,
};
use std::fs::File;

#[test]
fn a_second_run_is_told_of_the_first() {
    let moto = Moto::start();
    let gate = Gate::before(moto.endpoint());
    let world = World::at(&gate.endpoint());
    gate.shut_at(20, Lost::Call);
    let first = world.start("up --suffix staging --yes -o jsonl");
    gate.wait_shut();

    // Not through the gate, which is shut: the same account all the same.
    let direct = World::at(moto.endpoint());
    let folder = world.here().join(".vidpipe");
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

/// Only the kernel decides: a lock file that nobody holds is no lock, and one that is held is, whatever is in it.
#[test]
fn the_kernel_decides() {
    let world = World::empty();
    world.run("up --suffix staging --sandbox --yes").ends(0);
    let file = File::options().write(true).open(world.sandbox_place().join("state.json.lock")).unwrap();
    file.lock().unwrap();
    let ran = world.run("down --suffix staging --sandbox --yes").ends(5);
    insta::assert_snapshot!("locked_by_nobody_known", ran.told());
    drop(file);
    world.run("down --suffix staging --sandbox --yes").ends(0);
}
