//! The words a section describes its settings in: field, rule, refusal, visitor.
//!
//! Nothing here knows a particular setting, TOML's grammar or how an error is shown.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::ops::RangeInclusive;

use super::setting::Setting;

/// Why a value cannot be taken. Reads after the name of the key: "`x` {message}".
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

/// What values a setting may have.
pub(super) trait Rule<T> {
    /// The allowed values in words, for the template and for errors.
    fn allowed(&self) -> String;

    /// Refuses a value of the right type that is not allowed.
    fn check(&self, value: &T) -> Result<(), Refusal>;
}

/// Every value of the type.
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

/// A range, with what to do when a value is outside it.
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

/// One of a few numbers; AWS refuses every other.
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

/// A string of a certain form.
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

/// Refuses an entry by its key and value; the map holds the entries taken before it.
pub(super) type EntryCheck = fn(&BTreeMap<String, String>, &str, &str) -> Result<(), Refusal>;

/// A table whose keys the user chooses.
pub(super) struct Entries {
    pub(super) max: usize,
    pub(super) allowed: &'static str,
    /// Example lines for the template.
    pub(super) example: &'static str,
    pub(super) check: EntryCheck,
}

/// What is done with every setting of a spec: read it from a file, or write it to a template.
pub(super) trait Visitor: Sized {
    /// A setting: its key, what it means and in which unit, what is allowed, and where it is.
    fn field<T: Setting>(&mut self, key: &'static str, about: &'static str, rule: &dyn Rule<T>, slot: &mut T);

    /// A table of settings.
    fn section(&mut self, key: &'static str, about: &'static str, body: impl FnOnce(&mut Self));

    /// A table whose keys the user chooses.
    fn entries(&mut self, key: &'static str, about: &'static str, rule: &Entries, slot: &mut BTreeMap<String, String>);
}
