//! Which subnets are whose, by the recorded spec: closed ones lead to no internet gateway, open ones do.
use super::look::Look;
use crate::kinds::ec2::{Subnet, SubnetPublicIp};
use std::collections::BTreeSet;
use vidpipe_engine::{Result, verify::Section};

/// The environment's subnets whose things get public addresses.
pub(super) fn open(look: &Look<'_>) -> Result<BTreeSet<String>> {
    let wanted = look.all::<SubnetPublicIp>("ec2:subnet-public-ip")?;
    Ok(wanted.into_iter().map(|(_, setting)| setting.subnet_id).collect())
}

/// The environment's private and isolated subnets.
pub(super) fn closed(look: &Look<'_>) -> Result<BTreeSet<String>> {
    let (open, all) = (open(look)?, look.all::<Subnet>("ec2:subnet")?);
    Ok(all.into_iter().map(|(id, _)| id.to_owned()).filter(|id| !open.contains(id)).collect())
}

/// Something stands in the environment's private and isolated subnets, and nowhere else.
pub(super) fn inside<'t>(look: &Look<'_>, what: &str, seen: impl IntoIterator<Item = &'t str>) -> Result<()> {
    let (closed, seen) = (closed(look)?, BTreeSet::from_iter(seen));
    let outside: Vec<&str> = seen.iter().copied().filter(|id| !closed.contains(*id)).collect();
    let list = |ids: Vec<&str>| ids.join(", ");
    let said = match (seen.is_empty(), outside.is_empty()) {
        (true, _) => Err("it is in no subnet".into()),
        (_, false) => Err(format!("{} is no private or isolated subnet of this environment", list(outside))),
        _ => Ok(format!("in {}", list(seen.into_iter().collect()))),
    };
    look.told(Section::Access, what, said);
    Ok(())
}
