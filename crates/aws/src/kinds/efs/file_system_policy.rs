//! Who may use an EFS file system, and how:
//! [PutFileSystemPolicy](https://docs.aws.amazon.com/efs/latest/ug/API_PutFileSystemPolicy.html). Without one, whoever
//! reaches a mount target has everything. A role it names must be visible to EFS, some seconds after it is made.
use crate::{Aws, Cx, OrFail, owner, policy};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use vidpipe_engine::{Change, Class, Identity, Observed, Owned, Owner, PhysicalId, Removal, Resource, Result};

/// Who may use it, and through what.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Clients {
    /// The one access point they have to come through.
    pub access_point_arn: String,
    /// The roles that may.
    pub role_arns: Vec<String>,
}

/// What it is made from.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct FileSystemPolicy {
    /// The file system.
    pub file_system_id: String,
    /// Its ARN.
    pub file_system_arn: String,
    /// Who may mount it and write to it; `None` is everybody who reaches a mount target.
    pub clients: Option<Clients>,
}

impl FileSystemPolicy {
    /// Nothing without TLS; reading and writing only through a mount target, and for the clients only through theirs.
    fn policy(&self) -> Value {
        let mut conditions = json!({"Bool": {"elasticfilesystem:AccessedViaMountTarget": "true"}});
        let principal = match &self.clients {
            None => json!("*"),
            Some(clients) => {
                conditions["StringEquals"] = json!({"elasticfilesystem:AccessPointArn": clients.access_point_arn});
                json!(clients.role_arns)
            }
        };
        json!({
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "OnlyWithTls",
                    "Effect": "Deny",
                    "Principal": {"AWS": "*"},
                    "Action": "*",
                    "Resource": self.file_system_arn,
                    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
                },
                {
                    "Sid": "OnlyThroughMountTargets",
                    "Effect": "Allow",
                    "Principal": {"AWS": principal},
                    "Action": ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"],
                    "Resource": self.file_system_arn,
                    "Condition": conditions,
                },
            ],
        })
    }

    /// Whether it is as wanted; `None` if there is none.
    async fn is_as_wanted(&self, cx: &Cx) -> Result<Option<bool>> {
        let call = cx.cloud.efs.describe_file_system_policy().file_system_id(&self.file_system_id);
        match call.send().await.or_fail("look at the file system's policy") {
            Err(e) if e.class == Class::NotFound => Ok(None),
            Err(e) => Err(e),
            Ok(seen) => Ok(seen.policy().map(|text| policy::says(text, &self.policy()))),
        }
    }
}

impl Resource for FileSystemPolicy {
    type Cloud = Aws;
    type Output = ();
    const KIND: &'static str = "efs:file-system-policy";
    const IDENTITY: Identity = Identity::Setting;
    const OWNER: Owner = Owner::Of("efs:file-system");
    const UPDATES: bool = true;
    const TIMING: &'static str = "efs_file_system";

    async fn create(&self, cx: &Cx) -> Result<PhysicalId> {
        let call = cx.cloud.efs.put_file_system_policy().file_system_id(&self.file_system_id);
        call.policy(self.policy().to_string()).send().await.or_fail("set the file system's policy")?;
        Ok(PhysicalId(self.file_system_id.clone()))
    }

    async fn find(&self, cx: &Cx) -> Result<Option<PhysicalId>> {
        let set = self.is_as_wanted(cx).await? == Some(true);
        Ok(set.then(|| PhysicalId(self.file_system_id.clone())))
    }

    async fn owner(&self, cx: &Cx, id: &PhysicalId) -> Result<Owned> {
        owner::efs::file_system(cx, &id.0).await
    }

    async fn observe(&self, cx: &Cx, _id: &PhysicalId) -> Result<Observed<()>> {
        Ok(match self.is_as_wanted(cx).await? {
            None => Observed::Absent,
            Some(true) => Observed::Ready(()),
            Some(false) => Observed::differs("the file system has another policy", None),
        })
    }

    async fn update(&self, cx: &Cx, _id: &PhysicalId) -> Result<()> {
        self.create(cx).await.map(drop)
    }

    async fn delete(&self, cx: &Cx, id: &PhysicalId) -> Result<Removal> {
        let call = cx.cloud.efs.delete_file_system_policy().file_system_id(&id.0);
        call.send().await.or_fail("delete the file system's policy")?;
        Ok(Removal::Asked)
    }

    fn change(&self, old: &Self) -> Change {
        match (self == old, self.file_system_id == old.file_system_id) {
            (true, _) => Change::None,
            (false, true) => Change::Update,
            (false, false) => Change::Replace,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(clients: Option<Clients>) -> FileSystemPolicy {
        FileSystemPolicy { file_system_id: "fs-1".into(), file_system_arn: "arn:fs-1".into(), clients }
    }

    #[test]
    fn clients_come_through_their_access_point_only() {
        let clients = Clients { access_point_arn: "arn:fsap-1".into(), role_arns: vec!["arn:role".into()] };
        let policy = wanted(Some(clients)).policy();
        let allow = &policy["Statement"][1];
        assert_eq!(allow["Principal"]["AWS"], json!(["arn:role"]));
        assert_eq!(allow["Condition"]["StringEquals"]["elasticfilesystem:AccessPointArn"], "arn:fsap-1");
        assert_eq!(allow["Condition"]["Bool"]["elasticfilesystem:AccessedViaMountTarget"], "true");
        assert_eq!(policy["Statement"][0]["Effect"], "Deny");
    }

    #[test]
    fn without_clients_everybody_comes_through_a_mount_target() {
        let policy = wanted(None).policy();
        assert_eq!(policy["Statement"][1]["Principal"]["AWS"], "*");
        assert!(policy["Statement"][1]["Condition"].get("StringEquals").is_none());
    }
}
