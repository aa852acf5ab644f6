//! Secrets Manager: every secret exists, is encrypted as desired, and has its keys. Values are read only to check
//! their presence; they are wiped, and never printed.
use crate::{
    check::CheckCx,
    secrets::{ConnectionDetails, GeneratedSecret, Rotation, secret::Fields},
};
use serde_json::Value;
use vidpipe_engine::{
    Result,
    verify::Section::{Availability, EncryptionAtRest, Retention},
};
use zeroize::Zeroizing;

pub(crate) async fn generated_secret(check: &CheckCx<'_>, want: GeneratedSecret) -> Result<()> {
    let seen = ask!(check, "DescribeSecret", check.aws.secrets.describe_secret().secret_id(&check.id.0))?;
    let stays = match seen.deleted_date() {
        None => Ok("DeletedDate = not returned".to_owned()),
        Some(at) => Err(format!("it is scheduled for deletion: DeletedDate = {at}")),
    };
    check.add_result(Retention, "it is not being deleted", stays);
    if let Some(key) = &want.kms_key {
        check.is(
            EncryptionAtRest,
            "it is encrypted with the specified key",
            "KmsKeyId",
            seen.kms_key_id(),
            key.as_str(),
        );
    }
    check.tags(&want.name, seen.tags().iter().filter_map(|t| Some((t.key()?, t.value()?))));
    let what = "it has its keys";
    let Some(user) = &want.username else {
        let result = match fields(check, &check.id.0).await? {
            Held::Text(length) if length > 0 => Ok("a value".to_owned()),
            _ => Err("it holds no text".to_owned()),
        };
        check.add_result(Availability, what, result);
        return Ok(());
    };
    login_in(check, what, &check.id.0, user).await
}

/// Checks that a secret holds this user name and a password.
pub(crate) async fn login_in(check: &CheckCx<'_>, what: &str, id: &str, user: &str) -> Result<()> {
    let result = fields(check, id).await.map(|held| match held {
        Held::Object(fields) => login(user, &fields),
        Held::Text(_) => Err("it holds no JSON object".to_owned()),
    });
    check.add_result_or_unknown(Availability, what, result);
    Ok(())
}

/// Checks that rotation is enabled, and its interval.
pub(crate) async fn rotation(check: &CheckCx<'_>, want: Rotation) -> Result<()> {
    let seen = ask!(check, "DescribeSecret", check.aws.secrets.describe_secret().secret_id(&want.secret_arn))?;
    check.is(Retention, "the secret is rotated", "RotationEnabled", seen.rotation_enabled(), true);
    let days = seen.rotation_rules().and_then(|r| r.automatically_after_days());
    check.is(Retention, "it is rotated as often as specified", "AutomaticallyAfterDays", days, want.days);
    Ok(())
}

/// Compares the connection details. They are not secret, but only their names are reported.
pub(crate) async fn connection_details(check: &CheckCx<'_>, want: ConnectionDetails) -> Result<()> {
    let Held::Object(fields) = fields(check, &want.secret_arn).await? else {
        check.add_result(Availability, "it says where the database is", Err("it holds no JSON object".into()));
        return Ok(());
    };
    let text = |name: &str| match fields.get(name) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    };
    let expected = [("engine", &want.engine), ("host", &want.host), ("port", &want.port), ("dbname", &want.dbname)];
    let wrong: Vec<&str> =
        expected.iter().filter(|(name, value)| text(name) != **value).map(|(name, _)| *name).collect();
    let result = match wrong.is_empty() {
        true => Ok("engine, host, port, dbname".to_owned()),
        false => Err(format!("not as specified: {}", wrong.join(", "))),
    };
    check.add_result(Availability, "it says where the database is", result);
    Ok(())
}

/// The content of a secret: fields, or text of some length.
enum Held {
    Object(Fields),
    Text(usize),
}

async fn fields(check: &CheckCx<'_>, id: &str) -> Result<Held> {
    let seen = ask!(check, "GetSecretValue", check.aws.secrets.get_secret_value().secret_id(id))?;
    let text = Zeroizing::new(seen.secret_string.unwrap_or_default());
    Ok(Fields::parse(&text).map_or(Held::Text(text.len()), Held::Object))
}

fn login(user: &str, fields: &Fields) -> Result<String, String> {
    let has = |name: &str| fields.get(name).and_then(Value::as_str).is_some_and(|text| !text.is_empty());
    match (fields.get("username").and_then(Value::as_str) == Some(user), has("password")) {
        (true, true) => Ok("username, password".into()),
        (false, _) => Err("its username is not the specified one".into()),
        (true, false) => Err("it has no password".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_has_a_user_and_a_password_and_repeats_neither() {
        let add_result = |text: &str| login("postgres", &Fields::parse(text).expect("an object"));
        assert_eq!(add_result(r#"{"username":"postgres","password":"hunter2"}"#), Ok("username, password".into()));
        for bad in [r#"{"username":"postgres","password":""}"#, r#"{"username":"eve","password":"hunter2"}"#, "{}"] {
            let result = add_result(bad).expect_err("it is not complete");
            assert!(!result.contains("hunter2") && !result.contains("eve"), "{result}");
        }
    }
}
