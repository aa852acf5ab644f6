//! Setting types: how each is read from TOML and written to it.
//!
//! Only types and their syntax; which values are allowed is defined by rules.

use std::fmt::Display;

use ipnet::Ipv4Net;
use toml::de::DeValue;

use super::field::Refusal;
use super::problem::{bare, quoted_line};

/// A type of setting.
pub(crate) trait Setting: Sized {
    /// Describes the type's values.
    fn values() -> String;

    /// Reads a TOML value; refuses other types, with a hint on how to write the right one.
    fn read(value: &DeValue<'_>) -> Result<Self, Refusal>;

    /// Formats the value as TOML.
    fn toml(&self) -> String;
}

/// A closed set of named values.
pub(crate) trait Choice: Copy + PartialEq + 'static {
    /// Every value, with its name in the file.
    const CHOICES: &'static [(&'static str, Self)];

    /// The name of this value.
    fn name(self) -> &'static str {
        Self::CHOICES.iter().find(|(_, value)| *value == self).map_or("", |(name, _)| name)
    }
}

impl<T: Choice> Setting for T {
    fn values() -> String {
        let names: Vec<String> = T::CHOICES.iter().map(|(name, _)| quoted(name)).collect();
        format!("one of {}", names.join(", "))
    }

    fn read(value: &DeValue<'_>) -> Result<Self, Refusal> {
        let text = value.as_str().ok_or_else(|| wrong_type("a string", value))?;
        let found = T::CHOICES.iter().find(|(name, _)| *name == text);
        found.map(|(_, value)| *value).ok_or_else(|| {
            let refusal = Refusal::new(format!("has no such value: {}", quoted_line(text)));
            match nearest(text, T::CHOICES.iter().map(|(name, _)| *name)) {
                Some(name) => refusal.hint(format!("did you mean \"{name}\"?")),
                None => refusal,
            }
        })
    }

    fn toml(&self) -> String {
        quoted(self.name())
    }
}

impl Setting for bool {
    fn values() -> String {
        "true or false".to_owned()
    }

    fn read(value: &DeValue<'_>) -> Result<Self, Refusal> {
        value.as_bool().ok_or_else(|| wrong_type("true or false", value))
    }

    fn toml(&self) -> String {
        self.to_string()
    }
}

impl Setting for String {
    fn values() -> String {
        "any text".to_owned()
    }

    fn read(value: &DeValue<'_>) -> Result<Self, Refusal> {
        value.as_str().map(str::to_owned).ok_or_else(|| wrong_type("a string", value))
    }

    fn toml(&self) -> String {
        quoted(self)
    }
}

impl Setting for Vec<String> {
    fn values() -> String {
        "a list of strings".to_owned()
    }

    fn read(value: &DeValue<'_>) -> Result<Self, Refusal> {
        let list = value
            .as_array()
            .ok_or_else(|| wrong_type("a list of strings", value).hint("write it as [\"first\", \"second\"]"))?;
        list.iter()
            .enumerate()
            .map(|(index, item)| {
                let text = item.get_ref().as_str();
                text.map(str::to_owned).ok_or_else(|| {
                    let kind = kind_of(item.get_ref());
                    Refusal::new(format!("must hold strings, but item {} is {kind}", index + 1))
                        .hint("put every item in quotes")
                })
            })
            .collect()
    }

    fn toml(&self) -> String {
        let items: Vec<String> = self.iter().map(|item| quoted(item)).collect();
        format!("[{}]", items.join(", "))
    }
}

impl Setting for u16 {
    fn values() -> String {
        "a whole number".to_owned()
    }

    fn read(value: &DeValue<'_>) -> Result<Self, Refusal> {
        integer(value)
    }

    fn toml(&self) -> String {
        self.to_string()
    }
}

impl Setting for u32 {
    fn values() -> String {
        "a whole number".to_owned()
    }

    fn read(value: &DeValue<'_>) -> Result<Self, Refusal> {
        integer(value)
    }

    fn toml(&self) -> String {
        self.to_string()
    }
}

impl Setting for f64 {
    fn values() -> String {
        "a number".to_owned()
    }

    fn read(value: &DeValue<'_>) -> Result<Self, Refusal> {
        let parsed = match value {
            DeValue::Float(float) => float.as_str().parse().ok(),
            // An integer is accepted as a float; the reverse would lose the fraction.
            DeValue::Integer(_) => Some(f64::from(integer::<u32>(value)?)),
            _ => return Err(wrong_type("a number", value)),
        };
        parsed.filter(|number: &f64| number.is_finite()).ok_or_else(|| Refusal::new("must be a finite number"))
    }

    fn toml(&self) -> String {
        format!("{self:?}")
    }
}

impl Setting for Ipv4Net {
    fn values() -> String {
        "an IPv4 range in CIDR notation".to_owned()
    }

    fn read(value: &DeValue<'_>) -> Result<Self, Refusal> {
        let text = value.as_str().ok_or_else(|| wrong_type("a string", value))?;
        // Leading zeros mean octal to some programs only, so 010.0.0.0 would be ambiguous.
        text.parse().ok().filter(|range: &Self| range.to_string() == text).ok_or_else(|| {
            Refusal::new(format!("is not an IPv4 range: {}", quoted_line(text)))
                .hint("write the address, a slash and the prefix length, such as \"10.0.0.0/16\"")
        })
    }

    fn toml(&self) -> String {
        quoted(&self.to_string())
    }
}

/// Reads an integer of any radix; a negative or huge one is reported as out of range, not as a wrong type.
fn integer<T: TryFrom<i128> + Display>(value: &DeValue<'_>) -> Result<T, Refusal> {
    let DeValue::Integer(number) = value else {
        return Err(wrong_type("a whole number", value));
    };
    i128::from_str_radix(number.as_str(), number.radix())
        .ok()
        .and_then(|number| T::try_from(number).ok())
        .ok_or_else(|| Refusal::new(format!("is out of range: {}", bare(&number.to_string()))))
}

/// Refuses a value of the wrong type, with a hint for the likely mistake.
fn wrong_type(expected: &str, value: &DeValue<'_>) -> Refusal {
    let refusal = Refusal::new(format!("must be {expected}, but is {}", kind_of(value)));
    match value {
        DeValue::String(text) if expected != "a string" && unquoted_makes_sense(text) => {
            refusal.hint(format!("remove the quotes: {}", text.trim()))
        }
        DeValue::Integer(_) | DeValue::Float(_) | DeValue::Boolean(_) if expected == "a string" => {
            refusal.hint("put it in quotes")
        }
        _ => refusal,
    }
}

fn unquoted_makes_sense(text: &str) -> bool {
    let text = text.trim();
    text.len() <= 20 && (text.parse::<f64>().is_ok() || text.parse::<bool>().is_ok())
}

/// The kind of a TOML value, with its article.
pub(crate) fn kind_of(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number with a fraction",
        DeValue::Boolean(_) => "a boolean",
        DeValue::Datetime(_) => "a date or time",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

/// The candidate most similar to `text`, if it is similar enough.
pub(crate) fn nearest<'a>(text: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // The similarity is quadratic in the length, and no key is long.
    if text.chars().count() > 64 {
        return None;
    }
    let text = text.to_lowercase().replace('-', "_");
    candidates
        .into_iter()
        .map(|name| (strsim::jaro_winkler(&text, &name.replace('-', "_")), name))
        .filter(|(likeness, _)| *likeness >= 0.82)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, name)| name)
}

/// Formats a TOML basic string.
pub(crate) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            c if c.is_control() => out.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
