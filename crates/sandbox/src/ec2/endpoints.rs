//! VPC endpoints, which only our own layer keeps: gateway endpoints, and the interface endpoints that other parties
//! create in a VPC. Those appear by incident only: one of GuardDuty's Runtime Monitoring, and one created by hand.
//! <https://docs.aws.amazon.com/guardduty/latest/ug/how-runtime-monitoring-works-ecs-fargate.html>

use aws_sdk_ec2::operation::create_vpc_endpoint::{CreateVpcEndpointInput, CreateVpcEndpointOutput};
use aws_sdk_ec2::operation::delete_security_group::{DeleteSecurityGroupInput, DeleteSecurityGroupOutput};
use aws_sdk_ec2::operation::delete_vpc_endpoints::{DeleteVpcEndpointsInput, DeleteVpcEndpointsOutput};
use aws_sdk_ec2::operation::describe_route_tables::{DescribeRouteTablesInput, DescribeRouteTablesOutput};
use aws_sdk_ec2::operation::describe_security_groups::{DescribeSecurityGroupsInput, DescribeSecurityGroupsOutput};
use aws_sdk_ec2::operation::describe_vpc_endpoints::{DescribeVpcEndpointsInput, DescribeVpcEndpointsOutput};
use aws_sdk_ec2::operation::modify_vpc_endpoint::{ModifyVpcEndpointInput, ModifyVpcEndpointOutput};
use aws_sdk_ec2::types::{
    Route, RouteState, SecurityGroup, SecurityGroupIdentifier, UnsuccessfulItem, UnsuccessfulItemError, VpcEndpoint,
    VpcEndpointType,
};
use serde::{Deserialize, Serialize};

use super::groups::{self, Group};
use super::{Pair, asked, shown};
use crate::conditions::Incident;
use crate::context::{Context, Refusal};
use crate::cross_service::interfaces::{self, Interface};
use crate::cross_service::network::Place;
use crate::store::Fact;
use crate::timing::{self, Range};
use crate::typed::{Rule, Step, after, before};

/// From the delete call until an interface endpoint and its interfaces are deleted. Assumption: no numbers are
/// published.
const GOING: Range = Range::between(30.0, 90.0, 300.0);

/// The row of the timing table for gateway endpoints.
const GATEWAY: &str = "ec2_vpc_endpoint_gateway";

/// The prefix list of a service, which is the destination of a gateway endpoint's routes. One stands for all services.
pub(crate) const PREFIXES: &str = "pl-63a5400a";

/// An endpoint. A gateway endpoint has route tables; an interface endpoint has subnets and security groups.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Endpoint {
    pub(crate) vpc: String,
    pub(crate) service: String,
    subnets: Vec<String>,
    groups: Vec<String>,
    tags: Vec<Pair>,
    #[serde(default)]
    pub(crate) tables: Vec<String>,
    #[serde(default)]
    pub(crate) gateway: bool,
    #[serde(default)]
    pub(crate) token: Option<String>,
}

impl Fact for Endpoint {
    const KIND: &'static str = "ec2:vpc-endpoint";
}

/// The security group of GuardDuty's endpoint. It is kept here, because the backend creates groups only through its own
/// calls.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct GuestGroup {
    name: String,
    vpc: String,
    tags: Vec<Pair>,
}

impl Fact for GuestGroup {
    const KIND: &'static str = "ec2:guest-group";
}

pub(super) fn rules() -> Vec<Rule> {
    vec![
        before(create),
        before(modify),
        before(describe),
        before(delete),
        after(show_routes),
        after(show_groups),
        before(delete_group),
    ]
}

fn owner(id: &str) -> String {
    format!("{} {id}", Endpoint::KIND)
}

/// Creates the endpoints of incidents when a Fargate task is placed in that subnet.
pub(crate) fn task_placed(context: &mut Context<'_>, subnet: &str) {
    let Some(vpc) = context.recall::<Place>(subnet).map(|place| place.vpc) else { return };
    let there = |context: &Context<'_>, service: &str| {
        let all = context.all::<Endpoint>().into_iter();
        all.filter(|(_, e)| e.vpc == vpc && e.service.ends_with(service)).map(|(id, _)| id).next()
    };
    match there(context, "guardduty-data") {
        Some(id) => reach(context, &id, subnet),
        None if context.goes_wrong(Incident::GuardDuty) => {
            let managed: Pair = ("GuardDutyManaged".into(), "true".into());
            let group = guest_group(context, &vpc, managed.clone());
            add(context, "guardduty-data", (vpc.as_str(), subnet), vec![group], vec![managed]);
        }
        None => {}
    }
    if there(context, "ssm").is_none() && context.goes_wrong(Incident::ForeignEndpoint) {
        add(context, "ssm", (vpc.as_str(), subnet), Vec::new(), Vec::new());
    }
}

