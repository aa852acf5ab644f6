//! The signals that were ignored when the process started. The standard library cannot query them, and listening for a
//! signal ends ignoring it.
use std::{
    fs,
    io::{IsTerminal, stderr, stdin, stdout},
};

/// The number of SIGHUP, on every system.
const HANG_UP: u32 = 1;

/// Whether SIGHUP was ignored when this process began, as under `nohup`.
pub(super) fn hang_up() -> bool {
    match fs::read_to_string("/proc/self/status").ok().as_deref().and_then(mask) {
        Some(ignored) => ignored & (1 << (HANG_UP - 1)) != 0,
        // Other systems do not report it. Under `nohup` there is no terminal, and without a terminal none can close.
        None => !(stdin().is_terminal() || stdout().is_terminal() || stderr().is_terminal()),
    }
}

/// The mask of ignored signals in a Linux process status: one bit each, the lowest for signal 1.
/// <https://man7.org/linux/man-pages/man5/proc_pid_status.5.html>
fn mask(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("SigIgn:"))?;
    u64::from_str_radix(line.trim(), 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mask_is_read() {
        let status = "Name:\tvidpipe\nSigBlk:\t0000000000000000\nSigIgn:\t0000000000001001\nSigCgt:\t0\n";
        assert_eq!(mask(status), Some(0x1001));
        assert_eq!(mask("Name:\tvidpipe\n"), None);
    }
}
