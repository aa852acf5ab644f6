//! Data is lost only if somebody said so by name: the ways in which it was lost before, each on the built binary.
use crate::world::{Ran, World};
use vidpipe_sandbox::{Clock, Sandbox};

/// An environment in the sandbox, made from that spec.
fn made(spec: &str) -> World {
    let world = World::empty();
    world.write("vidpipe.toml", spec);
    up(&world, "").ends(0);
    world
}

fn up(world: &World, more: &str) -> Ran {
    world.run(&format!("up --suffix demo --sandbox --yes {more}"))
}

/// `up` with that spec is refused before anything is changed, and names all of that.
#[track_caller]
fn refused(world: &World, spec: &str, more: &str, told: &[&str]) {
    let before = aws(world);
    world.write("vidpipe.toml", spec);
    let ran = up(world, more).ends(6);
    for told in told {
        assert!(ran.stderr.contains(told), "{told:?} is not told:\n{}", ran.stderr);
    }
    assert_eq!(aws(world), before, "something was changed");
}

fn file(world: &World) -> std::path::PathBuf {
    world.here().join(".vidpipe/sandbox/aws.json")
}

fn aws(world: &World) -> serde_json::Value {
    Sandbox::open(&file(world), Clock::Instant).unwrap().inventory().unwrap()
}

/// From now on that database is in that state.
fn befall(world: &World, database: &str, status: &str) {
    let sandbox = Sandbox::open(&file(world), Clock::Instant).unwrap();
    assert!(sandbox.befall(database, status), "there is no {database}");
    sandbox.save().unwrap();
}

const DATABASE: &str = "rds-postgresql-demo";

#[test]
fn another_range_of_addresses() {
    let world = made("");
    let cidr = "[network]\ncidr = \"10.9.0.0/16\"\n";
    let because = "cidr (10.0.0.0/16 -> 10.9.0.0/16) of vpc cannot be changed in place, and database stands on it";
    refused(
        &world,
        cidr,
        "",
        &[because, "--allow-data-loss", "--yes is no consent", "database,", "warning: database is"],
    );
    // What is not named is not allowed.
    refused(&world, cidr, "--allow-data-loss database", &["add --allow-data-loss ", "cache"]);
    // Taken from the words of the refusal, it is done.
    let said = up(&world, "").ends(6).stderr;
    let flag = said.lines().find_map(|l| l.trim().strip_prefix("help: add ")).unwrap().split(" if ").next().unwrap();
    up(&world, flag).ends(0);
    world.run("plan --suffix demo --sandbox --detailed-exitcode").ends(0);
    // The same command again is no mistake: nothing is lost this time.
    up(&world, flag).ends(0);
}

#[test]
fn a_protected_environment() {
    let world = made("protect = true\n");
    let cidr = "protect = true\n[network]\ncidr = \"10.9.0.0/16\"\n";
    refused(&world, cidr, "", &["`demo` is protected", "--remove-protection and --allow-data-loss "]);
    let name = "protect = true\n[database]\nname = \"videos\"\n";
    refused(&world, name, "--allow-data-loss database", &["`demo` is protected", "--remove-protection"]);
    // Taking the protection away in the same breath is no way around.
    refused(&world, "[database]\nname = \"videos\"\n", "--allow-data-loss database", &["`demo` is protected"]);
    refused(&world, "", "", &["the spec no longer says so", "put `protect = true` back"]);
    refused(&world, name, "--remove-protection", &["--allow-data-loss database"]);
    world.write("vidpipe.toml", name);
    up(&world, "--remove-protection --allow-data-loss database").ends(0);
    world.write("vidpipe.toml", "[database]\nname = \"videos\"\n");
    up(&world, "--remove-protection").ends(0);
    world.run("down --suffix demo --sandbox --yes").ends(0);
}

#[test]
fn another_name_of_the_database() {
    let world = made("");
    let because = "would be replaced, which loses the database and its automated backups: \
                   db_name (videometadata -> videos) of database cannot be changed in place";
    refused(&world, "[database]\nname = \"videos\"\n", "", &[because, "add --allow-data-loss database if"]);
    up(&world, "--allow-data-loss database").ends(0);
}

#[test]
fn a_third_zone_and_back() {
    let world = made("");
    let database = || aws(&world)["regions"]["us-east-1"]["rds"].clone();
    assert!(!database().is_null());
    for zones in [3, 2] {
        world.write("vidpipe.toml", format!("[network]\navailability_zones = {zones}\n"));
        let plan = world.run("plan --suffix demo --sandbox -o json").ends(0).json();
        let steps = plan["steps"].as_array().unwrap();
        let lost: Vec<_> = steps.iter().filter(|s| s["needs_consent"] == true).map(|s| &s["name"]).collect();
        assert_eq!(lost, [""; 0], "{zones} zones");
        up(&world, "").ends(0);
        world.run("plan --suffix demo --sandbox --detailed-exitcode").ends(0);
    }
}

