//! The ids in the responses to create calls.
use vidpipe_engine::{Class, Error, PhysicalId, Result};

/// The id in the response to a create call. If it is missing or truncated, the call may still have created a resource,
/// so the error is `Unclear` and the engine searches for it.
pub(crate) fn id(answered: Option<String>, what: &str) -> Result<PhysicalId> {
    match answered {
        Some(id) if is_id(&id) => Ok(PhysicalId(id)),
        Some(_) => Err(Error::new(
            Class::Unclear,
            format!("learn the id of the {what}: the answer contains an incomplete one"),
        )),
        None => Err(Error::new(Class::Unclear, format!("learn the id of the {what}: the answer has none"))),
    }
}

/// The prefixes of EC2 and EFS ids; 8 or 17 hexadecimal digits follow:
/// [resource ids](https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/resource-ids.html)
const NUMBERED: [&str; 12] =
    ["eipalloc", "fs", "fsap", "fsmt", "igw", "nat", "rtb", "rtbassoc", "sg", "sgr", "subnet", "vpc"];

/// Whether `id` is well-formed: printable ASCII without spaces, the right number of digits after a known prefix, and a
/// resource part in an ARN.
fn is_id(id: &str) -> bool {
    let numbered = |(prefix, digits): (&str, &str)| {
        !NUMBERED.contains(&prefix) || (matches!(digits.len(), 8 | 17) && digits.bytes().all(|b| b.is_ascii_hexdigit()))
    };
    let named = |arn: &str| arn.splitn(5, ':').nth(4).is_some_and(|resource| !resource.is_empty());
    !id.is_empty()
        && id.bytes().all(|b| b.is_ascii_graphic())
        && !id.ends_with(['-', ':', '/'])
        && id.split_once('-').is_none_or(numbered)
        && id.strip_prefix("arn:").is_none_or(named)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_an_id_is_none() {
        let whole = [
            "vpc-0123456789abcdef0",
            "vpc-01234567",
            "1234abcd-12ab-34cd-56ef-1234567890ab",
            "a1b2c3d4e5",
            "https://sqs.eu-west-1.amazonaws.com/123456789012/jobs",
            "arn:aws:sns:eu-west-1:123456789012:topic",
        ];
        let op =
            ["", "vpc-", "vpc-0123", "vpc-0123456789abcdef", "arn:aws:sns:eu-west-1:", "arn:aws:sns", "a b", "a\nb"];
        let class = |given: &str| id(Some(given.into()), "thing").err().map(|e| e.class);
        assert!(whole.iter().all(|given| class(given).is_none()));
        for given in op {
            assert_eq!(class(given), Some(Class::Unclear), "{given}");
        }
        assert_eq!(id(None, "thing").err().map(|e| e.class), Some(Class::Unclear));
    }
}
