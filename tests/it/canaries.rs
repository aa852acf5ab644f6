//! Every generated password and API key is a canary: no command, in any format, at any log level, prints or stores one
//! outside of AWS, whether it succeeds, is refused, or is killed. The values are read from the sandbox's file.
use crate::harness::Harness;
use serde_json::Value;
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

const FORMATS: [&str; 4] = ["human", "plain", "json", "jsonl"];

/// Every generated value in the sandbox's AWS.
fn canaries(harness: &Harness) -> BTreeSet<String> {
    let text = fs::read_to_string(aws(harness)).unwrap();
    let mut found = BTreeSet::new();
    collect(&serde_json::from_str(&text).unwrap(), "", &mut found);
    assert!(found.len() >= 2 && found.iter().all(|v| v.len() >= 16), "{} values", found.len());
    found
}

fn collect(value: &Value, within: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            let is_key = within.contains("apikeys");
            for (key, value) in fields {
                match value.as_str() {
                    Some(text) if key == "secret_string" => {
                        let fields = serde_json::from_str::<Value>(text).ok();
                        let password = fields.and_then(|f| Some(f["password"].as_str()?.to_owned()));
                        found.insert(password.unwrap_or_else(|| text.to_owned()));
                    }
                    Some(text) if is_key && key == "value" => _ = found.insert(text.to_owned()),
                    _ => collect(value, if is_key { within } else { key }, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, within, found)),
        _ => {}
    }
}

fn aws(harness: &Harness) -> PathBuf {
    harness.here().join(".vidpipe/sandbox/aws.json")
}

/// The value as it is, as JSON escapes it, and as Rust's Debug escapes it.
fn spellings(canary: &str) -> [String; 3] {
    let quoted = |text: String| text[1..text.len() - 1].to_owned();
    [canary.to_owned(), quoted(serde_json::to_string(canary).unwrap()), quoted(format!("{canary:?}"))]
}

/// The value found is not printed: a test's log must not contain it either.
#[track_caller]
fn assert_hidden(canaries: &BTreeSet<String>, text: &str, place: &str) {
    let is_there = canaries.iter().flat_map(|c| spellings(c)).any(|spelling| text.contains(&spelling));
    assert!(!is_there, "{place} holds a generated value");
}

/// Checks every file below a folder, except the sandbox's AWS itself. Returns how many.
fn search(harness: &Harness, folder: &Path, canaries: &BTreeSet<String>) -> usize {
    let mut files = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files += search(harness, &path, canaries);
        } else if path != aws(harness) {
            let text = String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned();
            assert_hidden(canaries, &text, &path.display().to_string());
            files += 1;
        }
    }
    files
}

fn sandboxed(command: &str) -> String {
    format!("{command} --suffix staging --sandbox --sandbox-clock paused")
}

/// The commands that change nothing, in every format they support.
fn reads() -> Vec<String> {
    let mut lines: Vec<String> = FORMATS
        .iter()
        .flat_map(|format| {
            ["status", "plan --all", "plan --down --all", "outputs", "verify --report evidence.md", "timeline --all"]
                .map(|c| format!("{c} -o {format}"))
        })
        .chain(["outputs -o env", "outputs -o github", "plan --refresh --all"].map(str::to_owned))
        .map(|c| sandboxed(&c))
        .collect();
    lines.extend(["status --sandbox", "init --config -", "man", "completions bash"].map(str::to_owned));
    lines.extend(["dot", "mermaid", "svg"].map(|format| format!("graph --all --format {format}")));
    lines
}

#[test]
fn no_command_says_one_and_no_file_keeps_one() {
    let harness = Harness::in_memory();
    let mut runs = Vec::new();
    for format in FORMATS {
        // The first run creates everything; the others find it.
        runs.push(harness.run(&format!("{} --yes -o {format} --flat-file out.json", sandboxed("up"))).ends(0));
    }
    let mut canaries = canaries(&harness);
    runs.extend(reads().iter().map(|line| harness.run(line).ends(0)));
    runs.push(harness.run(&sandboxed("up")).ends(0));
    harness.write("vidpipe.toml", "pipeline = \"streamtech\"\n[database]\npassword_length = 40\nstorage_gib = 200\n");
    runs.push(harness.run(&format!("{} --yes -o jsonl", sandboxed("up"))));
    canaries.extend(self::canaries(&harness));
    let files = search(&harness, &harness.here(), &canaries);
    runs.push(harness.run(&format!("{} --yes -o jsonl", sandboxed("down"))).ends(0));
    search(&harness, &harness.here(), &canaries);
    for ran in &runs {
        assert_hidden(&canaries, &(ran.stdout.clone() + &ran.stderr), &format!("{:?}", ran.line()));
    }
    println!("{} values hidden in {} runs and {files} files", canaries.len(), runs.len());
}

