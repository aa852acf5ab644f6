//! VPCs, and the resources created and deleted with each: its default security group, its main route table, its default
//! network ACL.
//!
//! Winterbaume creates neither of the first two, so they are kept here and added to its answers. Routes and
//! associations of a main table cannot be changed here, because vidpipe never does.

use aws_sdk_ec2::operation::create_vpc::{CreateVpcInput, CreateVpcOutput};
use aws_sdk_ec2::operation::delete_vpc::{DeleteVpcInput, DeleteVpcOutput};
use aws_sdk_ec2::operation::describe_network_acls::{DescribeNetworkAclsInput, DescribeNetworkAclsOutput};
use aws_sdk_ec2::operation::describe_route_tables::{DescribeRouteTablesInput, DescribeRouteTablesOutput};
use aws_sdk_ec2::operation::describe_security_groups::{DescribeSecurityGroupsInput, DescribeSecurityGroupsOutput};
use aws_sdk_ec2::types::{RouteTable, RouteTableAssociation, SecurityGroup, Vpc};
use serde::{Deserialize, Serialize};

use super::group_rule::GroupRule;
use super::groups::{self, Group};
use super::routes::Table;
use crate::account::ACCOUNT_ID;
use crate::context::{Context, Refusal};
use crate::store::Fact;
use crate::typed::{Rule, Step, after, before};

/// A VPC.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Network {
    pub(crate) cidr: String,
    /// Its default security group.
    group: String,
    /// Its main route table.
    table: String,
}

impl Fact for Network {
    const KIND: &'static str = "ec2:network";
}

pub(super) fn rules() -> Vec<Rule> {
    vec![
        after(note),
        after(forget),
        before(known_groups),
        after(show_default_groups),
        before(known_tables),
        after(show_main_tables),
        after(show_acls),
    ]
}

/// <https://docs.aws.amazon.com/vpc/latest/userguide/default-security-group.html>
/// <https://docs.aws.amazon.com/vpc/latest/userguide/RouteTables.html>
fn note(context: &mut Context<'_>, input: &CreateVpcInput, output: &mut CreateVpcOutput) {
    let Some(id) = output.vpc().and_then(Vpc::vpc_id) else { return };
    let (group, table) = (context.next_id("sg"), context.next_id("rtb"));
    let network = Network { cidr: input.cidr_block().unwrap_or_default().to_owned(), group, table };
    context.remember(&network.group, &Group { name: groups::DEFAULT.into(), vpc: id.to_owned() });
    for rule in [GroupRule::everything_out(&network.group), GroupRule::everything_from_itself(&network.group)] {
        let id = context.next_id("sgr");
        context.remember(&id, &rule);
    }
    context.remember(id, &network);
}

fn forget(context: &mut Context<'_>, input: &DeleteVpcInput, _: &mut DeleteVpcOutput) {
    let id = input.vpc_id().unwrap_or_default();
    if let Some(network) = context.recall::<Network>(id) {
        groups::forget(context, &network.group);
        context.forget::<Network>(id);
    }
}

fn unknown(ids: &[String], known: impl Fn(&str) -> bool, code: &str, what: &str) -> Option<Refusal> {
    let id = ids.iter().find(|id| !known(id))?;
    Some(Refusal::new(code, format!("The {what} '{id}' does not exist")))
}

/// Winterbaume describes all groups (see `lookups`), so unknown ids are refused here.
fn known_groups(context: &mut Context<'_>, input: &DescribeSecurityGroupsInput) -> Step<DescribeSecurityGroupsOutput> {
    let known = |id: &str| context.recall::<Group>(id).is_some();
    unknown(input.group_ids(), known, "InvalidGroup.NotFound", "security group").map_or(Step::Pass, Step::Refuse)
}

fn show_default_groups(
    context: &mut Context<'_>,
    input: &DescribeSecurityGroupsInput,
    output: &mut DescribeSecurityGroupsOutput,
) {
    let shown = output.security_groups.get_or_insert_default();
    for (vpc, network) in context.all::<Network>() {
        let group = SecurityGroup::builder()
            .group_id(network.group)
            .group_name(groups::DEFAULT)
            .description("default VPC security group")
            .vpc_id(vpc)
            .owner_id(ACCOUNT_ID);
        shown.push(group.build());
    }
    let ids = input.group_ids();
    shown.retain(|group| ids.is_empty() || ids.iter().any(|id| group.group_id() == Some(id)));
}

/// Like [`known_groups`].
fn known_tables(context: &mut Context<'_>, input: &DescribeRouteTablesInput) -> Step<DescribeRouteTablesOutput> {
    let networks = context.all::<Network>();
    let known =
        |id: &str| context.recall::<Table>(id).is_some() || networks.iter().any(|(_, network)| network.table == id);
    unknown(input.route_table_ids(), known, "InvalidRouteTableID.NotFound", "routeTable ID")
        .map_or(Step::Pass, Step::Refuse)
}

fn show_main_tables(
    context: &mut Context<'_>,
    input: &DescribeRouteTablesInput,
    output: &mut DescribeRouteTablesOutput,
) {
    let shown = output.route_tables.get_or_insert_default();
    for (vpc, network) in context.all::<Network>() {
        let main = RouteTableAssociation::builder()
            .main(true)
            .route_table_association_id(network.table.replace("rtb-", "rtbassoc-"))
            .route_table_id(&network.table);
        shown.push(
            RouteTable::builder()
                .route_table_id(network.table)
                .vpc_id(vpc)
                .owner_id(ACCOUNT_ID)
                .associations(main.build())
                .build(),
        );
    }
    let ids = input.route_table_ids();
    shown.retain(|table| ids.is_empty() || ids.iter().any(|id| table.route_table_id() == Some(id)));
}

/// The default network ACL is deleted with its VPC; winterbaume leaves it.
fn show_acls(context: &mut Context<'_>, _: &DescribeNetworkAclsInput, output: &mut DescribeNetworkAclsOutput) {
    let there = |vpc: Option<&str>| vpc.is_some_and(|vpc| context.recall::<Network>(vpc).is_some());
    if let Some(acls) = &mut output.network_acls {
        acls.retain(|acl| acl.is_default() != Some(true) || there(acl.vpc_id()));
    }
}

/// Whether the table is the main route table of a VPC.
pub(crate) fn is_main_table(context: &Context<'_>, id: &str) -> bool {
    context.all::<Network>().iter().any(|(_, network)| network.table == id)
}
