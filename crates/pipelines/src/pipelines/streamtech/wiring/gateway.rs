//! The REST API: three routes to the API service, a health check with a mock integration, and an API key for all of
//! them.
use super::{Wiring, api::Api, data::Data};
use crate::parts::{service_roles, to_u16};
use vidpipe_aws::{
    Aws,
    kinds::{
        apigateway::{
            AccountRole, ApiKey, Deployment, Integration, PlannedStage, RestApi, Route, Routes, Stage, StageThrottling,
            UsagePlan, UsagePlanKey, VpcLink,
        },
        iam::{Role, RolePolicyAttachment},
    },
};
use vidpipe_engine::{Graph, Handle};

/// The resources that other parts use.
pub(super) struct Gateway {
    pub(super) stage: Handle<Stage>,
    pub(super) key: Handle<ApiKey>,
}

const DESCRIPTION: &str = "API for accessing video metadata";
const BACKEND_ROUTES: [&str; 3] = ["/metadata", "/videos", "/videos/{id}"];

pub(super) fn add(g: &mut Graph<Aws>, p: &Wiring<'_>, data: &Data, backend: &Api) -> Gateway {
    let name = p.names.of("video-vpc-link");
    // Creating a link fails until its load balancer is active, and an existing link blocks deleting the load balancer.
    let uses = (&backend.balancer, &backend.listener, service_roles::API_GATEWAY.needed(g));
    let link = g.add("vpc-link", uses, move |(balancer, ..)| VpcLink { name: name.clone(), target_arn: balancer.arn });
    let name = p.names.of("video-metadata-api");
    let api = g.add("api", (), move |()| RestApi { name: name.clone(), description: DESCRIPTION.into() });
    // A link that an API's routes reference cannot be deleted, and routes are deleted only with their API.
    g.outlives(&link, &api);

    let (port, title) = (p.design.api.port, p.names.of("video-metadata-api"));
    let uses = (&api, link.value(), backend.balancer.value().known());
    let routes = g.add("api-routes", uses, move |(api, link, balancer)| Routes {
        rest_api_id: api.id,
        title: title.clone(),
        version: "1".into(),
        description: DESCRIPTION.into(),
        routes: routes(&link.id, &format!("http://{}:{port}", balancer.dns_name)),
    });
    let deployment = g.add("api-deployment", (&api, &routes), |(api, routes)| Deployment {
        rest_api_id: api.id,
        digest: routes.digest,
    });
    let name = p.design.api.stage.clone();
    let stage = g.add("api-stage", (&api, &deployment), move |(api, deployment)| Stage {
        name: name.clone(),
        rest_api_id: api.id,
        deployment_id: deployment.id,
    });
    let (rate, burst) = (p.design.api.throttle_rate, to_u16(p.design.api.throttle_burst));
    g.add("api-stage-throttling", (&api, &stage), move |(api, stage)| StageThrottling {
        rest_api_id: api.id,
        stage: stage.name,
        rate,
        burst,
    });
    let key = plan(g, p, data, &api, &stage);
    if p.design.api.account_logging_role {
        account_role(g, p);
    }
    Gateway { stage, key }
}

fn routes(link: &str, backend: &str) -> Vec<Route> {
    let behind = |path: &&str| Route {
        path: (*path).to_owned(),
        method: "GET".into(),
        key_required: true,
        integration: Integration::Link {
            vpc_link_id: link.to_owned(),
            uri: format!("{backend}{path}"),
            method: "GET".into(),
        },
    };
    let health = Route {
        path: "/health".into(),
        method: "GET".into(),
        key_required: true,
        integration: Integration::Mock { status: 200, body: "{\"status\": \"ok\"}".into() },
    };
    BACKEND_ROUTES.iter().map(behind).chain([health]).collect()
}

/// Adds the API key, and the usage plan that sets its rate.
fn plan(
    g: &mut Graph<Aws>,
    p: &Wiring<'_>,
    data: &Data,
    api: &Handle<RestApi>,
    stage: &Handle<Stage>,
) -> Handle<ApiKey> {
    let (name, arn) = (p.names.of("video-metadata-key"), data.api_secret.arn());
    let key =
        g.add("api-key", data.api_secret.value(), move |secret| ApiKey { name: name.clone(), secret_arn: arn(secret) });
    let (name, rate, burst) =
        (p.names.of("video-metadata-plan"), p.design.api.usage_plan_rate, to_u16(p.design.api.usage_plan_burst));
    let plan = g.add("usage-plan", (api.value(), stage.value()), move |(api, stage)| UsagePlan {
        name: name.clone(),
        stages: vec![PlannedStage { rest_api_id: api.id, name: stage.name }],
        rate,
        burst,
    });
    // A plan that still has a stage cannot be deleted, and a stage can be removed from a plan only once in 20 s.
    g.outlives(&plan, stage);
    g.add("usage-plan-key", (&plan, &key), |(plan, key)| UsagePlanKey { usage_plan_id: plan.id, key_id: key.id });
    key
}

/// API Gateway's logging role is an account-wide setting, so it is set only on request.
fn account_role(g: &mut Graph<Aws>, p: &Wiring<'_>) {
    let name = p.names.account_wide("apigateway-logs");
    let role = g.add("api-logs-role", (), move |()| Role {
        name: name.clone(),
        description: "Lets API Gateway write to CloudWatch Logs".into(),
        service: "apigateway.amazonaws.com".into(),
    });
    let managed =
        format!("arn:{}:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs", p.facts.partition);
    let attachment = g.add("api-logs-managed-policy", &role, move |role| RolePolicyAttachment {
        role_name: role.name,
        policy_arn: managed.clone(),
    });
    g.add("api-logs-account", (&role, &attachment), |(role, ())| AccountRole { role_arn: role.arn });
}
