//! A database's connection details,
//! [written](https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutSecretValue.html) into the secret
//! that holds its user and password: `engine`, `host`, `port` and `dbname`, as RDS itself writes them. Each write is a
//! new version of the secret; user and password are kept.
use crate::{
    Aws, Cx, OrFail,
    check::CheckCx,
    declare::AwsKind,
    permissions::{Permission, allow},
    secrets::{
        owner,
        secret::{self, Current, Fields},
        verify,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use vidpipe_engine::{Change, Class, Error, Identity, Observed, Owned, Owner, PhysicalId, Removal, Resource, Result};

/// The specification of the resource.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct ConnectionDetails {
    /// The secret they are written to.
    pub secret_arn: String,
    /// `postgres`
    pub engine: String,
    /// The database's host name.
    pub host: String,
    /// The port it listens on.
    pub port: String,
    /// The database's name.
    pub dbname: String,
}

/// The outputs other nodes may use.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ConnectionDetailsOutput {
    /// The secret, now with the details. A node that reads the host from it depends on this node.
    pub secret_arn: String,
}

impl ConnectionDetails {
    fn desired(&self) -> [(&'static str, Value); 4] {
        let port = self.port.parse::<u16>().map_or_else(|_| Value::from(self.port.as_str()), Value::from);
        [
            ("engine", Value::from(self.engine.as_str())),
            ("host", Value::from(self.host.as_str())),
            ("port", port),
            ("dbname", Value::from(self.dbname.as_str())),
        ]
    }

    async fn read(&self, cx: &Cx) -> Result<(Current, Fields)> {
        let current = secret::read(cx, &self.secret_arn).await?;
        let fields = Fields::parse(&current.text).ok_or_else(|| {
            let what = format!("read the secret {}: its value is not a JSON object", self.secret_arn);
            Error::new(Class::Invalid, what)
                .hint("put back a JSON object with username and password, or remove the secret")
        })?;
        Ok((current, fields))
    }

    /// Sets or removes the four fields. Unchanged values are not written again.
    async fn write(&self, cx: &Cx, values: [(&'static str, Option<Value>); 4]) -> Result<()> {
        let (current, mut fields) = self.read(cx).await?;
        if values.iter().all(|(name, value)| fields.get(name) == value.as_ref()) {
            return Ok(());
        }
        let token = version(&cx.token.0, &current.version, &values);
        values.into_iter().for_each(|(name, value)| fields.set(name, value));
        let text = fields.text()?;
        let call = cx.cloud.secrets.put_secret_value().secret_id(&self.secret_arn).client_request_token(token);
        call.secret_string(text.as_str()).send().await.or_fail("write the connection details into the secret").map(drop)
    }
}

/// The id of the version to write: 32 hex digits. It includes the version it follows. Otherwise reverting to earlier
/// values would name an old version, and Secrets Manager would ignore the call.
fn version(token: &str, follows: &str, values: &[(&'static str, Option<Value>); 4]) -> String {
    let values = values
        .iter()
        .map(|(name, value)| format!("{name}={}", value.as_ref().map_or_else(String::new, Value::to_string)));
    let all = [token.to_owned(), follows.to_owned()].into_iter().chain(values).collect::<Vec<_>>().join("\n");
    Sha256::digest(all).iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

impl Resource for ConnectionDetails {
    type Cloud = Aws;
    type Output = ConnectionDetailsOutput;
    const KIND: &'static str = "secrets:connection-details";
    const IDENTITY: Identity = Identity::Setting;
    const OWNER: Owner = Owner::Of("secrets:generated-secret");
    const UPDATES: bool = true;
    const TIMING: &'static str = "secretsmanager_secret";

    async fn create(&self, cx: &Cx) -> Result<PhysicalId> {
        self.write(cx, self.desired().map(|(name, value)| (name, Some(value)))).await?;
        Ok(PhysicalId(self.secret_arn.clone()))
    }

    async fn find(&self, cx: &Cx) -> Result<Option<PhysicalId>> {
        let (_, fields) = self.read(cx).await?;
        let set = self.desired().iter().all(|(name, value)| fields.get(name) == Some(value));
        Ok(set.then(|| PhysicalId(self.secret_arn.clone())))
    }

    async fn owner(&self, cx: &Cx, _id: &PhysicalId) -> Result<Owned> {
        owner::secret(cx, &self.secret_arn).await
    }

    async fn observe(&self, cx: &Cx, _id: &PhysicalId) -> Result<Observed<ConnectionDetailsOutput>> {
        let (_, fields) = self.read(cx).await?;
        let expected = self.desired();
        if expected.iter().all(|(name, _)| fields.get(name).is_none()) {
            return Ok(Observed::Absent);
        }
        let other = expected.iter().find(|(name, value)| fields.get(name) != Some(value));
        Ok(match other {
            None => Observed::Ready(ConnectionDetailsOutput { secret_arn: self.secret_arn.clone() }),
            Some((name, _)) => Observed::differs(format!("the secret has another {name}"), None),
        })
    }

    async fn update(&self, cx: &Cx, _id: &PhysicalId) -> Result<()> {
        self.create(cx).await.map(drop)
    }

    async fn delete(&self, cx: &Cx, _id: &PhysicalId) -> Result<Removal> {
        self.write(cx, self.desired().map(|(name, _)| (name, None))).await?;
        Ok(Removal::Asked)
    }

    fn change(&self, old: &Self) -> Change {
        match (self == old, self.secret_arn == old.secret_arn) {
            (true, _) => Change::None,
            (false, true) => Change::Update,
            (false, false) => Change::Replace,
        }
    }
}

impl AwsKind for ConnectionDetails {
    const PERMISSIONS: &'static [Permission] =
        &[allow(&["secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue", "secretsmanager:DescribeSecret"])
            .on(&["arn:aws:secretsmanager:*:*:secret:{secrets:generated-secret.name}-*"])];

    async fn check(check: &CheckCx<'_>, want: Self) -> Result<()> {
        verify::connection_details(check, want).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn details(host: &str) -> ConnectionDetails {
        ConnectionDetails {
            secret_arn: "arn".into(),
            engine: "postgres".into(),
            host: host.into(),
            port: "5432".into(),
            dbname: "videometadata".into(),
        }
    }

    #[test]
    fn the_port_is_a_number_once_it_is_known() {
        assert_eq!(details("h").desired()[2], ("port", Value::from(5432)));
        let symbolic = ConnectionDetails { port: "${db.port}".into(), ..details("h") };
        assert_eq!(symbolic.desired()[2], ("port", Value::from("${db.port}")));
    }

    #[test]
    fn a_version_depends_on_what_is_written_and_on_what_it_follows() {
        let of = |host: &str, follows: &str| {
            version("token", follows, &details(host).desired().map(|(name, value)| (name, Some(value))))
        };
        assert_eq!(of("a", "1").len(), 32);
        assert_eq!(of("a", "1"), of("a", "1"));
        assert_ne!(of("a", "1"), of("b", "1"));
        assert_ne!(of("a", "1"), of("a", "2"));
    }
}