fn guest_group(context: &mut Context<'_>, vpc: &str, managed: Pair) -> String {
    let (id, name) = (context.next_id("sg"), format!("GuardDutyManagedSecurityGroup-{vpc}"));
    context.remember(&id, &Group { name: name.clone(), vpc: vpc.to_owned() });
    context.remember(&id, &GuestGroup { name, vpc: vpc.to_owned(), tags: vec![managed] });
    id
}

fn add(context: &mut Context<'_>, service: &str, place: (&str, &str), groups: Vec<String>, tags: Vec<Pair>) {
    let ((vpc, subnet), id) = (place, context.next_id("vpce"));
    let service = format!("com.amazonaws.{}.{service}", context.region);
    let endpoint = Endpoint { vpc: vpc.to_owned(), service, groups, tags, ..Endpoint::default() };
    context.remember(&id, &endpoint);
    reach(context, &id, subnet);
}

/// Adds a subnet to an endpoint, which has an interface in each of its subnets.
fn reach(context: &mut Context<'_>, id: &str, subnet: &str) {
    let Some(endpoint) = context.recall::<Endpoint>(id) else { return };
    if endpoint.subnets.iter().any(|there| there == subnet) {
        return;
    }
    let interface = Interface {
        owner: owner(id),
        subnet: subnet.to_owned(),
        groups: endpoint.groups,
        description: format!("VPC Endpoint Interface {id}"),
        kind: "vpc_endpoint".into(),
        public: false,
    };
    interfaces::add(context, &interface);
    context.amend::<Endpoint>(id, |endpoint| endpoint.subnets.push(subnet.to_owned()));
}

/// AWS honours `ClientToken`.
/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpcEndpoint.html>
fn create(context: &mut Context<'_>, input: &CreateVpcEndpointInput) -> Step<CreateVpcEndpointOutput> {
    let token = input.client_token().map(str::to_owned);
    let same = |(_, known): &(String, Endpoint)| token.is_some() && known.token == token;
    let known = context.all::<Endpoint>().into_iter().find(same);
    let (id, endpoint) = known.unwrap_or_else(|| {
        let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
        let endpoint = Endpoint {
            vpc: text(input.vpc_id()),
            service: text(input.service_name()),
            tags: asked(input.tag_specifications()),
            tables: input.route_table_ids().to_vec(),
            gateway: true,
            token: token.clone(),
            ..Endpoint::default()
        };
        let id = context.next_id("vpce");
        context.remember(&id, &endpoint);
        context.lags("vpce", &id, GATEWAY);
        context.begin(Endpoint::KIND, &id, "pending", context.draw(timing::create(GATEWAY)));
        (id, endpoint)
    });
    let answer = CreateVpcEndpointOutput::builder().vpc_endpoint(show(context, &id, &endpoint));
    Step::Answer(answer.set_client_token(token).build())
}

fn unknown(id: &str) -> Refusal {
    Refusal::new("InvalidVpcEndpointId.NotFound", format!("The Vpc Endpoint Id '{id}' does not exist"))
}

