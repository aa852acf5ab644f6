//! Secret values in transit between AWS calls. They are kept in memory that is wiped on drop. Nothing here can be
//! printed, serialised or stored, and no error contains a value.
use crate::{Aws, Cx, OrFail};
use serde_json::{Map, Value};
use vidpipe_engine::{Class, Error, Result};
use zeroize::{Zeroize, Zeroizing};

/// The current value of a secret.
pub(crate) struct Current {
    /// The value itself.
    pub(crate) text: Zeroizing<String>,
    /// The version of the secret.
    pub(crate) version: String,
}

/// Reads a secret.
/// [GetSecretValue](https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html)
///
/// # Errors
/// When the call fails, or the secret holds no text. The cause is left out: it could hold the answer, and so the
/// value.
pub(crate) async fn read(cx: &Cx, id: &str) -> Result<Current> {
    read_from(&cx.cloud, id).await
}

/// The same without a node.
pub(crate) async fn read_from(aws: &Aws, id: &str) -> Result<Current> {
    let call = aws.secrets.get_secret_value().secret_id(id);
    let answer = call.send().await.or_fail("read the secret").map_err(|e| Error { source: None, ..e })?;
    // AWS always returns the version; an answer without it is incomplete.
    let Some(version) = answer.version_id else {
        return Err(Error::new(Class::Unclear, format!("read the secret {id}: the answer names no version")));
    };
    match answer.secret_string {
        Some(text) => Ok(Current { text: Zeroizing::new(text), version }),
        None => Err(Error::new(Class::Invalid, format!("read the secret {id}: it holds no text"))),
    }
}

/// The fields of a secret that is a JSON object.
pub(crate) struct Fields(Map<String, Value>);

impl Fields {
    /// Parses the fields; `None` if the text is not a JSON object.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok().map(Self)
    }

    /// The field with this name.
    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// Sets a field, or removes it.
    pub(crate) fn set(&mut self, name: &str, value: Option<Value>) {
        let old = match value {
            Some(value) => self.0.insert(name.to_owned(), value),
            None => self.0.remove(name),
        };
        if let Some(mut old) = old {
            wipe(&mut old);
        }
    }

    /// Serialises all fields.
    pub(crate) fn text(&self) -> Result<Zeroizing<String>> {
        let text = serde_json::to_string(&self.0);
        text.map(Zeroizing::new).map_err(|_| Error::new(Class::Invalid, "write the secret's fields"))
    }
}

impl Drop for Fields {
    fn drop(&mut self) {
        self.0.values_mut().for_each(wipe);
    }
}

fn wipe(value: &mut Value) {
    if let Value::String(text) = value {
        text.zeroize();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_set_and_taken_out_and_the_others_stay() {
        let mut fields = Fields::parse(r#"{"password":"a\"b","host":"old"}"#).expect("an object");
        fields.set("host", Some("new".into()));
        fields.set("port", Some(5432.into()));
        assert_eq!(fields.text().expect("text").as_str(), r#"{"host":"new","password":"a\"b","port":5432}"#);
        fields.set("host", None);
        assert!(fields.get("host").is_none());
        assert_eq!(fields.get("password"), Some(&Value::from("a\"b")));
    }

    /// A panic's message is formatted with `Debug` or `Display`. This compiles only while the types that hold a
    /// secret implement neither: otherwise two implementations of the trait below would apply, and the call would be
    /// ambiguous.
    #[test]
    fn no_panic_can_show_one() {
        trait Hidden<Target> {
            fn is_hidden() -> bool {
                true
            }
        }
        impl<T> Hidden<()> for T {}
        struct ByDebug;
        impl<T: std::fmt::Debug> Hidden<ByDebug> for T {}
        struct ByDisplay;
        impl<T: std::fmt::Display> Hidden<ByDisplay> for T {}
        assert!(<Current as Hidden<_>>::is_hidden() && <Fields as Hidden<_>>::is_hidden());
    }

    #[test]
    fn bare_text_has_no_fields() {
        assert!(Fields::parse("hunter2").is_none());
        assert!(Fields::parse("\"hunter2\"").is_none());
    }
}
