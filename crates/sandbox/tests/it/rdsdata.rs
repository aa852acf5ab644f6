//! The Data API: refusals before a statement reaches the database, and the effects of statements.

use std::time::Duration;

use aws_sdk_rds::Client as Rds;
use aws_sdk_rdsdata::Client;
use aws_sdk_rdsdata::operation::execute_statement::builders::ExecuteStatementFluentBuilder;
use aws_sdk_rdsdata::types::{Field, SqlParameter};
use vidpipe_sandbox::{Clock, Conditions, Incident, Sandbox};

use crate::aurora::{asked, ground, member};
use crate::aws::{Kept, client, code, sandbox};

/// A cluster with its Data API on and an instance: its ARN and the ARN of its secret.
async fn cluster(sandbox: &Sandbox, rds: &Rds) -> (String, String) {
    let (_, group) = ground(sandbox, rds).await;
    let made = asked(rds, &group).send().await.unwrap();
    let cluster = made.db_cluster().unwrap();
    member(rds, "writer-demo").send().await.unwrap();
    let secret = cluster.master_user_secret().unwrap().secret_arn().unwrap();
    (cluster.db_cluster_arn().unwrap().to_owned(), secret.to_owned())
}

fn sql(data: &Client, (cluster, secret): &(String, String), sql: &str) -> ExecuteStatementFluentBuilder {
    let call = data.execute_statement().resource_arn(cluster).secret_arn(secret).database("videometadata");
    call.sql(sql)
}

#[tokio::test]
async fn statements_have_their_effect_and_survive_a_restart() {
    let kept = Kept::new();
    let sandbox = kept.open(Clock::Instant);
    let (rds, data) = (client!(aws_sdk_rds, sandbox), client!(aws_sdk_rdsdata, sandbox));
    let place = cluster(&sandbox, &rds).await;
    let select = "select title from videos where id = :id";
    let id = SqlParameter::builder().name("id").value(Field::StringValue("1".into())).build();
    assert_eq!(code(sql(&data, &place, select).parameters(id.clone()).send().await), "DatabaseErrorException");
    for text in ["create table videos (id text, title text)", "insert into videos (id, title) values ('1', 'It''s on')"]
    {
        sql(&data, &place, text).send().await.unwrap();
    }
    assert_eq!(code(sql(&data, &place, "create table videos (id text)").send().await), "DatabaseErrorException");
    assert_eq!(code(sql(&data, &place, "creat table videos (id text)").send().await), "DatabaseErrorException");
    let sandbox = kept.again(sandbox, Clock::Instant);
    let (rds, data) = (client!(aws_sdk_rds, sandbox), client!(aws_sdk_rdsdata, sandbox));
    let seen = sql(&data, &place, select).parameters(id.clone()).send().await.unwrap();
    assert_eq!(seen.records()[0][0].as_string_value().unwrap(), "It's on");

    // A recreated cluster has no data of the old one.
    rds.delete_db_instance().db_instance_identifier("writer-demo").send().await.unwrap();
    rds.delete_db_cluster().db_cluster_identifier("aurora-demo").skip_final_snapshot(true).send().await.unwrap();
    assert_eq!(code(sql(&data, &place, select).parameters(id).send().await), "BadRequestException");
}

#[tokio::test]
async fn who_may_ask_what() {
    let sandbox = sandbox();
    let (rds, data) = (client!(aws_sdk_rds, sandbox), client!(aws_sdk_rdsdata, sandbox));
    let place = cluster(&sandbox, &rds).await;
    let ask = || sql(&data, &place, "set timezone to 'UTC'");
    ask().send().await.unwrap();
    let made = client!(aws_sdk_secretsmanager, sandbox).create_secret().name("mine").secret_string("{}").send().await;
    let cases = [
        ("another secret", ask().secret_arn(made.unwrap().arn().unwrap()), "DatabaseErrorException"),
        ("no secret", ask().secret_arn("none"), "SecretsErrorException"),
        ("another database", ask().database("other"), "DatabaseErrorException"),
        ("a long statement", ask().sql("-".repeat(65_537)), "BadRequestException"),
        ("another cluster", ask().resource_arn(place.0.replace("demo", "other")), "BadRequestException"),
    ];
    for (what, call, refused) in cases {
        assert_eq!(code(call.send().await), refused, "{what}");
    }
    rds.disable_http_endpoint().resource_arn(&place.0).send().await.unwrap();
    assert_eq!(code(ask().send().await), "HttpEndpointNotEnabledException");
    rds.enable_http_endpoint().resource_arn(&place.0).send().await.unwrap();
    rds.delete_db_instance().db_instance_identifier("writer-demo").send().await.unwrap();
    assert_eq!(code(ask().send().await), "DatabaseNotFoundException");
}

#[tokio::test(start_paused = true)]
async fn a_database_is_waited_for() {
    let sandbox = Sandbox::in_memory(Clock::Real);
    let (rds, data) = (client!(aws_sdk_rds, sandbox), client!(aws_sdk_rdsdata, sandbox));
    let place = cluster(&sandbox, &rds).await;
    let ask = || sql(&data, &place, "set timezone to 'UTC'").send();
    tokio::time::advance(Duration::from_secs(60)).await;
    assert_eq!(code(ask().await), "DatabaseUnavailableException");
    tokio::time::advance(Duration::from_secs(340)).await;
    sandbox.set(Conditions { lag: true, ..Conditions::default() }.with_incident(Incident::DatabaseResumes, 1));
    assert_eq!(code(ask().await), "DatabaseResumingException");
    ask().await.unwrap();
    rds.enable_http_endpoint().resource_arn(&place.0).send().await.unwrap();
    assert_eq!(code(ask().await), "HttpEndpointNotEnabledException");
    tokio::time::advance(Duration::from_secs(5)).await;
    ask().await.unwrap();
}
