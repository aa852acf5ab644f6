//! Where a remote state is: `s3://bucket/prefix?owner=ACCOUNT&profile=NAME&kms=KEY&region=REGION&lease=SECONDS`.
use super::{SHORTEST, TTL, terms::LONGEST};
use std::{fmt, time::Duration};

/// The options of a location.
const OPTIONS: &str = "owner, profile, kms, region and lease";

/// Where a remote state is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location {
    /// The bucket.
    pub bucket: String,
    /// The prefix of all keys, without a `/` at either end; may be empty.
    pub prefix: String,
    /// The account that must own the bucket; by default none is required.
    pub owner: Option<String>,
    /// The profile whose credentials are used for the bucket only.
    pub profile: Option<String>,
    /// The KMS key that encrypts what is written; by default the bucket's own setting.
    pub kms: Option<String>,
    /// The region of the bucket; by default S3 is asked.
    pub region: Option<String>,
    /// How long a lease lasts unless it is renewed.
    pub lease: Duration,
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.label())?;
        let lease = (self.lease != TTL).then(|| format!("{}s", self.lease.as_secs()));
        let options = [
            ("owner", &self.owner),
            ("profile", &self.profile),
            ("kms", &self.kms),
            ("region", &self.region),
            ("lease", &lease),
        ];
        let set: Vec<String> =
            options.into_iter().filter_map(|(name, value)| Some(format!("{name}={}", value.as_ref()?))).collect();
        if set.is_empty() { Ok(()) } else { write!(f, "?{}", set.join("&")) }
    }
}

impl Location {
    /// Parses a location.
    ///
    /// # Errors
    /// What is wrong, and what is allowed.
    pub fn parse(text: &str) -> Result<Self, String> {
        let rest = text
            .strip_prefix("s3://")
            .ok_or_else(|| "it must begin with `s3://`, as in s3://bucket/prefix".to_owned())?;
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (bucket, prefix) = path.split_once('/').unwrap_or((path, ""));
        let prefix = prefix.trim_end_matches('/');
        good_bucket(bucket)?;
        good_prefix(prefix)?;
        let (bucket, prefix) = (bucket.to_owned(), prefix.to_owned());
        let none = || None::<String>;
        let mut location =
            Self { bucket, prefix, owner: none(), profile: none(), kms: none(), region: none(), lease: TTL };
        for option in query.split('&').filter(|option| !option.is_empty()) {
            let (name, value) = option.split_once('=').unwrap_or((option, ""));
            if value.is_empty() {
                return Err(format!("`{name}` has no value; the options are {OPTIONS}, as in ?owner=123456789012"));
            }
            let value = value.to_owned();
            match name {
                "owner" if value.len() == 12 && value.bytes().all(|b| b.is_ascii_digit()) => {
                    location.owner = Some(value)
                }
                "owner" => return Err(format!("`owner={value}` is no account: it has 12 digits")),
                "profile" => location.profile = Some(value),
                "kms" => location.kms = Some(value),
                "region" => location.region = Some(value),
                "lease" => location.lease = lease(&value)?,
                _ => return Err(format!("there is no option `{name}`; the options are {OPTIONS}")),
            }
        }
        Ok(location)
    }

    /// The bucket and prefix: `s3://bucket/prefix`.
    pub fn label(&self) -> String {
        let slash = if self.prefix.is_empty() { "" } else { "/" };
        format!("s3://{}{slash}{}", self.bucket, self.prefix)
    }
}

/// [The names of buckets](https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html).
fn good_bucket(name: &str) -> Result<(), String> {
    let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'.');
    let ends = |b: Option<&u8>| b.is_some_and(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    let bytes = name.as_bytes();
    let good =
        (3..=63).contains(&bytes.len()) && name.bytes().all(allowed) && ends(bytes.first()) && ends(bytes.last());
    if good {
        return Ok(());
    }
    Err(format!(
        "`{name}` is no name of a bucket: it has 3 to 63 characters of a-z, 0-9, `-` and `.`, and begins and ends with a \
         letter or digit"
    ))
}

fn good_prefix(prefix: &str) -> Result<(), String> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/' | '=' | '+' | '@');
    let parts = || prefix.split('/').all(|part| !part.is_empty() && part != "." && part != "..");
    if prefix.is_empty() || (prefix.len() <= 512 && prefix.chars().all(allowed) && parts()) {
        return Ok(());
    }
    Err(format!("the prefix `{prefix}` may have letters, digits and `-_.=+@`, in parts between single `/`"))
}

fn lease(value: &str) -> Result<Duration, String> {
    let seconds = value.strip_suffix('s').unwrap_or(value).parse().ok().map(Duration::from_secs);
    seconds.filter(|lease| (SHORTEST..=LONGEST).contains(lease)).ok_or_else(|| {
        format!("`lease={value}` is no lease: it has {} to {} seconds", SHORTEST.as_secs(), LONGEST.as_secs())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_location_is_read_and_written() {
        for text in
            ["s3://states", "s3://states/team/video", "s3://my.states/a?owner=123456789012&profile=ci&lease=30s"]
        {
            assert_eq!(Location::parse(text).unwrap().to_string(), text);
        }
        assert_eq!(Location::parse("s3://states/a/").unwrap().label(), "s3://states/a");
    }

    #[test]
    fn what_is_wrong_is_said_and_what_is_allowed() {
        for (text, says) in [
            ("s3:/x", "begin with `s3://`"),
            ("s3://", "3 to 63 characters"),
            ("s3://Bad_Name/x", "3 to 63 characters"),
            ("s3://states//a", "single `/`"),
            ("s3://states/../a", "single `/`"),
            ("s3://states/a b", "may have letters"),
            ("s3://states?owner=12", "12 digits"),
            ("s3://states?lock=x", "there is no option `lock`"),
            ("s3://states?owner", "has no value"),
            ("s3://states?lease=1s", "8 to 600 seconds"),
        ] {
            let error = Location::parse(text).expect_err(text);
            assert!(error.contains(says), "{text}: {error}");
        }
    }
}
