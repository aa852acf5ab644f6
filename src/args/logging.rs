//! The options of the diagnostic log.
use clap::{Args, ValueEnum};
use std::path::PathBuf;
use tracing_subscriber::filter::{LevelFilter, Targets};

/// The log of API calls and decisions. Off by default.
#[derive(Clone, Debug, Args)]
pub(crate) struct Logging {
    /// Log to stderr: `error`, `warn`, `info`, `debug` or `trace`; or per part, such as `info,aws=trace`. No secret is
    /// logged.
    #[arg(long, global = true, value_name = "FILTER", value_parser = filter, env = "VIDPIPE_LOG")]
    pub(crate) log: Option<Filter>,
    /// Append the log to this file instead of stderr. Without --log, the level is `debug`.
    #[arg(long, global = true, value_name = "FILE", env = "VIDPIPE_LOG_FILE")]
    pub(crate) log_file: Option<PathBuf>,
    /// The format of a log line.
    #[arg(long, global = true, value_name = "FORMAT", default_value = "text", env = "VIDPIPE_LOG_FORMAT")]
    pub(crate) log_format: Format,
}

/// The format of a log line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Text,
    Json,
}

/// The log level of each part of vidpipe. No other crate logs: the SDK would log requests, and so passwords.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Filter(Vec<(&'static str, LevelFilter)>);

/// The parts of vidpipe, and the prefixes of their targets. The first covers all of vidpipe.
const PARTS: [(&str, &str); 4] =
    [("vidpipe", "vidpipe"), ("aws", "vidpipe_aws"), ("engine", "vidpipe_engine"), ("events", "vidpipe_report")];
/// The levels, in increasing verbosity.
const LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];

impl Default for Filter {
    fn default() -> Self {
        Self(vec![(PARTS[0].1, LevelFilter::DEBUG)])
    }
}

impl Filter {
    /// The filter, for a subscriber.
    pub(crate) fn targets(&self) -> Targets {
        Targets::new().with_targets(self.0.iter().copied())
    }
}

/// Parses a level, or parts with their levels.
fn filter(given: &str) -> Result<Filter, String> {
    given.split(',').map(directive).collect::<Result<_, _>>().map(Filter)
}

fn directive(given: &str) -> Result<(&'static str, LevelFilter), String> {
    let (part, level) = given.split_once('=').unwrap_or((PARTS[0].0, given));
    let known = |(name, target): &&(&str, &str)| *name == part || *target == part;
    let (_, target) = PARTS.iter().find(known).ok_or_else(|| {
        let parts = PARTS.map(|(name, _)| name).join(", ");
        format!("`{part}` does not log here: what is no part of vidpipe may show secrets; expected one of {parts}")
    })?;
    if !LEVELS.contains(&level) {
        return Err(format!("`{level}` is not a level: expected one of {}", LEVELS.join(", ")));
    }
    Ok((target, level.parse().map_err(|e| format!("`{level}` is not a level: {e}"))?))
}

impl Logging {
    /// Whether log lines are mixed with other output on stderr.
    pub(crate) fn is_on_stderr(&self) -> bool {
        self.log.is_some() && self.log_file.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_names_parts_of_vidpipe_and_levels() {
        let all = |level| Filter(vec![("vidpipe", level)]);
        assert_eq!(filter("debug").unwrap(), all(LevelFilter::DEBUG));
        let both = Filter(vec![("vidpipe", LevelFilter::INFO), ("vidpipe_aws", LevelFilter::TRACE)]);
        assert_eq!(filter("info,aws=trace").unwrap(), both);
        assert_eq!(filter("vidpipe=info,vidpipe_aws=trace").unwrap(), both);
    }

    #[test]
    fn what_would_log_secrets_is_refused_by_name() {
        for other in ["aws_smithy_runtime", "aws_sdk_secretsmanager", "hyper", "rustls", "vidpipe_awss", ""] {
            let refused = filter(&format!("info,{other}=trace")).unwrap_err();
            assert!(refused.contains(&format!("`{other}` does not log here")), "{refused}");
        }
        for level in ["", "loud", "info,", "aws=", "5", "aws"] {
            assert!(filter(level).is_err(), "{level}");
        }
    }
}
