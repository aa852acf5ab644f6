//! Keys that are not known, and what was probably meant.

use std::collections::BTreeMap;

use toml::de::{DeTable, DeValue};

use super::problem::{Problems, shown};
use super::setting::nearest;

/// What users of AWS call the sections.
const ALSO_CALLED: &[(&str, &str)] = &[
    ("apigateway", "api"),
    ("api_gateway", "api"),
    ("aurora", "database"),
    ("cloudwatch", "alarms"),
    ("db", "database"),
    ("ecs", "worker"),
    ("efs", "files"),
    ("elasticache", "cache"),
    ("fargate", "worker"),
    ("filesystem", "files"),
    ("kms", "encryption"),
    ("monitoring", "alarms"),
    ("postgres", "database"),
    ("rds", "database"),
    ("redis", "cache"),
    ("storage", "files"),
    ("vpc", "network"),
    ("workers", "worker"),
];

/// The keys there are, by the path of their table.
#[derive(Default)]
pub(super) struct Known {
    tables: BTreeMap<String, Vec<&'static str>>,
    free: Vec<String>,
}

impl Known {
    /// A key exists in the table of this path.
    pub(super) fn key(&mut self, table: &str, key: &'static str) {
        self.tables.entry(table.to_owned()).or_default().push(key);
    }

    /// The user chooses the keys of the table of this path.
    pub(super) fn free(&mut self, table: String) {
        self.free.push(table);
    }

    /// Reports every key of the document that does not exist, except at the paths in `reported`.
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
                let message = format!("unknown {what} {}{place}", shown(name));
                let allowed = Some(format!("one of {}", keys.join(", ")));
                problems.push(&here, key.span(), message, allowed, self.meant(path, name));
            }
        }
    }

    /// What was probably meant by a key that does not exist.
    fn meant(&self, path: &str, name: &str) -> Option<String> {
        let keys = self.tables.get(path)?;
        let elsewhere = || {
            let table = self.tables.iter().find(|(table, keys)| table.as_str() != path && keys.contains(&name))?;
            Some(match table.0.as_str() {
                "" => format!("`{name}` belongs at the top of the file, above every section"),
                table => format!("`{name}` belongs in [{table}]"),
            })
        };
        let called = || {
            let lower = name.to_lowercase();
            let (_, section) = ALSO_CALLED.iter().find(|(other, _)| *other == lower)?;
            path.is_empty().then(|| format!("it is called `{section}` here"))
        };
        let alike = || Some(format!("did you mean `{}`?", nearest(name, keys.iter().copied())?));
        elsewhere().or_else(called).or_else(alike)
    }
}

/// The path of a key in a table.
pub(super) fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}
