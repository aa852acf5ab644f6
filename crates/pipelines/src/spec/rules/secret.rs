//! Names and ARNs of Secrets Manager entries.
//! <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html>

use super::super::field::Refusal;

/// A name, an ARN, or an empty string. Errors never repeat the text: the user may have entered the secret itself.
pub(crate) fn secret(text: &str) -> Result<(), Refusal> {
    if text.is_empty() {
        return Ok(());
    }
    if text.starts_with("arn:") {
        return match arn(text) {
            Some((_, name)) if is_name(name) => Ok(()),
            _ => Err(Refusal::new("is not the ARN of a Secrets Manager entry")
                .hint("it has the form arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME-SIX_CHARACTERS")),
        };
    }
    if is_name(text) {
        return Ok(());
    }
    Err(Refusal::new("is not the name of a Secrets Manager entry")
        .hint("a name has 1 to 512 letters, digits and / _ + = . @ -"))
}

/// The region in an entry's ARN; `None` for a name.
pub(crate) fn region_of_arn(text: &str) -> Option<&str> {
    arn(text).map(|(region, _)| region)
}

/// Splits an ARN into region and name.
fn arn(text: &str) -> Option<(&str, &str)> {
    match text.splitn(7, ':').collect::<Vec<_>>().as_slice() {
        ["arn", partition, "secretsmanager", region, account, "secret", name]
            if partition.starts_with("aws")
                && !region.is_empty()
                && account.len() == 12
                && account.bytes().all(|b| b.is_ascii_digit()) =>
        {
            Some((region, name))
        }
        _ => None,
    }
}

fn is_name(text: &str) -> bool {
    (1..=512).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"/_+=.@-".contains(&b))
}
