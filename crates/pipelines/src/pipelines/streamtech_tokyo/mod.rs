//! StreamTech in Tokyo: the same sections and the same graph, with other defaults and a few more rules. It uses
//! existing secrets and always has a customer managed key.

mod defaults;
mod rules;

use super::streamtech;
use super::streamtech::spec::Streamtech;
use crate::definition::Definition;

pub(super) const PIPELINE: Definition<Streamtech> =
    Definition { region: "ap-northeast-1", defaults: defaults::defaults, rules: rules::check, ..streamtech::PIPELINE };
