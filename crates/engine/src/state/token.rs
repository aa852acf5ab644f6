//! The token of a node's intent.
use crate::graph::Name;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt;

/// Makes a repeated request idempotent: 32 hex digits of a hash of lineage, node and generation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Token(pub String);

impl Token {
    /// The token of an intent of a node. The generation is the serial at which the intent was recorded, so no two
    /// intents share a token.
    pub fn new(lineage: &str, node: &Name, generation: u64) -> Self {
        let hash = Sha256::digest(format!("{lineage}/{node}/{generation}"));
        Self(hash.iter().take(16).map(|b| format!("{b:02x}")).collect())
    }
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
