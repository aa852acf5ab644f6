//! IAM: roles and their policies. Its state is global.

mod laws;
mod model;

use crate::backends::BackendOf;
use crate::cross_service::linked_roles;
use crate::faults::FaultCodes;
use crate::log::Id;
use crate::service::{Resource, Rules, Service, Standing};
use model::aws_managed_policies;

pub(crate) use laws::serves;

pub(crate) static IAM: Service = Service {
    backend: Some(
        BackendOf::new::<winterbaume_iam::IamService>("iam").with(|state| state["policies"] = aws_managed_policies()),
    ),
    laws: laws::laws,
    model: Rules::typed(|| {
        let mut rules = laws::notes();
        rules.extend(model::typed_rules());
        rules.extend(linked_roles::typed_rules());
        rules
    }),
    creates: &[
        ("CreateRole", Id::Answer("role_id")),
        ("CreateServiceLinkedRole", Id::Request(&["aws_service_name"])),
        ("PutRolePolicy", Id::Request(&["role_name", "policy_name"])),
        ("AttachRolePolicy", Id::Request(&["role_name", "policy_arn"])),
    ],
    codes: FaultCodes::QUERY,
    unfound: |_| Some(("NoSuchEntity", 404)),
    standing,
    ..Service::new("IAM", "iam")
};

/// AWS's own policies are in every account.
fn standing(resource: &Resource<'_>) -> Standing {
    let of_aws = resource.kind == "policies" && resource.fields["path"] == "/service-role/";
    if of_aws { Standing::Implied } else { Standing::Exists }
}
