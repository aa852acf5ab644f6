//! Classifies subnets by the recorded spec: private and isolated subnets have no route to an internet gateway, public
//! ones do.
use crate::{
    check::CheckCx,
    ec2::{Subnet, SubnetPublicIp},
};
use std::collections::BTreeSet;
use vidpipe_engine::{Result, verify::Section};

/// The environment's public subnets, which assign public addresses.
pub(crate) fn open(check: &CheckCx<'_>) -> Result<BTreeSet<String>> {
    let wanted = check.all::<SubnetPublicIp>("ec2:subnet-public-ip")?;
    Ok(wanted.into_iter().map(|(_, setting)| setting.subnet_id).collect())
}

/// The environment's private and isolated subnets.
pub(crate) fn closed(check: &CheckCx<'_>) -> Result<BTreeSet<String>> {
    let (open, all) = (open(check)?, check.all::<Subnet>("ec2:subnet")?);
    Ok(all.into_iter().map(|(id, _)| id.to_owned()).filter(|id| !open.contains(id)).collect())
}

/// Checks that these subnets are all private or isolated subnets of the environment.
pub(crate) fn inside<'t>(check: &CheckCx<'_>, what: &str, seen: impl IntoIterator<Item = &'t str>) -> Result<()> {
    let (closed, seen) = (closed(check)?, BTreeSet::from_iter(seen));
    let outside: Vec<&str> = seen.iter().copied().filter(|id| !closed.contains(*id)).collect();
    let list = |ids: Vec<&str>| ids.join(", ");
    let said = match (seen.is_empty(), outside.is_empty()) {
        (true, _) => Err("it is in no subnet".into()),
        (_, false) => Err(format!("{} is no private or isolated subnet of this environment", list(outside))),
        _ => Ok(format!("in {}", list(seen.into_iter().collect()))),
    };
    check.add_result(Section::Access, what, said);
    Ok(())
}
