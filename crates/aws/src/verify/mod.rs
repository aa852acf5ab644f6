//! `verify`: checks that the environment is usable, not just available. Every node is read through AWS's own API and
//! compared with its recorded spec; answers recorded earlier do not count.
//!
//! A check is one function per kind, in a file per service, and one line in the list below. Kinds without a check are
//! listed with the reason, and a test fails for a kind in neither list. Checks only read, apart from one tiny marked
//! record that they put into each stream. A request without an answer is *unknown*, never *passed*. Secret values are
//! read and never printed.
use crate::{Aws, Cx, KINDS};
use futures::{StreamExt, future::LocalBoxFuture, stream};
use std::{io, net::IpAddr, rc::Rc};
use vidpipe_engine::{
    Class, Entry, Error, Name, Phase, Result, State, Stop, kind_of,
    verify::{Check, Section, Verdict, Verified},
};

/// The items on all pages of a listing, as one request.
macro_rules! all {
    ($check:expr, $named:expr, $call:expr) => {{
        let call = $call;
        let pages = async || items!(call.clone()).all().await;
        $check.ask($named, pages).await
    }};
}

/// One request: `ask!(check, "DescribeVpcs", call)`.
macro_rules! ask {
    ($check:expr, $named:expr, $call:expr) => {{
        let call = $call;
        $check.ask($named, async || call.clone().send().await).await
    }};
}

mod check;
mod network;
mod request;

use check::{CheckCx, Of};

type Ask = for<'a> fn(&'a CheckCx<'a>) -> LocalBoxFuture<'a, Result<()>>;

macro_rules! checks { ($($service:ident { $($kind:literal => $check:ident),* $(,)? })*) => {
    $(mod $service;)*
    /// The check of each kind.
    const CHECKS: &[(&str, Ask)] = &[$($(
        ($kind, |check| Box::pin(async move { $service::$check(check, check.spec()?).await })),
    )*)*];
} }

checks! {
    apigateway {
        "apigateway:account-role" => account_role,
        "apigateway:api-key" => api_key,
        "apigateway:deployment" => deployment,
        "apigateway:rest-api" => rest_api,
        "apigateway:routes" => routes,
        "apigateway:stage" => stage,
        "apigateway:stage-throttling" => stage_throttling,
        "apigateway:usage-plan" => usage_plan,
        "apigateway:usage-plan-key" => usage_plan_key,
        "apigateway:vpc-link" => vpc_link,
    }
    aurora {
        "rds:cluster" => cluster,
        "rds:cluster-instance" => cluster_instance,
        "rds:cluster-parameter-group" => cluster_parameter_group,
        "rds:cluster-parameters" => cluster_parameters,
        "rds:migration" => migration,
    }
    cloudtrail {
        "cloudtrail:trail" => trail,
        "cloudtrail:trail-logging" => trail_logging,
    }
    cloudwatch {
        "cloudwatch:alarm" => alarm,
    }
    ec2 {
        "ec2:elastic-ip" => elastic_ip,
        "ec2:internet-gateway" => internet_gateway,
        "ec2:internet-gateway-attachment" => internet_gateway_attachment,
        "ec2:nat-gateway" => nat_gateway,
        "ec2:route" => route,
        "ec2:route-table" => route_table,
        "ec2:route-table-association" => route_table_association,
        "ec2:subnet" => subnet,
        "ec2:subnet-public-ip" => subnet_public_ip,
        "ec2:vpc" => vpc,
        "ec2:vpc-dns" => vpc_dns,
    }
    ecs {
        "ecs:capacity-providers" => capacity_providers,
        "ecs:cluster" => cluster,
        "ecs:service" => service,
        "ecs:task-definition" => task_definition,
    }
    efs {
        "efs:access-point" => access_point,
        "efs:file-system" => file_system,
        "efs:file-system-policy" => file_system_policy,
        "efs:lifecycle" => lifecycle,
        "efs:mount-target" => mount_target,
    }
    elasticache {
        "elasticache:subnet-group" => subnet_group,
        "elasticache:replication-group" => replication_group,
    }
    elb {
        "elb:deregistration-delay" => deregistration_delay,
        "elb:listener" => listener,
        "elb:load-balancer" => load_balancer,
        "elb:private-link-rules" => private_link_rules,
        "elb:target-group" => target_group,
    }
    firewall {
        "ec2:ingress-rule" => ingress_rule,
        "ec2:no-egress" => no_egress,
        "ec2:security-group" => security_group,
    }
    iam {
        "iam:role" => role,
        "iam:role-policy" => role_policy,
        "iam:role-policy-attachment" => role_policy_attachment,
        "iam:service-linked-role" => service_linked_role,
    }
    kinesis {
        "kinesis:shard-metrics" => shard_metrics,
        "kinesis:stream" => stream,
        "kinesis:stream-encryption" => stream_encryption,
        "kinesis:stream-retention" => stream_retention,
    }
    kms {
        "kms:alias" => alias,
        "kms:key" => key,
        "kms:key-rotation" => key_rotation,
    }
    logs {
        "logs:log-group" => log_group,
        "logs:retention" => retention,
        "logs:service-log-group" => service_log_group,
    }
    rds {
        "rds:instance" => instance,
        "rds:parameter-group" => parameter_group,
        "rds:parameters" => parameters,
        "rds:subnet-group" => subnet_group,
    }
    s3 {
        "s3:bucket" => bucket,
        "s3:bucket-encryption" => bucket_encryption,
        "s3:bucket-expiry" => bucket_expiry,
        "s3:bucket-versioning" => bucket_versioning,
        "s3:public-access-block" => public_access_block,
        "s3:trail-bucket-policy" => trail_bucket_policy,
    }
    scaling {
        "scaling:scalable-target" => scalable_target,
        "scaling:scaling-policy" => scaling_policy,
        "scaling:step-policy" => step_policy,
    }
    secrets {
        "secrets:connection-details" => connection_details,
        "secrets:generated-secret" => generated_secret,
        "secrets:rotation" => rotation,
    }
    sns {
        "sns:subscription" => subscription,
        "sns:topic" => topic,
        "sns:topic-policy" => topic_policy,
    }
    sqs {
        "sqs:queue" => queue,
        "sqs:queue-policy" => queue_policy,
    }
}

