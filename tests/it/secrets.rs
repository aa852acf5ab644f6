//! No secret leaves AWS: it is not in the state, the history, the streams or anywhere other processes can read.
use crate::{harness::Harness, moto::Moto};
use std::{fs, path::Path};

/// Every secret's value and its fields, and every API key, one per line.
pub(crate) const VALUES: &str = "
import json
secrets = client('secretsmanager')
for secret in secrets.list_secrets()['SecretList']:
    value = secrets.get_secret_value(SecretId=secret['ARN'])['SecretString']
    try:
        print(json.loads(value)['password'])
    except (ValueError, KeyError, TypeError):
        print(value)
for key in client('apigateway').get_api_keys(includeValues=True)['items']:
    print(key['value'])
";

#[test]
fn no_secret_is_in_any_file_or_stream() {
    let moto = Moto::start();
    let harness = Harness::at(moto.endpoint());
    let mut output = String::new();
    for command in
        ["up --yes -o jsonl", "up --yes", "status", "status -o json", "outputs", "plan --all", "plan -o json"]
    {
        let ran = harness.run(&format!("{command} --suffix staging")).ends(0);
        output += &(ran.stdout + &ran.stderr);
    }
    let values = moto.python(VALUES);
    let values: Vec<&str> = values.lines().collect();
    assert!(values.len() >= 3 && values.iter().all(|v| v.len() >= 16), "{} values", values.len());
    search(&harness.here(), &values);
    assert!(values.iter().all(|v| !output.contains(v)), "a stream holds a secret");

    let ran = harness.run("down --suffix staging --yes -o jsonl").ends(0);
    assert!(values.iter().all(|v| !ran.stdout.contains(v) && !ran.stderr.contains(v)), "a stream holds a secret");
    search(&harness.here(), &values);
}

/// Checks every file below the folder. The value found is not printed: it would be in the test's log.
fn search(folder: &Path, values: &[&str]) {
    let mut seen = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        seen += 1;
        if path.is_dir() {
            search(&path, values);
            continue;
        }
        let text = String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned();
        assert!(values.iter().all(|v| !text.contains(v)), "{} holds a secret", path.display());
    }
    assert!(seen > 0, "there is nothing in {}", folder.display());
}

/// The state names an account's resources: only its owner may read it.
#[test]
fn the_state_is_private() {
    use std::os::unix::fs::PermissionsExt;
    let harness = Harness::empty();
    harness.run("up --suffix staging --sandbox --yes").ends(0);
    for file in [harness.sandbox_place().join("state.json"), harness.here().join(".vidpipe/sandbox/aws.json")] {
        let mode = fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{} has mode {mode:o}", file.display());
    }
}
