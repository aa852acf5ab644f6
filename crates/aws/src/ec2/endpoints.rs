//! All VPC endpoints and security groups in a VPC of ours, whoever created them.
//!
//! GuardDuty's Runtime Monitoring, which an organisation may enable for all its accounts, puts an
//! [endpoint](https://docs.aws.amazon.com/guardduty/latest/ug/how-runtime-monitoring-works-ecs-fargate.html) with a
//! security group into every VPC in which a Fargate task ran, and leaves both there. They are guests, and are deleted
//! with the VPC. Those without our tags belong to whatever created them, and vidpipe never deletes them.
use crate::{Cx, OrFail, tags};
use aws_sdk_ec2::types::{Filter, SecurityGroup, Tag, VpcEndpoint};
use vidpipe_engine::{Class, Error, Holder, Result, Whose};

const ENDPOINT: &str = "VPC endpoint";
const GROUP: &str = "security group";

fn in_vpc(vpc: &str) -> Filter {
    Filter::builder().name("vpc-id").values(vpc).build()
}

fn has(tags: &[Tag], key: &str, value: &str) -> bool {
    tags.iter().any(|t| t.key() == Some(key) && t.value() == Some(value))
}

/// The state of the endpoint in lower case. EC2 answers in
/// [lower case](https://docs.aws.amazon.com/vpc/latest/privatelink/concepts.html), such as `available`, where its model
/// has `Available`, so the SDK's type does not recognise it.
pub(crate) fn state(endpoint: &VpcEndpoint) -> String {
    endpoint.state().map_or("without a state", |s| s.as_str()).to_ascii_lowercase()
}

/// Returns whether the endpoint is deleted and only still listed.
pub(crate) fn is_gone(endpoint: &VpcEndpoint) -> bool {
    state(endpoint) == "deleted"
}

/// Returns whether GuardDuty created the endpoint.
pub(crate) fn is_guest(endpoint: &VpcEndpoint) -> bool {
    let for_guardduty = endpoint.service_name().is_some_and(|service| service.ends_with(".guardduty-data"));
    for_guardduty && has(endpoint.tags(), "GuardDutyManaged", "true")
}

fn whose(endpoint: &VpcEndpoint) -> Option<Whose> {
    match state(endpoint).as_str() {
        "deleting" => Some(Whose::Going),
        _ => is_guest(endpoint).then_some(Whose::Guest),
    }
}

/// The endpoints in this VPC for which `holds` is true.
pub(crate) async fn holders(cx: &Cx, vpc: &str, holds: impl Fn(&VpcEndpoint) -> bool) -> Result<Vec<Holder>> {
    let call = cx.cloud.ec2.describe_vpc_endpoints().filters(in_vpc(vpc));
    let seen = call.send().await.or_fail("read the VPC's endpoints")?;
    let those = seen.vpc_endpoints().iter().filter(|e| !is_gone(e) && holds(e));
    Ok(those
        .map(|e| {
            let whose = whose(e).unwrap_or_else(|| tags::ec2_whose(cx, e.tags()));
            let holder = Holder::new(ENDPOINT, e.vpc_endpoint_id().unwrap_or("without an id"), whose);
            holder.about(e.service_name().unwrap_or_default())
        })
        .collect())
}

/// The security groups in this VPC, except the default group.
pub(crate) async fn groups(cx: &Cx, vpc: &str) -> Result<Vec<Holder>> {
    let call = cx.cloud.ec2.describe_security_groups().filters(in_vpc(vpc));
    let seen = call.send().await.or_fail("read the VPC's security groups")?;
    let guest = format!("GuardDutyManagedSecurityGroup-{vpc}");
    let others = seen.security_groups().iter().filter(|g| g.group_name() != Some("default"));
    Ok(others.map(|g| group(cx, g, g.group_name() == Some(guest.as_str()))).collect())
}

/// The security groups with a rule that names this group.
pub(crate) async fn referring(cx: &Cx, id: &str) -> Result<Vec<Holder>> {
    let mut all = Vec::new();
    for field in ["ip-permission.group-id", "egress.ip-permission.group-id"] {
        let naming = Filter::builder().name(field).values(id).build();
        let call = cx.cloud.ec2.describe_security_groups().filters(naming);
        let seen = call.send().await.or_fail("find security groups whose rules name this one")?;
        // A group's own rule does not block its deletion.
        let others = seen.security_groups().iter().filter(|g| g.group_id() != Some(id));
        all.extend(others.map(|g| group(cx, g, false)));
    }
    Ok(all)
}

fn group(cx: &Cx, seen: &SecurityGroup, guest: bool) -> Holder {
    let guest = guest && has(seen.tags(), "GuardDutyManaged", "true");
    let whose = if guest { Whose::Guest } else { tags::ec2_whose(cx, seen.tags()) };
    let holder = Holder::new(GROUP, seen.group_id().unwrap_or("without an id"), whose);
    holder.about(seen.group_name().unwrap_or_default())
}

/// Deletes a guest.
pub(crate) async fn dismiss(cx: &Cx, guest: &Holder) -> Result<()> {
    if guest.what == GROUP {
        let call = cx.cloud.ec2.delete_security_group().group_id(&guest.id);
        return call.send().await.or_fail("delete GuardDuty's security group").map(drop);
    }
    delete(cx, &guest.id, "delete GuardDuty's VPC endpoint").await
}

/// Deletes an endpoint. The [call](https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteVpcEndpoints.html)
/// succeeds, and lists failed deletions in its answer.
pub(crate) async fn delete(cx: &Cx, id: &str, doing: &str) -> Result<()> {
    let answer = cx.cloud.ec2.delete_vpc_endpoints().vpc_endpoint_ids(id).send().await.or_fail(doing)?;
    match answer.unsuccessful().first().and_then(|failed| failed.error()) {
        None => Ok(()),
        Some(e) => {
            let (code, message) = (e.code().unwrap_or_default(), e.message().unwrap_or("EC2 gives no reason"));
            let class = if code.ends_with(".NotFound") { Class::NotFound } else { Class::Busy };
            Err(Error::new(class, format!("{doing}: {message}")).code(code))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_guardduty_marks_and_uses_is_a_guest() {
        let of = |service: &str| VpcEndpoint::builder().service_name(format!("com.amazonaws.eu-west-1.{service}"));
        let mark = || Tag::builder().key("GuardDutyManaged").value("true").build();
        assert_eq!(whose(&of("guardduty-data").tags(mark()).build()), Some(Whose::Guest));
        assert_eq!(whose(&of("guardduty-data").build()), None);
        assert_eq!(whose(&of("ssm").tags(mark()).build()), None);
    }

    #[test]
    fn the_state_is_known_as_ec2_spells_it_and_as_its_model_does() {
        for spelt in ["deleting", "Deleting"] {
            let going = VpcEndpoint::builder().state(spelt.into()).build();
            assert_eq!((whose(&going), is_gone(&going)), (Some(Whose::Going), false));
        }
        assert!(is_gone(&VpcEndpoint::builder().state("deleted".into()).build()));
    }
}
