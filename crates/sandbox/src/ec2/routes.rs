//! Route tables and routes.

use aws_sdk_ec2::operation::create_route::{CreateRouteInput, CreateRouteOutput};
use aws_sdk_ec2::operation::create_route_table::{CreateRouteTableInput, CreateRouteTableOutput};
use aws_sdk_ec2::operation::delete_route::{DeleteRouteInput, DeleteRouteOutput};
use aws_sdk_ec2::operation::delete_route_table::{DeleteRouteTableInput, DeleteRouteTableOutput};
use aws_sdk_ec2::operation::describe_route_tables::{DescribeRouteTablesInput, DescribeRouteTablesOutput};
use aws_sdk_ec2::types::RouteTable;
use serde::{Deserialize, Serialize};

use super::{Pair, asked, shown};
use crate::context::{Context, Refusal};
use crate::store::Fact;
use crate::typed::{Rule, Step, after, before};

/// A route table and the destinations of its routes.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Table {
    pub(crate) token: Option<String>,
    pub(crate) vpc: String,
    tags: Vec<Pair>,
    destinations: Vec<String>,
}

impl Fact for Table {
    const KIND: &'static str = "ec2:route-table";
}

pub(super) fn rules() -> Vec<Rule> {
    vec![
        before(same_token_same_table),
        after(note_table),
        before(one_route_per_destination),
        after(note_route),
        before(delete_what_is_there),
        after(note_route_deletion),
        after(note_table_deletion),
        after(show_targets),
    ]
}

/// AWS honours `ClientToken`; winterbaume creates a second table.
/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateRouteTable.html>
fn same_token_same_table(context: &mut Context<'_>, input: &CreateRouteTableInput) -> Step<CreateRouteTableOutput> {
    let Some(token) = input.client_token() else {
        return Step::Pass;
    };
    let known = (context.all::<Table>().into_iter()).find(|(_, table)| table.token.as_deref() == Some(token));
    match known {
        None => Step::Pass,
        Some((id, table)) => Step::Answer(
            CreateRouteTableOutput::builder()
                .client_token(token)
                .route_table(
                    RouteTable::builder()
                        .route_table_id(id)
                        .vpc_id(&table.vpc)
                        .set_tags(Some(shown(&table.tags)))
                        .build(),
                )
                .build(),
        ),
    }
}

fn note_table(context: &mut Context<'_>, input: &CreateRouteTableInput, output: &mut CreateRouteTableOutput) {
    output.client_token = input.client_token().map(str::to_owned);
    let table = output.route_table().and_then(RouteTable::route_table_id);
    let id = table.unwrap_or_default().to_owned();
    if context.recall::<Table>(&id).is_none() {
        let table = Table {
            token: input.client_token().map(str::to_owned),
            vpc: input.vpc_id().unwrap_or_default().to_owned(),
            tags: asked(input.tag_specifications()),
            destinations: Vec::new(),
        };
        context.remember(&id, &table);
    }
}

fn destination<'a>(v4: Option<&'a str>, v6: Option<&'a str>) -> &'a str {
    v4.or(v6).unwrap_or_default()
}

/// AWS refuses a second route for a destination; winterbaume adds it.
fn one_route_per_destination(context: &mut Context<'_>, input: &CreateRouteInput) -> Step<CreateRouteOutput> {
    let to = destination(input.destination_cidr_block(), input.destination_ipv6_cidr_block());
    let table = context.recall::<Table>(input.route_table_id().unwrap_or_default());
    match table {
        Some(table) if table.destinations.iter().any(|known| known == to) => {
            Step::Refuse(Refusal::new("RouteAlreadyExists", format!("The route identified by {to} already exists.")))
        }
        _ => Step::Pass,
    }
}

fn note_route(context: &mut Context<'_>, input: &CreateRouteInput, _: &mut CreateRouteOutput) {
    let to = destination(input.destination_cidr_block(), input.destination_ipv6_cidr_block());
    let id = input.route_table_id().unwrap_or_default();
    context.amend::<Table>(id, |table| table.destinations.push(to.to_owned()));
}

/// AWS answers `InvalidRoute.NotFound`; winterbaume accepts any destination.
fn delete_what_is_there(context: &mut Context<'_>, input: &DeleteRouteInput) -> Step<DeleteRouteOutput> {
    let to = destination(input.destination_cidr_block(), input.destination_ipv6_cidr_block());
    let id = input.route_table_id().unwrap_or_default();
    match context.recall::<Table>(id) {
        Some(table) if !table.destinations.iter().any(|known| known == to) => Step::Refuse(Refusal::new(
            "InvalidRoute.NotFound",
            format!("no route with destination-cidr-block {to} in route table {id}"),
        )),
        _ => Step::Pass,
    }
}

fn note_route_deletion(context: &mut Context<'_>, input: &DeleteRouteInput, _: &mut DeleteRouteOutput) {
    let to = destination(input.destination_cidr_block(), input.destination_ipv6_cidr_block());
    let id = input.route_table_id().unwrap_or_default();
    context.amend::<Table>(id, |table| table.destinations.retain(|known| known != to));
}

fn note_table_deletion(context: &mut Context<'_>, input: &DeleteRouteTableInput, _: &mut DeleteRouteTableOutput) {
    context.forget::<Table>(input.route_table_id().unwrap_or_default());
}

/// Winterbaume shows every target as a gateway; AWS shows NAT gateways and interfaces in separate fields.
fn show_targets(_: &mut Context<'_>, _: &DescribeRouteTablesInput, output: &mut DescribeRouteTablesOutput) {
    let tables = output.route_tables.iter_mut().flatten();
    for route in tables.flat_map(|table| table.routes.iter_mut().flatten()) {
        match route.gateway_id.as_deref() {
            Some(target) if target.starts_with("nat-") => {
                route.nat_gateway_id = route.gateway_id.take();
            }
            Some(target) if target.starts_with("eni-") => {
                route.network_interface_id = route.gateway_id.take();
            }
            _ => {}
        }
    }
}
