//! `down` deletes what its sweep finds, where vidpipe can and may; what is left then decides the exit code; and `down`
//! again sweeps again.
use crate::{gate::Gate, harness::Harness, moto::Moto};
use serde_json::json;

#[test]
fn what_is_left_is_named_and_what_was_not_answered_is_not_gone() {
    let moto = Moto::start();
    let gate = Gate::before(moto.endpoint());
    let harness = Harness::at(&gate.endpoint());
    let before = moto.live();
    harness.run("up --suffix staging --yes").ends(0);
    let lineage = harness.state()["lineage"].as_str().unwrap().to_owned();
    let vpc = planted(&moto, &lineage);
    let neighbour = planted(&moto, "another");
    let secret = moto.python(&format!(
        "print(client('secretsmanager').create_secret(Name='planted', SecretString='x', \
         Tags=[{{'Key': 'vidpipe:lineage', 'Value': '{lineage}'}}])['ARN'])"
    ));
    let secret = secret.trim();

    gate.refuse(Some("ListRoles"));
    let ran = harness.run("down --suffix staging --yes").ends(4);
    let text = [
        "1 left, 1 unknown",
        "remaining resources of this environment",
        secret,
        "could not be asked",
        "AccessDenied",
        "roles",
    ];
    for text in text.into_iter().chain(["ends by itself", "vidpipe down --suffix staging"]) {
        assert!(ran.stderr.contains(text), "{text} is not told: {}", ran.stderr);
    }
    assert!(!ran.stderr.contains(&neighbour), "{}", ran.stderr);
    let there = moto.python("print([v['VpcId'] for v in client('ec2').describe_vpcs()['Vpcs']])");
    assert_eq!(
        (there.contains(&vpc), there.contains(&neighbour)),
        (false, true),
        "what it can remove it removes: {there}"
    );
    assert_eq!(harness.state()["entries"], json!({}), "the state is kept, and what was removed is removed");
    let status = harness.run("status --suffix staging").ends(0);
    assert!(status.stdout.contains("not yet seen to be gone"), "{}", status.stdout);

    gate.refuse(None);
    let text = harness.run("down --suffix staging --yes -o json").ends(4).json();
    assert_eq!(
        (&text["unknown"], &text["left"][0]["id"], &text["left"][1]),
        (&json!([]), &json!(secret), &json!(null))
    );
    assert!(text["expiring"][0]["when"].is_string(), "{text:#}");
    let (_, events) = harness.runs().pop().unwrap();
    assert_eq!(events.last().unwrap()["event"], "swept");

    moto.python(&format!("client('ec2').delete_vpc(VpcId='{neighbour}')"));
    moto.python(&format!(
        "client('secretsmanager').delete_secret(SecretId='{secret}', ForceDeleteWithoutRecovery=True)"
    ));
    let ran = harness.run("down --suffix staging --yes").ends(0);
    assert!(ran.stderr.contains("nothing is left"), "{}", ran.stderr);
    harness.run("status --suffix staging").ends(7);
    assert_eq!(moto.live().differing(&before), [""; 0]);
}

/// A VPC that carries that lineage's tag.
fn planted(moto: &Moto, lineage: &str) -> String {
    let tags = format!("[{{'Key': 'vidpipe:lineage', 'Value': '{lineage}'}}]");
    let tags = format!("[{{'ResourceType': 'vpc', 'Tags': {tags}}}]");
    let make = format!("client('ec2').create_vpc(CidrBlock='10.9.0.0/16', TagSpecifications={tags})");
    moto.python(&format!("print({make}['Vpc']['VpcId'])")).trim().to_owned()
}
