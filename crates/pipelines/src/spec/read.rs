//! Parses text into a [`Spec`]: reads and checks every setting, and collects every problem.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::combinations;
use super::credential::{self, Found, Why};
use super::field::{Entries, Refusal, Rule, Visitor};
use super::known::{Known, join};
use super::pipeline::reconcile;
use super::problem::{Problems, SpecErrors};
use super::setting::{Setting, kind_of};
use super::{Pipeline, Spec};

/// Maximum size of a spec file in bytes; no hand-written spec is larger.
const LARGEST: usize = 128 * 1024;

pub(super) fn load(path: &Path, text: &str, requested: Option<Pipeline>) -> Result<Spec, SpecErrors> {
    let mut problems = Problems::new(path, text);
    if text.len() > LARGEST {
        let message = format!("the file is too large to be a spec: {} bytes", text.len());
        let allowed = Some(format!("up to {LARGEST} bytes"));
        let hint = Some("check that this is the right file".to_owned());
        problems.push("", 0..0, message, allowed, hint);
        return Err(problems.into_errors(String::new()));
    }
    let (root, syntax) = DeTable::parse_recoverable(text);
    let root = root.get_ref();
    let credentials = credential::find(root);
    // After a syntax error the parsed values are guesses, so none of them are checked.
    let broken = !syntax.is_empty();
    refuse_syntax(&syntax, &mut problems);
    refuse_credentials(&credentials, &mut problems);
    let spec = (!broken).then(|| read(root, requested, &credentials, &mut problems));
    match spec {
        Some(spec) if problems.is_empty() => Ok(spec),
        _ => Err(problems.into_errors(credential::mask(text, &credentials, broken))),
    }
}

/// Reports the first syntax error of every line; further errors on a line mostly follow from it.
fn refuse_syntax(errors: &[toml::de::Error], problems: &mut Problems<'_>) {
    let mut last = None;
    for error in errors {
        let span = error.span().unwrap_or(0..0);
        let line = problems.line(span.start);
        if last.replace(line) == Some(line) {
            continue;
        }
        let words: Vec<&str> = error.message().lines().collect();
        let message = format!("not valid TOML: {}", words.join(" "));
        let hint = Some("the format is TOML: https://toml.io".to_owned());
        problems.push("", span, message, None, hint);
    }
}

/// The paths of the values refused as credentials.
fn refused(credentials: &[Found]) -> Vec<String> {
    let refused = credentials.iter().filter(|found| found.why != Why::Place);
    refused.map(|found| found.path.clone()).collect()
}

fn refuse_credentials(credentials: &[Found], problems: &mut Problems<'_>) {
    for found in credentials {
        let what = match found.why {
            Why::Form => "holds a credential",
            Why::Name => "looks like a credential",
            Why::Place => continue,
        };
        let hint = "vidpipe generates the passwords it needs and keeps them in Secrets Manager; \
                    AWS credentials come from the environment or a profile";
        let refusal = Refusal::new(format!("{what}, which cannot be in a spec")).hint(hint);
        problems.refuse(&found.path, found.key.clone(), refusal, None);
    }
}

fn read(root: &DeTable<'_>, requested: Option<Pipeline>, credentials: &[Found], problems: &mut Problems<'_>) -> Spec {
    // The settings are checked even if the requested pipeline is unknown, with the default one, so that one run reports
    // every problem.
    let pipeline = pipeline(root, requested, problems).unwrap_or(Pipeline::DEFAULT);
    let mut spec = Spec::defaults(pipeline);
    let mut reader = Reader {
        table: Some(root),
        path: String::new(),
        seen: Seen::default(),
        credentials: refused(credentials),
        problems,
    };
    spec.visit(&mut reader);
    let Reader { seen, credentials, .. } = reader;
    Known::of(pipeline).refuse_others(root, &credentials, problems);
    combinations::check(&spec, &seen, problems);
    spec
}

/// The pipeline that the file and the command line name, if valid.
fn pipeline(root: &DeTable<'_>, requested: Option<Pipeline>, problems: &mut Problems<'_>) -> Option<Pipeline> {
    let value = root.get("pipeline");
    let span = value.map_or(0..0, Spanned::span);
    let in_file = match value.map(|value| Pipeline::read(value.get_ref())) {
        // The reader visits the key again and reports it.
        Some(Err(_)) => return requested,
        Some(Ok(pipeline)) => Some(pipeline),
        None => None,
    };
    match reconcile(in_file, requested) {
        Ok(pipeline) => Some(pipeline),
        Err(conflict) => {
            let hint = Some(conflict.hint());
            problems.push("pipeline", span, conflict.to_string(), None, hint);
            in_file
        }
    }
}

