//! The [service-linked role](https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateServiceLinkedRole.html) an
//! AWS service uses in this account. Most services create their role on first use. Some do so only after rejecting the
//! call, and RDS does not do so for a subnet group, which precedes any database, so waiting never helps. An account has
//! one such role per service, whatever caused its creation. It costs nothing, other environments come to depend on it,
//! and it is never deleted.
use crate::{
    Aws, Cx, OrFail,
    check::CheckCx,
    declare::AwsKind,
    iam::verify,
    permissions::{Permission, allow},
};
use serde::{Deserialize, Serialize};
use vidpipe_engine::{Class, Error, Identity, Observed, Owned, Owner, PhysicalId, Removal, Resource, Result};

/// The specification of the resource.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct ServiceLinkedRole {
    /// The service, such as `rds.amazonaws.com`.
    pub service: String,
    /// The role's name, chosen by the service, such as `AWSServiceRoleForRDS`.
    pub name: String,
}

impl ServiceLinkedRole {
    async fn is_there(&self, cx: &Cx) -> Result<bool> {
        let call = cx.cloud.iam.get_role().role_name(&self.name);
        match call.send().await.or_fail("find the service-linked role") {
            Err(e) if e.class == Class::NotFound => Ok(false),
            other => Ok(other?.role.is_some()),
        }
    }

    fn physical(&self) -> PhysicalId {
        PhysicalId(self.name.clone())
    }

    /// Adds a hint on how to get the role without the permission to create it.
    fn denied(&self, e: Error) -> Error {
        let service = &self.service;
        e.hint(format!(
            "allow iam:CreateServiceLinkedRole for {service} to the credentials in use, and iam:GetRole on its role; or have \
             somebody who may make it, once in the account: `aws iam create-service-linked-role --aws-service-name {service}`"
        ))
    }
}

/// Whether IAM reports that the account already has the role.
fn is_taken(e: &Error) -> bool {
    e.code.as_deref() == Some("InvalidInput") && e.message.contains("has been taken in this account")
}

impl Resource for ServiceLinkedRole {
    type Cloud = Aws;
    type Output = ();
    const KIND: &'static str = "iam:service-linked-role";
    const IDENTITY: Identity = Identity::Shared;
    const OWNER: Owner = Owner::Account;
    const TIMING: &'static str = "iam_service_linked_role";

    async fn create(&self, cx: &Cx) -> Result<PhysicalId> {
        match self.is_there(cx).await {
            Ok(true) => return Ok(self.physical()),
            // Without permission to read the role, creating it may still be allowed, and also shows whether it exists.
            Err(e) if e.class != Class::Denied => return Err(e),
            _ => {}
        }
        let call = cx.cloud.iam.create_service_linked_role().aws_service_name(&self.service);
        match call.send().await.or_fail("create the service-linked role") {
            Err(e) if is_taken(&e) => Ok(self.physical()),
            Err(e) if e.class == Class::Denied => Err(self.denied(e)),
            other => other.map(|_| self.physical()),
        }
    }

    async fn find(&self, cx: &Cx) -> Result<Option<PhysicalId>> {
        Ok(self.is_there(cx).await?.then(|| self.physical()))
    }

    async fn owner(&self, _cx: &Cx, _id: &PhysicalId) -> Result<Owned> {
        Ok(Owned::Ours)
    }

    async fn observe(&self, cx: &Cx, _id: &PhysicalId) -> Result<Observed<()>> {
        match self.is_there(cx).await {
            Ok(true) => Ok(Observed::Ready(())),
            Ok(false) => Ok(Observed::Absent),
            // `create` has confirmed or created the role, so permission to read it is not needed.
            Err(e) if e.class == Class::Denied => Ok(Observed::Ready(())),
            Err(e) => Err(e),
        }
    }

    /// The role belongs to the account and is never deleted here.
    async fn delete(&self, _cx: &Cx, _id: &PhysicalId) -> Result<Removal> {
        Err(Error::new(Class::Invalid, format!("remove the service-linked role {}: it is the account's", self.name)))
    }
}

impl AwsKind for ServiceLinkedRole {
    const PERMISSIONS: &'static [Permission] = &[
        allow(&["iam:CreateServiceLinkedRole"]).on(&["arn:aws:iam::*:role/aws-service-role/*"]).when(
            "StringEquals",
            "iam:AWSServiceName",
            &["{service}"],
        ),
        allow(&["iam:GetRole"])
            .on(&["arn:aws:iam::*:role/AWSServiceRoleFor*", "arn:aws:iam::*:role/aws-service-role/*"]),
    ];

    async fn check(check: &CheckCx<'_>, want: Self) -> Result<()> {
        verify::service_linked_role(check, want).await
    }
}