/// The log variable of other programs has no effect.
#[test]
fn another_log_level_says_no_more() {
    for level in ["error", "trace", "aws_smithy_runtime=trace,hyper=trace,vidpipe=debug"] {
        let harness = Harness::in_memory().with("RUST_LOG", level).with("RUST_BACKTRACE", "full");
        let up = harness.run(&format!("{} --yes -o plain", sandboxed("up"))).ends(0);
        let canaries = canaries(&harness);
        let reads = ["status", "plan --all", "outputs", "timeline --html"].map(|c| harness.run(&sandboxed(c)).ends(0));
        for ran in [up].into_iter().chain(reads) {
            let text = ran.stdout + &ran.stderr;
            let logged = ["TRACE", "DEBUG", "INFO", "WARN"].iter().find(|word| text.contains(*word));
            assert_eq!(logged, None, "RUST_LOG={level}");
            assert_hidden(&canaries, &text, "a command");
        }
        search(&harness, &harness.here(), &canaries);
    }
}

/// The log, at every level and in both formats, on stderr and in a file.
#[test]
fn the_log_says_none() {
    let harness = Harness::in_memory();
    let logged = |command: &str, level: &str, format: &str, file: &str| {
        harness.run(&format!("{} --log {level} --log-format {format}{file}", sandboxed(command)))
    };
    let mut runs = vec![logged("up --yes -o plain", "trace", "json", "").ends(0)];
    assert!(runs[0].stderr.contains("CreateDBInstance"), "nothing is logged");
    let canaries = canaries(&harness);
    for level in ["error", "warn", "info", "debug", "trace", "off,aws=trace", "trace,engine=debug,events=trace"] {
        for (format, file) in [("text", ""), ("json", " --log-file log.txt")] {
            let reads =
                ["up --yes -o plain", "plan --refresh", "outputs"].map(|c| logged(c, level, format, file).ends(0));
            let there = reads[1].stderr.contains("DescribeVpcs");
            assert_eq!(there, file.is_empty() && (level.contains("debug") || level.contains("trace")), "{level}");
            runs.extend(reads);
        }
    }
    runs.push(logged("verify", "trace", "text", "").ends(0));
    search(&harness, &harness.here(), &canaries);
    runs.push(logged("down --yes -o plain", "trace", "text", "").ends(0));
    for ran in &runs {
        assert_hidden(&canaries, &(ran.stdout.clone() + &ran.stderr), &format!("{:?}", ran.line()));
    }
}

/// Other crates log whole requests, so their logs are never enabled.
#[test]
fn nothing_else_can_be_made_to_log() {
    let harness = Harness::in_memory();
    for filter in ["aws_smithy_runtime=trace", "debug,aws_sdk_secretsmanager=trace", "hyper=trace", "loud"] {
        let refused = harness.run(&format!("status --sandbox --log {filter}")).ends(64);
        assert!(refused.stderr.contains("does not log here") || refused.stderr.contains("is not a level"), "{filter}");
    }
}

/// The parts of a process that other users of the machine can read, while it holds the values.
#[test]
fn the_process_shows_none() {
    let harness = Harness::in_memory();
    let mut run = harness.start(&format!("{} --yes -o jsonl", sandboxed("up")));
    let mut seen: Vec<u8> = Vec::new();
    // Until it ends; the secrets are created early, and read repeatedly.
    while run.read(12) == 12 {
        for file in ["cmdline", "environ", "comm", "stat", "maps"] {
            seen.extend(fs::read(format!("/proc/{}/{file}", run.id())).unwrap_or_default());
        }
    }
    run.wait().ends(0);
    assert!(!seen.is_empty() || !Path::new("/proc/self").exists(), "it was never looked at");
    assert_hidden(&canaries(&harness), &String::from_utf8_lossy(&seen), "/proc");
}

/// Killed in the middle: the files left on disk contain none either.
#[test]
fn a_killed_run_leaves_none() {
    let harness = Harness::in_memory();
    for events in [250, 90] {
        let mut run = harness.start(&format!("{} --yes -o jsonl", sandboxed("up")));
        run.read(events);
        run.killed();
    }
    let canaries = canaries(&harness);
    search(&harness, &harness.here(), &canaries);
}
