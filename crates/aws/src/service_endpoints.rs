//! The endpoint of each service: AWS, or an emulator. Call budgets, patience and the value of evidence depend on it.
//! It is not derived from environment variables: the SDK reports the configured address of each service while its
//! client is built.
use aws_config::SdkConfig;
use aws_types::service_config::{LoadServiceConfig, ServiceConfigKey};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, PoisonError},
};
use vidpipe_engine::{Class, Error, Result};
use vidpipe_text::clean;

/// The suffixes of AWS's host names, by partition, including dual-stack endpoints.
const OF_AWS: &[&str] = &[
    "amazonaws.com",
    "amazonaws.com.cn",
    "amazonaws.eu",
    "api.amazonwebservices.com.cn",
    "api.amazonwebservices.eu",
    "api.aws",
    "c2s.ic.gov",
    "cloud.adc-e.uk",
    "csp.hci.ic.gov",
    "sc2s.sgov.gov",
];

/// The environment variable from which each service's own variable is named.
const VARIABLE: &str = "AWS_ENDPOINT_URL";

/// The configured address of each service; `None` for AWS's own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Endpoints(BTreeMap<&'static str, Option<String>>);

impl Endpoints {
    /// Records the address that the SDK is configured with for this service.
    pub(crate) fn note(&mut self, service: &'static str, address: Option<String>) {
        self.0.insert(service, address.filter(|at| !is_of_aws(at)));
    }

    /// The address of the emulator, if any; several addresses, if services differ.
    pub fn emulator(&self) -> Option<String> {
        let addresses: BTreeSet<String> =
            self.0.values().flatten().map(|address| without_credentials(address)).collect();
        (!addresses.is_empty()).then(|| addresses.into_iter().collect::<Vec<_>>().join(", "))
    }

    /// Returns whether this service has an emulated endpoint.
    pub(crate) fn is_emulated(&self, service: &str) -> bool {
        self.0.get(service).is_some_and(Option::is_some)
    }

    /// Rejects addresses that cannot be called, and a mix of AWS and an emulator, in which one could be taken for the
    /// other.
    ///
    /// # Errors
    /// When an address is not a URL with a host, or only some services have an address other than AWS's.
    pub fn check(&self) -> Result<()> {
        let wrong = self.0.values().flatten().find_map(|address| Some((address, fault(address)?)));
        if let Some((address, fault)) = wrong {
            let those = self.0.iter().filter(|(_, at)| at.as_ref() == Some(address)).map(|(service, _)| named(service));
            let those: Vec<String> = those.collect();
            let those = if those.len() == self.0.len() { "AWS".into() } else { those.join(", ") };
            let message = format!("call {those}: the endpoint URL `{}` {fault}", without_credentials(address));
            return Err(Error::new(Class::Invalid, message).hint(format!(
                "expected such as http://localhost:4566; it comes from {VARIABLE}, {VARIABLE}_<SERVICE>, or `endpoint_url` in \
                 the profile"
            )));
        }
        let (there, here): (Vec<_>, Vec<_>) = self.0.iter().partition(|(_, address)| address.is_some());
        let (Some((_, Some(address))), Some(_)) = (there.first(), here.first()) else { return Ok(()) };
        // The smaller group is the exception.
        let few = if there.len() <= here.len() { &there } else { &here };
        let few: Vec<String> = few.iter().map(|(service, _)| named(service)).collect();
        let (few, address) = (few.join(", "), without_credentials(address));
        let (those, others) = match there.len() <= here.len() {
            true => (address.as_str(), "AWS"),
            false => ("AWS", address.as_str()),
        };
        let message = format!(
            "use AWS and something else at once: the calls of {few} would go to {those}, all others to {others}"
        );
        Err(Error::new(Class::Invalid, message).hint(format!(
            "for AWS, unset {VARIABLE}_<SERVICE> or set AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=true; for an emulator, set \
             {VARIABLE} for all services"
        )))
    }
}

/// The name of a service in messages.
fn named(service: &str) -> String {
    service.to_uppercase().replace('_', " ")
}

/// An address without any credentials in it.
fn without_credentials(address: &str) -> String {
    let (scheme, rest) = address.split_once("://").map_or(("", address), |(scheme, rest)| (scheme, rest));
    let rest = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
    clean(&if scheme.is_empty() { rest.to_owned() } else { format!("{scheme}://{rest}") })
}

/// The host of a URL; `None` if it is not a URL.
fn host(address: &str) -> Option<String> {
    let uri: http::Uri = address.parse().ok()?;
    uri.scheme()?;
    Some(uri.host()?.to_lowercase()).filter(|host| !host.is_empty())
}

/// Whether the address is a host of AWS.
pub(crate) fn is_of_aws(address: &str) -> bool {
    let host = host(address).unwrap_or_default();
    OF_AWS.iter().any(|end| host.strip_suffix(end).is_some_and(|rest| rest.is_empty() || rest.ends_with('.')))
}

fn fault(address: &str) -> Option<&'static str> {
    let authority = address.split_once("://").map_or(address, |(_, rest)| rest);
    if host(address).is_none() {
        return Some("is not a URL with a scheme and a host");
    }
    if !(address.starts_with("http://") || address.starts_with("https://")) {
        return Some("is neither http nor https");
    }
    authority.contains('@').then_some("holds credentials, which AWS never takes so")
}

/// Records the addresses that the SDK reads from the configuration while it builds its clients.
#[derive(Debug)]
pub(crate) struct Asked {
    config: SdkConfig,
    last: Arc<Mutex<Option<String>>>,
}

impl Asked {
    /// Returns the same configuration, in which an empty address counts as unset, and a function that returns the
    /// address of the client built last.
    pub(crate) fn of(config: SdkConfig) -> (SdkConfig, impl Fn() -> Option<String>) {
        let last = Arc::<Mutex<Option<String>>>::default();
        let all = config.endpoint_url().filter(|url| !url.is_empty()).map(str::to_owned);
        let asked = Self { config: config.clone(), last: last.clone() };
        let mut builder = config.into_builder();
        builder.set_endpoint_url(all.clone());
        if asked.config.service_config().is_some() {
            builder = builder.service_config(asked);
        }
        let address = move || last.lock().unwrap_or_else(PoisonError::into_inner).take().or_else(|| all.clone());
        (builder.build(), address)
    }
}

impl LoadServiceConfig for Asked {
    fn load_config(&self, key: ServiceConfigKey<'_>) -> Option<String> {
        let is_address = key.env() == VARIABLE;
        let value = self.config.service_config()?.load_config(key).filter(|value| !(is_address && value.is_empty()));
        if is_address {
            self.last.lock().unwrap_or_else(PoisonError::into_inner).clone_from(&value);
        }
        value
    }
}

#[cfg(test)]
mod tests;
