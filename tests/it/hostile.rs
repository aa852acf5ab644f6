//! Foreign text reaches no terminal, log or file unsanitized, whatever its source: AWS's messages, a state, a history,
//! a spec, a path, a variable, the command line.
use crate::{
    credentials::Sts,
    harness::{Harness, Ran, SUFFIX},
};
use serde_json::Value;
use std::{fs, path::Path};
use vidpipe_engine::{Name, PhysicalId, State, Trouble, event::Fault};
use vidpipe_store::{EnvDir, Folder};

/// A sequence that clears the screen, lines that a CI service executes, and characters that reorder, hide and break
/// text.
const HOSTILE: &str = "x\u{1b}[2J\u{1b}]0;t\u{7}\n::error::a\r\n  ::b\u{202e}c\u{2066}d\u{200b}e\u{2028}::f\u{85}g\u{9b}31m\u{7f}\u{e0041}##[error]h";

/// Asserts that no program that shows the text executes a part of it.
#[track_caller]
fn assert_harmless(text: &str, target: &str) {
    let visible = |c: char| c == '\n' || c == '\t' || !(c.is_control() || vidpipe_text::hidden(c));
    let hidden: Vec<char> = text.chars().filter(|c| !visible(*c)).collect();
    assert!(hidden.is_empty(), "{target}: {hidden:?} in {text}");
    for line in text.lines() {
        assert!(!line.trim_start().starts_with("::") && !line.contains("##["), "{target}: {line:?}");
    }
}

#[track_caller]
fn harmless(ran: Ran) -> Ran {
    assert_harmless(&ran.stdout, &format!("stdout of {:?}", ran.line()));
    assert_harmless(&ran.stderr, &format!("stderr of {:?}", ran.line()));
    ran
}

#[track_caller]
fn harmless_file(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    assert_harmless(&text, &path.display().to_string());
    text
}

fn place(harness: &Harness) -> EnvDir {
    Folder::new(&harness.here().join(".vidpipe/sandbox")).find(SUFFIX, None).unwrap().remove(0)
}

/// Plants a change in the state, as another program would.
fn planted(harness: &Harness, change: impl FnOnce(&mut State)) {
    let place = place(harness);
    let mut state = place.read().unwrap().unwrap();
    change(&mut state);
    let lock = place.lock("up", state.created).unwrap();
    lock.store().save(&state).unwrap();
}

fn hostile_state(state: &mut State) {
    state.outputs.insert(HOSTILE.into(), HOSTILE.into());
    let at = state.created;
    let some = || Some(HOSTILE.to_owned());
    let fault = Fault { message: HOSTILE.into(), call: some(), code: some(), request_id: some(), hint: some() };
    let queue = state.entries.values().find(|entry| entry.phase.id().is_some()).unwrap();
    let mut stranger = queue.clone();
    stranger.trouble = Some(Trouble { fault, broken: false, at });
    stranger.spec = serde_json::json!({ HOSTILE: HOSTILE });
    if let vidpipe_engine::Phase::Ready { id, .. } = &mut stranger.phase {
        *id = PhysicalId(HOSTILE.into());
    }
    stranger.edges.clear();
    state.entries.insert(Name::from(HOSTILE), stranger);
}

