//! New resources: the answers of each service that does not see them or cannot use them yet.

use std::time::Duration;

use aws_sdk_ec2::types::{IpPermission, IpRange};
use aws_sdk_kinesis::types::EncryptionType;
use vidpipe_sandbox::{Clock, Conditions, Sandbox};

use crate::aws::{client, code};
use crate::ec2::vpc;

const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ecs-tasks.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;
/// The time until everything shows everywhere.
const LATER: Duration = Duration::from_secs(120);
const MOMENT: Duration = Duration::from_millis(200);

/// A sandbox in which new resources show late.
fn late(seed: u64) -> Sandbox {
    let sandbox = Sandbox::in_memory(Clock::Real);
    sandbox.set(Conditions { budgets: false, ..Conditions::strict(seed) });
    sandbox
}

#[tokio::test(start_paused = true)]
async fn a_young_role_is_passed_by_nobody_and_has_no_arn_yet() {
    let mut ids = 0;
    for seed in 0..20 {
        let sandbox = late(seed);
        let (iam, ecs) = (client!(aws_sdk_iam, sandbox), client!(aws_sdk_ecs, sandbox));
        iam.create_role().role_name("task").assume_role_policy_document(TRUST).send().await.unwrap();
        let register = || {
            let container = aws_sdk_ecs::types::ContainerDefinition::builder().name("main").image("image:1").build();
            let call = ecs.register_task_definition().family("family").container_definitions(container);
            call.task_role_arn("arn:aws:iam::123456789012:role/task").send()
        };
        assert_eq!(code(register().await), "AccessDeniedException");
        let role = loop {
            if let Ok(seen) = iam.get_role().role_name("task").send().await {
                break seen.role.unwrap();
            }
            tokio::time::advance(MOMENT).await;
        };
        ids += usize::from(role.arn() == role.role_id());
        tokio::time::advance(LATER).await;
        let role = iam.get_role().role_name("task").send().await.unwrap().role.unwrap();
        assert_eq!(role.arn(), "arn:aws:iam::123456789012:role/task");
        register().await.unwrap();
    }
    assert!(ids > 0, "an id stood for an ARN on no day");
}

#[tokio::test(start_paused = true)]
async fn a_young_group_may_look_closed() {
    let mut closed = 0;
    for seed in 0..40 {
        let sandbox = late(seed);
        let ec2 = client!(aws_sdk_ec2, sandbox);
        let network = vpc(&ec2).await;
        tokio::time::advance(LATER).await;
        let made = ec2.create_security_group().vpc_id(&network).group_name("g").description("x").send().await.unwrap();
        let id = made.group_id().unwrap();
        let egress = async || {
            let seen = ec2.describe_security_groups().group_ids(id).send().await.ok()?;
            Some(seen.security_groups()[0].ip_permissions_egress().len())
        };
        let revoke = || {
            let range = IpRange::builder().cidr_ip("0.0.0.0/0").build();
            let all = IpPermission::builder().ip_protocol("-1").ip_ranges(range).build();
            ec2.revoke_security_group_egress().group_id(id).ip_permissions(all).send()
        };
        let first = loop {
            match egress().await {
                Some(rules) => break rules,
                None => tokio::time::advance(MOMENT).await,
            }
        };
        if first == 0 {
            closed += 1;
            assert_eq!(code(revoke().await), "InvalidPermission.NotFound");
        }
        tokio::time::advance(LATER).await;
        assert_eq!(egress().await, Some(1), "seed {seed}: it is open all the same");
        revoke().await.unwrap();
        assert_eq!(egress().await, Some(0));
    }
    assert!(closed > 0, "it looked closed on no day");
}

#[tokio::test(start_paused = true)]
async fn a_young_key_encrypts_nothing_yet() {
    let sandbox = late(1);
    let (kms, logs) = (client!(aws_sdk_kms, sandbox), client!(aws_sdk_cloudwatchlogs, sandbox));
    let kinesis = client!(aws_sdk_kinesis, sandbox);
    kinesis.create_stream().stream_name("videos").shard_count(1).send().await.unwrap();
    tokio::time::advance(LATER).await;
    let key = kms.create_key().send().await.unwrap().key_metadata.unwrap();
    let group = logs.create_log_group().log_group_name("/g").kms_key_id(key.arn().unwrap()).send().await;
    assert_eq!(code(group), "InvalidParameterException");
    let call = kinesis.start_stream_encryption().stream_name("videos").key_id(key.arn().unwrap());
    assert_eq!(code(call.encryption_type(EncryptionType::Kms).send().await), "KMSNotFoundException");
    let mut seen = Vec::new();
    while let Err(refused) = kms.enable_key_rotation().key_id(key.key_id()).send().await {
        seen.push(code::<(), _, _>(Err(refused)));
        tokio::time::advance(MOMENT).await;
    }
    assert!(seen.iter().all(|code| ["NotFoundException", "DisabledException"].contains(&code.as_str())), "{seen:?}");
    assert!(!seen.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_young_deployment_has_no_stage_yet() {
    let sandbox = late(1);
    let api = client!(aws_sdk_apigateway, sandbox);
    let id = api.create_rest_api().name("api").send().await.unwrap().id.unwrap();
    tokio::time::advance(LATER).await;
    let deployment = api.create_deployment().rest_api_id(&id).send().await.unwrap().id.unwrap();
    let stage = || api.create_stage().rest_api_id(&id).stage_name("prod").deployment_id(&deployment).send();
    assert_eq!(code(stage().await), "BadRequestException");
    tokio::time::advance(LATER).await;
    stage().await.unwrap();
}
