//! IAM: roles and their policies.

use aws_sdk_iam::types::Tag;
use vidpipe_sandbox::Clock;

use crate::aws::{Kept, client, code};

const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ecs-tasks.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;
const OWN: &str = r#"{ "Version": "2012-10-17", "Statement": [] }"#;
const EXECUTION: &str = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy";
const PUSH: &str = "arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs";

fn decoded(document: &str) -> String {
    let pair = format!("d={document}");
    let mut fields = form_urlencoded::parse(pair.as_bytes());
    fields.next().unwrap().1.into_owned()
}

#[tokio::test]
async fn a_role_lives_and_dies() {
    let kept = Kept::new();
    let sandbox = kept.open(Clock::Instant);
    let iam = client!(aws_sdk_iam, sandbox);
    let before = sandbox.inventory().unwrap();
    let tag = |value| Tag::builder().key("suffix").value(value).build().unwrap();
    let create = || {
        iam.create_role()
            .role_name("task")
            .assume_role_policy_document(TRUST)
            .description("tasks")
            .tags(tag("demo"))
            .send()
    };
    let made = create().await.unwrap();
    assert_eq!(made.role().unwrap().tags()[0].value(), "demo");
    assert_eq!(code(create().await), "EntityAlreadyExists");
    iam.put_role_policy().role_name("task").policy_name("own").policy_document(OWN).send().await.unwrap();
    for arn in [EXECUTION, PUSH] {
        iam.attach_role_policy().role_name("task").policy_arn(arn).send().await.unwrap();
    }
    let sandbox = kept.again(sandbox, Clock::Instant);
    let iam = client!(aws_sdk_iam, sandbox);
    let response = iam.get_role().role_name("task").send().await.unwrap();
    let role = response.role().unwrap();
    assert_eq!((role.tags()[0].value(), role.description()), ("demo", Some("tasks")));
    let trust = role.assume_role_policy_document().unwrap();
    assert!(!trust.contains('{'), "encoded as AWS encodes it: {trust}");
    assert_eq!(decoded(trust), TRUST);
    let tags = iam.list_role_tags().role_name("task").send().await.unwrap();
    assert_eq!(tags.tags()[0].value(), "demo");
    iam.tag_role().role_name("task").tags(tag("other")).send().await.unwrap();
    let response = iam.get_role().role_name("task").send().await.unwrap();
    assert_eq!(response.role().unwrap().tags()[0].value(), "other");
    let policy = iam.get_role_policy().role_name("task").policy_name("own").send().await.unwrap();
    assert_eq!(decoded(policy.policy_document()), OWN);
    let attached = iam.list_attached_role_policies().role_name("task").send().await.unwrap();
    assert_eq!(attached.attached_policies().len(), 2);

    let delete = || iam.delete_role().role_name("task").send();
    assert_eq!(code(delete().await), "DeleteConflict");
    for arn in [EXECUTION, PUSH] {
        let detach = || iam.detach_role_policy().role_name("task").policy_arn(arn).send();
        detach().await.unwrap();
        assert_eq!(code(detach().await), "NoSuchEntity");
    }
    let drop_policy = || iam.delete_role_policy().role_name("task").policy_name("own").send();
    drop_policy().await.unwrap();
    assert_eq!(code(drop_policy().await), "NoSuchEntity");
    delete().await.unwrap();
    assert_eq!(code(delete().await), "NoSuchEntity");
    assert_eq!(code(iam.get_role().role_name("task").send().await), "NoSuchEntity");
    assert_eq!(sandbox.inventory().unwrap()["regions"], before["regions"]);
}
