//! No secret leaves AWS: not into the state, the history, the streams or the sight of other processes.
use crate::{moto::Moto, world::World};
use std::{fs, path::Path};

/// Every secret's value and what is in it, and every API key, one a line.
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
    let world = World::at(moto.endpoint());
    let mut said = String::new();
    for command in
        ["up --yes -o jsonl", "up --yes", "status", "status -o json", "outputs", "plan --all", "plan -o json"]
    {
        let ran = world.run(&format!("{command} --suffix staging")).ends(0);
        said += &(ran.stdout + &ran.stderr);
    }
    let values = moto.python(VALUES);
    let values: Vec<&str> = values.lines().collect();
    assert!(values.len() >= 3 && values.iter().all(|v| v.len() >= 16), "{} values", values.len());
    search(&world.here(), &values);
    assert!(values.iter().all(|v| !said.contains(v)), "a stream holds a secret");

    let ran = world.run("down --suffix staging --yes -o jsonl").ends(0);
    assert!(values.iter().all(|v| !ran.stdout.contains(v) && !ran.stderr.contains(v)), "a stream holds a secret");
    search(&world.here(), &values);
}

/// Every file beneath. What was found is not said: it would be in the test's log.
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

/// The state names an account's resources: it is for its owner.
#[test]
fn the_state_is_private() {
    use std::os::unix::fs::PermissionsExt;
    let world = World::empty();
    world.run("up --suffix staging --sandbox --yes").ends(0);
    for file in [world.sandbox_place().join("state.json"), world.here().join(".vidpipe/sandbox/aws.json")] {
        let mode = fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{} has mode {mode:o}", file.display());
    }
}
