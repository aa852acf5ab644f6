//! Existing secrets, which somebody other than vidpipe owns. They are read before the first create, and refused with
//! a hint if they cannot be used. vidpipe never creates, changes, tags or deletes them. Their values are checked and
//! dropped.
use crate::{Aws, OrFail, secrets::secret};
use aws_sdk_secretsmanager::operation::describe_secret::DescribeSecretOutput;
use serde_json::Value;
use vidpipe_engine::{Class, Error, Result, Stop, patiently};

/// A secret that exists, can be read, and holds the required keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExistingSecret {
    /// The full ARN, with the six characters at its end.
    pub arn: String,
    /// The name of the secret.
    pub name: String,
    /// The key it is encrypted with; `None` is the AWS managed key.
    pub kms_key: Option<String>,
}

/// Reads a secret by name or ARN, and checks that it has a value under each of these keys.
/// [DescribeSecret](https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DescribeSecret.html),
/// [GetSecretValue](https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html)
///
/// Without keys, any text is accepted. No error contains a value, or any part of one.
///
/// # Errors
/// `Invalid` when the secret is missing, scheduled for deletion, in another region or account, or lacks a key;
/// `Denied` when it may not be read.
pub async fn existing_secret(aws: &Aws, name_or_arn: &str, keys: &[&str]) -> Result<ExistingSecret> {
    is_here(aws, name_or_arn).await?;
    let found = describe(aws, name_or_arn).await?;
    if found.deleted_date().is_some() {
        return Err(refused(name_or_arn, "it is scheduled for deletion")
            .hint("restore it (`aws secretsmanager restore-secret`), or name another one in the spec"));
    }
    let (Some(arn), Some(name)) = (found.arn, found.name) else {
        return Err(Error::new(Class::Unknown, format!("look up the secret {name_or_arn}: the answer has no ARN")));
    };
    let value = match patiently(&Stop::default(), async || secret::read_from(aws, &arn).await).await {
        Err(e) if e.class == Class::Denied => {
            let hint =
                "allow secretsmanager:GetSecretValue on it, and kms:Decrypt on its key, to the credentials in use";
            return Err(e.hint(hint));
        }
        // The secret cannot be used, for a reason other than permission: it has no value, or its key is deleted.
        Err(e) if matches!(e.class, Class::Invalid | Class::Busy | Class::NotFound | Class::Propagating) => {
            let hint = "give it a value as text, and see that its key is enabled; or name another one in the spec";
            return Err(Error {
                code: e.code,
                request_id: e.request_id,
                ..refused(name_or_arn, &e.message).hint(hint)
            });
        }
        other => other?,
    };
    if let Some(lacks) = lacks(&value.text, keys) {
        return Err(refused(name_or_arn, &lacks).hint(advice(keys)));
    }
    Ok(ExistingSecret { arn, name, kms_key: found.kms_key_id })
}

fn refused(name_or_arn: &str, why: &str) -> Error {
    Error::new(Class::Invalid, format!("use the existing secret {name_or_arn}: {why}"))
}

fn advice(keys: &[&str]) -> String {
    match keys {
        [] => "put a value into it, or name another one in the spec".into(),
        _ => format!("put a JSON object with {} into it, or name another one in the spec", keys.join(", ")),
    }
}

/// Checks that an ARN is of this region and account: tasks cannot read a secret of another.
async fn is_here(aws: &Aws, name_or_arn: &str) -> Result<()> {
    if !name_or_arn.starts_with("arn:") {
        return Ok(());
    }
    let parts: Vec<&str> = name_or_arn.splitn(7, ':').collect();
    let &[_, _, "secretsmanager", region, account, "secret", _] = parts.as_slice() else {
        return Err(refused(name_or_arn, "this is not the ARN of a secret")
            .hint("an ARN of a secret is arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME; its name alone will do"));
    };
    if region != aws.region {
        return Err(refused(name_or_arn, &format!("it is in {region}, and this environment in {}", aws.region))
            .hint("replicate it into this region, and name the replica in the spec"));
    }
    let caller = aws.caller().await?;
    if account != caller.account {
        let why = format!("it is of account {account}, and these credentials of {}", caller.account);
        return Err(refused(name_or_arn, &why)
            .hint("use credentials of that account, or name a secret of this one in the spec"));
    }
    Ok(())
}

async fn describe(aws: &Aws, name_or_arn: &str) -> Result<DescribeSecretOutput> {
    let call = aws.secrets.describe_secret().secret_id(name_or_arn);
    let read = async || call.clone().send().await.or_fail("look up the existing secret");
    match patiently(&Stop::default(), read).await {
        Err(e) if e.class == Class::NotFound => Err(refused(name_or_arn, &format!("there is none in {}", aws.region))
            .hint("create it, or correct its name in the spec: vidpipe uses it as it is and never makes one")),
        other => other,
    }
}

/// The defect of the value, if any.
fn lacks(text: &str, keys: &[&str]) -> Option<String> {
    if text.trim().is_empty() {
        return Some("its value is empty".into());
    }
    if keys.is_empty() {
        return None;
    }
    let Some(fields) = secret::Fields::parse(text) else {
        return Some("its value is not a JSON object".into());
    };
    keys.iter().find_map(|key| match fields.get(key) {
        None | Some(Value::Null) => Some(format!("it has no key `{key}`")),
        Some(Value::String(text)) if text.trim().is_empty() => Some(format!("its key `{key}` is empty")),
        Some(Value::String(_) | Value::Number(_)) => None,
        Some(_) => Some(format!("its key `{key}` is neither text nor a number")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_value_lacks_is_told_without_the_value() {
        let login = ["username", "password"];
        let cases = [
            ("", &login[..], Some("its value is empty")),
            (" \n", &[], Some("its value is empty")),
            ("hunter2", &login, Some("its value is not a JSON object")),
            (r#"["hunter2"]"#, &login, Some("its value is not a JSON object")),
            (r#"{"username":"app"}"#, &login, Some("it has no key `password`")),
            (r#"{"username":"app","password":null}"#, &login, Some("it has no key `password`")),
            (r#"{"username":" ","password":"hunter2"}"#, &login, Some("its key `username` is empty")),
            (r#"{"username":"app","password":{}}"#, &login, Some("its key `password` is neither text nor a number")),
            (r#"{"username":"app","password":"hunter2"}"#, &login, None),
            (r#"{"port":5432}"#, &["port"], None),
            ("hunter2", &[], None),
        ];
        for (text, keys, desired) in cases {
            let result = lacks(text, keys);
            assert_eq!(result.as_deref(), desired, "{text}");
            assert!(!result.unwrap_or_default().contains("hunter2"));
        }
    }

    #[test]
    fn the_advice_names_the_keys() {
        assert!(advice(&["username", "password"]).contains("username, password"));
        assert!(!advice(&[]).contains("JSON"));
    }
}
