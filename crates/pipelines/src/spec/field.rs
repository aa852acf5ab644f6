//! The interface through which a section describes its settings: field, rule, refusal, visitor.
//!
//! Nothing here depends on a particular setting, on TOML's grammar or on how errors are displayed.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::ops::RangeInclusive;

use super::setting::Setting;

/// The reason a value is refused. The message follows the key: "`x` {message}".
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) message: String,
    pub(super) hint: Option<String>,
}

impl Refusal {
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), hint: None }
    }

    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// The values a setting may have.
pub(super) trait Rule<T> {
    /// Describes the allowed values, for the template and for errors.
    fn allowed(&self) -> String;

    /// Refuses a value that has the right type but is not allowed.
    fn check(&self, value: &T) -> Result<(), Refusal>;
}

/// Allows every value of the type.
pub(super) struct Any;

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
pub(super) struct RangeWithHint<T> {
    pub(super) range: RangeInclusive<T>,
    pub(super) hint: &'static str,
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
pub(super) struct OneOf(pub(super) &'static [u32]);

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
pub(super) struct Text {
    pub(super) allowed: &'static str,
    pub(super) check: fn(&str) -> Result<(), Refusal>,
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
pub(super) type EntryCheck = fn(&BTreeMap<String, String>, &str, &str) -> Result<(), Refusal>;

/// A table with user-defined keys.
pub(super) struct Entries {
    pub(super) max: usize,
    pub(super) allowed: &'static str,
    /// Example lines for the template.
    pub(super) example: &'static str,
    pub(super) check: EntryCheck,
}

/// An operation on every setting of a spec: reading it from a file, or writing it to a template.
pub(super) trait Visitor: Sized {
    /// A setting: its key, its meaning and unit, the allowed values, and its location.
    fn field<T: Setting>(&mut self, key: &'static str, about: &'static str, rule: &dyn Rule<T>, slot: &mut T);

    /// A table of settings.
    fn section(&mut self, key: &'static str, about: &'static str, body: impl FnOnce(&mut Self));

    /// A table with user-defined keys.
    fn entries(&mut self, key: &'static str, about: &'static str, rule: &Entries, slot: &mut BTreeMap<String, String>);
}
