//! Credentials that expire and are renewed, and credentials renewed for another account: nothing in another account is
//! ever touched, and with the right credentials the same command continues.
use crate::{
    gate::{Gate, Held, Lost},
    harness::Harness,
    moto::Moto,
};
use std::{os::unix::fs::PermissionsExt, thread, time::Duration};

const OURS: &str = "123456789012";
const THEIRS: &str = "222222222222";

/// Keys of another account, as assuming a role in it returns them: id, secret, session token.
fn of_another_account(moto: &Moto) -> [String; 3] {
    let role = format!("arn:aws:iam::{THEIRS}:role/vidpipe");
    let keys = moto.python(&format!(
        "k = client('sts').assume_role(RoleArn='{role}', RoleSessionName='test')['Credentials']\n\
         print(k['AccessKeyId'], k['SecretAccessKey'], k['SessionToken'])"
    ));
    let words: Vec<String> = keys.split_whitespace().map(str::to_owned).collect();
    words.try_into().unwrap()
}

fn is_empty(moto: &Moto, [id, secret, token]: &[String; 3]) -> bool {
    let ec2 = format!(
        "boto3.client('ec2', 'us-east-1', endpoint_url='{}', aws_access_key_id='{id}', aws_secret_access_key='{secret}', \
         aws_session_token='{token}')",
        moto.endpoint()
    );
    let vpcs = format!("{ec2}.describe_vpcs(Filters=[{{'Name': 'tag-key', 'Values': ['vidpipe:lineage']}}])['Vpcs']");
    moto.python(&format!("print(len({vpcs}))")).trim() == "0"
}

#[test]
fn another_accounts_credentials_are_refused_by_the_next_run() {
    let moto = Moto::start();
    let gate = Gate::before(moto.endpoint());
    let theirs = of_another_account(&moto);
    let harness = Harness::at(&gate.endpoint());
    gate.shut_at(60, Lost::Call);
    let run = harness.start("up --suffix staging --yes -o jsonl");
    gate.wait_shut();
    assert!(run.killed(), "it had ended already");
    gate.open(Held::AreLost);
    gate.forget();

    let [id, secret, token] = &theirs;
    let harness = harness.with("AWS_ACCESS_KEY_ID", id).with("AWS_SECRET_ACCESS_KEY", secret);
    let harness = harness.with("AWS_SESSION_TOKEN", token);
    for command in ["up", "plan", "verify", "down"] {
        let yes = if matches!(command, "plan" | "verify") { "" } else { " --yes" };
        let ran = harness.run(&format!("{command} --suffix staging{yes}")).ends(6);
        for text in [OURS, THEIRS] {
            assert!(ran.stderr.contains(text), "{command} does not tell {text}: {}", ran.stderr);
        }
    }
    assert_eq!(gate.changes(), [""; 0].map(str::to_owned));
    assert!(is_empty(&moto, &theirs));

    let harness = harness.with("AWS_ACCESS_KEY_ID", "testing").with("AWS_SECRET_ACCESS_KEY", "testing");
    let harness = harness.with("AWS_SESSION_TOKEN", "testing");
    harness.run("down --suffix staging --yes").ends(0);
}

/// Returns keys of our account that soon expire, and once a file says so, keys of another account.
const PROCESS: &str = r#"#!/bin/sh
here=$(dirname "$0")
if [ -e "$here/another" ]; then
    cat "$here/theirs.json"
else
    printf '{"Version": 1, "AccessKeyId": "testing", "SecretAccessKey": "testing", "Expiration": "%s"}' \
        "$(date -u -d '+35 seconds' +%Y-%m-%dT%H:%M:%SZ)"
fi
"#;

#[test]
fn credentials_renewed_for_another_account_end_the_run() {
    let moto = Moto::start();
    let gate = Gate::before(moto.endpoint());
    let theirs = of_another_account(&moto);
    let [id, secret, token] = &theirs;
    let harness = Harness::empty().with("AWS_ENDPOINT_URL", &gate.endpoint()).with("AWS_CONFIG_FILE", "aws.config");
    let expires = "2099-01-01T00:00:00Z";
    harness.write(
        "theirs.json",
        format!(
            r#"{{"Version": 1, "AccessKeyId": "{id}", "SecretAccessKey": "{secret}", "SessionToken": "{token}", "Expiration": "{expires}"}}"#
        ),
    );
    harness.write("keys", PROCESS);
    std::fs::set_permissions(harness.here().join("keys"), std::fs::Permissions::from_mode(0o755)).unwrap();
    harness.write("aws.config", format!("[default]\ncredential_process = {}\n", harness.here().join("keys").display()));

    gate.shut_at(1, Lost::Call);
    let run = harness.start("up --suffix staging --yes");
    gate.wait_shut();
    harness.write("another", "");
    // The SDK renews keys that expire within ten seconds.
    thread::sleep(Duration::from_secs(27));
    gate.open(Held::GoOn);
    let ran = run.wait().ends(3);
    for text in [OURS, THEIRS, "renewed"] {
        assert!(ran.stderr.contains(text), "{text} is not told: {}", ran.stderr);
    }
    assert!(is_empty(&moto, &theirs), "something was made in the other account");

    let harness = harness.with("AWS_ACCESS_KEY_ID", "testing").with("AWS_SECRET_ACCESS_KEY", "testing");
    harness.run("up --suffix staging --yes").ends(0);
    assert_eq!(moto.live().twice(), [""; 0]);
    harness.run("down --suffix staging --yes").ends(0);
}
