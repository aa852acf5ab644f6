//! Unknown keys, and suggestions for them.

use std::collections::BTreeMap;

use toml::de::{DeTable, DeValue};

use super::field::{Entries, Rule, Visitor};
use super::problem::{Problems, quoted_line};
use super::setting::{Setting, nearest};
use super::{Pipeline, Spec};

/// Common AWS names for the sections.
const ALSO_CALLED: &[(&str, &str)] = &[
    ("apigateway", "api"),
    ("api_gateway", "api"),
    ("aurora", "database"),
    ("cloudtrail", "audit"),
    ("cloudwatch", "alarms"),
    ("db", "database"),
    ("dlq", "queue"),
    ("ecs", "worker"),
    ("efs", "files"),
    ("elasticache", "cache"),
    ("fargate", "worker"),
    ("filesystem", "files"),
    ("kinesis", "stream"),
    ("kms", "encryption"),
    ("migrations", "metadata"),
    ("monitoring", "alarms"),
    ("postgres", "database"),
    ("rds", "database"),
    ("redis", "cache"),
    ("secretsmanager", "secrets"),
    ("sns", "alerts"),
    ("sqs", "queue"),
    ("storage", "files"),
    ("trail", "audit"),
    ("vpc", "network"),
    ("workers", "worker"),
];

/// The keys of a pipeline, by the path of their table.
pub(super) struct Known {
    pipeline: Pipeline,
    path: String,
    tables: BTreeMap<String, Vec<&'static str>>,
    free: Vec<String>,
}

impl Visitor for Known {
    fn field<T: Setting>(&mut self, key: &'static str, _about: &'static str, _rule: &dyn Rule<T>, _slot: &mut T) {
        self.key(key);
    }

    fn section(&mut self, key: &'static str, _about: &'static str, body: impl FnOnce(&mut Self)) {
        self.key(key);
        let path = join(&self.path, key);
        self.tables.entry(path.clone()).or_default();
        let outer = std::mem::replace(&mut self.path, path);
        body(self);
        self.path = outer;
    }

    fn entries(&mut self, key: &'static str, _: &'static str, _: &Entries, _: &mut BTreeMap<String, String>) {
        self.key(key);
        self.free.push(join(&self.path, key));
    }
}

impl Known {
    /// Collects the keys of a pipeline.
    pub(super) fn of(pipeline: Pipeline) -> Self {
        let mut known = Self { pipeline, path: String::new(), tables: BTreeMap::new(), free: Vec::new() };
        Spec::defaults(pipeline).visit(&mut known);
        known
    }

    fn key(&mut self, key: &'static str) {
        self.tables.entry(self.path.clone()).or_default().push(key);
    }

    fn has(&self, path: &str, name: &str) -> bool {
        self.tables.get(path).is_some_and(|keys| keys.contains(&name))
    }

    /// Returns another pipeline that has the key at that path.
    fn other_pipeline(&self, path: &str, name: &str) -> Option<Pipeline> {
        Pipeline::ALL.into_iter().filter(|other| *other != self.pipeline).find(|other| Self::of(*other).has(path, name))
    }

    /// Reports every unknown key of the document, except at the paths in `reported`.
    pub(super) fn refuse_others(&self, root: &DeTable<'_>, reported: &[String], problems: &mut Problems<'_>) {
        self.in_table("", root, reported, problems);
    }

    fn in_table(&self, path: &str, table: &DeTable<'_>, reported: &[String], problems: &mut Problems<'_>) {
        let Some(keys) = self.tables.get(path) else { return };
        for (key, value) in table {
            let name: &str = key.get_ref();
            let here = join(path, name);
            if keys.contains(&name) {
                if let DeValue::Table(inner) = value.get_ref()
                    && !self.free.contains(&here)
                {
                    self.in_table(&here, inner, reported, problems);
                }
            } else if !reported.contains(&here) {
                let what = match value.get_ref() {
                    DeValue::Table(_) => "section",
                    _ => "key",
                };
                let place = if path.is_empty() { String::new() } else { format!(" in [{path}]") };
                let message = format!("unknown {what} {}{place}", quoted_line(name));
                let allowed = Some(format!("one of {}", keys.join(", ")));
                problems.push(&here, key.span(), message, allowed, self.meant(path, name));
            }
        }
    }

    /// Suggests what was probably meant by an unknown key.
    fn meant(&self, path: &str, name: &str) -> Option<String> {
        let keys = self.tables.get(path)?;
        let of_another = |path: &str, name: &str| {
            let (other, ours) = (self.other_pipeline(path, name)?, self.pipeline);
            let what = if path.is_empty() { format!("[{name}]") } else { format!("`{name}` in [{path}]") };
            Some(format!("{what} belongs to the pipeline `{other}`, and this file describes `{ours}`"))
        };
        let in_another_table = || {
            let table = self.tables.iter().find(|(table, keys)| table.as_str() != path && keys.contains(&name))?;
            Some(match table.0.as_str() {
                "" => format!("`{name}` belongs at the top of the file, above every section"),
                table => format!("`{name}` belongs in [{table}]"),
            })
        };
        let called = || {
            let lower = name.to_lowercase();
            let (_, section) = ALSO_CALLED.iter().find(|(other, _)| *other == lower && path.is_empty())?;
            let here = keys.contains(section).then(|| format!("it is called `{section}` here"));
            here.or_else(|| of_another("", section))
        };
        let alike = || Some(format!("did you mean `{}`?", nearest(name, keys.iter().copied())?));
        of_another(path, name).or_else(in_another_table).or_else(called).or_else(alike)
    }
}

/// Returns the path of a key in a table.
pub(super) fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}
