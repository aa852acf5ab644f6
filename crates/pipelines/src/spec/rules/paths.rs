//! Paths in containers and on the file system, and POSIX permissions.

use super::super::field::Refusal;
use super::super::problem::quoted_line;
use super::not;

/// A path at which mounting a file system hides nothing the image needs.
pub(crate) fn mount_path(text: &str) -> Result<(), Refusal> {
    const SYSTEM: [&str; 12] =
        ["bin", "boot", "dev", "etc", "lib", "lib64", "proc", "root", "run", "sbin", "sys", "usr"];
    absolute(text, 255)?;
    let first = text.split('/').nth(1).unwrap_or_default();
    if text == "/" || SYSTEM.contains(&first) {
        let refusal = Refusal::new(format!("would hide a system directory: {}", quoted_line(text)));
        return Err(refusal.hint("mount below /mnt, such as \"/mnt/efs\""));
    }
    Ok(())
}

/// The root directory of an access point.
/// <https://docs.aws.amazon.com/efs/latest/ug/API_RootDirectory.html>
pub(crate) fn access_point_path(text: &str) -> Result<(), Refusal> {
    absolute(text, 100)?;
    if text == "/" {
        // EFS does not create its root with another owner, so the workers could not write to it.
        return Err(Refusal::new("is the root of the file system, which belongs to root")
            .hint("name a directory, such as \"/videos\""));
    }
    if text.split('/').count() > 5 {
        return Err(Refusal::new(format!("is more than 4 directories deep: {}", quoted_line(text))));
    }
    Ok(())
}

/// File mode bits in the format EFS expects.
/// <https://docs.aws.amazon.com/efs/latest/ug/API_CreationInfo.html>
pub(crate) fn permissions(text: &str) -> Result<(), Refusal> {
    if (3..=4).contains(&text.len()) && text.bytes().all(|b| (b'0'..=b'7').contains(&b)) {
        Ok(())
    } else {
        Err(not("a mode", text))
    }
}

fn absolute(text: &str, max: usize) -> Result<(), Refusal> {
    let good = |c: char| c.is_ascii_alphanumeric() || "_-.+@%".contains(c);
    let Some(rest) = text.strip_prefix('/') else {
        let refusal = not("an absolute path", text);
        return match absolute(&format!("/{text}"), max) {
            Ok(()) if !text.is_empty() => Err(refusal.hint(format!("did you mean \"/{text}\"?"))),
            _ => Err(refusal),
        };
    };
    if text.len() > max {
        return Err(Refusal::new(format!("is too long: {} characters, at most {max}", text.len())));
    }
    if rest.is_empty() {
        return Ok(());
    }
    for part in rest.split('/') {
        if part.is_empty() || part.starts_with('.') {
            let refusal = Refusal::new(format!("is not a plain path: {}", quoted_line(text)));
            return Err(refusal.hint("no `//`, no `/` at the end, no part that begins with a dot"));
        }
        if let Some(bad) = part.chars().find(|c| !good(*c)) {
            return Err(Refusal::new(format!("has a character that cannot be in it: {bad:?}")));
        }
    }
    Ok(())
}
