//! The outputs of an environment, in the formats their readers need.
use crate::text::{clean, columns};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Values by name.
pub type Values = BTreeMap<String, String>;

/// A table for people.
pub fn human(values: &Values) -> String {
    if values.is_empty() {
        return "no outputs\n".into();
    }
    let rows: Vec<[String; 2]> = values.iter().map(|(name, value)| [clean(name), clean(value)]).collect();
    columns(&rows).join("\n") + "\n"
}

/// A flat object of strings, for programs; also the format of the flat file that integration tests read.
pub fn json(values: &Values) -> String {
    let object: Map<String, Value> = values.iter().map(|(k, v)| (k.clone(), Value::from(v.clone()))).collect();
    crate::text::json(&format!("{:#}\n", Value::Object(object)))
}

/// `export` lines for a POSIX shell: `export VPC_ID='vpc-0a1b'`.
pub fn env(values: &Values) -> String {
    let line = |(name, value): (&String, &String)| format!("export {}={}\n", variable(name), quoted(value));
    values.iter().map(line).collect()
}

/// Lines for the file named by `$GITHUB_OUTPUT`: `VpcId=vpc-0a1b`, or a here-document if a value has several lines.
pub fn github(values: &Values) -> String {
    values.iter().map(|(name, value)| assignment(name, value)).collect()
}

/// The name in upper snake case: `VpcId` is `VPC_ID`, `RDSEndpoint` is `RDS_ENDPOINT`.
fn variable(name: &str) -> String {
    let chars: Vec<char> = name.chars().collect();
    let mut variable = String::new();
    for (i, c) in chars.iter().enumerate() {
        let before = i.checked_sub(1).and_then(|i| chars.get(i));
        let follows_word = before.is_some_and(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        let ends_acronym =
            before.is_some_and(char::is_ascii_uppercase) && chars.get(i + 1).is_some_and(char::is_ascii_lowercase);
        if c.is_ascii_uppercase() && (follows_word || ends_acronym) {
            variable.push('_');
        }
        variable.push(if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' });
    }
    if !variable.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') {
        variable.insert(0, '_');
    }
    variable
}

/// Quotes a value as one word for a POSIX shell. NUL is removed: a variable cannot contain it.
fn quoted(value: &str) -> String {
    format!("'{}'", value.replace('\0', "").replace('\'', r"'\''"))
}

fn assignment(name: &str, value: &str) -> String {
    // The name ends at `=` or `<<`. vidpipe's names contain neither; in any other name they must not start another
    // assignment.
    let name: String = name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' }).collect();
    if !value.contains(['\n', '\r']) {
        return format!("{name}={value}\n");
    }
    let mut end = String::from("END_OF_VALUE");
    while value.contains(&end) {
        end.push('_');
    }
    format!("{name}<<{end}\n{value}\n{end}\n")
}
