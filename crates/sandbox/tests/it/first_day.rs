//! A fresh account: the refusals of services whose service-linked roles are missing or new.

use std::time::Duration;

use aws_sdk_iam::Client as Iam;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use vidpipe_sandbox::{Clock, Conditions, Incident, Sandbox};

use crate::aws::{client, code, sandbox};

/// The time until everything shows everywhere.
const LATER: Duration = Duration::from_secs(60);

async fn make(iam: &Iam, service: &str) {
    iam.create_service_linked_role().aws_service_name(service).send().await.unwrap();
}

fn fresh(conditions: Conditions) -> Sandbox {
    let sandbox = Sandbox::in_memory(Clock::Real);
    sandbox.set(Conditions { budgets: false, ..conditions.in_fresh_account() });
    sandbox
}

#[tokio::test]
async fn an_account_in_use_has_every_role_and_cannot_have_a_second_one() {
    let sandbox = sandbox();
    let iam = client!(aws_sdk_iam, sandbox);
    let response = iam.get_role().role_name("AWSServiceRoleForRDS").send().await.unwrap();
    let role = response.role().unwrap();
    assert_eq!(role.arn(), "arn:aws:iam::123456789012:role/aws-service-role/rds.amazonaws.com/AWSServiceRoleForRDS");
    let again = iam.create_service_linked_role().aws_service_name("rds.amazonaws.com").send().await;
    let message = again.as_ref().unwrap_err().as_service_error().unwrap().message().unwrap().to_owned();
    assert!(message.contains("has been taken in this account"), "{message}");
    assert_eq!(code(again), "InvalidInput");
    assert!(sandbox.service_linked_roles().is_empty(), "it came to have none");
}

#[tokio::test(start_paused = true)]
async fn a_subnet_group_waits_in_vain_for_a_role_that_nobody_makes() {
    let sandbox = fresh(Conditions::strict(1));
    let (rds, iam) = (client!(aws_sdk_rds, sandbox), client!(aws_sdk_iam, sandbox));
    let group = || {
        let call = rds.create_db_subnet_group().db_subnet_group_name("group").db_subnet_group_description("x");
        call.subnet_ids("subnet-0").send()
    };
    for _ in 0..10 {
        let refused = group().await;
        let words = refused.as_ref().unwrap_err().as_service_error().unwrap().message().unwrap().to_owned();
        assert!(words.starts_with("Missing necessary credentials."), "{words}");
        assert_eq!(code(refused), "InvalidParameterValue");
        tokio::time::advance(LATER).await;
    }
    make(&iam, "rds.amazonaws.com").await;
    tokio::time::advance(LATER).await;
    let words = group().await.unwrap_err().into_service_error().message().unwrap().to_owned();
    assert!(words.contains("input subnets"), "now it is the subnet that is not there: {words}");
}

#[tokio::test(start_paused = true)]
async fn a_cache_is_refused_until_somebody_makes_the_role() {
    let sandbox = fresh(Conditions::strict(2));
    let (cache, iam) = (client!(aws_sdk_elasticache, sandbox), client!(aws_sdk_iam, sandbox));
    let group = || {
        let call = cache.create_cache_subnet_group().cache_subnet_group_name("group");
        call.cache_subnet_group_description("x").subnet_ids("subnet-0").send()
    };
    assert_eq!(code(group().await), "ServiceLinkedRoleNotFoundFault");
    tokio::time::advance(LATER * 10).await;
    assert_eq!(code(group().await), "ServiceLinkedRoleNotFoundFault");
    make(&iam, "elasticache.amazonaws.com").await;
    tokio::time::advance(LATER).await;
    assert_ne!(code(group().await), "ServiceLinkedRoleNotFoundFault");
}

#[tokio::test(start_paused = true)]
async fn ecs_makes_its_role_and_cannot_use_it_yet() {
    let sandbox = fresh(Conditions::strict(3));
    let ecs = client!(aws_sdk_ecs, sandbox);
    let cluster = || ecs.create_cluster().cluster_name("demo").send();
    assert_eq!(code(cluster().await), "InvalidParameterException");
    assert_eq!(sandbox.service_linked_roles(), ["ecs.amazonaws.com"]);
    tokio::time::advance(LATER).await;
    cluster().await.unwrap();
}

#[tokio::test]
async fn a_fresh_account_has_no_settings_of_api_gateway() {
    let sandbox = fresh(Conditions::default());
    let api = client!(aws_sdk_apigateway, sandbox);
    assert_eq!(code(api.get_account().send().await), "NotFoundException");
    api.create_rest_api().name("api").send().await.unwrap();
    api.get_account().send().await.unwrap();
}

#[tokio::test]
async fn an_account_may_have_no_load_balancers() {
    let sandbox = sandbox();
    sandbox.set(Conditions::default().with_incident(Incident::BalancersForbidden, 1));
    let balancers = client!(aws_sdk_elasticloadbalancingv2, sandbox);
    let made = balancers.create_load_balancer().name("nlb").send().await;
    assert_eq!(code(made), "OperationNotPermitted");
}
