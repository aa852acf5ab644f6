//! Batched reads: DB instances that are read at the same moment share one call. They are read with a filter: if one of
//! several does not exist, the call returns the others instead of failing.
use crate::{Aws, OrFail};
use aws_sdk_rds::types::DbInstance;
use vidpipe_engine::{Batcher, Result};

/// The number of
/// [DB instances](https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeDBInstances.html) that one answer
/// holds without a second page.
const MANY: usize = 100;

/// The reads in progress.
struct Reads {
    db_instances: Batcher<Vec<DbInstance>>,
}

impl Default for Reads {
    fn default() -> Self {
        Self { db_instances: Batcher::new("DB instances", MANY) }
    }
}

impl Aws {
    /// The DB instance with this name.
    pub(crate) async fn db_instance(&self, name: &str) -> Result<Option<DbInstance>> {
        let reads = self.shared::<Reads>();
        let read = async |names| {
            let named = aws_sdk_rds::types::Filter::builder().name("db-instance-id").set_values(Some(names)).build();
            let call = self.rds.describe_db_instances().filters(named);
            Ok(call.send().await.or_fail("read the DB instances")?.db_instances.unwrap_or_default())
        };
        let seen = reads.db_instances.read(name, read).await?;
        Ok(seen.iter().find(|i| i.db_instance_identifier() == Some(name)).cloned())
    }
}
