//! E-mail addresses for SNS subscriptions.

use super::super::field::Refusal;
use super::super::problem::quoted_line;

/// An e-mail address in common form, or an empty string. Quoted local parts and IP address literals are not supported:
/// no alarm recipient uses them.
/// <https://www.rfc-editor.org/rfc/rfc5321#section-4.5.3.1>
pub(crate) fn email(text: &str) -> Result<(), Refusal> {
    if text.is_empty() {
        return Ok(());
    }
    let refusal = |what: &str| Err(Refusal::new(format!("is no e-mail address: {} {what}", quoted_line(text))));
    let (Some((local, domain)), 1) = (text.split_once('@'), text.matches('@').count()) else {
        return refusal("has not exactly one @");
    };
    if text.len() > 254 || local.len() > 64 {
        return refusal("is too long");
    }
    if let Some(bad) = text.chars().find(|c| !c.is_ascii_alphanumeric() && !"@.!#$%&'*+/=?^_`{|}~-".contains(*c)) {
        return refusal(&format!("has the character {bad:?}"));
    }
    let dots = |part: &str| part.is_empty() || part.starts_with('.') || part.ends_with('.') || part.contains("..");
    if dots(local) {
        return refusal("has no name, or a misplaced dot, before the @");
    }
    let label = |label: &str| {
        let plain = label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        (1..=63).contains(&label.len()) && plain && !label.starts_with('-') && !label.ends_with('-')
    };
    if domain.split('.').count() < 2 || !domain.split('.').all(label) {
        return refusal("has no domain such as example.com behind the @");
    }
    Ok(())
}