/// The kinds without a check, and the reason.
const UNCHECKED: &[(&str, &str)] =
    &[("ecs:one-off-task", "ECS forgets a stopped task within an hour; that it ended well is recorded when it does")];

/// The number of nodes checked concurrently.
const AT_ONCE: usize = 16;

/// Resolves a host name to its addresses.
pub type Resolve = dyn Fn(String) -> LocalBoxFuture<'static, io::Result<Vec<IpAddr>>>;

/// The target of the requests.
pub enum Target {
    /// AWS itself, whose host names are in the DNS.
    Aws(Box<Resolve>),
    /// The emulated AWS inside this process.
    Sandbox,
    /// An emulated endpoint at this address.
    Endpoint(String),
}

impl Target {
    /// The name of the target in a report.
    pub fn label(&self) -> String {
        match self {
            Self::Aws(_) => "AWS".into(),
            Self::Sandbox => "the sandbox inside vidpipe: no evidence of anything on AWS".into(),
            Self::Endpoint(at) => format!("the endpoint {at}: no evidence of anything on AWS"),
        }
    }
}

/// Checks every node of the environment. Writes nothing but the record of the Kinesis check.
///
/// # Errors
/// `Interrupted` when a stop is requested. A request without an answer is not an error: it is part of the result.
pub async fn verify(aws: &Rc<Aws>, state: &State, target: &Target, stop: &Stop) -> Result<Verified> {
    let env = Rc::new(state.env.clone());
    let nodes = state.entries.iter().map(|(node, entry)| {
        let cx = Cx { cloud: aws.clone(), env: env.clone(), node: node.clone(), token: entry.token.clone() };
        async move { check_node(cx, entry, Of { state, target, stop }).await }
    });
    let each: Vec<Result<Verified>> = stream::iter(nodes).buffer_unordered(AT_ONCE).collect().await;
    let mut verified = Verified::default();
    for node in each {
        let node = node?;
        verified.checks.extend(node.checks);
        verified.asked += node.asked;
    }
    if state.outputs.is_empty() {
        verified.checks.push(never_whole());
    }
    verified.checks.sort_by(|a, b| (&a.service, &a.node, &a.what).cmp(&(&b.service, &b.node, &b.what)));
    Ok(verified)
}

async fn check_node(cx: Cx, entry: &Entry, of: Of<'_>) -> Result<Verified> {
    let Phase::Ready { id, .. } = &entry.phase else { return Ok(unfinished(&cx.node, entry)) };
    let aws = cx.cloud.clone();
    let check = CheckCx::new(cx, &aws, (entry, id), of);
    if let Some((_, why)) = UNCHECKED.iter().find(|(kind, _)| *kind == entry.kind) {
        check.not_asked(Section::Availability, "is as it should be", why);
        return Ok(Verified { checks: check.seen().0, asked: 0 });
    }
    let checked = match CHECKS.iter().find(|(kind, _)| *kind == entry.kind) {
        Some((_, ask)) => ask(&check).await,
        None => Err(kind_of(KINDS, &entry.kind).err().unwrap_or_else(|| Error::new(Class::Unknown, "find its check"))),
    };
    match checked {
        Err(e) if e.class == Class::Interrupted => return Err(e),
        Err(e) => check.failed(&e),
        Ok(()) => {}
    }
    let (checks, asked) = check.seen();
    Ok(Verified { checks, asked })
}

/// The failed check of a node that no run has finished: there is nothing to compare.
fn unfinished(node: &Name, entry: &Entry) -> Verified {
    let service = entry.kind.split(':').next().unwrap_or_default();
    let why = format!("the last run left it {}: run `up` to the end first", entry.phase.word());
    Verified { checks: vec![lacking(service, &node.0, "exists and can be read", why)], asked: 0 }
}

/// The failed check of an environment that no run has finished: nodes not begun are not recorded, so no other check
/// covers them.
fn never_whole() -> Check {
    lacking("vidpipe", "environment", "an `up` has gone to its end", "none has: run `up` to the end first".into())
}

fn lacking(service: &str, node: &str, what: &str, why: String) -> Check {
    let (service, node, what, call) = (service.into(), node.into(), what.into(), "none".into());
    let (section, evidence, verdict) = (Section::Availability, String::new(), Verdict::Failed { why });
    Check { service, node, what, section, verdict, evidence, call }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_kind_is_checked_or_says_why_not() {
        let listed = CHECKS.iter().map(|(kind, _)| *kind).chain(UNCHECKED.iter().map(|(kind, _)| *kind));
        let listed: Vec<&str> = listed.collect();
        let known: BTreeSet<&str> = KINDS.iter().map(|k| k.name()).collect();
        assert_eq!(BTreeSet::from_iter(listed.iter().copied()), known);
        assert_eq!(listed.len(), known.len(), "one of them is listed twice");
        assert!(UNCHECKED.iter().all(|(_, why)| !why.is_empty()));
    }
}
