//! The strings AWS accepts, setting by setting.
//!
//! Each rule follows the page or API it links to. None calls AWS; what depends on a region or an account is checked by
//! another module.

mod capacity;
mod email;
mod image;
mod paths;
mod postgres;
mod secret;

pub(crate) use self::capacity::Capacity;
pub(crate) use self::email::email;
pub(crate) use self::image::image;
pub(crate) use self::paths::{access_point_path, mount_path, permissions};
pub(crate) use self::postgres::{database_name, database_username, postgres_version};
pub(crate) use self::secret::{region_of_arn, secret};

use super::field::{Refusal, Rule};
use super::problem::quoted_line;

/// Refuses a string that does not have the required format.
fn not(what: &str, text: &str) -> Refusal {
    if text.is_empty() {
        Refusal::new("is empty")
    } else {
        Refusal::new(format!("is not {what}: {}", quoted_line(text)))
    }
}

/// A region name: two letters or `eusc`, words, a digit. AWS adds regions, so there is no list.
pub(crate) fn region(text: &str) -> Result<(), Refusal> {
    if is_region(text) {
        return Ok(());
    }
    let refusal = not("a region", text);
    let lower = text.to_lowercase();
    // `us-east-1a` is a zone of the intended region.
    let shorter = lower.strip_suffix(|c: char| c.is_ascii_lowercase());
    match shorter.filter(|shorter| is_region(shorter)) {
        Some(shorter) => Err(refusal.hint(format!("its region is \"{shorter}\""))),
        None if is_region(&lower) => Err(refusal.hint(format!("write \"{lower}\""))),
        None => Err(refusal),
    }
}

fn is_region(text: &str) -> bool {
    let word = |part: &&str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase());
    match text.split('-').collect::<Vec<_>>().as_slice() {
        [first, middle @ .., last] => {
            (first.len() == 2 || *first == "eusc")
                && word(first)
                && !middle.is_empty()
                && middle.iter().all(word)
                && matches!(last.as_bytes(), [b'0'..=b'9'])
        }
        _ => false,
    }
}

/// `db.<family>.<size>`.
/// <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.html>
pub(crate) fn instance_class(text: &str) -> Result<(), Refusal> {
    if text == "db.serverless" {
        return Err(
            Refusal::new("is not for RDS: \"db.serverless\"").hint("serverless is Aurora's; name a class with a size")
        );
    }
    sized("db", "a DB instance class", text)
}

/// `cache.<family>.<size>`, for a family that supports encryption in transit and failover.
/// <https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/in-transit-encryption.html>
pub(crate) fn node_type(text: &str) -> Result<(), Refusal> {
    const TOO_OLD: [&str; 6] = ["t1", "m1", "m2", "m3", "c1", "r3"];
    sized("cache", "a cache node type", text)?;
    let family = text.split('.').nth(1).unwrap_or_default();
    if TOO_OLD.contains(&family) {
        let refusal = Refusal::new(format!("is of a family without TLS: {}", quoted_line(text)));
        return Err(refusal.hint("use a newer family, such as cache.t3 or cache.r6g"));
    }
    Ok(())
}

fn sized(prefix: &str, what: &str, text: &str) -> Result<(), Refusal> {
    let known = |size: &str| {
        let times = size.strip_suffix("xlarge");
        ["micro", "small", "medium", "large"].contains(&size)
            || times.is_some_and(|n| n.len() <= 3 && n.bytes().all(|b| b.is_ascii_digit()))
    };
    let named = |family: &str| {
        family.starts_with(|c: char| c.is_ascii_lowercase())
            && family.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    let fits = |text: &str| match text.split('.').collect::<Vec<_>>().as_slice() {
        [first, family, size] => *first == prefix && named(family) && known(size),
        _ => false,
    };
    if fits(text) {
        return Ok(());
    }
    let refusal = not(what, text);
    let meant = [format!("{prefix}.{text}"), text.to_lowercase()];
    match meant.iter().find(|meant| fits(meant)) {
        Some(meant) => Err(refusal.hint(format!("did you mean \"{meant}\"?"))),
        None => Err(refusal),
    }
}

/// Redis versions that ElastiCache supports and that still receive updates.
/// <https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/supported-engine-versions.html>
pub(crate) fn redis_version(text: &str) -> Result<(), Refusal> {
    if ["6.2", "7.0", "7.1"].contains(&text) {
        return Ok(());
    }
    Err(not("a Redis version vidpipe deploys", text))
}

/// A stage name that API Gateway accepts and that is valid in a URL.
/// <https://docs.aws.amazon.com/apigateway/latest/api/API_CreateStage.html>
pub(crate) fn stage(text: &str) -> Result<(), Refusal> {
    let good = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    if text == "test-invoke-stage" {
        return Err(Refusal::new("is a name API Gateway keeps for itself: \"test-invoke-stage\""));
    }
    if (1..=128).contains(&text.len()) && text.bytes().all(good) { Ok(()) } else { Err(not("a stage name", text)) }
}

/// The words of a command line.
pub(crate) struct Words;

impl Rule<Vec<String>> for Words {
    fn allowed(&self) -> String {
        "a list of strings, together up to 8192 bytes".to_owned()
    }

    fn check(&self, words: &Vec<String>) -> Result<(), Refusal> {
        if let Some(index) = words.iter().position(|word| word.contains('\0')) {
            return Err(Refusal::new(format!("has a NUL character in item {}", index + 1)));
        }
        let bytes: usize = words.iter().map(String::len).sum();
        if bytes > 8192 {
            return Err(Refusal::new(format!("is too long: {bytes} bytes"))
                .hint("put the words into the image or into a file on the shared file system"));
        }
        Ok(())
    }
}

/// A CloudWatch period: whole minutes, up to a day.
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html>
pub(crate) struct Minutes;

impl Rule<u32> for Minutes {
    fn allowed(&self) -> String {
        "60 to 86400, a multiple of 60".to_owned()
    }

    fn check(&self, seconds: &u32) -> Result<(), Refusal> {
        if !(60..=86_400).contains(seconds) {
            let refusal = Refusal::new(format!("is out of range: {seconds}"));
            return Err(refusal.hint("the metrics watched here come once a minute"));
        }
        if !seconds.is_multiple_of(60) {
            let nearest = (seconds + 30) / 60 * 60;
            return Err(Refusal::new(format!("is not a whole number of minutes: {seconds}"))
                .hint(format!("the nearest allowed value is {nearest}")));
        }
        Ok(())
    }
}
