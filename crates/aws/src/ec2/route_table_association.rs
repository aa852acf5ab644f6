//! A route table's [association](https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateRouteTable.html)
//! with a subnet. A subnet has at most one, and a table cannot be deleted while it has any.
use crate::{
    Aws, Cx, OrFail,
    check::CheckCx,
    declare::AwsKind,
    ec2::{owner, verify},
    ids,
    permissions::{Permission, allow},
};
use aws_sdk_ec2::types::{RouteTableAssociation as Association, RouteTableAssociationStateCode as State};
use serde::{Deserialize, Serialize};
use vidpipe_engine::{Identity, Observed, Owned, Owner, PhysicalId, Removal, Resource, Result};

/// The specification of the resource.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct RouteTableAssociation {
    /// The route table.
    pub table_id: String,
    /// The subnet whose traffic it routes.
    pub subnet_id: String,
}

impl RouteTableAssociation {
    async fn read(&self, cx: &Cx, is_it: impl Fn(&Association) -> bool) -> Result<Option<Association>> {
        let seen = cx.cloud.route_table(&self.table_id).await?;
        let mut all = seen.iter().flat_map(|t| t.associations());
        Ok(all.find(|a| is_it(a) && state(a) != State::Disassociated).cloned())
    }
}

fn state(association: &Association) -> State {
    association.association_state().and_then(|s| s.state()).cloned().unwrap_or(State::Associated)
}

impl Resource for RouteTableAssociation {
    type Cloud = Aws;
    type Output = ();
    const KIND: &'static str = "ec2:route-table-association";
    const IDENTITY: Identity = Identity::Named;
    const OWNER: Owner = Owner::Of("ec2:route-table");
    const TIMING: &'static str = "ec2_route_table_association";

    async fn create(&self, cx: &Cx) -> Result<PhysicalId> {
        let call = cx.cloud.ec2.associate_route_table().route_table_id(&self.table_id).subnet_id(&self.subnet_id);
        let made = call.send().await.or_fail("associate the route table with the subnet")?;
        ids::id(made.association_id, "route table association")
    }

    async fn find(&self, cx: &Cx) -> Result<Option<PhysicalId>> {
        let found = self.read(cx, |a| a.subnet_id() == Some(&self.subnet_id)).await?;
        Ok(found.and_then(|a| a.route_table_association_id).map(PhysicalId))
    }

    async fn owner(&self, cx: &Cx, id: &PhysicalId) -> Result<Owned> {
        owner::association(cx, &self.table_id, &id.0).await
    }

    async fn observe(&self, cx: &Cx, id: &PhysicalId) -> Result<Observed<()>> {
        let Some(seen) = self.read(cx, |a| a.route_table_association_id() == Some(&id.0)).await? else {
            return Ok(Observed::Absent);
        };
        Ok(match state(&seen) {
            State::Associated => Observed::Ready(()),
            State::Failed => {
                let message = seen.association_state.and_then(|s| s.status_message);
                Observed::Broken(message.unwrap_or_else(|| "the association failed".into()))
            }
            other => Observed::pending(other.as_str()),
        })
    }

    async fn delete(&self, cx: &Cx, id: &PhysicalId) -> Result<Removal> {
        let call = cx.cloud.ec2.disassociate_route_table().association_id(&id.0);
        call.send().await.or_fail("disassociate the route table from the subnet")?;
        Ok(Removal::Asked)
    }
}

impl AwsKind for RouteTableAssociation {
    const PERMISSIONS: &'static [Permission] = &[
        allow(&["ec2:AssociateRouteTable", "ec2:DisassociateRouteTable"]).ours(),
        allow(&["ec2:DescribeRouteTables"]),
    ];

    async fn check(check: &CheckCx<'_>, want: Self) -> Result<()> {
        verify::route_table_association(check, want).await
    }
}
