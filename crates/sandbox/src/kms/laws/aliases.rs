//! Aliases: names of keys.

use super::{SERVICE, unless};
use crate::context::{Context, Refusal};
use crate::kms::model::{alias, key_id, pending};
use crate::law::{Basis, Law};
use crate::wire::{Ask, Verdict, WireRule};

const CREATE: &str = "https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateAlias.html";
const STATES: &str = "https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html";
/// The maximum length of an alias name, including `alias/`.
const LONGEST: usize = 256;

pub(super) fn laws() -> Vec<Law> {
    let documented = |name, says, source, operation, rule: fn(&mut Context<'_>, &mut Ask) -> Verdict| {
        Law::documented(name, says, source, WireRule::before(SERVICE, operation, rule))
    };
    let documented_only = |name, says| Law::documented_only(name, says, Basis::Documented, CREATE);
    vec![
        documented(
            "kms/alias-name",
            "an alias is named alias/ and letters, digits, /, _ or -; alias/aws/ is AWS's own",
            CREATE,
            "CreateAlias",
            name,
        ),
        documented(
            "kms/alias-of-alias",
            "an alias leads to a key, and not to another alias",
            CREATE,
            "CreateAlias",
            of_alias,
        ),
        documented(
            "kms/alias-of-pending-key",
            "an alias cannot be made for a key that is pending deletion",
            STATES,
            "CreateAlias",
            of_pending,
        ),
        documented(
            "kms/alias-moved-to-pending-key",
            "an alias cannot be moved to a key that is pending deletion",
            STATES,
            "UpdateAlias",
            of_pending,
        ),
        documented_only("kms/alias-taken", "the name of an alias is taken, also while its key is pending deletion"),
        documented_only("kms/alias-of-unknown-key", "an alias cannot be made for a key that there is not"),
    ]
}

fn is_name(name: &str) -> bool {
    let good = |c: char| c.is_ascii_alphanumeric() || "/_-".contains(c);
    name.len() <= LONGEST
        && !name.starts_with("alias/aws/")
        && name.strip_prefix("alias/").is_some_and(|rest| !rest.is_empty() && rest.chars().all(good))
}

fn name(_: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    let name = ask.text("AliasName");
    unless((!is_name(name)).then(|| {
        let message = format!("{name} is not a valid alias name");
        Refusal::new("InvalidAliasNameException", message)
    }))
}

fn of_alias(_: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    let target = ask.text("TargetKeyId");
    unless(alias(target).map(|_| {
        let message = "Aliases must refer to keys. Not aliases";
        Refusal::new("ValidationException", message)
    }))
}

fn of_pending(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    unless(key_id(context, ask.text("TargetKeyId")).and_then(|id| pending(context, &id)))
}

#[cfg(test)]
mod tests {
    use super::is_name;

    #[test]
    fn an_alias_has_a_prefix_that_is_not_the_whole_of_it() {
        assert!(is_name("alias/video-processing/a_1"));
        for bad in ["video", "alias/", "alias/aws/rds", "alias/a b", "alias/a:b"] {
            assert!(!is_name(bad), "{bad}");
        }
        assert!(!is_name(&format!("alias/{}", "x".repeat(251))));
    }
}
