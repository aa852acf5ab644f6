//! Every kind, one file each. To add one: write its file, and its line here.
use crate::Aws;
use vidpipe_engine::{Class, Error, Kind, Of, PhysicalId, Result};

macro_rules! kinds { ($($service:ident { $($module:ident :: $R:ident),* $(,)? })*) => {
    $(
        #[doc = concat!("The kinds of `", stringify!($service), "`.")]
        pub mod $service { $(mod $module; pub use $module::*;)* }
    )*
    /// Every kind vidpipe knows.
    pub const KINDS: &[&dyn Kind<Aws>] = &[$($(&Of::<$service::$R>::KIND,)*)*];
} }

kinds! {
    ec2 {
        vpc::Vpc,
        vpc_dns::VpcDns,
        subnet::Subnet,
        internet_gateway::InternetGateway,
        internet_gateway_attachment::InternetGatewayAttachment,
        nat_gateway::NatGateway,
        route_table::RouteTable,
        route::Route,
    }
    iam {
        role::Role,
    }
}

/// The id in the answer to a create call. Without one the call may still have made something: it is looked for.
pub(crate) fn id(answered: Option<String>, what: &str) -> Result<PhysicalId> {
    answered
        .filter(|id| !id.is_empty())
        .map(PhysicalId)
        .ok_or_else(|| Error::new(Class::Unclear, format!("learn the id of the {what}: the answer has none")))
}