#[test]
fn what_the_spec_does_not_want_any_more() {
    let world = made("pipeline = \"streamflix\"\n");
    let without = "pipeline = \"streamflix\"\n[audit]\nenabled = false\n";
    refused(&world, without, "", &["would be deleted, which loses all objects in it", "does not want it any more"]);
}

/// Nothing is replaced; what it is, and what to do, is said; and when that is done, all is well.
#[test]
fn a_database_in_a_bad_state() {
    let world = made("");
    let mends = [
        ("incompatible-parameters", "correct its parameter group"),
        ("incompatible-network", "free addresses in its subnets"),
        ("inaccessible-encryption-credentials", "restore a backup of it"),
        ("modify-failed", "see its events"),
        ("failed", "remove it yourself and run `up --refresh`"),
    ];
    for (status, mend) in mends {
        befall(&world, DATABASE, status);
        let before = aws(&world);
        let ran = up(&world, "--refresh").ends(3);
        for told in ["database", status, mend] {
            assert!(ran.stderr.contains(told), "{status}: {told:?} is not told:\n{}", ran.stderr);
        }
        // A name on the command line is no reason to make it anew either.
        up(&world, "--allow-data-loss database").ends(3);
        assert_eq!(aws(&world), before, "{status}: something was changed");
        befall(&world, DATABASE, "available");
        up(&world, "").ends(0);
        assert_eq!(aws(&world), before, "{status}: something was changed");
    }
}

/// What is stopped is started, and its data is what it was.
#[test]
fn a_stopped_database_is_started() {
    let world = made("");
    let before = aws(&world);
    befall(&world, DATABASE, "stopped");
    let ran = up(&world, "--refresh").ends(0);
    assert!(ran.stderr.contains("stopped") && ran.stderr.contains("start it"), "{}", ran.stderr);
    assert_eq!(aws(&world), before, "it is another one");
    up(&world, "--refresh").ends(0);
}

#[test]
fn a_full_storage_is_mended_by_the_spec() {
    let world = made("");
    befall(&world, DATABASE, "storage-full");
    let before = aws(&world);
    let ran = up(&world, "--refresh").ends(3);
    assert!(ran.stderr.contains("raise the database's storage in the spec"), "{}", ran.stderr);
    assert_eq!(aws(&world), before, "something was changed");
    world.write("vidpipe.toml", "[database]\nstorage_gib = 300\n");
    up(&world, "--refresh").ends(0);
    world.run("plan --suffix demo --sandbox --refresh --detailed-exitcode").ends(0);
}

#[test]
fn a_consent_to_nothing() {
    let world = made("");
    for (names, told) in [
        ("databse", "no such node in this environment"),
        ("databse", "did you mean `database`?"),
        ("vpc", "`vpc` (ec2:vpc), which holds no data"),
        ("database,vpc", "holds no data"),
    ] {
        let ran = up(&world, &format!("--allow-data-loss {names}")).ends(64);
        assert!(ran.stderr.contains(told), "{told:?} is not told:\n{}", ran.stderr);
    }
    up(&world, "--allow-data-loss database,cache --allow-data-loss files").ends(0);
}

/// Somebody at a terminal types the names; that is a consent to these, and nothing else is.
#[test]
fn asked_at_a_terminal() {
    let world = made("");
    world.write("vidpipe.toml", "[database]\nname = \"videos\"\n");
    let before = aws(&world);
    for typed in ["y", "yes", "", "databases", "cache", "database,cache"] {
        let ran = world.run_at_terminal("up --suffix demo --sandbox", typed).ends(8);
        assert!(ran.stderr.contains("Type `database` if that may be lost:"), "{}", ran.stderr);
        assert_eq!(aws(&world), before, "{typed}");
    }
    world.run_at_terminal("up --suffix demo --sandbox", "database").ends(0);
    world.run("plan --suffix demo --sandbox --detailed-exitcode").ends(0);
    // Where --yes is given nobody is asked, and what is lost is refused.
    world.write("vidpipe.toml", "");
    let ran = world.run_at_terminal("up --suffix demo --sandbox --yes", "database").ends(6);
    assert!(ran.stderr.contains("--yes is no consent"), "{}", ran.stderr);
}

#[test]
fn with_yes_the_plan_is_told_as_well() {
    let world = World::empty();
    let ran = up(&world, "").ends(0);
    assert!(ran.stderr.contains("+ database (rds:instance)"), "{}", ran.stderr);
    assert!(ran.stderr.lines().any(|l| l.ends_with(" to create")), "{}", ran.stderr);
    assert!(!up(&world, "").ends(0).stderr.contains("rds:instance"), "there is nothing to tell");
}

/// A smaller disk is another database: what is protected is not given up for it, whatever else is allowed.
#[test]
fn a_protected_database_is_not_replaced_for_a_smaller_disk() {
    let world = made("protect = true\n[database]\nstorage_gib = 300\n");
    let smaller = "protect = true\n[database]\nstorage_gib = 200\n";
    refused(&world, smaller, "", &["`demo` is protected", "database", "--remove-protection"]);
    refused(&world, smaller, "--allow-data-loss database", &["`demo` is protected", "--remove-protection"]);
}
