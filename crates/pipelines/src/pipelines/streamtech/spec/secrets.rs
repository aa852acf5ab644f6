//! `[secrets]`: existing Secrets Manager entries.

use serde::Serialize;

use crate::spec::field::{Text, Visitor};
use crate::spec::rules;

/// Existing Secrets Manager entries. vidpipe reads them, and never creates, changes, tags or deletes them.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Secrets {
    /// Name or ARN of the entry with the database's user name and password; if empty, vidpipe creates one.
    pub database: String,
    /// Name or ARN of the entry that holds the API key; if empty, vidpipe creates one.
    pub api_key: String,
}

impl Secrets {
    pub(super) fn visit(&mut self, v: &mut impl Visitor) {
        let Self { database, api_key } = self;
        let rule = Text {
            allowed: "the name or ARN of a Secrets Manager entry, never its value; \"\" lets vidpipe make one",
            check: rules::secret,
        };
        let about = "The entry with the database's user name and password: a JSON object with the keys username, \
                     which must be database.username, and password.";
        v.field("database", about, &rule, database);
        let about = "The entry whose text is the API key: at least 20 characters.";
        v.field("api_key", about, &rule, api_key);
    }
}
