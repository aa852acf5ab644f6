//! Secrets Manager shows the tags of a secret with it.
use super::{once, rds};
use crate::{Cx, OrFail, tags};
use vidpipe_engine::{Owned, Result};

/// Of which DB cluster it holds the password, in a secret that RDS
/// [manages](https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/rds-secrets-manager.html).
const DATABASE: &str = "aws:rds:primaryDBClusterArn";

/// [DescribeSecret](https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DescribeSecret.html)
pub(crate) async fn secret(cx: &Cx, arn: &str) -> Result<Owned> {
    let look = async || {
        let seen =
            cx.cloud.secrets.describe_secret().secret_id(arn).send().await.or_fail("look whose the secret is")?;
        let tags = seen.tags().iter().filter_map(|t| t.key().zip(t.value()));
        // What RDS keeps there for a database is the database's.
        match tags.clone().find(|(key, _)| *key == DATABASE) {
            Some((_, cluster)) => rds::tagged(cx, cluster).await,
            None => Ok(tags::owned(cx, tags)),
        }
    };
    once(cx, "secret", arn, look).await
}
