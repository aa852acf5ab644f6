//! Container image references.

use super::super::field::Refusal;
use super::not;

/// `[registry[:port]/]path[:tag][@sha256:digest]`, at most 255 characters.
/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html>
pub(crate) fn image(text: &str) -> Result<(), Refusal> {
    if text.len() > 255 {
        return Err(Refusal::new(format!("is too long: {} characters, at most 255", text.len())));
    }
    let (name, digest) = match text.split_once('@') {
        Some((name, digest)) => (name, Some(digest)),
        None => (text, None),
    };
    if !digest.is_none_or(is_digest) {
        return Err(not("an image reference", text).hint("after @ comes sha256: and 64 digits from 0 to 9 and a to f"));
    }
    // A colon after the last slash starts the tag; a colon before it starts the registry's port.
    let path_start = name.rfind('/').map_or(0, |slash| slash + 1);
    let (name, tag) = match name[path_start..].split_once(':') {
        Some((last, tag)) => (&name[..path_start + last.len()], Some(tag)),
        None => (name, None),
    };
    if !tag.is_none_or(is_tag) {
        return Err(not("an image reference", text).hint(
            "a tag has 1 to 128 letters, digits, dots, hyphens and underscores, and does not \
             begin with a dot or a hyphen",
        ));
    }
    let (registry, path) = match name.split_once('/') {
        Some((first, rest)) if first.contains(['.', ':']) || first == "localhost" => (Some(first), rest),
        _ => (None, name),
    };
    if registry.is_none_or(is_registry) && path.split('/').all(is_component) {
        return Ok(());
    }
    let refusal = not("an image reference", text);
    if text.contains("://") {
        return Err(refusal.hint("leave out the scheme, such as https://"));
    }
    if path.bytes().any(|b| b.is_ascii_uppercase()) {
        return Err(refusal.hint("the path of an image is lower-case"));
    }
    Err(refusal)
}

fn is_digest(text: &str) -> bool {
    text.strip_prefix("sha256:")
        .is_some_and(|hex| hex.len() == 64 && hex.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')))
}

fn is_tag(text: &str) -> bool {
    let word = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    (1..=128).contains(&text.len())
        && text.bytes().all(|b| word(b) || b == b'.' || b == b'-')
        && text.bytes().next().is_some_and(word)
}

fn is_registry(text: &str) -> bool {
    let (host, port) = match text.split_once(':') {
        Some((host, port)) => (host, Some(port)),
        None => (text, None),
    };
    let label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    host.split('.').all(label) && port.is_none_or(|port| port.parse::<u16>().is_ok())
}

fn is_component(text: &str) -> bool {
    let edge = |b: Option<u8>| b.is_some_and(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    edge(text.bytes().next())
        && edge(text.bytes().last())
        && text.bytes().all(|b| edge(Some(b)) || matches!(b, b'.' | b'_' | b'-'))
}
