//! Resources that hold data: removed only by consent, and left in a broken state until they are repaired manually.
use super::{Runner, call::Work};
use crate::{
    Class, Error, Result,
    consent::unconsented,
    graph::Name,
    resource::{Kind, Observed},
    state::{Entry, Transition as T},
};
use serde_json::Value;
use std::time::Duration;
use tokio::time::Instant;

/// For how long a resource may still report its broken state after an update that repairs it.
const REPAIR: &str = "it may hold data, so `up` never replaces it for this: repair it, and run `up` again; to give it up with its \
     data, delete it yourself and run `up --refresh`";
const ANEW: &str = "the next `up` replaces it; `down` removes it";
const REPAIR: &str = "it may hold data, so `up` never makes it anew for this: mend it, and run `up` again, which looks at it \
     again; to give it up with its data, remove it yourself and run `up --refresh`";
