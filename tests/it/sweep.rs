//! What is found after `down` goes, where vidpipe can and may remove it; what is left then decides the exit code; and `down` again
//! looks again.
use crate::{gate::Gate, moto::Moto, world::World};
use serde_json::json;

#[test]
fn what_is_left_is_named_and_what_was_not_answered_is_not_gone() {
    let moto = Moto::start();
    let gate = Gate::before(moto.endpoint());
    let world = World::at(&gate.endpoint());
    let before = moto.live();
    world.run("up --suffix staging --yes").ends(0);
    let lineage = world.state()["lineage"].as_str().unwrap().to_owned();
    let vpc = planted(&moto, &lineage);
    let neighbour = planted(&moto, "another");
    let secret = moto.python(&format!(
        "print(client('secretsmanager').create_secret(Name='planted', SecretString='x', \
         Tags=[{{'Key': 'vidpipe:lineage', 'Value': '{lineage}'}}])['ARN'])"
    ));
    let secret = secret.trim();

    gate.refuse(Some("ListRoles"));
    let ran = world.run("down --suffix staging --yes").ends(4);
    let told = ["1 left, 1 unknown", "left over, and ours", secret, "could not be asked", "AccessDenied", "roles"];
    for told in told.into_iter().chain(["ends by itself", "vidpipe down --suffix staging"]) {
        assert!(ran.stderr.contains(told), "{told} is not told: {}", ran.stderr);
    }
    assert!(!ran.stderr.contains(&neighbour), "{}", ran.stderr);
    let there = moto.python("print([v['VpcId'] for v in client('ec2').describe_vpcs()['Vpcs']])");
    assert_eq!(
        (there.contains(&vpc), there.contains(&neighbour)),
        (false, true),
        "what it can remove it removes: {there}"
    );
    assert_eq!(world.state()["entries"], json!({}), "the state is kept, and what was removed is removed");
    let status = world.run("status --suffix staging").ends(0);
    assert!(status.stdout.contains("not yet seen to be gone"), "{}", status.stdout);

    gate.refuse(None);
    let told = world.run("down --suffix staging --yes -o json").ends(4).json();
    assert_eq!(
        (&told["unknown"], &told["left"][0]["id"], &told["left"][1]),
        (&json!([]), &json!(secret), &json!(null))
    );
    assert!(told["expiring"][0]["when"].is_string(), "{told:#}");
    let (_, events) = world.runs().pop().unwrap();
    assert_eq!(events.last().unwrap()["event"], "swept");

    moto.python(&format!("client('ec2').delete_vpc(VpcId='{neighbour}')"));
    moto.python(&format!(
        "client('secretsmanager').delete_secret(SecretId='{secret}', ForceDeleteWithoutRecovery=True)"
    ));
    let ran = world.run("down --suffix staging --yes").ends(0);
    assert!(ran.stderr.contains("nothing is left"), "{}", ran.stderr);
    world.run("status --suffix staging").ends(7);
    assert_eq!(moto.live().differing(&before), [""; 0]);
}

/// A VPC that says it is of that lineage.
fn planted(moto: &Moto, lineage: &str) -> String {
    let tags = format!("[{{'Key': 'vidpipe:lineage', 'Value': '{lineage}'}}]");
    let tags = format!("[{{'ResourceType': 'vpc', 'Tags': {tags}}}]");
    let make = format!("client('ec2').create_vpc(CidrBlock='10.9.0.0/16', TagSpecifications={tags})");
    moto.python(&format!("print({make}['Vpc']['VpcId'])")).trim().to_owned()
}
