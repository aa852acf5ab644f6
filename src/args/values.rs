//! Parsers for command-line values that clap cannot parse, and texts about values.
use super::Place;
use jiff::{Span, SpanRelativeTo};
use std::time::Duration;
use vidpipe_pipelines::spec::Pipeline;
use vidpipe_store::remote::Location;

/// The help of `--pipeline`: every pipeline, the default first.
pub(crate) fn pipelines() -> String {
    let [default, others @ .., last] = Pipeline::ALL.map(Pipeline::name);
    let others: String = others.iter().map(|name| format!(", {name}")).collect();
    format!("The pipeline: {default} (default){others} or {last}")
}

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

/// Parses the place of the state.
pub(crate) fn place(given: &str) -> Result<Place, String> {
    let lower = given.to_ascii_lowercase();
    let other = ["s3:", "gs:", "az:", "http:", "https:"].iter().find(|scheme| lower.starts_with(*scheme));
    match other {
        Some(&"s3:") => Ok(Place::S3(Location::parse(given)?)),
        Some(scheme) => Err(format!("`{scheme}` is not supported: expected a folder, or s3://bucket/prefix")),
        None => Ok(Place::Folder(given.into())),
    }
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
    friendly(given).ok_or_else(|| format!("`{given}` is not a duration such as 40m or 90s: {}", mistake(given)))
}

/// The duration, such as `40s` or `1h 30m`. A day has 24 hours; a month and a year have no fixed length.
fn friendly(given: &str) -> Option<Duration> {
    let span: Span = given.parse().ok()?;
    span.to_duration(SpanRelativeTo::days_are_24_hours()).ok()?.try_into().ok()
}

/// Why it is not a duration.
fn mistake(given: &str) -> String {
    if !given.starts_with(|c: char| c.is_ascii_digit()) {
        return "expected number at 0".into();
    }
    let mut words = given.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty());
    match words.find(|word| friendly(&format!("1{word}")).is_none()) {
        Some(unit) => format!("there is no unit `{unit}`: expected s, m, h or d"),
        None => "expected a unit after each number: s, m, h or d".into(),
    }
}

/// Parses a share of all calls.
pub(crate) fn share(given: &str) -> Result<f64, String> {
    let share: f64 = given.parse().map_err(|_| format!("`{given}` is not a number such as 0.3"))?;
    if (0.0..=0.9).contains(&share) { Ok(share) } else { Err("expected a share from 0 to 0.9, such as 0.3".into()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_written_as_people_write_them() {
        for (given, seconds) in [
            ("40s", 40),
            ("20m", 1_200),
            ("90 s", 90),
            ("1h 30m", 5_400),
            ("1h30m", 5_400),
            ("2hours 5min", 7_500),
            ("1 hour 1 minute 1 second", 3_661),
            ("1hr 2mins 3secs", 3_723),
            ("1d", 86_400),
            ("1week", 604_800),
        ] {
            assert_eq!(duration(given), Ok(Duration::from_secs(seconds)), "{given}");
        }
        assert_eq!(duration("1500ms"), Ok(Duration::from_millis(1_500)));
        assert_eq!(timeout("ec2:subnet=40s"), Ok(("ec2:subnet".into(), Duration::from_secs(40))));
        assert_eq!(deadline("20m"), Ok(Duration::from_secs(1_200)));
    }

    #[test]
    fn a_wrong_duration_names_the_unit() {
        for (given, why) in [
            ("soon", "expected number at 0"),
            ("", "expected number at 0"),
            ("-5m", "expected number at 0"),
            ("40", "expected a unit after each number: s, m, h or d"),
            ("1h 30", "expected a unit after each number: s, m, h or d"),
            ("5 parsecs", "there is no unit `parsecs`: expected s, m, h or d"),
            ("1h 3x", "there is no unit `x`: expected s, m, h or d"),
            ("1month", "there is no unit `month`: expected s, m, h or d"),
            ("5m ago", "there is no unit `ago`: expected s, m, h or d"),
        ] {
            assert_eq!(duration(given), Err(format!("`{given}` is not a duration such as 40m or 90s: {why}")));
        }
        assert!(deadline("9s").is_err_and(|why| why.contains("expected at least 10s")));
    }
}
