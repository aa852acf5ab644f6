//! Generates the `vidpipe.toml` that `vidpipe init` writes, from the defaults.

use std::collections::BTreeMap;

use super::field::{Entries, Rule, Visitor};
use super::known::join;
use super::setting::Setting;
use super::{Pipeline, Spec};

/// Maximum length of a comment line.
const WIDTH: usize = 96;

/// A `vidpipe.toml` for a pipeline: every setting with its meaning, unit, allowed values and default.
///
/// Settings are commented out as `#key = value`, so the file shows what the user changed, and unchanged settings follow
/// the defaults of later versions. Text is commented out with a space (`# text`).
#[must_use]
pub fn template(pipeline: Pipeline) -> String {
    let mut spec = Spec::defaults(pipeline);
    let mut writer = Writer { path: String::new(), out: String::new() };
    writer.comment("Settings of a vidpipe pipeline.");
    writer.comment("");
    writer.comment(
        "Every line below shows a default. Remove the # in front of a setting to change it; \
         what stays commented out keeps its default.",
    );
    spec.visit(&mut writer);
    writer.out
}

struct Writer {
    path: String,
    out: String,
}

impl Writer {
    fn line(&mut self, line: &str) {
        self.out.push_str(line);
        self.out.push('\n');
    }

    /// Writes a comment, wrapped between words.
    fn comment(&mut self, text: &str) {
        let mut line = "#".to_owned();
        for word in text.split_whitespace() {
            if line.len() + 1 + word.len() > WIDTH {
                self.line(&std::mem::replace(&mut line, "#".to_owned()));
            }
            line.push(' ');
            line.push_str(word);
        }
        self.line(&line);
    }

    fn heading(&mut self, about: &str, path: &str) {
        self.line("");
        self.comment(about);
        self.line(&format!("[{path}]"));
    }
}

impl Visitor for Writer {
    fn field<T: Setting>(&mut self, key: &'static str, about: &'static str, rule: &dyn Rule<T>, slot: &mut T) {
        self.line("");
        self.comment(about);
        self.comment(&format!("Allowed: {}.", rule.allowed()));
        // The pipeline is the one setting that is not commented out: it identifies the file.
        let mark = if key == "pipeline" { "" } else { "#" };
        let line = format!("{mark}{key} = {}", slot.toml());
        self.line(&line);
    }

    fn section(&mut self, key: &'static str, about: &'static str, body: impl FnOnce(&mut Self)) {
        let path = join(&self.path, key);
        self.line("");
        self.heading(about, &path);
        let outer = std::mem::replace(&mut self.path, path);
        body(self);
        self.path = outer;
    }

    fn entries(&mut self, key: &'static str, about: &'static str, rule: &Entries, slot: &mut BTreeMap<String, String>) {
        let path = join(&self.path, key);
        self.heading(about, &path);
        self.comment(&format!("Allowed: {}.", rule.allowed));
        self.comment("For example:");
        for example in rule.example.lines() {
            self.line(&format!("#   {example}"));
        }
        for (name, value) in slot {
            let line = format!("#{} = {}", name.toml(), value.toml());
            self.line(&line);
        }
    }
}
