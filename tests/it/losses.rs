//! Data is lost only with consent by name: the ways in which it was lost before, each against the built binary.
use crate::harness::{Harness, Ran};
use vidpipe_sandbox::{Clock, Sandbox};

/// An environment in the sandbox, created from that spec.
fn made(spec: &str) -> Harness {
    let harness = Harness::empty();
    harness.write("vidpipe.toml", spec);
    up(&harness, "").ends(0);
    harness
}

fn up(harness: &Harness, more: &str) -> Ran {
    harness.run(&format!("up --suffix demo --sandbox --yes {more}"))
}

/// Asserts that `up` with that spec is refused before anything is changed, and prints all of these texts.
#[track_caller]
fn refused(harness: &Harness, spec: &str, more: &str, text: &[&str]) {
    let before = aws(harness);
    harness.write("vidpipe.toml", spec);
    let ran = up(harness, more).ends(6);
    for text in text {
        assert!(ran.stderr.contains(text), "{text:?} is not told:\n{}", ran.stderr);
    }
    assert_eq!(aws(harness), before, "something was changed");
}

fn file(harness: &Harness) -> std::path::PathBuf {
    harness.here().join(".vidpipe/sandbox/aws.json")
}

fn aws(harness: &Harness) -> serde_json::Value {
    Sandbox::open(&file(harness), Clock::Instant).unwrap().inventory().unwrap()
}

/// Sets the status of that database from now on.
fn befall(harness: &Harness, database: &str, status: &str) {
    let sandbox = Sandbox::open(&file(harness), Clock::Instant).unwrap();
    assert!(sandbox.befall(database, status), "there is no {database}");
    sandbox.save().unwrap();
}

const DATABASE: &str = "rds-postgresql-demo";

#[test]
fn another_range_of_addresses() {
    let harness = made("");
    let cidr = "[network]\ncidr = \"10.9.0.0/16\"\n";
    let because = "cidr (10.0.0.0/16 -> 10.9.0.0/16) of vpc cannot be changed in place, and database depends on it";
    refused(
        &harness,
        cidr,
        "",
        &[because, "--allow-data-loss", "--yes does not consent", "database,", "warning: database is"],
    );
    // A node that is not named is not allowed to lose data.
    refused(&harness, cidr, "--allow-data-loss database", &["add --allow-data-loss ", "cache"]);
    // With the flag taken from the refusal, the run completes.
    let refusal = up(&harness, "").ends(6).stderr;
    let flag = refusal.lines().find_map(|l| l.trim().strip_prefix("help: add ")).unwrap().split(" if ").next().unwrap();
    up(&harness, flag).ends(0);
    harness.run("plan --suffix demo --sandbox --detailed-exitcode").ends(0);
    // The same command again is no error: nothing is lost this time.
    up(&harness, flag).ends(0);
}

#[test]
fn a_protected_environment() {
    let harness = made("protect = true\n");
    let cidr = "protect = true\n[network]\ncidr = \"10.9.0.0/16\"\n";
    refused(&harness, cidr, "", &["`demo` is protected", "--remove-protection and --allow-data-loss "]);
    let name = "protect = true\n[database]\nname = \"videos\"\n";
    refused(&harness, name, "--allow-data-loss database", &["`demo` is protected", "--remove-protection"]);
    // Removing the protection in the same run does not circumvent it.
    refused(&harness, "[database]\nname = \"videos\"\n", "--allow-data-loss database", &["`demo` is protected"]);
    refused(&harness, "", "", &["the spec no longer says so", "put `protect = true` back"]);
    refused(&harness, name, "--remove-protection", &["--allow-data-loss database"]);
    harness.write("vidpipe.toml", name);
    up(&harness, "--remove-protection --allow-data-loss database").ends(0);
    harness.write("vidpipe.toml", "[database]\nname = \"videos\"\n");
    up(&harness, "--remove-protection").ends(0);
    harness.run("down --suffix demo --sandbox --yes").ends(0);
}

#[test]
fn another_name_of_the_database() {
    let harness = made("");
    let because = "would be replaced, which loses the database and its automated backups: \
                   db_name (videometadata -> videos) of database cannot be changed in place";
    refused(&harness, "[database]\nname = \"videos\"\n", "", &[because, "add --allow-data-loss database if"]);
    up(&harness, "--allow-data-loss database").ends(0);
}

#[test]
fn a_third_zone_and_back() {
    let harness = made("");
    let database = || aws(&harness)["regions"]["us-east-1"]["rds"].clone();
    assert!(!database().is_null());
    for zones in [3, 2] {
        harness.write("vidpipe.toml", format!("[network]\navailability_zones = {zones}\n"));
        let plan = harness.run("plan --suffix demo --sandbox -o json").ends(0).json();
        let steps = plan["steps"].as_array().unwrap();
        let lost: Vec<_> = steps.iter().filter(|s| s["needs_consent"] == true).map(|s| &s["name"]).collect();
        assert_eq!(lost, [""; 0], "{zones} zones");
        up(&harness, "").ends(0);
        harness.run("plan --suffix demo --sandbox --detailed-exitcode").ends(0);
    }
}

