//! Resource policies: whether what a service gives back is what it was given.
use serde_json::Value;

/// Whether that text says what is wanted.
pub(crate) fn says(text: &str, wanted: &Value) -> bool {
    serde_json::from_str::<Value>(text).is_ok_and(|seen| plain(&seen["Statement"]) == plain(&wanted["Statement"]))
}

/// The same with lists in one order and lists of one as that one: AWS gives policies back either way.
fn plain(value: &Value) -> Value {
    match value {
        Value::Array(items) if items.len() == 1 => plain(&items[0]),
        Value::Array(items) => {
            let mut items: Vec<Value> = items.iter().map(plain).collect();
            items.sort_by_key(Value::to_string);
            Value::Array(items)
        }
        Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), plain(value))).collect(),
        Value::Bool(on) => Value::String(on.to_string()),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_policy_given_back_in_other_words_is_the_same() {
        let statement = json!({"Principal": {"AWS": ["arn:role"]}, "Action": ["s3:Get", "s3:Put"]});
        let wanted = json!({"Version": "2012-10-17", "Statement": [statement]});
        let mut back = json!({"Id": "given back", "Statement": statement});
        back["Statement"]["Principal"]["AWS"] = json!("arn:role");
        back["Statement"]["Action"] = json!(["s3:Put", "s3:Get"]);
        assert!(says(&back.to_string(), &wanted));
        back["Statement"]["Principal"]["AWS"] = json!("*");
        assert!(!says(&back.to_string(), &wanted));
        assert!(!says("", &wanted));
    }
}
