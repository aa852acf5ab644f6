//! `verify`: every check passes after `up`; damage done outside vidpipe is found and named, and nothing else is.
use crate::{
    calls::{Counts, Unanswered},
    sound::{Sound, breaks, line, troubled},
};
use aws_smithy_runtime_api::client::interceptors::SharedInterceptor;
use std::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};
use vidpipe_aws::{
    Aws, Connection,
    verify::{Target, verify},
};
use vidpipe_engine::{
    Stop,
    verify::{Check, Section, Verdict},
};

#[tokio::test(start_paused = true)]
async fn all_is_well_after_up_and_nothing_is_changed_by_looking() {
    let sound = Sound::new().await;
    sound.harness.calls.take();
    let verified = sound.verified().await;
    assert_eq!(troubled(&verified), BTreeSet::new(), "{:#?}", verified.troubled().collect::<Vec<_>>());
    assert_eq!(sound.harness.calls.take(), Counts::new());
    let nodes: BTreeSet<&str> = verified.checks.iter().map(|c| c.node.as_str()).collect();
    assert_eq!(nodes.len(), sound.harness.nodes().len(), "every node is checked");
    let mut sections: BTreeMap<Section, usize> = BTreeMap::new();
    for check in verified.checks.iter().filter(|c| c.verdict == Verdict::Passed) {
        assert!(!check.evidence.is_empty() && !check.call.is_empty(), "{check:?}");
        *sections.entry(check.section).or_default() += 1;
    }
    assert_eq!(sections.len(), Section::ALL.len(), "{sections:?}");
    println!("{} checks, {} questions, {sections:?}", verified.checks.len(), verified.asked);
    let unasked: Vec<String> =
        verified.checks.iter().filter(|c| matches!(c.verdict, Verdict::NotAsked { .. })).map(line).collect();
    insta::assert_snapshot!(unasked.join("\n"));
    let checks: BTreeSet<String> = verified.checks.iter().map(|c| format!("{}: {}", c.service, c.what)).collect();
    insta::assert_snapshot!(Vec::from_iter(checks).join("\n"));
}

#[tokio::test(start_paused = true)]
async fn what_is_broken_of_the_database_and_the_cache_is_named() {
    let mut s = Sound::new().await;
    let (rds, cache) = (s.aws().rds.clone(), s.aws().elasticache.clone());
    let (database, group) = (s.id("database"), s.id("cache"));
    let change = || rds.modify_db_instance().db_instance_identifier(&database).apply_immediately(true);
    breaks!(s, change().multi_az(false), "rds database: Multi-AZ is as specified");
    breaks!(s, change().backup_retention_period(1), "rds database: backups are kept as specified");
    breaks!(s, change().deletion_protection(true), "rds database: deletion protection is as specified");
    breaks!(s, change().publicly_accessible(true), "rds database: it is not public");
    breaks!(s, change().enable_iam_database_authentication(false), "rds database: IAM authentication is as specified");
    breaks!(
        s,
        change().vpc_security_group_ids(s.id("cache-security-group")),
        "rds database: it is behind its security group"
    );
    let reset = rds.reset_db_parameter_group().db_parameter_group_name(s.id("database-parameter-group"));
    breaks!(s, reset.reset_all_parameters(true), "rds database-parameters: connections without TLS are refused");
    let arn = rds.describe_db_instances().db_instance_identifier(&database).send().await.unwrap();
    let arn = arn.db_instances()[0].db_instance_arn().unwrap().to_owned();
    let untag = rds.remove_tags_from_resource().resource_name(arn).tag_keys("owner");
    breaks!(s, untag, "rds database: has its tags and name");

    let change = || cache.modify_replication_group().replication_group_id(&group).apply_immediately(true);
    breaks!(s, change().multi_az_enabled(false), "elasticache cache: Multi-AZ is as specified");
    let failover = change().automatic_failover_enabled(false);
    breaks!(s, failover, "elasticache cache: automatic failover is as specified");
    breaks!(s, change().snapshot_retention_limit(3), "elasticache cache: snapshots are kept as specified");
}

