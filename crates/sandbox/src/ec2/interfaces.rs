//! Network interfaces as EC2 shows them: those that services create for themselves (see `cross_service::interfaces`),
//! with their location and owner.
//!
//! Read-only: interfaces cannot be created, detached or deleted here, because vidpipe never does.

use aws_sdk_ec2::operation::describe_network_interfaces::{
    DescribeNetworkInterfacesInput, DescribeNetworkInterfacesOutput,
};
use aws_sdk_ec2::types::{
    AttachmentStatus, GroupIdentifier, NetworkInterface, NetworkInterfaceAssociation, NetworkInterfaceAttachment,
    NetworkInterfaceStatus, NetworkInterfaceType,
};

use super::groups::Group;
use crate::account::ACCOUNT_ID;
use crate::context::{Context, Refusal};
use crate::cross_service::interfaces::{self, Interface};
use crate::cross_service::network::Place;
use crate::store::Fact;
use crate::typed::{Rule, Step, before};

pub(super) fn rules() -> Vec<Rule> {
    vec![before(describe)]
}

/// AWS shows the interfaces of its services with a description that names their owner; winterbaume's services create
/// none. <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/requester-managed-eni.html>
fn describe(
    context: &mut Context<'_>,
    input: &DescribeNetworkInterfacesInput,
) -> Step<DescribeNetworkInterfacesOutput> {
    let all = interfaces::all(context);
    let ids = input.network_interface_ids();
    if let Some(id) = ids.iter().find(|id| all.iter().all(|(known, _)| known != *id)) {
        let message = format!("The networkInterface ID '{id}' does not exist");
        return Step::Refuse(Refusal::new("InvalidNetworkInterfaceID.NotFound", message));
    }
    let asked = all.iter().filter(|(id, _)| ids.is_empty() || ids.contains(id));
    let shown = asked.map(|(id, interface)| shown(context, id, interface)).collect();
    Step::Answer(DescribeNetworkInterfacesOutput::builder().set_network_interfaces(Some(shown)).build())
}

fn shown(context: &Context<'_>, id: &str, interface: &Interface) -> NetworkInterface {
    let place = context.recall::<Place>(&interface.subnet);
    let detaching = context.stage(Interface::KIND, id).is_some();
    let attachment = NetworkInterfaceAttachment::builder()
        .attachment_id(id.replace("eni-", "eni-attach-"))
        .delete_on_termination(true)
        .status(if detaching { AttachmentStatus::Detaching } else { AttachmentStatus::Attached });
    let groups = interface.groups.iter().map(|group| {
        let name = context.recall::<Group>(group).map(|group| group.name);
        GroupIdentifier::builder().group_id(group).set_group_name(name).build()
    });
    // The address is from the range AWS reserves for documentation (RFC 5737).
    let association = interface.public.then(|| NetworkInterfaceAssociation::builder().public_ip("192.0.2.1").build());
    NetworkInterface::builder()
        .network_interface_id(id)
        .subnet_id(&interface.subnet)
        .set_vpc_id(place.as_ref().map(|place| place.vpc.clone()))
        .set_availability_zone(place.map(|place| place.zone))
        .description(&interface.description)
        .interface_type(NetworkInterfaceType::from(interface.kind.as_str()))
        .requester_managed(true)
        .owner_id(ACCOUNT_ID)
        .status(NetworkInterfaceStatus::InUse)
        .attachment(attachment.build())
        .set_association(association)
        .set_groups(Some(groups.collect()))
        .build()
}
