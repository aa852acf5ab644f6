//! The interface through which a section describes its settings: field, rule, refusal, visitor.
//!
//! Nothing here depends on a particular setting, on TOML's grammar or on how errors are displayed.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::ops::RangeInclusive;

use super::setting::Setting;

/// The reason a value is refused. The message follows the key: "`x` {message}".
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) message: String,
    pub(crate) hint: Option<String>,
}

impl Refusal {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), hint: None }
    }

    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// The values a setting may have.
pub(crate) trait Rule<T> {
    /// Describes the allowed values, for the template and for errors.
    fn allowed(&self) -> String;

    /// Refuses a value that has the right type but is not allowed.
    fn check(&self, value: &T) -> Result<(), Refusal>;
}

/// Allows every value of the type.
pub(crate) struct Any;

impl<T: Setting> Rule<T> for Any {
    fn allowed(&self) -> String {
        T::values()
    }

    fn check(&self, _: &T) -> Result<(), Refusal> {
        Ok(())
    }
}

impl<T: PartialOrd + Display> Rule<T> for RangeInclusive<T> {
    fn allowed(&self) -> String {
        format!("{} to {}", self.start(), self.end())
    }

    fn check(&self, value: &T) -> Result<(), Refusal> {
        if self.contains(value) { Ok(()) } else { Err(Refusal::new(format!("is out of range: {value}"))) }
    }
}

/// A range, with a hint for values outside it.
pub(crate) struct RangeWithHint<T> {
    pub(crate) range: RangeInclusive<T>,
    pub(crate) hint: &'static str,
}

impl<T: PartialOrd + Display> Rule<T> for RangeWithHint<T> {
    fn allowed(&self) -> String {
        self.range.allowed()
    }

    fn check(&self, value: &T) -> Result<(), Refusal> {
        self.range.check(value).map_err(|refusal| refusal.hint(self.hint))
    }
}

/// One of a fixed set of numbers; AWS refuses all others.
pub(crate) struct OneOf(pub(crate) &'static [u32]);

impl Rule<u32> for OneOf {
    fn allowed(&self) -> String {
        let all: Vec<String> = self.0.iter().map(u32::to_string).collect();
        format!("one of {}", all.join(", "))
    }

    fn check(&self, value: &u32) -> Result<(), Refusal> {
        if self.0.contains(value) {
            return Ok(());
        }
        let refusal = Refusal::new(format!("has no such value: {value}"));
        let nearest = self.0.iter().min_by_key(|allowed| allowed.abs_diff(*value));
        Err(match nearest {
            Some(nearest) => refusal.hint(format!("the nearest allowed value is {nearest}")),
            None => refusal,
        })
    }
}

/// A string with a required format.
pub(crate) struct Text {
    pub(crate) allowed: &'static str,
    pub(crate) check: fn(&str) -> Result<(), Refusal>,
}

impl Rule<String> for Text {
    fn allowed(&self) -> String {
        self.allowed.to_owned()
    }

    fn check(&self, value: &String) -> Result<(), Refusal> {
        (self.check)(value)
    }
}

/// Checks an entry by its key and value; the map holds the entries accepted before it.
pub(crate) type EntryCheck = fn(&BTreeMap<String, String>, &str, &str) -> Result<(), Refusal>;

/// A table with user-defined keys.
pub(crate) struct Entries {
    pub(crate) max: usize,
    pub(crate) allowed: &'static str,
    /// Example lines for the template.
    pub(crate) example: &'static str,
    pub(crate) check: EntryCheck,
}

/// An operation on every setting of a spec: reading it from a file, or writing it to a template.
pub(crate) trait Visitor: Sized {
    /// A setting: its key, its meaning and unit, the allowed values, and its location.
    fn field<T: Setting>(&mut self, key: &'static str, about: &'static str, rule: &dyn Rule<T>, slot: &mut T);

    /// A table of settings.
    fn section(&mut self, key: &'static str, about: &'static str, body: impl FnOnce(&mut Self));

    /// A table with user-defined keys.
    fn entries(&mut self, key: &'static str, about: &'static str, rule: &Entries, slot: &mut BTreeMap<String, String>);
}
