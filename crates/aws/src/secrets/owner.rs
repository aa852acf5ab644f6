//! Secrets Manager returns the tags of a secret with its description.
use crate::{Cx, OrFail, tags};
use crate::{owner::once, rds};
use vidpipe_engine::{Owned, Result};

/// The tag with the DB cluster whose password the secret holds, on secrets that RDS
/// [manages](https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/rds-secrets-manager.html).
const DATABASE: &str = "aws:rds:primaryDBClusterArn";

/// [DescribeSecret](https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DescribeSecret.html)
pub(crate) async fn secret(cx: &Cx, arn: &str) -> Result<Owned> {
    let read = async || {
        let seen =
            cx.cloud.secrets.describe_secret().secret_id(arn).send().await.or_fail("read the owner of the secret")?;
        let tags = seen.tags().iter().filter_map(|t| t.key().zip(t.value()));
        // The owner of a secret that RDS manages is that of its cluster.
        match tags.clone().find(|(key, _)| *key == DATABASE) {
            Some((_, cluster)) => rds::owner::tagged(cx, cluster).await,
            None => Ok(tags::owned(cx, tags)),
        }
    };
    once(cx, "secret", arn, read).await
}
