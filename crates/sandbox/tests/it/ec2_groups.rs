//! EC2: security groups and their rules.

use aws_sdk_ec2::Client;
use aws_sdk_ec2::types::{IpPermission, ResourceType, UserIdGroupPair};
use vidpipe_sandbox::Clock;

use crate::aws::{Kept, client, code};
use crate::ec2::{named, tagged, vpc};

async fn group(ec2: &Client, vpc: &str, name: &str) -> String {
    let made = ec2
        .create_security_group()
        .vpc_id(vpc)
        .group_name(name)
        .description("for a test")
        .tag_specifications(tagged(ResourceType::SecurityGroup, name))
        .send()
        .await
        .unwrap();
    assert_eq!(made.tags()[0].value(), Some(name));
    made.group_id().unwrap().to_owned()
}

fn from(group: &str, port: i32) -> IpPermission {
    IpPermission::builder()
        .ip_protocol("tcp")
        .from_port(port)
        .to_port(port)
        .user_id_group_pairs(UserIdGroupPair::builder().group_id(group).build())
        .build()
}

#[tokio::test]
async fn groups_refer_to_groups_and_rules_go_one_by_one() {
    let kept = Kept::new();
    let sandbox = kept.open(Clock::Instant);
    let ec2 = client!(aws_sdk_ec2, sandbox);
    let vpc = vpc(&ec2).await;
    let (db, api, worker) =
        (group(&ec2, &vpc, "db").await, group(&ec2, &vpc, "api").await, group(&ec2, &vpc, "worker").await);
    let again = ec2.create_security_group().vpc_id(&vpc).group_name("db").description("x").send();
    assert_eq!(code(again.await), "InvalidGroup.Duplicate");
    let mut ids = Vec::new();
    for peer in [&api, &worker] {
        let grant = || {
            ec2.authorize_security_group_ingress()
                .group_id(&db)
                .ip_permissions(from(peer, 5432))
                .tag_specifications(tagged(ResourceType::SecurityGroupRule, "db-in"))
                .send()
        };
        let made = grant().await.unwrap();
        let rule = &made.security_group_rules()[0];
        assert_eq!(rule.referenced_group_info().unwrap().group_id(), Some(peer.as_str()));
        ids.push(rule.security_group_rule_id().unwrap().to_owned());
        assert_eq!(code(grant().await), "InvalidPermission.Duplicate");
    }
    let sandbox = kept.again(sandbox, Clock::Instant);
    let ec2 = client!(aws_sdk_ec2, sandbox);
    let response = ec2.describe_security_groups().group_ids(&db).send().await.unwrap();
    let peers: Vec<_> = (response.security_groups()[0].ip_permissions().iter())
        .flat_map(|permission| permission.user_id_group_pairs())
        .filter_map(|pair| pair.group_id())
        .collect();
    assert_eq!(peers, [api.as_str(), worker.as_str()]);
    let by_tag = ec2.describe_security_group_rules().filters(named("db-in")).send().await.unwrap();
    assert_eq!(by_tag.security_group_rules().len(), 2);

    let revoke = || ec2.revoke_security_group_ingress().group_id(&db).security_group_rule_ids(&ids[0]).send();
    revoke().await.unwrap();
    assert_eq!(code(revoke().await), "InvalidSecurityGroupRuleId.NotFound");
    let left = ec2.describe_security_group_rules().security_group_rule_ids(&ids[1]).send().await.unwrap();
    assert_eq!(left.security_group_rules().len(), 1);
    let by_content = || ec2.revoke_security_group_ingress().group_id(&db).ip_permissions(from(&worker, 5432)).send();
    by_content().await.unwrap();
    assert_eq!(code(by_content().await), "InvalidPermission.NotFound");

    let response = ec2.describe_security_groups().group_ids(&db).send().await.unwrap();
    let egress = response.security_groups()[0].ip_permissions_egress().to_vec();
    assert_eq!(egress[0].ip_ranges()[0].cidr_ip(), Some("0.0.0.0/0"));
    let revoke = ec2.revoke_security_group_egress().group_id(&db).set_ip_permissions(Some(egress));
    revoke.send().await.unwrap();
    let response = ec2.describe_security_groups().group_ids(&db).send().await.unwrap();
    assert!(response.security_groups()[0].ip_permissions_egress().is_empty());
    let delete = || ec2.delete_security_group().group_id(&db).send();
    delete().await.unwrap();
    assert_eq!(code(delete().await), "InvalidGroup.NotFound");
}
