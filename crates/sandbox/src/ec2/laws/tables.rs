//! Route tables: the dependencies that block their deletion, and the routes they accept.

use aws_sdk_ec2::operation::create_route::{CreateRouteInput, CreateRouteOutput};
use aws_sdk_ec2::operation::create_route_table::{CreateRouteTableInput, CreateRouteTableOutput};
use aws_sdk_ec2::operation::delete_route_table::{DeleteRouteTableInput, DeleteRouteTableOutput};

use super::nats::another_request;
use super::{CODES, held, refuse_if};
use crate::context::{Context, Refusal};
use crate::ec2::{Association, Gateway, Nat, Table, is_main_table};
use crate::law::{Basis, Law};
use crate::store::Fact;
use crate::typed::{Step, before};

const DELETE: &str = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteRouteTable.html";

pub(super) fn laws() -> Vec<Law> {
    vec![
        Law::documented(
            "ec2/table-associated",
            "a route table that is associated with a subnet cannot be deleted",
            DELETE,
            before(associated),
        ),
        Law::documented("ec2/table-main", "a VPC's main route table cannot be deleted", DELETE, before(main)),
        Law::documented(
            "ec2/table-token",
            "the token of a route table does not stand for one in another VPC",
            CODES,
            before(token),
        ),
        Law::documented_only(
            "ec2/subnet-associated-twice",
            "a subnet has one route table at most",
            Basis::Documented,
            CODES,
        ),
        Law::documented_only("ec2/route-twice", "a table has one route to a destination", Basis::Documented, CODES),
        Law::reported(
            "ec2/route-to-pending-nat",
            "a route to a NAT gateway that is pending may be refused: there is no such gateway yet",
            "boto/boto3#779",
            before(pending_nat),
        ),
        Law::reported(
            "ec2/route-to-other-network",
            "a route to an internet gateway that is not attached to the table's VPC is refused",
            "smoketurner/serverless-vpc-plugin#147",
            before(other_network),
        ),
    ]
}

fn associated(context: &mut Context<'_>, input: &DeleteRouteTableInput) -> Step<DeleteRouteTableOutput> {
    let id = input.route_table_id().unwrap_or_default();
    let associated = context.all::<Association>().iter().any(|(_, association)| association.table == id);
    refuse_if(associated, || held("routeTable", id))
}

fn main(context: &mut Context<'_>, input: &DeleteRouteTableInput) -> Step<DeleteRouteTableOutput> {
    let id = input.route_table_id().unwrap_or_default();
    refuse_if(is_main_table(context, id), || held("routeTable", id))
}

fn token(context: &mut Context<'_>, input: &CreateRouteTableInput) -> Step<CreateRouteTableOutput> {
    let Some(token) = input.client_token() else { return Step::Pass };
    let all = context.all::<Table>();
    let known = all.iter().map(|(_, table)| table).find(|table| table.token.as_deref() == Some(token));
    refuse_if(known.is_some_and(|table| input.vpc_id() != Some(&table.vpc)), || another_request(token))
}

fn pending_nat(context: &mut Context<'_>, input: &CreateRouteInput) -> Step<CreateRouteOutput> {
    let Some(id) = input.nat_gateway_id() else { return Step::Pass };
    let pending = context.stage(Nat::KIND, id).as_deref() == Some("pending");
    refuse_if(pending || context.recall::<Nat>(id).is_none(), || {
        Refusal::new("InvalidNatGatewayID.NotFound", format!("The natGateway ID '{id}' does not exist"))
    })
}

fn other_network(context: &mut Context<'_>, input: &CreateRouteInput) -> Step<CreateRouteOutput> {
    let (id, table) = (input.gateway_id().unwrap_or_default(), input.route_table_id().unwrap_or_default());
    let (Some(gateway), Some(known)) = (context.recall::<Gateway>(id), context.recall::<Table>(table)) else {
        return Step::Pass;
    };
    refuse_if(gateway.vpc.as_ref() != Some(&known.vpc), || {
        let message = format!("route table {table} and network gateway {id} belong to different networks");
        Refusal::new("InvalidParameterValue", message)
    })
}
