//! Batched reads: services of a cluster that are read at the same moment share one call.
use crate::{Aws, OrFail, ecs};
use aws_sdk_ecs::types::{Service, ServiceField};
use std::{cell::RefCell, collections::BTreeMap, rc::Rc};
use vidpipe_engine::{Batcher, Result};

/// The limit of
/// [DescribeServices](https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeServices.html).
const MANY: usize = 10;

/// The reads in progress, by cluster.
#[derive(Default)]
struct Reads {
    services: RefCell<BTreeMap<String, Rc<Batcher<Vec<Service>>>>>,
}

impl Aws {
    /// The ECS service in this cluster, by name or ARN.
    pub(crate) async fn service(&self, cluster: &str, name_or_arn: &str) -> Result<Option<Service>> {
        let reads = self.shared::<Reads>();
        let read = async |services: Vec<String>| {
            let asked = services.len();
            let call = self.ecs.describe_services().cluster(cluster).set_services(Some(services));
            let seen = call.include(ServiceField::Tags).send().await.or_fail("read the ECS services")?;
            ecs::described(asked, seen.services, seen.failures, "read the ECS services")
        };
        let batched = {
            let mut all = reads.services.borrow_mut();
            all.entry(cluster.to_owned()).or_insert_with(|| Rc::new(Batcher::new("ECS services", MANY))).clone()
        };
        let seen = batched.read(name_or_arn, read).await?;
        let is_it = |s: &&Service| [s.service_name(), s.service_arn()].contains(&Some(name_or_arn));
        Ok(seen.iter().find(is_it).cloned())
    }
}
