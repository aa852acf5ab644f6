//! Defaults of StreamTech in Tokyo: those of StreamTech, but for these.

use super::streamtech;
use super::streamtech::spec::{Secrets, Streamtech};
use crate::definition::Defaults;
use crate::spec::defaults::{logs, tags};

/// Japan's broadcasting rules require tags for a resource's content, location and log retention.
pub(super) fn defaults() -> Defaults<Streamtech> {
    let defaults = (streamtech::PIPELINE.defaults)();
    let secrets = Secrets { database: "streamtech-tokyo/database".into(), api_key: "streamtech-tokyo/api-key".into() };
    Defaults {
        tags: tags(&[
            ("compliance", "jp-broadcasting-act"),
            ("data-classification", "confidential"),
            ("data-residency", "jp"),
            ("log-retention-days", "90"),
        ]),
        design: Streamtech { secrets, ..defaults.design },
        logs: logs(90),
        ..defaults
    }
}