/// The spans of the settings that the file sets, and the settings that were refused.
#[derive(Default)]
pub(super) struct Seen {
    places: BTreeMap<String, Range<usize>>,
    refused: Vec<String>,
}

impl Seen {
    /// The span of the first of these settings that the file sets.
    ///
    /// `None` if one of them was refused: its slot then holds the default, which does not reflect the user's value.
    pub(super) fn place(&self, keys: &[&str]) -> Option<(String, Range<usize>)> {
        if keys.iter().any(|key| self.refused.iter().any(|refused| refused == key)) {
            return None;
        }
        let set = keys.iter().find_map(|key| self.places.get_key_value(*key));
        set.map(|(key, span)| (key.clone(), span.clone()))
    }
}

struct Reader<'r, 'i, 's> {
    /// The table being read; `None` if the file does not contain it.
    table: Option<&'r DeTable<'i>>,
    path: String,
    seen: Seen,
    credentials: Vec<String>,
    problems: &'r mut Problems<'s>,
}

impl<'r, 'i> Reader<'r, 'i, '_> {
    /// The value of a key, if the file sets it.
    fn value(&self, key: &'static str) -> Option<&'r Spanned<DeValue<'i>>> {
        self.table?.get(key)
    }

    /// The table at a key, if the file sets the key to a table.
    fn inner(&mut self, key: &'static str, path: &str) -> Option<&'r DeTable<'i>> {
        let value = self.value(key)?;
        if let DeValue::Table(table) = value.get_ref() {
            return Some(table);
        }
        let kind = kind_of(value.get_ref());
        let refusal = Refusal::new(format!("must be a section, but is {kind}"));
        let refusal = refusal.hint(format!("write [{path}] on a line of its own"));
        self.problems.refuse(path, value.span(), refusal, None);
        None
    }

    /// Reads one entry of a table with user-defined keys.
    fn entry(
        &mut self,
        rule: &Entries,
        name: &str,
        value: &DeValue<'_>,
        taken: &BTreeMap<String, String>,
    ) -> Result<String, Refusal> {
        let text = String::read(value)?;
        if taken.len() >= rule.max {
            return Err(Refusal::new(format!("is one too many: at most {}", rule.max)));
        }
        (rule.check)(taken, name, &text)?;
        Ok(text)
    }
}

impl Visitor for Reader<'_, '_, '_> {
    fn field<T: Setting>(&mut self, key: &'static str, _about: &'static str, rule: &dyn Rule<T>, slot: &mut T) {
        let Some(value) = self.value(key) else { return };
        let path = join(&self.path, key);
        let read = T::read(value.get_ref()).and_then(|read| rule.check(&read).map(|()| read));
        match read {
            Ok(read) => {
                *slot = read;
                self.seen.places.insert(path, value.span());
            }
            Err(refusal) => {
                self.problems.refuse(&path, value.span(), refusal, Some(rule.allowed()));
                self.seen.refused.push(path);
            }
        }
    }

    fn section(&mut self, key: &'static str, _about: &'static str, body: impl FnOnce(&mut Self)) {
        let path = join(&self.path, key);
        let inner = self.inner(key, &path);
        let outer = (self.table, std::mem::replace(&mut self.path, path));
        self.table = inner;
        body(self);
        (self.table, self.path) = outer;
    }

    fn entries(
        &mut self,
        key: &'static str,
        _about: &'static str,
        rule: &Entries,
        slot: &mut BTreeMap<String, String>,
    ) {
        let path = join(&self.path, key);
        let Some(table) = self.inner(key, &path) else { return };
        for (name, value) in table {
            let here = join(&path, name.get_ref());
            if self.credentials.contains(&here) {
                continue;
            }
            let read = self.entry(rule, name.get_ref(), value.get_ref(), slot);
            match read {
                Ok(text) => {
                    slot.insert(name.get_ref().to_string(), text);
                }
                Err(refusal) => {
                    let allowed = Some(rule.allowed.to_owned());
                    self.problems.refuse(&here, name.span(), refusal, allowed);
                }
            }
        }
    }
}
