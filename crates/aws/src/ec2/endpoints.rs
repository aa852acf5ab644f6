//! VPC endpoints and security groups that vidpipe did not create, in a VPC of ours.
//!
//! GuardDuty's Runtime Monitoring, which an organisation may enable for all its accounts, puts an
//! [endpoint](https://docs.aws.amazon.com/guardduty/latest/ug/how-runtime-monitoring-works-ecs-fargate.html) with a
//! security group into every VPC in which a Fargate task ran, and leaves both there. They are guests, and are deleted
//! with the VPC. All others belong to whatever created them, and vidpipe never deletes them.
use crate::{Cx, OrFail, tags};
use aws_sdk_ec2::types::{Filter, SecurityGroup, State, Tag, VpcEndpoint};
use vidpipe_engine::{Class, Error, Holder, Result, Whose};

const ENDPOINT: &str = "VPC endpoint";
const GROUP: &str = "security group";

fn in_vpc(vpc: &str) -> Filter {
    Filter::builder().name("vpc-id").values(vpc).build()
}

fn has(tags: &[Tag], key: &str, value: &str) -> bool {
    tags.iter().any(|t| t.key() == Some(key) && t.value() == Some(value))
}

/// Returns whether the endpoint is deleted and only still listed.
pub(crate) fn is_gone(endpoint: &VpcEndpoint) -> bool {
    endpoint.state() == Some(&State::Deleted)
}

/// Returns whether GuardDuty created the endpoint.
pub(crate) fn is_guest(endpoint: &VpcEndpoint) -> bool {
    let for_guardduty = endpoint.service_name().is_some_and(|service| service.ends_with(".guardduty-data"));
    for_guardduty && has(endpoint.tags(), "GuardDutyManaged", "true")
}

fn whose(endpoint: &VpcEndpoint) -> Whose {
    match endpoint.state() {
        Some(State::Deleting) => Whose::Going,
        _ if is_guest(endpoint) => Whose::Guest,
        _ => Whose::Theirs,
    }
}

/// The endpoints in this VPC for which `holds` is true.
pub(crate) async fn holders(cx: &Cx, vpc: &str, holds: impl Fn(&VpcEndpoint) -> bool) -> Result<Vec<Holder>> {
    let call = cx.cloud.ec2.describe_vpc_endpoints().filters(in_vpc(vpc));
    let seen = call.send().await.or_fail("read the VPC's endpoints")?;
    let those = seen.vpc_endpoints().iter().filter(|e| !is_gone(e) && holds(e));
    Ok(those
        .map(|e| {
            let holder = Holder::new(ENDPOINT, e.vpc_endpoint_id().unwrap_or("without an id"), whose(e));
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
    let call = cx.cloud.ec2.delete_vpc_endpoints().vpc_endpoint_ids(&guest.id);
    let answer = call.send().await.or_fail("delete GuardDuty's VPC endpoint")?;
    // The call succeeds, and lists failed deletions in its answer.
    match answer.unsuccessful().first().and_then(|failed| failed.error()) {
        None => Ok(()),
        Some(e) => {
            let (code, said) = (e.code().unwrap_or_default(), e.message().unwrap_or("EC2 does not say why"));
            let class = if code.ends_with(".NotFound") { Class::NotFound } else { Class::Busy };
            Err(Error::new(class, format!("delete GuardDuty's VPC endpoint: {said}")).code(code))
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
        assert_eq!(whose(&of("guardduty-data").tags(mark()).build()), Whose::Guest);
        assert_eq!(whose(&of("guardduty-data").build()), Whose::Theirs);
        assert_eq!(whose(&of("ssm").tags(mark()).build()), Whose::Theirs);
        assert_eq!(whose(&of("ssm").state(State::Deleting).build()), Whose::Going);
    }
}
