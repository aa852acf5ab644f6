//! An RDS [parameter group](https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBParameterGroup.html):
//! the engine's settings, all at their defaults. It cannot be changed later, and cannot be deleted while a database
//! uses it. Its values are a separate node.
use crate::{
    Aws, Cx, OrFail,
    check::CheckCx,
    declare::AwsKind,
    permissions::{Permission, allow},
    rds::{self, owner, verify},
    tags,
};
use aws_sdk_rds::types::{DbInstance, DbParameterGroup as Seen, Tag};
use serde::{Deserialize, Serialize};
use vidpipe_engine::{Holder, Identity, Observed, Owned, Owner, PhysicalId, Removal, Resource, Result};

/// The specification of the resource.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct DbParameterGroup {
    /// Its name, in lower case, unique in the account and region.
    pub name: String,
    /// The description.
    pub description: String,
    /// The engine and its major version, such as `postgres15`.
    pub family: String,
}

/// The outputs other nodes may use.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DbParameterGroupOutput {
    /// Its name.
    pub name: String,
}

impl DbParameterGroup {
    async fn read(&self, cx: &Cx) -> Result<Option<Seen>> {
        let call = cx.cloud.rds.describe_db_parameter_groups().db_parameter_group_name(&self.name);
        let seen = call.send().await.or_fail("read the DB parameter group")?;
        Ok(seen.db_parameter_groups.unwrap_or_default().into_iter().next())
    }
}

impl Resource for DbParameterGroup {
    type Cloud = Aws;
    type Output = DbParameterGroupOutput;
    const KIND: &'static str = "rds:parameter-group";
    const IDENTITY: Identity = Identity::Named;
    const OWNER: Owner = Owner::Tags;
    const TIMING: &'static str = "rds_db_subnet_group";

    async fn create(&self, cx: &Cx) -> Result<PhysicalId> {
        let call = cx.cloud.rds.create_db_parameter_group().db_parameter_group_name(&self.name);
        let call = call.db_parameter_group_family(&self.family).description(&self.description);
        let call = call.set_tags(Some(tags::typed(cx, &self.name, |k, v| Tag::builder().key(k).value(v).build())));
        call.send().await.or_fail("create the DB parameter group")?;
        Ok(PhysicalId(self.name.clone()))
    }

    async fn find(&self, cx: &Cx) -> Result<Option<PhysicalId>> {
        let Some(arn) = self.read(cx).await?.and_then(|g| g.db_parameter_group_arn) else { return Ok(None) };
        let call = cx.cloud.rds.list_tags_for_resource().resource_name(arn);
        let seen = call.send().await.or_fail("read the DB parameter group's tags")?;
        let ours = tags::are_ours(cx, seen.tag_list().iter().filter_map(|t| Some((t.key()?, t.value()?))));
        Ok(ours.then(|| PhysicalId(self.name.clone())))
    }

    async fn owner(&self, cx: &Cx, id: &PhysicalId) -> Result<Owned> {
        owner::parameter_group(cx, &id.0).await
    }

    async fn observe(&self, cx: &Cx, _id: &PhysicalId) -> Result<Observed<DbParameterGroupOutput>> {
        Ok(match self.read(cx).await? {
            None => Observed::Absent,
            Some(_) => Observed::Ready(DbParameterGroupOutput { name: self.name.clone() }),
        })
    }

    async fn delete(&self, cx: &Cx, id: &PhysicalId) -> Result<Removal> {
        let call = cx.cloud.rds.delete_db_parameter_group().db_parameter_group_name(&id.0);
        call.send().await.or_fail("delete the DB parameter group")?;
        Ok(Removal::Asked)
    }

    async fn holders(&self, cx: &Cx, id: &PhysicalId) -> Result<Vec<Holder>> {
        let of = |i: &DbInstance| i.db_parameter_groups().iter().any(|g| g.db_parameter_group_name() == Some(&id.0));
        rds::instances(cx, of).await
    }
}

impl AwsKind for DbParameterGroup {
    const PERMISSIONS: &'static [Permission] = &[
        allow(&["rds:AddTagsToResource", "rds:CreateDBParameterGroup", "rds:DeleteDBParameterGroup"])
            .on(&["arn:aws:rds:*:*:pg:{name}"]),
        allow(&["rds:DescribeDBParameterGroups", "rds:ListTagsForResource"]),
        allow(&["rds:DescribeDBInstances"]).to_repair(),
    ];

    async fn check(check: &CheckCx<'_>, want: Self) -> Result<()> {
        verify::parameter_group(check, want).await
    }
}
