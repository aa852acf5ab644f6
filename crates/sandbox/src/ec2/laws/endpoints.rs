//! VPC endpoints: the resources they hold, and those they leave behind.

use aws_sdk_ec2::operation::create_vpc_endpoint::{CreateVpcEndpointInput, CreateVpcEndpointOutput};
use aws_sdk_ec2::operation::delete_vpc::{DeleteVpcInput, DeleteVpcOutput};
use aws_sdk_ec2::operation::modify_vpc_endpoint::{ModifyVpcEndpointInput, ModifyVpcEndpointOutput};

use super::nats::another_request;
use super::{CODES, held, refuse_if};
use crate::context::{Context, Refusal};
use crate::ec2::{Endpoint, Network, PREFIXES, Table};
use crate::law::{Basis, Law};
use crate::typed::{Step, before};

const CREATE: &str = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpcEndpoint.html";

pub(super) fn laws() -> Vec<Law> {
    vec![
        Law::reported(
            "ec2/vpc-with-endpoint",
            "a VPC with an endpoint cannot be deleted",
            "gruntwork-io/cloud-nuke#252",
            before(in_vpc),
        ),
        Law::documented("ec2/endpoint-vpc", "an endpoint needs a VPC that exists", CREATE, before(vpc)),
        Law::documented(
            "ec2/endpoint-token",
            "the token of an endpoint does not stand for another one",
            CODES,
            before(token),
        ),
        Law::documented(
            "ec2/endpoint-tables",
            "a gateway endpoint's route tables exist, in its VPC",
            CREATE,
            before(tables),
        ),
        Law::documented(
            "ec2/endpoint-tables-changed",
            "a gateway endpoint accepts route tables of its VPC only",
            "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyVpcEndpoint.html",
            before(more_tables),
        ),
        Law::documented(
            "ec2/endpoint-route-twice",
            "a route table has one route to a service's prefix list",
            CODES,
            before(twice),
        ),
        Law::documented_only(
            "ec2/endpoint-interfaces",
            "an interface endpoint has a network interface in each of its subnets until it is deleted",
            Basis::Documented,
            "https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html",
        ),
        Law::documented_only(
            "ec2/endpoint-of-guardduty",
            "GuardDuty's Runtime Monitoring, where it is on, puts an endpoint with a security group into a VPC in which a \
             Fargate task runs, and leaves both there: neither the subnet nor the VPC can be deleted",
            Basis::Reported,
            "hashicorp/terraform-provider-aws#46747",
        ),
    ]
}

fn in_vpc(context: &mut Context<'_>, input: &DeleteVpcInput) -> Step<DeleteVpcOutput> {
    let id = input.vpc_id().unwrap_or_default();
    refuse_if(context.all::<Endpoint>().iter().any(|(_, endpoint)| endpoint.vpc == id), || held("vpc", id))
}

fn vpc(context: &mut Context<'_>, input: &CreateVpcEndpointInput) -> Step<CreateVpcEndpointOutput> {
    let id = input.vpc_id().unwrap_or_default();
    refuse_if(context.recall::<Network>(id).is_none(), || {
        Refusal::new("InvalidVpcId.NotFound", format!("The Vpc Id {id} does not exist"))
    })
}

/// The endpoint that this token created before.
fn known(context: &Context<'_>, token: Option<&str>) -> Option<Endpoint> {
    let all = context.all::<Endpoint>().into_iter().map(|(_, endpoint)| endpoint);
    all.into_iter().find(|endpoint| token.is_some() && endpoint.token.as_deref() == token)
}

fn token(context: &mut Context<'_>, input: &CreateVpcEndpointInput) -> Step<CreateVpcEndpointOutput> {
    let known = known(context, input.client_token());
    let same = |e: &Endpoint| {
        (Some(e.vpc.as_str()), Some(e.service.as_str()), e.tables.as_slice())
            == (input.vpc_id(), input.service_name(), input.route_table_ids())
    };
    refuse_if(known.is_some_and(|e| !same(&e)), || another_request(input.client_token().unwrap_or_default()))
}

fn refuse_strangers<O>(context: &Context<'_>, vpc: &str, tables: &[String]) -> Step<O> {
    let stranger = tables.iter().find(|id| context.recall::<Table>(id).is_none_or(|table| table.vpc != vpc));
    refuse_if(stranger.is_some(), || {
        let id = stranger.map_or("", String::as_str);
        Refusal::new("InvalidRouteTableId.NotFound", format!("The routeTable ID '{id}' does not exist"))
    })
}

fn tables(context: &mut Context<'_>, input: &CreateVpcEndpointInput) -> Step<CreateVpcEndpointOutput> {
    refuse_strangers(context, input.vpc_id().unwrap_or_default(), input.route_table_ids())
}

fn more_tables(context: &mut Context<'_>, input: &ModifyVpcEndpointInput) -> Step<ModifyVpcEndpointOutput> {
    let endpoint = context.recall::<Endpoint>(input.vpc_endpoint_id().unwrap_or_default());
    endpoint.map_or(Step::Pass, |endpoint| refuse_strangers(context, &endpoint.vpc, input.add_route_table_ids()))
}

fn twice(context: &mut Context<'_>, input: &CreateVpcEndpointInput) -> Step<CreateVpcEndpointOutput> {
    if known(context, input.client_token()).is_some() {
        return Step::Pass;
    }
    let all = context.all::<Endpoint>();
    let same = all.iter().filter(|(_, e)| input.service_name() == Some(&e.service)).flat_map(|(_, e)| &e.tables);
    let taken = same.into_iter().find(|table| input.route_table_ids().contains(table));
    refuse_if(taken.is_some(), || {
        let table = taken.map_or("", String::as_str);
        let message = format!("route table {table} already has a route with destination-prefix-list-id {PREFIXES}");
        Refusal::new("RouteAlreadyExists", message)
    })
}
