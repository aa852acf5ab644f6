//! `[metadata]`: the tables in the database, as numbered SQL files.

use serde::{Serialize, Serializer};
use toml::de::DeValue;

use super::containers::IMAGE;
use super::field::{Any, Refusal, Visitor};
use super::setting::Setting;
use crate::migrations::{self, Migration};

/// The tables in the database.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Metadata {
    /// The source of the migrations.
    pub migrations: Migrations,
    /// The image whose `psql` runs them; `None` if no container does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_image: Option<String>,
    /// The user's own migrations. The code that reads the user's files sets this field.
    #[serde(skip)]
    pub files: Vec<Migration>,
}

/// The source of the migrations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Migrations {
    /// The table `videos`.
    Builtin,
    /// No migrations.
    Off,
    /// The SQL files of this folder.
    Folder(String),
}

impl Metadata {
    /// The migrations to apply to the database, in order.
    #[must_use]
    pub fn all_migrations(&self) -> Vec<Migration> {
        match &self.migrations {
            Migrations::Builtin => migrations::builtin(),
            Migrations::Off => Vec::new(),
            Migrations::Folder(_) => self.files.clone(),
        }
    }

    pub(super) fn visit(&mut self, v: &mut impl Visitor) {
        let Self { migrations, client_image, files: _ } = self;
        let about = "What makes the tables: vidpipe's own table of videos (builtin), nothing (off), or the files \
                     NNN_name.sql of a folder beside this file, in order.";
        v.field("migrations", about, &Any, migrations);
        if let Some(image) = client_image {
            v.field(
                "client_image",
                "Image of a PostgreSQL client: its psql makes the tables, in a task that ends.",
                &IMAGE,
                image,
            );
        }
    }
}

impl Setting for Migrations {
    fn values() -> String {
        "\"builtin\", \"off\", or a folder".to_owned()
    }

    fn read(value: &DeValue<'_>) -> Result<Self, Refusal> {
        let text = String::read(value)?;
        match text.as_str() {
            "builtin" => Ok(Self::Builtin),
            "off" => Ok(Self::Off),
            "" => Err(Refusal::new("is empty").hint("write \"off\" to make no tables")),
            folder if folder.contains(char::is_control) => Err(Refusal::new("has a control character")),
            _ => Ok(Self::Folder(text)),
        }
    }

    fn toml(&self) -> String {
        self.text().to_owned().toml()
    }
}

impl Migrations {
    fn text(&self) -> &str {
        match self {
            Self::Builtin => "builtin",
            Self::Off => "off",
            Self::Folder(folder) => folder,
        }
    }
}

impl Serialize for Migrations {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.text())
    }
}
