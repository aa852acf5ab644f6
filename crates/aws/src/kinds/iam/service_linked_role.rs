//! The [service-linked role](https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateServiceLinkedRole.html) that an AWS
//! service acts under in this account. Most services make theirs when they are first used, but some only after refusing the
//! call, and RDS not for a subnet group, which comes before any database: then waiting never helps. There is one in an
//! account, whoever had it made; it costs nothing, others come to rely on it, and it is never removed.
use crate::{Aws, Cx, OrFail};
use serde::{Deserialize, Serialize};
use vidpipe_engine::{Class, Error, Identity, Observed, Owned, Owner, PhysicalId, Removal, Resource, Result};

/// What it is made from.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct ServiceLinkedRole {
    /// The service, such as `rds.amazonaws.com`.
    pub service: String,
    /// The name the service gives it, such as `AWSServiceRoleForRDS`.
    pub name: String,
}

impl ServiceLinkedRole {
    async fn is_there(&self, cx: &Cx) -> Result<bool> {
        let call = cx.cloud.iam.get_role().role_name(&self.name);
        match call.send().await.or_fail("look for the service-linked role") {
            Err(e) if e.class == Class::NotFound => Ok(false),
            other => Ok(other?.role.is_some()),
        }
    }

    fn physical(&self) -> PhysicalId {
        PhysicalId(self.name.clone())
    }

    /// What whoever may not make it can do.
    fn denied(&self, e: Error) -> Error {
        let service = &self.service;
        e.hint(format!(
            "allow iam:CreateServiceLinkedRole for {service} to the credentials in use, and iam:GetRole on its role; or have \
             somebody who may make it, once in the account: `aws iam create-service-linked-role --aws-service-name {service}`"
        ))
    }
}

/// How IAM says that the account has it already.
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
            // Who may not look may be allowed to ask for it, and hears then whether it is there.
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
            // IAM has said that it is there, or made it: who may not look at it need not.
            Err(e) if e.class == Class::Denied => Ok(Observed::Ready(())),
            Err(e) => Err(e),
        }
    }

    /// It is the account's: nobody here removes it.
    async fn delete(&self, _cx: &Cx, _id: &PhysicalId) -> Result<Removal> {
        Err(Error::new(Class::Invalid, format!("remove the service-linked role {}: it is the account's", self.name)))
    }
}
