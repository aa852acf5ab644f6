//! The states of a database, in RDS's own words: of an
//! [instance](https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/accessing-monitoring.html) and of a
//! [cluster](https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/accessing-monitoring.html). Pure.

/// Whether a database can be used in that status. After its storage grew, RDS optimises it for hours, with the database in full use.
pub(crate) fn is_usable(status: &str) -> bool {
    matches!(status, "available" | "storage-optimization")
}

/// Whether a database may be in that status without ever having been `available`, and stays in it.
pub(crate) fn is_broken(status: &str) -> bool {
    status.starts_with("incompatible-")
        || matches!(status, "failed" | "create-failed" | "insufficient-capacity" | "restore-error")
}

/// What to do about a status in which only a database can be that was `available` before, and which it does not leave by
/// itself. Its data is there.
pub(crate) fn way_out(status: &str) -> Option<&'static str> {
    Some(match status {
        "stopped" => "start it, in the console or with `aws rds start-db-instance` (a cluster: `start-db-cluster`)",
        "storage-full" => "give it more storage: raise `database.storage_gib` in the spec",
        "inaccessible-encryption-credentials-recoverable" => {
            "enable its KMS key again, and let RDS use it; then start the database"
        }
        "inaccessible-encryption-credentials" => {
            "its KMS key cannot be used, and RDS gives it up in this state: restore it from a backup, under a key that can"
        }
        "modify-failed" | "upgrade-failed" => {
            "its events in the RDS console say why; undo what they name, or change it again"
        }
        other if other.ends_with("failed") && !is_broken(other) => "its events in the RDS console say why",
        _ => return None,
    })
}

/// What usually mends a status in which a database may be from the beginning, or come to later.
pub(crate) fn remedy(status: &str) -> Option<&'static str> {
    Some(match status {
        "incompatible-parameters" => "set the parameters that do not fit it back, and reboot it",
        "incompatible-network" => "free addresses in its subnets, have a subnet in its zone again, and start it",
        "incompatible-option-group" => "take back the change of its option group, or make another one",
        "incompatible-credentials" => "correct the credentials that RDS cannot use, and reboot it",
        "incompatible-restore" | "restore-error" => "restore it again, from another backup or to another time",
        "failed" => "RDS cannot mend it: restore it to a point in time",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TROUBLED: [&str; 14] = [
        "failed",
        "inaccessible-encryption-credentials",
        "inaccessible-encryption-credentials-recoverable",
        "incompatible-create",
        "incompatible-credentials",
        "incompatible-network",
        "incompatible-option-group",
        "incompatible-parameters",
        "incompatible-restore",
        "modify-failed",
        "restore-error",
        "stopped",
        "storage-full",
        "upgrade-failed",
    ];

    #[test]
    fn every_bad_state_ends_a_wait_in_exactly_one_way() {
        for status in TROUBLED {
            assert!(is_broken(status) != way_out(status).is_some(), "{status}");
            assert!(!is_usable(status), "{status}");
        }
    }

    #[test]
    fn what_passes_by_itself_is_waited_for() {
        for status in ["creating", "modifying", "backing-up", "maintenance", "starting", "stopping", "upgrading"] {
            assert!(!is_broken(status) && way_out(status).is_none(), "{status}");
        }
    }

    /// A database that was in use is never taken for one that never will be.
    #[test]
    fn what_was_available_before_is_not_broken() {
        let before =
            ["stopped", "storage-full", "modify-failed", "upgrade-failed", "inaccessible-encryption-credentials"];
        assert!(before.iter().all(|status| !is_broken(status)));
    }
}