#[tokio::test(start_paused = true)]
async fn what_is_broken_of_keys_secrets_and_logs_is_named() {
    let mut s = Sound::new().await;
    let (kms, secrets, logs) = (s.aws().kms.clone(), s.aws().secrets.clone(), s.aws().logs.clone());
    let key = s.id("kms-key");
    breaks!(s, kms.disable_key_rotation().key_id(&key), "kms kms-key-rotation: the key's material is rotated");
    breaks!(s, kms.untag_resource().key_id(&key).tag_keys("vidpipe:suffix"), "kms kms-key: has its tags and name");
    breaks!(s, kms.disable_key().key_id(&key), "kms kms-key: the key is enabled");
    let secret = s.id("db-secret");
    let put = |text: &str| secrets.put_secret_value().secret_id(&secret).secret_string(text);
    let wrong =
        r#"{"username":"postgres","password":"x","engine":"postgres","host":"elsewhere","port":1,"dbname":"d"}"#;
    breaks!(s, put(wrong), "secrets database-connection-details: it says where the database is");
    breaks!(
        s,
        put(r#"{"username":"postgres"}"#),
        "rds database: the secret with its password has its keys",
        "secrets db-secret: it has its keys",
    );
    let untag = secrets.untag_resource().secret_id(s.id("api-secret")).tag_keys("Name");
    breaks!(s, untag, "secrets api-secret: has its tags and name");
    let group = s.id("video-api-log-group");
    let other = logs.put_retention_policy().log_group_name(&group).retention_in_days(1);
    breaks!(s, other, "logs video-api-log-group-retention: logs are kept as long as specified");
    let endless = logs.delete_retention_policy().log_group_name(s.id("video-processor-log-group"));
    breaks!(s, endless, "logs video-processor-log-group-retention: logs are kept as long as specified");
    let bare = logs.disassociate_kms_key().log_group_name(&group);
    breaks!(s, bare, "logs video-api-log-group: logs are encrypted with the specified key");
    let gone = logs.delete_log_group().log_group_name(s.id("video-processor-log-group"));
    breaks!(
        s,
        gone,
        "logs video-processor-log-group-retention: exists and can be read",
        "logs video-processor-log-group: exists and can be read",
    );
    // Container Insights recreates its own, without tags and encryption.
    let bare = logs.delete_log_group().log_group_name(s.id("insights-log-group"));
    breaks!(
        s,
        bare,
        "logs insights-log-group-retention: logs are kept as long as specified",
        "logs insights-log-group: has its tags and name",
        "logs insights-log-group: logs are encrypted with the specified key",
    );
}

#[tokio::test(start_paused = true)]
async fn what_is_broken_of_the_network_and_its_groups_is_named() {
    let mut s = Sound::new().await;
    let ec2 = s.aws().ec2.clone();
    let everywhere =
        ec2.authorize_security_group_ingress().group_id(s.id("database-security-group")).ip_protocol("tcp");
    let everywhere = everywhere.from_port(5432).to_port(5432).cidr_ip("0.0.0.0/0");
    breaks!(
        s,
        everywhere,
        "ec2 database-security-group: it lets in what the wiring says, no more",
        "ec2 database-security-group: no rule is open to the whole internet",
    );
    let gateway = s.id("internet-gateway");
    let leads_in =
        ec2.create_route().route_table_id(s.id("isolated-1-route-table")).destination_cidr_block("0.0.0.0/0");
    breaks!(s, leads_in.gateway_id(gateway), "ec2 isolated-1: no route leads in from the internet");
    let vpcs = ec2.describe_vpcs().vpc_ids(s.id("vpc")).send().await.unwrap();
    let owner = vpcs.vpcs()[0].tags().iter().find(|tag| tag.key() == Some("owner")).unwrap().clone();
    let untag = ec2.delete_tags().resources(s.id("vpc")).tags(owner);
    breaks!(s, untag, "ec2 vpc: has its tags and name");
    let nat = ec2.delete_nat_gateway().nat_gateway_id(s.id("nat-gateway-1"));
    nat.send().await.unwrap();
    let verified = s.verified().await;
    assert!(troubled(&verified).contains("ec2 nat-gateway-1: the gateway is available"), "{verified:#?}");
}

#[tokio::test(start_paused = true)]
async fn what_is_broken_of_roles_alarms_and_files_is_named() {
    let mut s = Sound::new().await;
    let (iam, efs, alarms) = (s.aws().iam.clone(), s.aws().efs.clone(), s.aws().cloudwatch.clone());
    let role = s.id("video-api-task-role");
    let wider = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;
    let more = iam.put_role_policy().role_name(&role).policy_name("more").policy_document(wider);
    breaks!(s, more, "iam video-api-task-role: it has its own policies, no more");
    let admin = iam.attach_role_policy().role_name(&role);
    let admin = admin.policy_arn("arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy");
    breaks!(s, admin, "iam video-api-task-role: it has exactly the specified managed policies");
    let trust =
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":"*"}]}"#;
    let trust = iam.update_assume_role_policy().role_name(&role).policy_document(trust);
    breaks!(s, trust, "iam video-api-task-role: only its service may assume it");
    let wider = iam.put_role_policy().role_name(&role).policy_name("work").policy_document(wider);
    breaks!(s, wider, "iam video-api-task-role-policy: it allows what the wiring says, no more");
    breaks!(s, iam.untag_role().role_name(&role).tag_keys("owner"), "iam video-api-task-role: has its tags and name");
    let alarm = s.id("alarm-database-cpu");
    breaks!(s, alarms.disable_alarm_actions().alarm_names(&alarm), "cloudwatch alarm-database-cpu: its actions are on");
    let gone = alarms.delete_alarms().alarm_names(s.id("alarm-api-errors"));
    gone.send().await.unwrap();
    let verified = s.verified().await;
    let expected = [
        "cloudwatch alarm-api-errors: exists and can be read",
        "cloudwatch alarm-api-errors: it watches what it should",
    ];
    s.fails(verified, &expected);
    let files = s.id("file-system");
    let open = efs.delete_file_system_policy().file_system_id(&files);
    breaks!(s, open, "efs file-system-policy: only their users mount them, and only over TLS");
    let stay = efs.put_lifecycle_configuration().file_system_id(&files).set_lifecycle_policies(Some(vec![]));
    breaks!(s, stay, "efs file-system-lifecycle: files move to infrequent access");
    let other = efs.modify_mount_target_security_groups().mount_target_id(s.id("mount-target-1"));
    breaks!(
        s,
        other.security_groups(s.id("cache-security-group")),
        "efs mount-target-1: it is behind its security group"
    );
    breaks!(s, efs.untag_resource().resource_id(&files).tag_keys("owner"), "efs file-system: has its tags and name");
}

#[tokio::test(start_paused = true)]
async fn what_is_broken_of_services_and_the_api_is_named() {
    let mut s = Sound::new().await;
    let (ecs, api, scaling) = (s.aws().ecs.clone(), s.aws().apigateway.clone(), s.aws().scaling.clone());
    let target =
        scaling.register_scalable_target().service_namespace("ecs".into()).resource_id(s.id("video-processor-scaling"));
    let target = target.scalable_dimension("ecs:service:DesiredCount".into()).min_capacity(2).max_capacity(99);
    breaks!(s, target, "scaling video-processor-scaling: it never has more tasks than wanted");
    let balancer = s.aws().elb.modify_listener().listener_arn(s.id("listener")).port(81);
    breaks!(s, balancer, "elb listener: it listens on its port");
    let untag = s.aws().elb.remove_tags().resource_arns(s.id("target-group")).tag_keys("owner");
    breaks!(s, untag, "elb target-group: has its tags and name");
    let (plan, key) = (s.id("usage-plan"), s.id("api-key"));
    breaks!(
        s,
        api.delete_usage_plan_key().usage_plan_id(&plan).key_id(&key),
        "apigateway api-stage: answers GET /health with the key",
        "apigateway usage-plan-key: the key is in the plan",
    );
    let untag =
        api.untag_resource().resource_arn(format!("arn:aws:apigateway:us-east-1::/apikeys/{key}")).tag_keys("owner");
    breaks!(s, untag, "apigateway api-key: has its tags and name");
    let stop = ecs.update_service().cluster(s.id("cluster")).service(s.id("video-api")).desired_count(0);
    stop.send().await.unwrap();
    let verified = s.verified().await;
    let now = troubled(&verified);
    for what in ["ecs video-api: the service is steady", "elb target-group: its targets are healthy"] {
        assert!(now.contains(what), "{what}: {now:#?}");
    }
    s.known = now;
    let untag = ecs.untag_resource().resource_arn(s.id("video-processor")).tag_keys("vidpipe:node");
    breaks!(s, untag, "ecs video-processor: has its tags and name");
}

#[tokio::test(start_paused = true)]
async fn a_question_without_an_answer_is_unknown_never_passed() {
    let sound = Sound::new().await;
    let state = sound.state();
    for (operation, node) in [
        ("DescribeDBInstances", "rds database: exists and can be read"),
        ("GetApiKey", "apigateway api-key: exists and can be read"),
        ("GetSecretValue", "secrets db-secret: it has its keys"),
    ] {
        let mut interceptors = sound.harness.sandbox.interceptors();
        interceptors.push(SharedInterceptor::new(Unanswered(operation)));
        let connection = Connection::in_process(&state.env.region, sound.harness.sandbox.http_client(), interceptors);
        let aws = Rc::new(Aws::connect(connection).await.tagging([("owner".to_owned(), "media".to_owned())].into()));
        let verified = verify(&aws, &state, &Target::Sandbox, &Stop::default()).await.unwrap();
        let unknown: BTreeSet<String> =
            verified.checks.iter().filter(|c| matches!(c.verdict, Verdict::Unknown { .. })).map(line).collect();
        assert!(unknown.contains(node), "{operation}: {unknown:?}");
        assert_eq!(unknown, troubled(&verified), "{operation}");
    }
}

/// An environment that no run completed is not usable.
#[tokio::test(start_paused = true)]
async fn what_is_not_ready_fails() {
    let sound = Sound::new().await;
    let mut state = sound.state();
    state.outputs.clear();
    let entry = state.entries.values_mut().find(|e| e.kind == "rds:instance").unwrap();
    entry.phase = vidpipe_engine::Phase::Creating { refused: false };
    let verified = verify(&sound.harness.aws, &state, &Target::Sandbox, &Stop::default()).await.unwrap();
    let expected = ["rds database: exists and can be read", "vidpipe environment: an `up` has finished"];
    assert_eq!(troubled(&verified), expected.map(str::to_owned).into());
}

/// On real AWS the DNS is queried, and a public address, or none, is an error.
#[tokio::test(start_paused = true)]
async fn names_lead_to_private_addresses() {
    let sound = Sound::new().await;
    let state = sound.state();
    for (address, good) in [(Some("10.0.3.4"), true), (Some("54.1.2.3"), false), (None, false)] {
        let found = address.map(|text| text.parse().unwrap());
        let target = Target::Aws(Box::new(move |_| Box::pin(async move { Ok(Vec::from_iter(found)) })));
        let verified = verify(&sound.harness.aws, &state, &target, &Stop::default()).await.unwrap();
        let dns: Vec<&Check> = verified.checks.iter().filter(|c| c.call == "DNS").collect();
        assert_eq!(dns.len(), 3);
        assert!(dns.iter().all(|c| (c.verdict == Verdict::Passed) == good), "{address:?}: {dns:#?}");
    }
}

/// The generated values are read to check that they exist. No result contains them.
#[tokio::test(start_paused = true)]
async fn no_value_is_in_what_was_seen() {
    let mut sound = Sound::new().await;
    let secrets = sound.aws().secrets.clone();
    let mut values = Vec::new();
    for node in ["db-secret", "api-secret"] {
        let seen = secrets.get_secret_value().secret_id(sound.id(node)).send().await.unwrap();
        let text = seen.secret_string().unwrap().to_owned();
        values.push(text.split('"').map(str::to_owned).max_by_key(String::len).unwrap());
    }
    let well = format!("{:?}", sound.verified().await);
    sound.aws().apigateway.delete_api_key().api_key(sound.id("api-key")).send().await.unwrap();
    let verified = sound.verified().await;
    let broken = format!("{verified:?}");
    sound.known = troubled(&verified);
    assert!(values.len() == 2 && values.iter().all(|v| v.len() >= 20));
    assert!(values.iter().all(|v| !well.contains(v) && !broken.contains(v)), "a value is told");
}