#[test]
fn what_the_spec_does_not_want_any_more() {
    let harness = made("pipeline = \"streamflix\"\n");
    let without = "pipeline = \"streamflix\"\n[audit]\nenabled = false\n";
    refused(&harness, without, "", &["would be deleted, which loses all objects in it", "does not want it any more"]);
}

/// Nothing is replaced; the state and the remedy are reported; after the remedy, the run completes.
#[test]
fn a_database_in_a_bad_state() {
    let harness = made("");
    let remedies = [
        ("incompatible-parameters", "correct its parameter group"),
        ("incompatible-network", "free addresses in its subnets"),
        ("inaccessible-encryption-credentials", "restore a backup of it"),
        ("modify-failed", "see its events"),
        ("failed", "delete it yourself and run `up --refresh`"),
    ];
    for (status, remedy) in remedies {
        befall(&harness, DATABASE, status);
        let before = aws(&harness);
        let ran = up(&harness, "--refresh").ends(3);
        for text in ["database", status, remedy] {
            assert!(ran.stderr.contains(text), "{status}: {text:?} is not told:\n{}", ran.stderr);
        }
        // A name on the command line does not recreate it either.
        up(&harness, "--allow-data-loss database").ends(3);
        assert_eq!(aws(&harness), before, "{status}: something was changed");
        befall(&harness, DATABASE, "available");
        up(&harness, "").ends(0);
        assert_eq!(aws(&harness), before, "{status}: something was changed");
    }
}

/// A stopped database is started, with its data unchanged.
#[test]
fn a_stopped_database_is_started() {
    let harness = made("");
    let before = aws(&harness);
    befall(&harness, DATABASE, "stopped");
    let ran = up(&harness, "--refresh").ends(0);
    assert!(ran.stderr.contains("stopped") && ran.stderr.contains("start it"), "{}", ran.stderr);
    assert_eq!(aws(&harness), before, "it is another one");
    up(&harness, "--refresh").ends(0);
}

#[test]
fn a_full_storage_is_enlarged_by_the_spec() {
    let harness = made("");
    befall(&harness, DATABASE, "storage-full");
    let before = aws(&harness);
    let ran = up(&harness, "--refresh").ends(3);
    assert!(ran.stderr.contains("raise the database's storage in the spec"), "{}", ran.stderr);
    assert_eq!(aws(&harness), before, "something was changed");
    harness.write("vidpipe.toml", "[database]\nstorage_gib = 300\n");
    up(&harness, "--refresh").ends(0);
    harness.run("plan --suffix demo --sandbox --refresh --detailed-exitcode").ends(0);
}

#[test]
fn a_consent_to_nothing() {
    let harness = made("");
    for (names, text) in [
        ("databse", "no such node in this environment"),
        ("databse", "did you mean `database`?"),
        ("vpc", "`vpc` (ec2:vpc), which holds no data"),
        ("database,vpc", "holds no data"),
    ] {
        let ran = up(&harness, &format!("--allow-data-loss {names}")).ends(64);
        assert!(ran.stderr.contains(text), "{text:?} is not told:\n{}", ran.stderr);
    }
    up(&harness, "--allow-data-loss database,cache --allow-data-loss file-system").ends(0);
}

/// Names typed at a terminal are consent to these nodes, and to no others.
#[test]
fn asked_at_a_terminal() {
    let harness = made("");
    harness.write("vidpipe.toml", "[database]\nname = \"videos\"\n");
    let before = aws(&harness);
    for typed in ["y", "yes", "", "databases", "cache", "database,cache"] {
        let ran = harness.run_at_terminal("up --suffix demo --sandbox", typed).ends(8);
        assert!(ran.stderr.contains("Type `database` if that may be lost:"), "{}", ran.stderr);
        assert_eq!(aws(&harness), before, "{typed}");
    }
    harness.run_at_terminal("up --suffix demo --sandbox", "database").ends(0);
    harness.run("plan --suffix demo --sandbox --detailed-exitcode").ends(0);
    // With --yes there is no prompt, and data loss is refused.
    harness.write("vidpipe.toml", "");
    let ran = harness.run_at_terminal("up --suffix demo --sandbox --yes", "database").ends(6);
    assert!(ran.stderr.contains("--yes does not consent"), "{}", ran.stderr);
}

#[test]
fn with_yes_the_plan_is_told_as_well() {
    let harness = Harness::empty();
    let ran = up(&harness, "").ends(0);
    assert!(ran.stderr.contains("+ database (rds:instance)"), "{}", ran.stderr);
    assert!(ran.stderr.lines().any(|l| l.ends_with(" to create")), "{}", ran.stderr);
    assert!(!up(&harness, "").ends(0).stderr.contains("rds:instance"), "there is nothing to tell");
}

/// A smaller disk requires another database: a protected one is not replaced for it, whatever else is allowed.
#[test]
fn a_protected_database_is_not_replaced_for_a_smaller_disk() {
    let harness = made("protect = true\n[database]\nstorage_gib = 300\n");
    let smaller = "protect = true\n[database]\nstorage_gib = 200\n";
    refused(&harness, smaller, "", &["`demo` is protected", "database", "--remove-protection"]);
    refused(&harness, smaller, "--allow-data-loss database", &["`demo` is protected", "--remove-protection"]);
}
