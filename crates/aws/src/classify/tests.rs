//! Errors as the SDK's clients return them, for fixed HTTP answers.
use super::call::Call;
use crate::{Aws, Connection, OrFail, clients::SDKS, declare::Api, services};
use aws_smithy_runtime_api::{
    client::{
        http::{
            HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
            SharedHttpConnector,
        },
        orchestrator::{HttpRequest, HttpResponse},
        runtime_components::RuntimeComponents,
    },
    http::StatusCode,
};
use aws_smithy_types::body::SdkBody;
use std::collections::BTreeSet;
use vidpipe_engine::{Class, Error};

/// Answers every request with the same response.
#[derive(Clone, Debug)]
struct Answering(u16, &'static str);

impl HttpConnector for Answering {
    fn call(&self, _: HttpRequest) -> HttpConnectorFuture {
        let Self(status, body) = *self;
        HttpConnectorFuture::new(async move {
            let mut answer = HttpResponse::new(StatusCode::try_from(status).unwrap(), SdkBody::from(body));
            answer.headers_mut().insert("x-amzn-requestid", "r-1");
            Ok(answer)
        })
    }
}

impl HttpClient for Answering {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

async fn answering(status: u16, body: &'static str) -> Aws {
    let http = SharedHttpClient::new(Answering(status, body));
    Aws::connect(Connection { unmetered: true, ..Connection::in_process("eu-west-1", http, vec![]) }).await
}

const PAGE: &str = "<html><head><title>504 Gateway Time-out</title></head></html>";

/// One call of each protocol: XML of two kinds, JSON of two kinds, CBOR, S3.
async fn refused(status: u16, body: &'static str) -> Vec<Error> {
    let aws = answering(status, body).await;
    vec![
        aws.ec2.create_vpc().send().await.or_fail("do it").unwrap_err(),
        aws.ec2.describe_vpcs().send().await.or_fail("do it").unwrap_err(),
        aws.rds.describe_db_instances().send().await.or_fail("do it").unwrap_err(),
        aws.iam
            .create_role()
            .role_name("r")
            .assume_role_policy_document("p")
            .send()
            .await
            .or_fail("do it")
            .unwrap_err(),
        aws.ecs.list_task_definitions().send().await.or_fail("do it").unwrap_err(),
        aws.kms.create_key().send().await.or_fail("do it").unwrap_err(),
        aws.apigateway.get_rest_apis().send().await.or_fail("do it").unwrap_err(),
        aws.efs.describe_file_systems().send().await.or_fail("do it").unwrap_err(),
        aws.cloudwatch.describe_alarms().send().await.or_fail("do it").unwrap_err(),
        aws.s3.list_buckets().send().await.or_fail("do it").unwrap_err(),
    ]
}

#[tokio::test]
async fn what_cannot_be_read_is_unclear_and_says_its_status_and_whose_it_is() {
    for status in [200, 302, 400, 403, 404, 409, 500, 502, 503] {
        for body in [PAGE, "<CreateVpcResponse><vpc><vpcId>vpc-12", "{\"taskDefinitionArns\": [", "\u{1}\u{2}"] {
            for error in refused(status, body).await {
                let what = format!("{status} {body}: {error:?}");
                assert_eq!((error.class, error.class.is_definite()), (Class::Unclear, false), "{what}");
                assert!(error.message.starts_with(&format!("do it: HTTP {status}, with a")), "{what}");
                assert!(!error.message.contains("vpc-12"), "{what}");
                assert_eq!((error.code.as_deref(), error.request_id.as_deref()), (None, Some("r-1")), "{what}");
                let call = error.call.as_deref().unwrap_or_default();
                assert!(call.split(' ').count() > 1 && call.starts_with(|c: char| c.is_uppercase()), "{what}");
            }
        }
    }
}

#[tokio::test]
async fn an_answer_without_a_body_is_unclear() {
    for status in [200, 302, 403, 404, 500] {
        let aws = answering(status, "").await;
        let errors = [
            aws.ec2.describe_vpcs().send().await.or_fail("do it").unwrap_err(),
            aws.ecs.list_task_definitions().send().await.or_fail("do it").unwrap_err(),
            aws.apigateway.get_rest_apis().send().await.or_fail("do it").unwrap_err(),
            aws.s3.list_buckets().send().await.or_fail("do it").unwrap_err(),
            aws.s3.get_bucket_policy().bucket("b").send().await.or_fail("do it").unwrap_err(),
        ];
        for error in errors {
            assert_eq!(error.class, Class::Unclear, "{error:?}");
            assert!(error.message.contains(&status.to_string()), "{error:?}");
        }
    }
}

/// Gateways and proxies put other values where AWS puts its code.
#[tokio::test]
async fn a_refusal_without_a_code_of_awss_is_unclear() {
    let bodies = [
        r#"{"message": "Forbidden"}"#,
        r#"{"code": "403", "message": "no"}"#,
        r#"{"code": "not found", "message": "no"}"#,
        r#"{"__type": "", "message": "no"}"#,
        r#"{"error": {"code": 404}}"#,
        "<Error><Message>no</Message></Error>",
        "<Error><Code></Code><Message>no</Message></Error>",
        "<Response><Errors><Error><Code>404</Code><Message>no</Message></Error></Errors></Response>",
        "<ErrorResponse><Error><Code>Not Found</Code><Message>no</Message></Error></ErrorResponse>",
    ];
    for status in [302, 401, 403, 404, 429] {
        for body in bodies {
            for error in refused(status, body).await {
                let what = format!("{status} {body}: {error:?}");
                assert_eq!((error.class, error.code.as_deref()), (Class::Unclear, None), "{what}");
                assert!(error.message.starts_with(&format!("do it: HTTP {status}, with ")), "{what}");
            }
        }
    }
}

#[tokio::test]
async fn an_id_that_was_cut_is_no_id() {
    let aws = answering(200, "<CreateVpcResponse><vpc><vpcId>vpc-0123").await;
    let error = aws.ec2.create_vpc().send().await.or_fail("create the VPC").unwrap_err();
    assert_eq!(error.class, Class::Unclear);
    let aws = answering(200, "<CreateVpcResponse><vpc><vpcId>vpc-0123</vpcId></vpc></CreateVpcResponse>").await;
    let made = aws.ec2.create_vpc().send().await.or_fail("create the VPC").unwrap();
    assert_eq!(made.vpc.unwrap().vpc_id.as_deref(), Some("vpc-0123"));
}

#[tokio::test]
async fn a_refusal_says_which_call_its_code_and_its_request() {
    let body = "<Response><Errors><Error><Code>VpcLimitExceeded</Code><Message>The maximum number of VPCs has been \
                reached.</Message></Error></Errors><RequestID>r-2</RequestID></Response>";
    let error = answering(400, body).await.ec2.create_vpc().send().await.or_fail("create the VPC").unwrap_err();
    assert_eq!(error.class, Class::Quota);
    assert_eq!(error.message, "create the VPC: The maximum number of VPCs has been reached.");
    assert_eq!(error.call.as_deref(), Some("EC2 CreateVpc"));
    assert_eq!(error.code.as_deref(), Some("VpcLimitExceeded"));
    assert!(error.request_id.is_some());
    assert!(error.hint.unwrap().contains("VPCs per Region"));
}

#[tokio::test]
async fn an_answer_nobody_listed_is_said_to_be_one() {
    let body = r#"{"__type": "SomethingNewException", "message": "try the other door"}"#;
    let error = answering(400, body).await.ecs.list_clusters().send().await.or_fail("look").unwrap_err();
    assert_eq!(error.class, Class::Unrecognized);
    assert_eq!(error.message, "look: an answer that vidpipe does not know: try the other door");
    assert!(error.hint.unwrap().contains("report it"));
    let aws = answering(409, r#"{"__type": "SomethingNewException", "message": "no"}"#).await;
    assert_eq!(aws.ecs.list_clusters().send().await.or_fail("look").unwrap_err().class, Class::Busy);
}

/// A truncated refusal: its code may be a part of another one.
#[tokio::test]
async fn a_refusal_that_was_cut_is_unclear() {
    let whole = "<?xml version=\"1.0\"?><Response><Errors><Error><Code>InvalidAllocationID.NotFound</Code>\
        <Message>The allocation ID does not exist</Message></Error></Errors><RequestID>r-1</RequestID></Response>";
    for cut in
        ["InvalidAllocationID.NotFoun", "InvalidAllocationID.NotFound", "does not exist", "</Errors>", "</Response"]
    {
        let body = &whole[..whole.find(cut).unwrap() + cut.len()];
        let error = answering(400, body).await.ec2.release_address().send().await.or_fail("release it").unwrap_err();
        assert_eq!((error.class, error.code.as_deref()), (Class::Unclear, None), "{body}");
    }
    let error = answering(400, whole).await.ec2.release_address().send().await.or_fail("release it").unwrap_err();
    assert_eq!(error.class, Class::NotFound);
    for cut in [20, 40, 60] {
        let body = &r#"{"__type": "ResourceNotFoundException", "message": "there is none"}"#[..cut];
        let error = answering(400, body).await.kinesis.list_streams().send().await.or_fail("list them").unwrap_err();
        assert_eq!((error.class, error.code.as_deref()), (Class::Unclear, None), "{body}");
    }
}

macro_rules! calls { ($($sdk:ident :: $module:ident :: $error:ident),* $(,)?) => {
    [$((stringify!($sdk), stringify!($error), Call::of::<$sdk::operation::$module::$error>())),*]
} }

#[test]
fn the_type_of_an_error_says_which_call_it_is_of_in_every_service() {
    let calls = calls![
        aws_sdk_apigateway::create_rest_api::CreateRestApiError,
        aws_sdk_applicationautoscaling::register_scalable_target::RegisterScalableTargetError,
        aws_sdk_cloudtrail::create_trail::CreateTrailError,
        aws_sdk_cloudwatch::put_metric_alarm::PutMetricAlarmError,
        aws_sdk_cloudwatchlogs::create_log_group::CreateLogGroupError,
        aws_sdk_ec2::create_vpc::CreateVpcError,
        aws_sdk_ecs::create_cluster::CreateClusterError,
        aws_sdk_efs::create_file_system::CreateFileSystemError,
        aws_sdk_elasticache::create_replication_group::CreateReplicationGroupError,
        aws_sdk_elasticloadbalancingv2::create_load_balancer::CreateLoadBalancerError,
        aws_sdk_iam::create_role::CreateRoleError,
        aws_sdk_kinesis::create_stream::CreateStreamError,
        aws_sdk_kms::create_key::CreateKeyError,
        aws_sdk_rds::create_db_instance::CreateDBInstanceError,
        aws_sdk_rdsdata::execute_statement::ExecuteStatementError,
        aws_sdk_s3::create_bucket::CreateBucketError,
        aws_sdk_secretsmanager::create_secret::CreateSecretError,
        aws_sdk_sns::create_topic::CreateTopicError,
        aws_sdk_sqs::create_queue::CreateQueueError,
        aws_sdk_sts::get_caller_identity::GetCallerIdentityError,
    ];
    for (sdk, error, call) in &calls {
        let service = services::apis().find(|s| *sdk == format!("aws_sdk_{}", s.sdk)).map(|s| s.name);
        assert_eq!(Some(call.service), service, "{sdk}");
        assert_eq!(format!("{}Error", call.action), *error, "{sdk}");
    }
    let listed: BTreeSet<String> = calls.iter().map(|(sdk, ..)| (*sdk).to_owned()).collect();
    let ours: BTreeSet<String> = SDKS.iter().map(|sdk| (*sdk).to_owned()).collect();
    let tables: BTreeSet<String> = services::apis().map(|s: &Api| format!("aws_sdk_{}", s.sdk)).collect();
    assert_eq!((&listed, &tables), (&ours, &ours), "every client has its service and its line here");
}
