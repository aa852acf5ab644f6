//! Application Auto Scaling: the targets it scales, and their policies.

mod laws;
mod model;

use crate::backends::BackendOf;
use crate::log::Id;
use crate::service::{Rules, Service};

pub(crate) static AUTO_SCALING: Service = Service {
    backend: Some(BackendOf::new::<winterbaume_applicationautoscaling::ApplicationAutoScalingService>(
        "application-autoscaling",
    )),
    laws: laws::laws,
    model: Rules::wire(model::rules),
    creates: &[
        ("RegisterScalableTarget", Id::Request(&["resource_id", "scalable_dimension"])),
        ("PutScalingPolicy", Id::Request(&["resource_id", "policy_name"])),
    ],
    unfound: |_| Some(("ObjectNotFoundException", 400)),
    ..Service::new("Application Auto Scaling", "applicationautoscaling")
};
