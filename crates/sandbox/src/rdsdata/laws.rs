//! The Data API of Aurora: checks before a statement reaches the database.

use aws_sdk_rds::operation::enable_http_endpoint::{EnableHttpEndpointInput, EnableHttpEndpointOutput};

use crate::conditions::Incident;
use crate::context::{Context, Refusal};
use crate::document::text;
use crate::law::Law;
use crate::rds::Cluster;
use crate::rds::clusters::{identifier, members, writer};
use crate::rds::lifecycle::status;
use crate::rdsdata::SERVICE;
use crate::secrets::managed;
use crate::typed::after;
use crate::wire::{Ask, Verdict, WireRule};

const EXECUTE: &str = "https://docs.aws.amazon.com/rdsdataservice/latest/APIReference/API_ExecuteStatement.html";
const TROUBLE: &str = "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/data-api-troubleshooting.html";
/// The maximum length of a statement in characters.
const LONGEST: usize = 65_536;

pub(super) fn laws() -> Vec<Law> {
    let on_execute = |name, says, source, rule| {
        Law::documented(name, says, source, WireRule::before(SERVICE, "ExecuteStatement", rule))
    };
    vec![
        on_execute("rdsdata/unknown-cluster", "a statement is for a cluster that is there", EXECUTE, unknown),
        on_execute("rdsdata/endpoint-off", "the Data API answers only where it is turned on", TROUBLE, endpoint_off),
        on_execute("rdsdata/statement-length", "a statement has at most 65536 characters", EXECUTE, too_long),
        on_execute("rdsdata/no-instance", "a cluster without an instance has no database", EXECUTE, no_instance),
        on_execute("rdsdata/no-writer", "statements wait for the instance that writes", EXECUTE, no_writer),
        on_execute(
            "rdsdata/resuming",
            "a paused database is resumed before it answers (by request)",
            EXECUTE,
            resuming,
        ),
        on_execute("rdsdata/secret", "the user and password are those of the cluster", EXECUTE, secret),
        on_execute("rdsdata/unknown-database", "a statement is for a database that is there", EXECUTE, database),
        Law::assumed(
            "rdsdata/endpoint-lags",
            "a Data API that was just turned on may be said to be off for a moment",
            "RDS and the Data API are two services, and most of what AWS tells one of them reaches others late",
            after(turned_on),
        ),
    ]
}

fn cluster(context: &Context<'_>, ask: &Ask) -> Option<Cluster> {
    context.recall::<Cluster>(identifier(ask.text("resourceArn")))
}

fn unless(refusal: Option<Refusal>) -> Verdict {
    refusal.map_or(Verdict::Pass, Verdict::Refuse)
}

fn unknown(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    let arn = ask.text("resourceArn");
    let missing = cluster(context, ask).is_none();
    unless(missing.then(|| Refusal::new("BadRequestException", format!("DB cluster {arn} not found"))))
}

/// The kind of lag of a newly enabled endpoint.
const ENDPOINT: &str = "rdsdata:endpoint";

fn turned_on(context: &mut Context<'_>, input: &EnableHttpEndpointInput, _: &mut EnableHttpEndpointOutput) {
    context.lags(ENDPOINT, identifier(input.resource_arn().unwrap_or_default()), "rds_aurora_cluster");
}

fn endpoint_off(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    let lags = context.is_lagging(ENDPOINT, identifier(ask.text("resourceArn")));
    let off = cluster(context, ask).filter(|cluster| lags || !cluster.data_api);
    unless(off.map(|_| {
        let message = format!("HttpEndpoint is not enabled for resource {}", ask.text("resourceArn"));
        Refusal::new("HttpEndpointNotEnabledException", message)
    }))
}

fn too_long(_: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    let long = ask.text("sql").chars().count() > LONGEST;
    unless(long.then(|| Refusal::new("BadRequestException", "The SQL statement is longer than 65536 characters.")))
}

fn no_instance(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    let none = members(context, identifier(ask.text("resourceArn"))).is_empty();
    unless(
        none.then(|| {
            Refusal::new("DatabaseNotFoundException", "The DB cluster doesn't have a DB instance.").status(404)
        }),
    )
}

fn no_writer(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    let writer = writer(context, identifier(ask.text("resourceArn")));
    let writes = writer.is_some_and(|id| matches!(status(context, &id).as_str(), "available" | "modifying"));
    unless((!writes).then(|| {
        let message = "The writer instance in the DB cluster isn't available.";
        Refusal::new("DatabaseUnavailableException", message).status(504)
    }))
}

fn resuming(context: &mut Context<'_>, _: &mut Ask) -> Verdict {
    unless(context.goes_wrong(Incident::DatabaseResumes).then(|| {
        let message = "The Aurora DB instance is resuming after being auto-paused. Please wait a few seconds and try \
                       again.";
        Refusal::new("DatabaseResumingException", message)
    }))
}

fn secret(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    let (given, own) = (ask.text("secretArn"), cluster(context, ask).and_then(|cluster| cluster.secret));
    if own.as_deref().is_none_or(|own| own == given) {
        return Verdict::Pass;
    }
    let secrets = context.documents("secretsmanager:secret");
    let known = managed::named(context, given).is_some()
        || secrets.iter().any(|(arn, secret)| arn == given || text(secret, "name") == given);
    Verdict::Refuse(if known {
        Refusal::new("DatabaseErrorException", "FATAL: password authentication failed; SQLState: 28P01")
    } else {
        Refusal::new("SecretsErrorException", "The secret provided wasn't found.")
    })
}

fn database(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    let (name, own) = (ask.text("database"), cluster(context, ask).and_then(|cluster| cluster.database));
    let there = name.is_empty() || name == "postgres" || own.as_deref() == Some(name);
    unless((!there).then(|| {
        Refusal::new("DatabaseErrorException", format!("FATAL: database \"{name}\" does not exist; SQLState: 3D000"))
    }))
}
