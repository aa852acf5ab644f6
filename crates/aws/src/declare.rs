//! What a service declares to the machinery around it: its kinds, its error codes, its call budgets, its sweep.
use crate::{Aws, check::CheckCx, error::rows::Row, permissions::Permission, probe::Probes};
use futures::future::LocalBoxFuture;
use serde::de::DeserializeOwned;
use vidpipe_engine::{Kind, Of, Rate, Resource, Result};

/// A service, as the parts of vidpipe that know no service see it.
pub(crate) struct AwsService {
    /// Its name: the part of its kinds' names before the colon.
    pub(crate) name: &'static str,
    /// Its APIs.
    pub(crate) apis: &'static [Api],
    /// Its kinds.
    pub(crate) kinds: &'static [Declared],
    /// The reads that find what is left of an environment.
    pub(crate) probes: Probes,
    /// The IAM permissions that they need.
    pub(crate) sweep: &'static [Permission],
}

/// An API.
pub(crate) struct Api {
    /// Its SDK crate is `aws_sdk_{sdk}`.
    pub(crate) sdk: &'static str,
    /// Its name, as the SDK has it: `EC2`, `API Gateway`.
    pub(crate) name: &'static str,
    /// The meanings of its error codes.
    pub(crate) codes: &'static [Row],
    /// The call budgets that an action counts against. Most actions have their own, of the same name.
    pub(crate) budgets: fn(&str) -> Vec<(&str, Rate)>,
}

/// What a kind declares besides its life. A kind without it does not compile.
pub(crate) trait AwsKind: Resource<Cloud = Aws> + DeserializeOwned {
    /// The IAM permissions that its calls need, and AWS on their behalf.
    const PERMISSIONS: &'static [Permission];

    /// Checks for `verify` whether the resource is usable and as its spec says. Only reads.
    fn check(check: &CheckCx<'_>, want: Self) -> impl Future<Output = Result<()>>;
}

/// A kind in its service's list.
pub(crate) struct Declared {
    pub(crate) kind: &'static dyn Kind<Aws>,
    pub(crate) permissions: &'static [Permission],
    /// The check of a node of this kind.
    pub(crate) check: for<'a> fn(&'a CheckCx<'a>) -> LocalBoxFuture<'a, Result<()>>,
}

/// The entry of a kind.
pub(crate) const fn kind<R: AwsKind>() -> Declared {
    Declared {
        kind: &Of::<R>::KIND,
        permissions: R::PERMISSIONS,
        check: |check| Box::pin(async move { R::check(check, check.spec()?).await }),
    }
}
