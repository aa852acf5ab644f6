//! STS, of which winterbaume lacks nothing.

use crate::backends::BackendOf;
use crate::faults::FaultCodes;
use crate::service::{Service, Standing};

pub(crate) static STS: Service = Service {
    backend: Some(BackendOf::new::<winterbaume_sts::StsService>("sts")),
    codes: FaultCodes::QUERY,
    // Its state describes sessions.
    standing: |_| Standing::Implied,
    ..Service::new("STS", "sts")
};
