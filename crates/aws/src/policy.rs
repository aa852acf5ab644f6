//! Compares the resource policies that services return with the desired ones. Writes none.
use serde_json::Value;

/// Returns whether the policy text has the desired statements.
pub(crate) fn says(text: &str, desired: &Value) -> bool {
    serde_json::from_str::<Value>(text).is_ok_and(|seen| plain(&seen["Statement"]) == plain(&desired["Statement"]))
}

/// Normalizes a value: sorts lists, and replaces a list of one item by the item. AWS returns policies in either form.
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
        let statement = |principal: Value, actions: Value| {
            json!({"Effect": "Allow", "Principal": {"AWS": principal}, "Action": actions,
                   "Condition": {"Bool": {"aws:SecureTransport": true}}})
        };
        let desired = json!({"Statement": [statement(json!(["arn:role"]), json!(["a:Mount", "a:Write"]))]});
        let mut back =
            json!({"Id": "policy", "Statement": statement(json!("arn:role"), json!(["a:Write", "a:Mount"]))});
        back["Statement"]["Condition"]["Bool"]["aws:SecureTransport"] = json!("true");
        assert!(says(&back.to_string(), &desired));
        back["Statement"]["Principal"]["AWS"] = json!("*");
        assert!(!says(&back.to_string(), &desired));
        assert!(!says("not a policy", &desired));
    }
}