#[test]
fn what_stands_in_a_state_and_a_history_is_shown_harmlessly_everywhere() {
    let harness = Harness::empty();
    harness.run("up --suffix staging --yes --sandbox").ends(0);
    planted(&harness, hostile_state);
    for file in fs::read_dir(place(&harness).path().join("runs")).unwrap() {
        let file = file.unwrap().path();
        let escaped = serde_json::to_string(HOSTILE).unwrap();
        let text = fs::read_to_string(&file).unwrap();
        // As a message of AWS, and as the name of a node.
        let text = text.replace("\"node\":\"vpc\"", &format!("\"node\":{escaped}"));
        assert!(text.contains(&escaped), "nothing was planted in {text:.400}");
        fs::write(&file, text).unwrap();
    }
    let all = [
        "status",
        "status --suffix staging",
        "outputs --suffix staging",
        "outputs --suffix staging -o env",
        "outputs --suffix staging -o github",
        "plan --suffix staging --all",
        "plan --suffix staging --down --all",
        "plan --suffix staging --refresh",
        "timeline --suffix staging",
        "timeline --suffix staging --list",
        "timeline --suffix staging --svg -",
        "timeline --suffix staging --html -",
        "timeline --suffix staging --svg t.svg --html t.html",
        "verify --suffix staging --report evidence.md",
        "outputs --suffix staging --flat-file flat.json",
        "plan --suffix staging --refresh --log-file text.log",
        "plan --suffix staging --refresh --log-file json.log --log-format json",
    ];
    for line in all {
        harmless(harness.run(&format!("{line} --sandbox")));
    }
    for file in ["t.svg", "t.html", "evidence.md", "flat.json", "text.log", "json.log"] {
        harmless_file(&harness.here().join(file));
    }
    // The formats for programs are lossless.
    let outputs = harmless(harness.run("outputs --suffix staging -o json --sandbox").ends(0)).json();
    assert_eq!(outputs[HOSTILE], HOSTILE);
    let status = harmless(harness.run("status --suffix staging -o json --sandbox").ends(0)).json();
    let names: Vec<&Value> = status["nodes"].as_array().unwrap().iter().map(|node| &node["name"]).collect();
    assert!(names.iter().any(|name| *name == HOSTILE), "{names:?}");
    for line in ["plan --suffix staging --down", "timeline --suffix staging", "timeline --suffix staging --list"] {
        harmless(harness.run(&format!("{line} -o json --sandbox"))).json();
    }
    // A run shows it too: as lines, as events, and in the log.
    let logged = "--log trace --log-format json";
    harmless(harness.run(&format!("down --suffix staging --yes --sandbox -o jsonl {logged}")));
    harmless(harness.run("down --suffix staging --yes --sandbox --log trace"));
}

/// XML cannot contain escape characters; it can contain everything else here.
const REFUSED: &str = "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code>\
    <Message>no\n::error::a\u{9b}31m\u{202e}b\u{200b}\u{2028}::c\u{7f} ##[error]d</Message></Error>\
    <RequestId>r\u{202e}\n::x</RequestId></ErrorResponse>";

#[test]
fn what_aws_says_before_a_run_is_harmless() {
    let sts = Sts::refusing(0, REFUSED);
    let harness = Harness::at(&sts.endpoint);
    for line in ["plan --suffix staging", "up --suffix staging --yes", "plan --suffix staging --log trace"] {
        let ran = harmless(harness.run(line).ends(6));
        assert!(ran.stderr.contains("error: failed to"), "{}", ran.stderr);
    }
}

#[test]
fn what_the_command_line_a_path_or_a_variable_holds_is_harmless() {
    let hostile = &HOSTILE.replace('\0', "");
    let harness = Harness::empty().with("VIDPIPE_STATE", hostile).with("AWS_PROFILE", hostile);
    let harness = harness.with("AWS_REGION", hostile).with("AWS_CONFIG_FILE", hostile);
    // Nothing can be written below a file.
    harness.write("no", "");
    for args in [
        &["up", "--suffix", hostile][..],
        &["status", "--suffix", "staging"],
        &["status", hostile],
        &[hostile],
        &["plan", "--suffix", "staging"],
        &["plan", "--suffix", "staging", "--config", hostile],
        &["status", "--pipeline", hostile],
        &["status", "-o", hostile],
        &["up", "--suffix", "staging", "--timeout", hostile],
        &["up", "--suffix", "staging", "--deadline", hostile],
        &["status", "--log", hostile],
        &["status", "--log-file", &format!("no/{hostile}")],
        &["rehearse", "--faults", hostile],
        &["init", "--config", &format!("no/{hostile}")],
        &["timeline", "--suffix", "staging", "--run", hostile],
    ] {
        let ran = harmless(harness.run_args(args));
        assert!(ran.code() != 0 && ran.code() != 101, "{args:?}: {}", ran.stderr);
    }
}

#[test]
fn what_a_spec_holds_is_harmless() {
    let harness = Harness::empty();
    let quoted = serde_json::to_string(HOSTILE).unwrap().replace("\\u007f", "\\u007F");
    let quoted = quoted.replace('\u{7f}', "\\u007F");
    for spec in [
        format!("pipeline = {quoted}\n"),
        format!("region = {quoted}\n"),
        format!("[tags]\nowner = {quoted}\n"),
        format!("[tags]\n{quoted} = \"x\"\n"),
        format!("{quoted} = 1\n"),
        format!("# {}\n[database]\nnonsense = {quoted}\n", HOSTILE.replace(['\n', '\r'], " ")),
        HOSTILE.to_owned(),
    ] {
        harness.write("vidpipe.toml", &spec);
        harmless(harness.run("plan --suffix staging --sandbox"));
        harmless(harness.run("plan --suffix staging --sandbox -o json"));
        harmless(harness.run("graph --all --format svg"));
    }
}
