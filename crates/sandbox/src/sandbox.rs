//! The public interface of the sandbox.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_runtime_api::client::interceptors::SharedInterceptor;
use serde::{Deserialize, Serialize};
use tokio::sync::watch;
use tokio::time::Instant;

use crate::backends::{Backends, Snapshot};
use crate::client::Client;
use crate::clock::Clock;
use crate::conditions::Conditions;
use crate::cross_service::linked_roles;
use crate::error::{Error, Result};
use crate::interceptor::Interceptor;
use crate::inventory;
use crate::law::About;
use crate::log::{Call, Made};
use crate::services::SERVICES;
use crate::shared::{Shared, lock};
use crate::store::{FORMAT, Name, Saved, Store};

/// An in-process AWS.
///
/// Give [`http_client`](Self::http_client) and [`interceptors`](Self::interceptors) to the config of *every* service
/// client; either alone gives wrong answers. Any credentials work.
#[derive(Debug)]
pub struct Sandbox {
    shared: Arc<Shared>,
    client: Client,
    file: Option<PathBuf>,
}

/// The sandbox file.
#[derive(Serialize, Deserialize)]
struct File {
    format: u64,
    /// The file calls the store the world.
    #[serde(rename = "world")]
    store: Saved,
    regions: BTreeMap<String, Snapshot>,
}

