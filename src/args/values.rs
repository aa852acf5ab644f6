//! Parsers for command-line values that clap cannot parse.
use std::time::Duration;

/// Parses a kind and its timeout.
pub(super) fn timeout(given: &str) -> Result<(String, Duration), String> {
    let (kind, time) = given.split_once('=').ok_or("expected KIND=DURATION, such as rds:instance=40m")?;
    let names = || vidpipe_aws::KINDS.iter().map(|k| k.name());
    if !names().any(|n| n == kind) {
        let nearest = names().max_by(|a, b| strsim::jaro_winkler(a, kind).total_cmp(&strsim::jaro_winkler(b, kind)));
        return Err(format!("no kind is called `{kind}`; did you mean `{}`?", nearest.unwrap_or("rds:instance")));
    }
    Ok((kind.to_owned(), duration(time)?))
}

/// Parses a deadline.
pub(super) fn deadline(given: &str) -> Result<Duration, String> {
    let time = duration(given)?;
    if time < LEAST {
        Err(format!("no run is done within {given}: expected at least 10s, such as 25m"))
    } else {
        Ok(time)
    }
}

/// The shortest deadline accepted.
const LEAST: Duration = Duration::from_secs(10);

fn duration(given: &str) -> Result<Duration, String> {
    humantime::parse_duration(given).map_err(|e| format!("`{given}` is not a duration such as 40m or 90s: {e}"))
}

/// Parses a share of all calls.
pub(crate) fn share(given: &str) -> Result<f64, String> {
    let share: f64 = given.parse().map_err(|_| format!("`{given}` is not a number such as 0.3"))?;
    if (0.0..=0.9).contains(&share) { Ok(share) } else { Err("expected a share from 0 to 0.9, such as 0.3".into()) }
}
