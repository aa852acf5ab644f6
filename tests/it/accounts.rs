//! Credentials that run out and come back, and credentials that come back for another account: nothing of another
//! account's is ever touched, and with the right ones the same command goes on.
use crate::{
    gate::{Gate, Held, Lost},
    moto::Moto,
    world::World,
};
use std::{os::unix::fs::PermissionsExt, thread, time::Duration};

const OURS: &str = "123456789012";
const THEIRS: &str = "222222222222";

/// Keys of another account, as a role in it hands them out: id, secret, session token.
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
    let world = World::at(&gate.endpoint());
    gate.shut_at(60, Lost::Call);
    let run = world.start("up --suffix staging --yes -o jsonl");
    gate.wait_shut();
    assert!(run.killed(), "it had ended already");
    gate.open(Held::AreLost);
    gate.forget();

    let [id, secret, token] = &theirs;
    let world = world.with("AWS_ACCESS_KEY_ID", id).with("AWS_SECRET_ACCESS_KEY", secret);
    let world = world.with("AWS_SESSION_TOKEN", token);
    for command in ["up", "plan", "verify", "down"] {
        let yes = if matches!(command, "plan" | "verify") { "" } else { " --yes" };
        let ran = world.run(&format!("{command} --suffix staging{yes}")).ends(6);
        for told in [OURS, THEIRS] {
            assert!(ran.stderr.contains(told), "{command} does not tell {told}: {}", ran.stderr);
        }
    }
    assert_eq!(gate.changes(), [""; 0].map(str::to_owned));
    assert!(is_empty(&moto, &theirs));

    let world = world.with("AWS_ACCESS_KEY_ID", "testing").with("AWS_SECRET_ACCESS_KEY", "testing");
    let world = world.with("AWS_SESSION_TOKEN", "testing");
    world.run("down --suffix staging --yes").ends(0);
}

/// Hands out keys of our account that soon run out, and keys of another account from then on.
const PROCESS: &str = r#"#!/bin/sh
here=$(dirname "$0")
if [ -e "$here/asked" ]; then
    cat "$here/theirs.json"
else
    : > "$here/asked"
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
    let world = World::empty().with("AWS_ENDPOINT_URL", &gate.endpoint()).with("AWS_CONFIG_FILE", "aws.config");
    let expires = "2099-01-01T00:00:00Z";
    world.write(
        "theirs.json",
        format!(
            r#"{{"Version": 1, "AccessKeyId": "{id}", "SecretAccessKey": "{secret}", "SessionToken": "{token}", "Expiration": "{expires}"}}"#
        ),
    );
    world.write("keys", PROCESS);
    std::fs::set_permissions(world.here().join("keys"), std::fs::Permissions::from_mode(0o755)).unwrap();
    world.write("aws.config", format!("[default]\ncredential_process = {}\n", world.here().join("keys").display()));

    gate.shut_at(1, Lost::Call);
    let run = world.start("up --suffix staging --yes");
    gate.wait_shut();
    // The SDK renews what runs out within ten seconds.
    thread::sleep(Duration::from_secs(27));
    gate.open(Held::GoOn);
    let ran = run.wait().ends(3);
    for told in [OURS, THEIRS, "renewed"] {
        assert!(ran.stderr.contains(told), "{told} is not told: {}", ran.stderr);
    }
    assert!(is_empty(&moto, &theirs), "something was made in the other account");

    let world = world.with("AWS_ACCESS_KEY_ID", "testing").with("AWS_SECRET_ACCESS_KEY", "testing");
    world.run("up --suffix staging --yes").ends(0);
    assert_eq!(moto.live().twice(), [""; 0]);
    world.run("down --suffix staging --yes").ends(0);
}