impl Sandbox {
    /// Opens the sandbox in `file`; an empty AWS if the file does not exist.
    ///
    /// # Errors
    /// If the file exists but cannot be read, or is not a sandbox file of this format.
    pub fn open(file: &Path, clock: Clock) -> Result<Self> {
        let mut sandbox = Self::in_memory(clock);
        sandbox.file = Some(file.to_owned());
        let text = match read(file) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(sandbox),
            Err(source) => return Err(Error::Read { path: file.to_owned(), source }),
        };
        sandbox.load(file, &text)?;
        Ok(sandbox)
    }

    /// An empty AWS that is not saved to a file.
    #[must_use]
    pub fn in_memory(clock: Clock) -> Self {
        let shared = Arc::new(Shared {
            services: SERVICES,
            backends: Backends::new(SERVICES.backends()),
            clock,
            store: Mutex::default(),
            conditions: Mutex::default(),
            log: Mutex::default(),
            dead: watch::Sender::new(false),
        });
        // The seed has the form of the backend's own snapshot; a test fails if that form changes.
        let seeded = shared.backends.seed();
        debug_assert!(seeded.is_ok(), "{seeded:?}");
        let client = Client::new(Arc::clone(&shared));
        Self { shared, client, file: None }
    }

    /// The HTTP client for the SDK's clients. It opens no connection.
    #[must_use]
    pub fn http_client(&self) -> SharedHttpClient {
        SharedHttpClient::new(self.client.clone())
    }

    /// The interceptors for the SDK's clients, the same for every service.
    #[must_use]
    pub fn interceptors(&self) -> Vec<SharedInterceptor> {
        let interceptor = Interceptor::new(Arc::clone(&self.shared));
        vec![SharedInterceptor::new(interceptor)]
    }

    /// Writes the sandbox to its file, replacing it atomically. Only the owner can read the file, because it holds
    /// secrets. Does nothing for a sandbox without a file.
    ///
    /// # Errors
    /// If the file cannot be written, or a call is in flight.
    pub fn save(&self) -> Result<()> {
        let Some(path) = &self.file else {
            return Ok(());
        };
        let file =
            File { format: FORMAT, store: self.shared.store(|store| Saved::from(&*store)), regions: self.snapshots()? };
        write(path, &file).map_err(|source| Error::Write { path: path.clone(), source })
    }

    /// Everything that exists, by region, service, kind and id, so that two inventories can be compared with `==`.
    ///
    /// Counters are left out. Records AWS keeps for a while after a removal (keys pending deletion, inactive ECS
    /// records, deleted NAT gateways) are under `tombstones`, everything else under `regions`.
    ///
    /// # Errors
    /// If a call is in flight.
    pub fn inventory(&self) -> Result<serde_json::Value> {
        // Due removals are carried out with the next call; the inventory must not depend on that.
        let settled = futures::FutureExt::now_or_never(tokio::task::unconstrained(self.client.settle()));
        settled.ok_or(Error::Busy)?;
        let mut snapshots = self.snapshots()?;
        for (region, services) in self.shared.store(|store| inventory::kept_here(store, SERVICES)) {
            let snapshot = snapshots.entry(region).or_default();
            for (service, kinds) in services {
                inventory::merge(snapshot.entry(service).or_default(), kinds);
            }
        }
        Ok(inventory::take(snapshots, SERVICES))
    }

    /// The services that have created their service-linked roles in a fresh account. The roles are permanent, whatever
    /// is removed from the account, and are not in the inventory.
    #[must_use]
    pub fn service_linked_roles(&self) -> Vec<String> {
        let is_role = |name: &Name| name.kind == linked_roles::KIND;
        self.shared
            .store(|store| store.facts().filter(|(name, _)| is_role(name)).map(|(name, _)| name.id.clone()).collect())
    }

    /// Changes the conditions from now on. Operations already started keep their times.
    pub fn set(&self, conditions: Conditions) {
        *lock(&self.shared.conditions) = Arc::new(conditions);
    }

    /// Puts an existing DB instance into a state, by its RDS name, such as `stopped`, `storage-full` or
    /// `incompatible-parameters`, until it is set to `available` again. Returns whether the instance exists.
    pub fn befall(&self, instance: &str, status: &str) -> bool {
        self.shared.store(|store| crate::rds::lifecycle::befall(store, instance, status))
    }

    /// Completes when a fault has cut our own power. From then on no call is answered.
    pub async fn cut(&self) {
        // `self` holds the sender, so this cannot fail.
        let _ = self.shared.dead.subscribe().wait_for(|dead| *dead).await;
    }

    /// Whether a fault has cut our own power.
    #[must_use]
    pub fn is_cut(&self) -> bool {
        self.shared.is_dead()
    }

    /// Cuts our own power now: no further call is answered.
    pub fn cut_power(&self) {
        self.shared.die();
    }

    /// The number of calls so far.
    #[must_use]
    pub fn calls(&self) -> u64 {
        self.shared.store(|store| store.counted("calls"))
    }

    /// The number of calls so far that may change something.
    #[must_use]
    pub fn changes(&self) -> u64 {
        self.shared.store(|store| store.counted("changes"))
    }

    /// Restores power: calls are answered again.
    pub fn restore_power(&self) {
        self.shared.dead.send_replace(false);
    }

    /// Every call since the sandbox was opened or since the last `take_calls`, in order.
    #[must_use]
    pub fn take_calls(&self) -> Vec<Call> {
        std::mem::take(&mut lock(&self.shared.log).calls)
    }

    /// The ids of resources whose timed states end, and when they end, since the sandbox was opened or since the last
    /// `take_ends`. Operations that take no time have no entry.
    #[must_use]
    pub fn take_ends(&self) -> Vec<(String, Instant)> {
        self.shared.store(|store| store.take_ends().into_iter().map(|(name, at)| (name.id, at)).collect())
    }

    /// The ledger: every resource ever created, also where the answer was lost.
    #[must_use]
    pub fn made(&self) -> Vec<Made> {
        lock(&self.shared.log).made.iter().cloned().collect()
    }

    /// The number of resources each operation created, by the ledger.
    #[must_use]
    pub fn made_by(&self) -> BTreeMap<String, usize> {
        lock(&self.shared.log).counts()
    }

    /// All rules that make the sandbox as strict as AWS.
    #[must_use]
    pub fn laws() -> Vec<About> {
        SERVICES.catalogue()
    }

    fn snapshots(&self) -> Result<BTreeMap<String, Snapshot>> {
        let mut regions = BTreeMap::new();
        for region in self.shared.store(|store| store.regions()) {
            let snapshot = self.shared.backends.snapshot(&region)?;
            regions.insert(region, snapshot);
        }
        Ok(regions)
    }

    fn load(&self, path: &Path, text: &str) -> Result<()> {
        let parse = |source| Error::Parse { path: path.to_owned(), source };
        let value: serde_json::Value = serde_json::from_str(text).map_err(parse)?;
        let found = value["format"].as_u64().unwrap_or_default();
        if found > FORMAT {
            return Err(Error::Format { path: path.to_owned(), found });
        }
        let file: File = serde_json::from_value(value).map_err(parse)?;
        self.shared.store(|store| *store = Store::from(file.store));
        for (region, snapshot) in file.regions {
            self.shared.backends.restore(&region, snapshot)?;
        }
        Ok(())
    }
}

/// The size limit of a sandbox file.
const LARGEST: u64 = 1 << 30;

/// Reads a regular file of limited size; reading a pipe would block.
fn read(path: &Path) -> std::io::Result<String> {
    let found = std::fs::metadata(path)?;
    match found.is_file() && found.len() <= LARGEST {
        true => std::fs::read_to_string(path),
        false => Err(std::io::Error::other("it is no file of a sandbox: no regular file, or larger than 1 GiB")),
    }
}

fn write(path: &Path, file: &File) -> std::io::Result<()> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let mut private = std::fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut private, 0o700);
    private.recursive(true).create(folder)?;
    // Created with mode 0600, and removed if a later step fails.
    let mut temporary = tempfile::NamedTempFile::new_in(folder)?;
    serde_json::to_writer(&mut temporary, file)?;
    temporary.flush()?;
    temporary.as_file().sync_all()?;
    temporary.persist(path)?;
    // The rename is durable only after the folder is synced.
    #[cfg(unix)]
    std::fs::File::open(folder)?.sync_all()?;
    Ok(())
}
