//! Secret values on their way from one AWS call to the next. They live in memory that is wiped when they go; nothing
//! here can be printed, serialised or kept, and no error repeats them.
use crate::{Aws, Cx, OrFail};
use serde_json::{Map, Value};
use vidpipe_engine::{Class, Error, Result};
use zeroize::{Zeroize, Zeroizing};

/// The value of a secret as it is now.
pub(crate) struct Current {
    /// The value itself.
    pub(crate) text: Zeroizing<String>,
    /// Which version of the secret it is.
    pub(crate) version: String,
}

/// Read a secret. [GetSecretValue](https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html)
///
/// # Errors
/// When the call fails, or the secret holds no text. The cause is left out: it could hold the answer, and so the value.
pub(crate) async fn read(cx: &Cx, id: &str) -> Result<Current> {
    read_from(&cx.cloud, id).await
}

/// The same, where no node is concerned.
pub(crate) async fn read_from(aws: &Aws, id: &str) -> Result<Current> {
    let call = aws.secrets.get_secret_value().secret_id(id);
    let said = call.send().await.or_fail("read the secret").map_err(|e| Error { source: None, ..e })?;
    // AWS always names the version: without it, an answer is not the whole of one.
    let Some(version) = said.version_id else {
        return Err(Error::new(Class::Unclear, format!("read the secret {id}: the answer names no version")));
    };
    match said.secret_string {
        Some(text) => Ok(Current { text: Zeroizing::new(text), version }),
        None => Err(Error::new(Class::Invalid, format!("read the secret {id}: it holds no text"))),
    }
}

/// The fields of a secret that is a JSON object.
pub(crate) struct Fields(Map<String, Value>);

impl Fields {
    /// The fields in that text; `None` if it is no JSON object.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok().map(Self)
    }

    /// The field of that name.
    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// Give a field a value, or take the field out.
    pub(crate) fn set(&mut self, name: &str, value: Option<Value>) {
        let old = match value {
            Some(value) => self.0.insert(name.to_owned(), value),
            None => self.0.remove(name),
        };
        if let Some(mut old) = old {
            wipe(&mut old);
        }
    }

    /// All fields as text again.
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

    /// A panic's message, like any other text, is made by `Debug` or `Display`. This compiles only as long as a type that
    /// holds a secret has neither: with one, the trait below would be there twice, and the compiler could not choose.
    #[test]
    fn no_panic_can_show_one() {
        trait Hidden<Whence> {
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
