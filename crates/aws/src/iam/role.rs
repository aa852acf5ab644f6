//! An IAM [role](https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html) that a service may assume.
//! Its policies are separate nodes, since AWS sets them in separate calls.
use crate::{
    Aws, Cx, OrFail,
    check::CheckCx,
    declare::AwsKind,
    iam::{owner, verify},
    permissions::{Permission, allow},
    tags,
};
use aws_sdk_iam::types::Tag;
use serde::{Deserialize, Serialize};
use serde_json::json;
use vidpipe_engine::{
    Change, Class, Error, Holder, Identity, Observed, Owned, Owner, PhysicalId, Removal, Resource, Result, Whose,
};

/// The specification of the resource.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct Role {
    /// Its name, unique in the account across all regions.
    pub name: String,
    /// The description.
    pub description: String,
    /// The service that may assume it, such as `ecs-tasks.amazonaws.com`.
    pub service: String,
}

/// The outputs other nodes may use.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RoleOutput {
    /// `arn:aws:iam::...:role/...`
    pub arn: String,
    /// Its name.
    pub name: String,
}

impl Resource for Role {
    type Cloud = Aws;
    type Output = RoleOutput;
    const KIND: &'static str = "iam:role";
    const IDENTITY: Identity = Identity::Named;
    const OWNER: Owner = Owner::Tags;
    const UPDATES: bool = true;
    const TIMING: &'static str = "iam_role";

    async fn create(&self, cx: &Cx) -> Result<PhysicalId> {
        let trust = json!({
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": self.service}}],
        });
        let tags = tags::of(cx, &self.name).into_iter().map(|(k, v)| Tag::builder().key(k).value(v).build());
        let tags = tags
            .collect::<std::result::Result<Vec<_>, _>>()
            .map_err(|e| Error::new(Class::Invalid, "tag the role").caused_by(e))?;
        let call = cx.cloud.iam.create_role().role_name(&self.name).description(&self.description);
        let call = call.assume_role_policy_document(trust.to_string()).set_tags(Some(tags));
        call.send().await.or_fail("create the role")?;
        Ok(PhysicalId(self.name.clone()))
    }

    async fn find(&self, cx: &Cx) -> Result<Option<PhysicalId>> {
        let found = cx.cloud.iam.list_role_tags().role_name(&self.name).send().await.or_fail("find the role")?;
        let ours = tags::are_ours(cx, found.tags().iter().map(|t| (t.key(), t.value())));
        Ok(ours.then(|| PhysicalId(self.name.clone())))
    }

    async fn owner(&self, cx: &Cx, _id: &PhysicalId) -> Result<Owned> {
        owner::role(cx, &self.name).await
    }

    async fn observe(&self, cx: &Cx, id: &PhysicalId) -> Result<Observed<RoleOutput>> {
        let seen = cx.cloud.iam.get_role().role_name(&id.0).send().await.or_fail("read the role")?;
        let Some(role) = seen.role else { return Ok(Observed::Absent) };
        // For a moment after creation, IAM may return the unique id in place of the ARN.
        if !role.arn.starts_with("arn:") {
            return Ok(Observed::pending("its ARN is not known yet"));
        }
        let described = role.description.as_ref().is_none_or(|text| *text == self.description);
        let output = RoleOutput { arn: role.arn, name: role.role_name };
        Ok(match described {
            true => Observed::Ready(output),
            false => Observed::differs("it has another description", Some(output)),
        })
    }

    async fn update(&self, cx: &Cx, id: &PhysicalId) -> Result<()> {
        let call = cx.cloud.iam.update_role().role_name(&id.0).description(&self.description);
        call.send().await.or_fail("change the role").map(drop)
    }

    async fn delete(&self, cx: &Cx, id: &PhysicalId) -> Result<Removal> {
        cx.cloud.iam.delete_role().role_name(&id.0).send().await.or_fail("delete the role")?;
        Ok(Removal::Asked)
    }

    /// This environment's policies are deleted before the role, so the remaining ones were added by others, such as
    /// security automation.
    async fn holders(&self, cx: &Cx, id: &PhysicalId) -> Result<Vec<Holder>> {
        let iam = &cx.cloud.iam;
        let theirs = |what: &str, name: &str| Holder::new(what, name, Whose::Theirs);
        let attached = iam.list_attached_role_policies().role_name(&id.0).send().await;
        let attached = attached.or_fail("read the policies attached to the role")?;
        let attached = attached.attached_policies().iter().filter_map(|p| p.policy_arn());
        let mut all: Vec<_> = attached.map(|arn| theirs("attached policy", arn)).collect();
        let inline = iam.list_role_policies().role_name(&id.0).send().await.or_fail("read the role's policies")?;
        all.extend(inline.policy_names().iter().map(|name| theirs("inline policy", name)));
        let profiles = iam.list_instance_profiles_for_role().role_name(&id.0).send().await;
        let profiles = profiles.or_fail("read the role's instance profiles")?;
        all.extend(profiles.instance_profiles().iter().map(|p| theirs("instance profile", p.instance_profile_name())));
        Ok(all)
    }

    fn change(&self, old: &Self) -> Change {
        match (self == old, self.name == old.name && self.service == old.service) {
            (true, _) => Change::None,
            (false, true) => Change::Update,
            (false, false) => Change::Replace,
        }
    }
}

impl AwsKind for Role {
    const PERMISSIONS: &'static [Permission] = &[
        allow(&[
            "iam:CreateRole",
            "iam:DeleteRole",
            "iam:GetRole",
            "iam:ListRoleTags",
            "iam:TagRole",
            "iam:UpdateRole",
        ])
        .on(&["arn:aws:iam::*:role/{name}"]),
        allow(&["iam:ListAttachedRolePolicies", "iam:ListInstanceProfilesForRole", "iam:ListRolePolicies"])
            .on(&["arn:aws:iam::*:role/{name}"])
            .to_repair(),
        allow(&["iam:ListAttachedRolePolicies", "iam:ListRolePolicies"])
            .on(&["arn:aws:iam::*:role/{name}"])
            .to_verify(),
    ];

    async fn check(check: &CheckCx<'_>, want: Self) -> Result<()> {
        verify::role(check, want).await
    }
}