fn modify(context: &mut Context<'_>, input: &ModifyVpcEndpointInput) -> Step<ModifyVpcEndpointOutput> {
    let id = input.vpc_endpoint_id().unwrap_or_default();
    if context.recall::<Endpoint>(id).is_none() {
        return Step::Refuse(unknown(id));
    }
    context.amend::<Endpoint>(id, |endpoint| {
        endpoint.tables.retain(|table| !input.remove_route_table_ids().contains(table));
        let new = input.add_route_table_ids().iter().filter(|table| !endpoint.tables.contains(table));
        let new: Vec<String> = new.cloned().collect();
        endpoint.tables.extend(new);
    });
    Step::Answer(ModifyVpcEndpointOutput::builder().r#return(true).build())
}

fn describe(context: &mut Context<'_>, input: &DescribeVpcEndpointsInput) -> Step<DescribeVpcEndpointsOutput> {
    let ids = input.vpc_endpoint_ids();
    if let Some(id) = ids.iter().find(|id| context.recall::<Endpoint>(id).is_none()) {
        return Step::Refuse(unknown(id));
    }
    let all = context.all::<Endpoint>().into_iter().filter(|(id, _)| ids.is_empty() || ids.contains(id));
    let shown = all.map(|(id, endpoint)| show(context, &id, &endpoint)).collect();
    Step::Answer(DescribeVpcEndpointsOutput::builder().set_vpc_endpoints(Some(shown)).build())
}

/// AWS answers the state in lower case, though its model has `Available`.
/// <https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/ec2/consts.go>
fn show(context: &Context<'_>, id: &str, endpoint: &Endpoint) -> VpcEndpoint {
    let interfaces = interfaces::all(context).into_iter().filter(|(_, i)| i.owner == owner(id)).map(|(id, _)| id);
    let groups = endpoint.groups.iter().map(|group| SecurityGroupIdentifier::builder().group_id(group).build());
    VpcEndpoint::builder()
        .vpc_endpoint_id(id)
        .vpc_endpoint_type(if endpoint.gateway { VpcEndpointType::Gateway } else { VpcEndpointType::Interface })
        .vpc_id(&endpoint.vpc)
        .service_name(&endpoint.service)
        .state(context.stage(Endpoint::KIND, id).as_deref().unwrap_or("available").into())
        .set_route_table_ids(Some(endpoint.tables.clone()))
        .set_subnet_ids(Some(endpoint.subnets.clone()))
        .set_groups(Some(groups.collect()))
        .set_network_interface_ids(Some(interfaces.collect()))
        .set_tags(Some(super::shown(&endpoint.tags)))
        .build()
}

/// AWS answers with success, and lists the endpoints it did not delete.
/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteVpcEndpoints.html>
fn delete(context: &mut Context<'_>, input: &DeleteVpcEndpointsInput) -> Step<DeleteVpcEndpointsOutput> {
    let mut unsuccessful = Vec::new();
    for id in input.vpc_endpoint_ids() {
        let Some(endpoint) = context.recall::<Endpoint>(id) else {
            let message = format!("The Vpc Endpoint Id '{id}' does not exist");
            let error = UnsuccessfulItemError::builder().code("InvalidVpcEndpoint.NotFound").message(message);
            unsuccessful.push(UnsuccessfulItem::builder().resource_id(id).error(error.build()).build());
            continue;
        };
        if context.stage(Endpoint::KIND, id).as_deref() != Some("deleting") {
            let seconds = context.draw(if endpoint.gateway { timing::delete(GATEWAY) } else { GOING });
            interfaces::release(context, &owner(id), seconds);
            context.vanish(Endpoint::KIND, id, "deleting", seconds);
        }
    }
    Step::Answer(DeleteVpcEndpointsOutput::builder().set_unsuccessful(Some(unsuccessful)).build())
}

/// AWS adds a gateway endpoint's route to each of its tables, and removes it with the endpoint.
/// <https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html>
fn show_routes(context: &mut Context<'_>, _: &DescribeRouteTablesInput, output: &mut DescribeRouteTablesOutput) {
    let all = context.all::<Endpoint>();
    for table in output.route_tables.iter_mut().flatten() {
        let id = table.route_table_id().unwrap_or_default();
        let here: Vec<_> = all.iter().filter(|(_, e)| e.tables.iter().any(|table| table == id)).collect();
        let routes = here.into_iter().map(|(endpoint, _)| {
            let route = Route::builder().destination_prefix_list_id(PREFIXES).gateway_id(endpoint);
            route.state(RouteState::Active).build()
        });
        table.routes.get_or_insert_default().extend(routes);
    }
}

fn show_groups(
    context: &mut Context<'_>,
    input: &DescribeSecurityGroupsInput,
    output: &mut DescribeSecurityGroupsOutput,
) {
    if !input.group_ids().is_empty() {
        return;
    }
    let guests = context.all::<GuestGroup>().into_iter().map(|(id, group)| {
        let seen = SecurityGroup::builder().group_id(id).group_name(group.name).vpc_id(group.vpc);
        seen.description("Associated with VPC and tagged as GuardDutyManaged")
            .set_tags(Some(shown(&group.tags)))
            .build()
    });
    output.security_groups.get_or_insert_default().extend(guests);
}

fn delete_group(context: &mut Context<'_>, input: &DeleteSecurityGroupInput) -> Step<DeleteSecurityGroupOutput> {
    let id = input.group_id().unwrap_or_default();
    if context.recall::<GuestGroup>(id).is_none() {
        return Step::Pass;
    }
    context.forget::<GuestGroup>(id);
    groups::forget(context, id);
    Step::Answer(DeleteSecurityGroupOutput::builder().group_id(id).build())
}
