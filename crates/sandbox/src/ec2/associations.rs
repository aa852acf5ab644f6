//! Route tables and the subnets they are associated with.

use aws_sdk_ec2::operation::associate_route_table::{AssociateRouteTableInput, AssociateRouteTableOutput};
use aws_sdk_ec2::operation::delete_subnet::{DeleteSubnetInput, DeleteSubnetOutput};
use aws_sdk_ec2::operation::disassociate_route_table::{DisassociateRouteTableInput, DisassociateRouteTableOutput};
use serde::{Deserialize, Serialize};

use crate::context::{Context, Refusal};
use crate::store::Fact;
use crate::typed::{Rule, Step, after, before};

/// The association of a subnet with a route table.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Association {
    pub(crate) subnet: String,
    pub(crate) table: String,
}

impl Fact for Association {
    const KIND: &'static str = "ec2:route-table-association";
}

pub(super) fn rules() -> Vec<Rule> {
    vec![before(one_table_per_subnet), after(note), after(note_end), after(note_subnet_deletion)]
}

/// AWS refuses a second association of a subnet; winterbaume adds it.
fn one_table_per_subnet(
    context: &mut Context<'_>,
    input: &AssociateRouteTableInput,
) -> Step<AssociateRouteTableOutput> {
    let Some(subnet) = input.subnet_id() else {
        return Step::Pass;
    };
    let known = (context.all::<Association>().into_iter()).find(|(_, association)| association.subnet == subnet);
    match known {
        None => Step::Pass,
        Some((_, Association { table, .. })) => Step::Refuse(Refusal::new(
            "Resource.AlreadyAssociated",
            format!("the specified association for route table {table} conflicts with an existing association"),
        )),
    }
}

fn note(context: &mut Context<'_>, input: &AssociateRouteTableInput, output: &mut AssociateRouteTableOutput) {
    if let (Some(id), Some(subnet)) = (output.association_id(), input.subnet_id()) {
        let table = input.route_table_id().unwrap_or_default().to_owned();
        context.remember(id, &Association { subnet: subnet.to_owned(), table });
    }
}

fn note_end(context: &mut Context<'_>, input: &DisassociateRouteTableInput, _: &mut DisassociateRouteTableOutput) {
    context.forget::<Association>(input.association_id().unwrap_or_default());
}

/// An association is deleted with its subnet.
fn note_subnet_deletion(context: &mut Context<'_>, input: &DeleteSubnetInput, _: &mut DeleteSubnetOutput) {
    for (id, association) in context.all::<Association>() {
        if input.subnet_id() == Some(&association.subnet) {
            context.forget::<Association>(&id);
        }
    }
}
